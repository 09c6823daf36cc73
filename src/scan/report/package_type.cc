#include "scan/report/package_type.h"

namespace seaworthy {

std::string type_text(const Package& package) {
  const auto purl =
      package.type == PackageType::kOther ? parse_purl(package.property("purl")) : std::nullopt;
  if (!purl) return std::string(name_of(package.type));
  for (int i = 0; i < static_cast<int>(PackageType::kEnd); ++i) {  // would be read back as that one
    if (purl->type == name_of(static_cast<PackageType>(i))) return "other";
  }
  return purl->type;
}

}  // namespace seaworthy
