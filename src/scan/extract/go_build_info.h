#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/package.h"
#include "scan/extract/evidence_builder.h"

namespace seaworthy {

// The text that `go build` puts into a program (runtime/debug, "BuildInfo").
struct GoModule {
  std::string path, version;
  std::string replaces;  // the path by which its packages are imported; "" its own
};
struct GoBuildInfo {
  std::string toolchain;     // "go1.21.3"
  std::string main_package;  // "path" line: example.com/app/cmd/app
  GoModule main;
  std::vector<GoModule> modules;  // dependencies, replacements in place of what they replace
  std::vector<std::pair<std::string, std::string>> settings;  // "-ldflags", "vcs.revision", ...
};
// Lines that are none of a build info's are passed over: later toolchains add some.
GoBuildInfo parse_go_build_info(std::string_view toolchain, std::string_view modules);

// Adds the packages that the program consists of: itself, its modules, the standard library.
void add_go_packages(const GoBuildInfo& info, EvidenceBuilder& evidence);

// "go1.21.3 X:boringcrypto" is 1.21.3 (rule 50); "" for a toolchain between releases.
std::string go_release(std::string_view toolchain);

}  // namespace seaworthy
