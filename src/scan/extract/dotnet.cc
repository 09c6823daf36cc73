// .NET: what a built application names as its parts.
//   NAME.deps.json    "libraries": {"NAME/VERSION": {"type": "package"}}. A self-contained
//     application carries the runtime itself, as "runtimepack.NAME/VERSION" of type "runtimepack"
//     (rule 53); entries of type "project" and "reference" are the application's own. "targets"
//     list the assemblies of each: those need no witness of their own (dotnet_assembly.cc).
//   packages.config   <package id= version= /> of older applications
#include <algorithm>
#include <string>

#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "core/codec/xml.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kConfig = "packages.config";
constexpr std::string_view kRuntimePack = "runtimepack.";
constexpr std::size_t kMaxAssemblies = 100'000;

bool wants_dotnet(const FileInfo& file) {
  return file.path.ends_with(".deps.json") || base_name(file.path) == kConfig;
}

// The assemblies below "targets", each beside the file or at its path from there.
OwnedFiles assemblies_of(const JsonValue& targets, std::string_view path) {
  const std::string directory(path.substr(0, path.size() - base_name(path).size()));
  OwnedFiles owned;
  const auto add = [&](std::string_view assembly) {
    if (owned.path_hashes.size() >= kMaxAssemblies) return;
    if (directory.size() + assembly.size() > kMaxOwnedPath) return;
    owned.path_hashes.push_back(path_hash(directory + std::string(assembly)));
  };
  for (const auto& [framework, libraries] : targets.members()) {
    for (const auto& [name, library] : libraries.members()) {
      for (const auto& [assembly, versions] : library["runtime"].members()) {
        add(base_name(assembly));
      }
      for (const auto& [assembly, target] : library["runtimeTargets"].members()) add(assembly);
    }
  }
  std::sort(owned.path_hashes.begin(), owned.path_hashes.end());
  return owned;
}

Result<Evidence> extract_deps(const FileView& file, const Limits& limits) {
  EvidenceBuilder evidence("lang/dotnet", file.path);
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(file.bytes, limits));
  const JsonValue libraries = document.root()["libraries"];
  if (!libraries.is_object()) {
    return Error{ErrorCode::kInvalidInput, "no object \"libraries\""};
  }
  evidence.own(assemblies_of(document.root()["targets"], file.path));
  for (const auto& [key, library] : libraries.members()) {
    const std::string_view type = library["type"].text();
    if (type != "package" && type != "runtimepack") continue;
    const auto slash = key.find('/');
    std::string_view name = key.substr(0, slash);
    const std::string_view version = slash == key.npos ? std::string_view() : key.substr(slash + 1);
    if (name.starts_with(kRuntimePack)) name.remove_prefix(kRuntimePack.size());
    if (!add_language_package(evidence, language_package("nuget", name, 0, version), key)) break;
  }
  return evidence.take();
}

Result<Evidence> extract_config(const FileView& file, const Limits& limits) {
  EvidenceBuilder evidence("lang/dotnet", file.path);
  ASSIGN_OR_RETURN(XmlReader reader, XmlReader::open(file.bytes, limits));
  bool is_list = false;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader.next());
    if (!more) break;
    if (reader.name() == "packages") is_list = true;
    if (reader.name() != "package") continue;
    Package package =
        language_package("nuget", reader.attribute("id"), 0, reader.attribute("version"));
    const std::string where = "line " + std::to_string(reader.line());
    if (!add_language_package(evidence, std::move(package), where)) break;
  }
  if (!is_list) return Error{ErrorCode::kInvalidInput, "no element <packages>"};
  return evidence.take();
}

Result<Evidence> extract_dotnet(std::span<const FileView> files, const Limits& limits) {
  return base_name(files[0].path) == kConfig ? extract_config(files[0], limits)
                                             : extract_deps(files[0], limits);
}

}  // namespace

extern const Extractor kDotnet;
const Extractor kDotnet{
    .name = "lang/dotnet",
    .description = ".NET packages by deps.json and packages.config",
    .max_file_bytes = 64 * kMiB,
    .is_database = false,
    .wants = wants_dotnet,
    .extract = extract_dotnet,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
