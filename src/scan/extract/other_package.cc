#include "scan/extract/other_package.h"

#include <string>

namespace seaworthy {

Package other_package(const Purl& purl) {
  Package package;
  package.type = PackageType::kOther;
  package.name = purl.name;
  package.version = purl.version;
  package.arch = purl.qualifier("arch");
  package.set_property("purl", to_text(purl));
  return package;
}

}  // namespace seaworthy
