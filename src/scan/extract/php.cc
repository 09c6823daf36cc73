// PHP packages that Composer installed: vendor/composer/installed.json, a list of packages in
// Composer 1, an object with "packages" in Composer 2. Packages of "dev-package-names" are
// installed like the others.
#include <string>

#include "core/codec/json.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"

namespace seaworthy {
namespace {

constexpr std::string_view kInstalled = "composer/installed.json";

bool wants_php(const FileInfo& file) {
  return file.path == kInstalled || file.path.ends_with("/composer/installed.json");
}

Result<Evidence> extract_php(std::span<const FileView> files, const Limits& limits) {
  EvidenceBuilder evidence("lang/php", files[0].path);
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(files[0].bytes, limits));
  const JsonValue root = document.root();
  const JsonValue packages = root.is_array() ? root : root["packages"];
  if (!packages.is_array()) {
    return Error{ErrorCode::kInvalidInput, "neither a list nor an object with \"packages\""};
  }
  std::size_t number = 0;
  for (const JsonValue& each : packages.elements()) {
    ++number;
    Package package =
        language_package("composer", each["name"].text(), '/', each["version"].text());
    for (const JsonValue& license : each["license"].elements()) {
      if (!license.text().empty()) package.licenses.emplace_back(license.text());
    }
    if (!add_language_package(evidence, std::move(package), "package " + std::to_string(number))) {
      break;
    }
  }
  return evidence.take();
}

}  // namespace

extern const Extractor kPhp;
const Extractor kPhp{
    .name = "lang/php",
    .description = "PHP packages that Composer installed",
    .max_file_bytes = 64 * kMiB,
    .is_database = false,
    .wants = wants_php,
    .extract = extract_php,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
