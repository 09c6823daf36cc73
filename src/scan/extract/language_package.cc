#include "scan/extract/language_package.h"

#include "core/model/problem.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"

namespace seaworthy {

std::string application_cpe(std::string_view vendor_and_product, std::string_view version) {
  return "cpe:2.3:a:" + std::string(vendor_and_product) + ":" + std::string(version) +
         ":*:*:*:*:*:*:*";
}

Package language_package(std::string_view purl_type, std::string_view name, char separator,
                         std::string_view version) {
  Purl purl;
  purl.type = purl_type;
  purl.name = name;
  purl.version = version;
  if (const auto at = separator == 0 ? name.npos : name.rfind(separator); at != name.npos) {
    purl.name_space = name.substr(0, at);
    purl.name = name.substr(at + 1);
  }
  Package package = other_package(purl);
  package.name = name;
  return package;
}

bool add_language_package(EvidenceBuilder& evidence, Package package, std::string_view where) {
  if (is_plain_word(package.name) && is_plain_word(package.version)) {
    return evidence.add(std::move(package));
  }
  std::string message = where.empty() ? "" : std::string(where) + ": ";
  evidence.problem(problem::kUnreadableRecord, message + "its name or version is no plain word");
  return true;
}

}  // namespace seaworthy
