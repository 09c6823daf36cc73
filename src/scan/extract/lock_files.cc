// Lock files of ecosystems whose packages leave no record of their own where they are built into an
// application. What is listed was asked for; that it is in the image nobody says, so nothing that
// is known this way alone is ever clean, and a record of the installed package speaks before it.
//
//   pubspec.lock    Dart and Flutter (YAML), packages: NAME: {source: hosted, version: "1.2.3"}
//   Manifest.toml   Julia, [[deps.NAME]] version, git-tree-sha1; format 1 without "deps"
//   conan.lock      Conan 2, "requires": ["NAME/VERSION#REVISION%TIME"];
//                   Conan 1, the "ref" of "graph_lock"."nodes"
//
// conaninfo.txt is written into the folder of each package that Conan has installed: its path tells
// the package (Conan 1: NAME/VERSION/USER/CHANNEL/package/ID), its [full_requires] (Conan 2:
// [requires]) what was linked into it.
#include <array>
#include <set>
#include <string>

#include "core/codec/json.h"
#include "core/codec/toml.h"
#include "core/codec/yaml.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kDeclared =
    "listed by a lock file: whether it is in the image is not known";

// Adds one package; false where no further one can be taken.
class Listing {
 public:
  Listing(EvidenceBuilder& evidence, std::string_view purl_type, std::string_view doubt)
      : evidence_(evidence), purl_type_(purl_type), doubt_(doubt) {}

  bool add(std::string_view name, std::string_view version) {
    if (!seen_.emplace(std::string(name) + "\n" + std::string(version)).second) return true;
    Package package = language_package(purl_type_, name, 0, version);
    package.set_property(kDoubt, std::string(doubt_));
    return add_language_package(evidence_, std::move(package), name);
  }
  // "zlib/1.2.13@user/channel#revision%time:id"
  bool add_conan(std::string_view reference) {
    reference = reference.substr(0, reference.find_first_of("@#%:"));
    const std::size_t slash = reference.find('/');
    if (slash == reference.npos) return true;  // of a file beside it
    return add(reference.substr(0, slash), reference.substr(slash + 1));
  }

 private:
  EvidenceBuilder& evidence_;
  const std::string_view purl_type_, doubt_;
  std::set<std::string, std::less<>> seen_;
};

Status read_pubspec(const JsonValue& root, Listing& list) {
  for (const auto& [name, package] : root["packages"].members()) {
    const std::string_view source = package["source"].text();
    if (source != "hosted" && source != "git") continue;  // of the SDK, or of the application
    if (!list.add(name, package["version"].text())) break;
  }
  return ok_status();
}

Status read_julia(const JsonValue& root, Listing& list) {
  const JsonValue packages = root["deps"].is_object() ? root["deps"] : root;
  for (const auto& [name, versions] : packages.members()) {
    for (const JsonValue& package : versions.elements()) {
      if (!package["git-tree-sha1"].exists()) continue;  // of Julia itself
      if (!list.add(name, package["version"].text())) return ok_status();
    }
  }
  return ok_status();
}

Status read_conan(const JsonValue& root, Listing& list) {
  for (const JsonValue& reference : root["requires"].elements()) {
    if (!list.add_conan(reference.text())) return ok_status();
  }
  for (const auto& [number, node] : root["graph_lock"]["nodes"].members()) {
    if (!list.add_conan(node["ref"].text())) return ok_status();
  }
  return ok_status();
}

enum class Form { kJson, kToml, kYaml };

struct LockFile {
  std::string_view name;
  std::string_view purl_type;
  Form form;
  Status (*read)(const JsonValue& root, Listing& list);
};
constexpr auto kLockFiles = std::to_array<LockFile>({
    {"pubspec.lock", "pub", Form::kYaml, read_pubspec},
    {"Manifest.toml", "julia", Form::kToml, read_julia},
    {"JuliaManifest.toml", "julia", Form::kToml, read_julia},
    {"conan.lock", "conan", Form::kJson, read_conan},
});
constexpr std::string_view kConanInfo = "conaninfo.txt";

const LockFile* lock_file(std::string_view path) {
  const std::string_view name = base_name(path);
  for (const LockFile& each : kLockFiles) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

bool wants_lock(const FileInfo& file) {
  return lock_file(file.path) != nullptr || base_name(file.path) == kConanInfo;
}

// The package that a path of Conan's storage is of: .../data/NAME/VERSION/USER/CHANNEL/package/ID/.
void add_own_conan(std::string_view path, Listing& list) {
  std::array<std::string_view, 7> parts{};  // from behind
  for (std::string_view& part : parts) {
    const std::size_t slash = path.rfind('/');
    part = slash == path.npos ? path : path.substr(slash + 1);
    path = slash == path.npos ? std::string_view() : path.substr(0, slash);
  }
  if (parts[2] == "package" && !parts[6].empty()) list.add(parts[6], parts[5]);
}

void read_conan_info(const FileView& file, Listing& list) {
  add_own_conan(file.path, list);
  const bool is_first_form = file.bytes.find("[full_requires]") != std::string_view::npos;
  const std::string_view wanted = is_first_form ? "[full_requires]" : "[requires]";
  std::string_view section;
  LineReader lines(file.bytes);
  for (std::string_view line; lines.next(line);) {
    line = trim(line);
    if (line.starts_with('[')) {
      section = line;
    } else if (section == wanted && !line.empty() && !list.add_conan(line)) {
      return;
    }
  }
}

Status read_lock(const LockFile& lock, const FileView& file, const Limits& limits, Listing& list) {
  JsonDocument document;
  std::string json;
  if (lock.form == Form::kYaml) {
    ASSIGN_OR_RETURN(json, yaml_to_json(file.bytes, limits));
  } else if (lock.form == Form::kToml) {
    ASSIGN_OR_RETURN(json, toml_to_json(file.bytes, limits));
  }
  RETURN_IF_ERROR(document.parse(lock.form == Form::kJson ? file.bytes : json, limits));
  return lock.read(document.root(), list);
}

Result<Evidence> extract_lock(std::span<const FileView> files, const Limits& limits) {
  const FileView& file = files[0];
  EvidenceBuilder evidence("lang/lock", file.path);
  if (const LockFile* lock = lock_file(file.path)) {
    Listing list(evidence, lock->purl_type, kDeclared);
    RETURN_IF_ERROR(read_lock(*lock, file, limits, list));
  } else {
    Listing list(evidence, "conan", "");
    read_conan_info(file, list);
  }
  return evidence.take();
}

}  // namespace

extern const Extractor kLock;
const Extractor kLock{
    .name = "lang/lock",
    .description = "lock files of Dart, Julia and Conan, and what Conan installed",
    .max_file_bytes = 16 * kMiB,
    .is_database = false,
    .wants = wants_lock,
    .extract = extract_lock,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
