// .NET assemblies by their version resource: applications whose directory has no deps.json that
// lists them, as those of the .NET Framework. An assembly is a PE file with a header for the
// runtime. Its name is that of its file, and most NuGet packages have the name of their assembly,
// but nothing says so, nor that its version is the package's: what is found so is never clean.
//
// Left out: satellites ("NAME.resources.dll"), which hold translations, and what a deps.json lists
// (dotnet.cc): the rule is that of files which belong to a package (kUnlessOwned).
#include <algorithm>

#include "core/model/ownership_rule.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/executable_reader.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"
#include "scan/extract/pe_version.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxResources = 4 * kMiB;  // icons are among them
constexpr std::string_view kGuessed =
    "known by its assembly's version resource: the NuGet package may have another name or version";

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

std::string without_ending(std::string_view file_name) {
  const std::string ending = lower_case(file_name.substr(file_name.rfind('.') + 1));
  if (ending == "dll" || ending == "exe") file_name.remove_suffix(4);
  return std::string(file_name);
}

// "13.0.3+commit" is 13.0.3; a file's fourth number is one of its build where it is zero.
std::string version_of(const VersionTexts& texts) {
  for (const std::string& text : {texts.product_version, texts.file_version}) {
    std::string_view version(text);
    version = version.substr(0, version.find_first_of("+ "));
    if (version.empty() || !is_digit(version[0]) || version.find('.') == version.npos) continue;
    const auto dots = std::count(version.begin(), version.end(), '.');
    if (dots == 3 && version.ends_with(".0")) version.remove_suffix(2);
    return std::string(version);
  }
  return {};
}

class DotnetAssembly final : public ExecutableReader {
 public:
  DotnetAssembly(const FileInfo& file, const Limits&)
      : ExecutableReader(file.size_bytes), path_(file.path) {}

  Result<Evidence> finish() override {
    EvidenceBuilder evidence("lang/dotnet-assembly", path_);
    if (too_large_) {
      return Error{ErrorCode::kInvalidInput,
                   "its resources are larger than is read: its version "
                   "is not known"};
    }
    if (resources_.range.size == 0) return evidence.take();
    if (!resources_.complete()) {
      return Error{ErrorCode::kInvalidInput, "PE: cut inside its resources"};
    }
    ASSIGN_OR_RETURN(const VersionTexts texts,
                     read_version_resource(resources_.bytes, executable()->resources_address));
    const std::string name = without_ending(base_name(path_));
    const std::string version = version_of(texts);
    if (version.empty() || name.ends_with(".resources")) return evidence.take();
    Package package = language_package("nuget", name, 0, version);
    package.set_property(kUnlessOwned, "yes");
    package.set_property(kDoubt, std::string(kGuessed));
    add_language_package(evidence, std::move(package), "");
    return evidence.take();
  }

 private:
  void plan(const Executable& executable) override {
    too_large_ = executable.managed && executable.resources.size > kMaxResources;
    if (!executable.managed || too_large_) return;
    resources_.range = executable.resources;
    if (resources_.range.size > 0) want(resources_.range);
  }
  void take(std::uint64_t offset, std::string_view bytes) override {
    resources_.feed(offset, bytes);
    if (resources_.complete()) want_no_more();
  }

  const std::string path_;
  Gathered resources_;
  bool too_large_ = false;
};

bool wants_assembly(const FileInfo& file, std::string_view head) {
  const std::string ending = lower_case(file.path.substr(file.path.rfind('.') + 1));
  return (ending == "dll" || ending == "exe") && head.starts_with("MZ") && is_executable(head);
}

}  // namespace

extern const Extractor kDotnetAssembly;
const Extractor kDotnetAssembly = executable_extractor(
    "lang/dotnet-assembly", ".NET assemblies that no deps.json lists, by their version resource",
    wants_assembly, open_reader<DotnetAssembly>);

}  // namespace seaworthy
