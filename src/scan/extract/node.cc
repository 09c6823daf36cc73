// Node.js packages that are installed: the package.json at the root of a package
// (docs.npmjs.com, "package.json"). npm, pnpm (node_modules/.pnpm/NAME@VERSION/node_modules/NAME)
// and yarn's node_modules all end in node_modules/NAME or node_modules/@SCOPE/NAME; a package.json
// deeper in a package tells the module loader something and is no package (rule 43). Outside of
// node_modules one is a package where it says what npm demands of a published one, name and
// version, and is not private.
//
// Yarn's cache (.yarn/cache, "plug and play") keeps zip files: name and version are those of the
// file name, NAME-npm-VERSION-HASH.zip. Lock files say what a build asked for, not what is there
// (rule 44), and are not read.
#include <algorithm>
#include <string>

#include "core/codec/json.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kManifest = "package.json";
constexpr std::string_view kModules = "node_modules/";
constexpr std::string_view kYarnCache = ".yarn/cache/";
constexpr std::string_view kYarnMark = "-npm-";

bool contains_directory(std::string_view path, std::string_view directory) {
  const auto at = path.rfind(directory);
  return at != path.npos && (at == 0 || path[at - 1] == '/');
}

// What stands behind the last node_modules/ of the path; all of it where there is none.
std::string_view inside_modules(std::string_view path) {
  const auto at = path.rfind(kModules);
  if (at == path.npos || (at != 0 && path[at - 1] != '/')) return path;
  return path.substr(at + kModules.size());
}

bool is_package_root(std::string_view path) {
  std::string_view rest = inside_modules(path);
  if (rest.size() == path.size()) return true;
  const auto depth = std::count(rest.begin(), rest.end(), '/');
  return rest.starts_with('@') ? depth == 2 : depth == 1;
}

bool is_cached_by_yarn(std::string_view path) {
  return contains_directory(path, kYarnCache) && path.ends_with(".zip") &&
         base_name(path).find(kYarnMark) != path.npos;
}

bool wants_node(const FileInfo& file) {
  if (is_cached_by_yarn(file.path)) return true;
  return base_name(file.path) == kManifest && is_package_root(file.path);
}

// "@babel-core-npm-7.23.2-abc.zip" is @babel/core 7.23.2; hyphens in names stay ambiguous only for
// scopes, whose first one stands for the slash.
Package cached_package(std::string_view path) {
  const std::string_view file = base_name(path);
  const auto mark = file.rfind(kYarnMark);
  std::string name(file.substr(0, mark));
  if (name.starts_with('@')) {
    if (const auto hyphen = name.find('-'); hyphen != name.npos) name[hyphen] = '/';
  }
  std::string_view version = file.substr(mark + kYarnMark.size());
  // Two hashes behind it, of ten digits each; a pre-release has hyphens of its own.
  for (int hash = 0; hash < 2; ++hash) version = version.substr(0, version.rfind('-'));
  return language_package("npm", name, '/', version);
}

std::string_view license_of(const JsonValue& root) {
  const JsonValue license = root["license"];
  return license.is_object() ? license["type"].text() : license.text();
}

Result<Evidence> extract_node(std::span<const FileView> files, const Limits& limits) {
  const std::string_view path = files[0].path;
  EvidenceBuilder evidence("lang/node", path);
  if (is_cached_by_yarn(path)) {
    add_language_package(evidence, cached_package(path), "");
    return evidence.take();
  }
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(files[0].bytes, limits));
  const JsonValue root = document.root();
  const bool installed = inside_modules(path).size() != path.size();
  if (root["name"].text().empty() || root["version"].text().empty()) return evidence.take();
  if (!installed && root["private"].boolean()) return evidence.take();
  Package package = language_package("npm", root["name"].text(), '/', root["version"].text());
  if (const auto license = license_of(root); !license.empty()) {
    package.licenses.emplace_back(license);
  }
  add_language_package(evidence, std::move(package), "");
  return evidence.take();
}

}  // namespace

extern const Extractor kNode;
const Extractor kNode{
    .name = "lang/node",
    .description = "Node.js packages by their package.json, and yarn's cache",
    .max_file_bytes = 64 * kMiB,
    .is_database = false,
    .wants = wants_node,
    .extract = extract_node,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
