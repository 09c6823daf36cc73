// PHP packages that Composer or PEAR installed.
//
// Composer: vendor/composer/installed.json, a list of packages in
// Composer 1, an object with "packages" in Composer 2. Packages of "dev-package-names" are
// installed like the others.
//
// PEAR, and PECL, which installs extensions: .registry/[.channel.NAME/]PACKAGE.reg, an array as
// PHP's serialize() writes it, s:4:"name";s:5:"redis"; where 5 is the length of the text.
#include <charconv>
#include <string>

#include "core/codec/json.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"

namespace seaworthy {
namespace {

constexpr std::string_view kInstalled = "composer/installed.json";

bool is_pear(std::string_view path) {
  return path.ends_with(".reg") && path.find("/.registry/") != path.npos;
}

bool wants_php(const FileInfo& file) {
  return file.path == kInstalled || file.path.ends_with("/composer/installed.json") ||
         is_pear(file.path);
}

// The text behind the first key of that name whose value is a text.
std::string_view serialized(std::string_view array, std::string_view name) {
  const std::string key = "s:" + std::to_string(name.size()) + ":\"" + std::string(name) + "\";s:";
  const std::size_t at = array.find(key);
  if (at == array.npos) return {};
  const std::string_view rest = array.substr(at + key.size());
  std::size_t length = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
  const auto begin = static_cast<std::size_t>(end - rest.data()) + 2;  // :"
  if (failure != std::errc{} || begin > rest.size() || length > rest.size() - begin) return {};
  return rest.substr(begin, length);
}

Result<Evidence> extract_pear(const FileView& file) {
  EvidenceBuilder evidence("lang/php", file.path);
  std::string_view name = serialized(file.bytes, "name");
  std::string_view version = serialized(file.bytes, "release");
  if (version.empty()) version = serialized(file.bytes, "version");
  if (name.empty()) name = serialized(file.bytes, "package");
  std::string_view channel = serialized(file.bytes, "channel");
  if (channel.empty()) channel = "pear.php.net";
  add_language_package(
      evidence,
      language_package("pear", std::string(channel) + "/" + std::string(name), '/', version), "");
  return evidence.take();
}

Result<Evidence> extract_php(std::span<const FileView> files, const Limits& limits) {
  if (is_pear(files[0].path)) return extract_pear(files[0]);
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
    .description = "PHP packages that Composer, PEAR or PECL installed",
    .max_file_bytes = 64 * kMiB,
    .is_database = false,
    .wants = wants_php,
    .extract = extract_php,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
