#include "scan/extract/language_package.h"

#include "core/model/problem.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"

namespace seaworthy {

std::string application_cpe(std::string_view products, std::string_view version) {
  // What came before a release is the field behind the version: 3.0.0-alpha1 is 3.0.0:alpha1.
  std::string fields(version.substr(0, version.find('-')));
  fields += fields.size() < version.size() ? ":" + std::string(version.substr(fields.size() + 1))
                                           : std::string(":*");
  std::string names;
  for (std::string_view product; !(product = next_word(products)).empty();) {
    if (!names.empty()) names += ' ';
    names += "cpe:2.3:a:" + std::string(product) + ":" + fields + ":*:*:*:*:*:*";
  }
  return names;
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
