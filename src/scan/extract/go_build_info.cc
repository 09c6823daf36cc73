// What a Go program says of itself. The text has one line for each fact, fields separated by tabs
// (runtime/debug, BuildInfo.String):
//
//   path   PACKAGE               of the main package
//   mod    MODULE VERSION SUM    that the main package is in
//   dep    MODULE VERSION SUM    what it was built with
//   =>     MODULE VERSION SUM    what really stands in the place of the line before
//   build  KEY=VALUE
//
// A main module has the version "(devel)" where it was built from a checkout; Go 1.24 and later
// put a version there that is made from the commit. A version given to the linker (-ldflags "-X
// main.version=v1.2.3") is taken in its place: it is what the program prints as its own.
#include "scan/extract/go_build_info.h"

#include <algorithm>
#include <array>

#include "core/base/lines.h"
#include "core/base/text.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kDevel = "(devel)";
constexpr std::size_t kMaxSettingBytes = 1024;

std::string_view next_field(std::string_view& line) {
  const std::size_t tab = std::min(line.find('\t'), line.size());
  const std::string_view field = line.substr(0, tab);
  line.remove_prefix(std::min(tab + 1, line.size()));
  return field;
}

// "KEY=VALUE", either of them perhaps quoted, which is only needed for what is not kept.
void add_setting(std::string_view text, GoBuildInfo& info) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || text.size() > kMaxSettingBytes * 16) return;
  info.settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
}

bool is_release_number(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const bool begins = !text.empty() && text[0] >= '0' && text[0] <= '9';
  return begins && text.find('.') != text.npos && is_plain_word(text) &&
         text.find_first_of("/:@$") == text.npos;
}

// The value of "-X PACKAGE.version=v1.2.3" among linker flags; "" where none looks like a release.
// That of the program itself goes before that of a package that it was told about.
std::string linked_version(std::string_view flags, std::string_view main_module) {
  std::string best;
  int best_rank = 0;
  for (std::size_t at = flags.find("-X"); at != flags.npos; at = flags.find("-X", at + 2)) {
    std::string_view rest = flags.substr(at + 2);
    rest.remove_prefix(std::min(rest.find_first_not_of(" ='\"\\"), rest.size()));
    const std::string_view word = rest.substr(0, rest.find_first_of(" '\"\\"));
    const std::size_t equals = word.find('=');
    if (equals == word.npos) continue;
    const std::string_view variable = word.substr(0, equals);
    const std::string_view value = word.substr(equals + 1);
    const std::string name = lower_case(variable.substr(variable.rfind('.') + 1));
    const bool names_version =
        name == "version" || name == "buildversion" || name == "gitversion" || name == "appversion";
    if (!names_version || !is_release_number(value)) continue;
    const bool own = variable.starts_with("main.") ||
                     (!main_module.empty() && variable.starts_with(main_module));
    if (const int rank = own ? 2 : 1; rank > best_rank) {
      best = value.starts_with('v') ? std::string(value) : "v" + std::string(value);
      best_rank = rank;
    }
  }
  return best_rank == 2 ? best : std::string();
}

std::string_view setting(const GoBuildInfo& info, std::string_view key) {
  for (const auto& [name, value] : info.settings) {
    if (name == key) return value;
  }
  return {};
}

Package main_package(const GoBuildInfo& info) {
  std::string version = info.main.version;
  std::string_view from;
  if (version.empty() || version == kDevel) {
    version = linked_version(setting(info, "-ldflags"), info.main.path);
    from = version.empty() ? "" : "-ldflags";
  }
  Package package = language_package("golang", info.main.path, '/', version);
  if (version.empty()) package.version = kDevel;
  package.set_property("go-version-from", std::string(from));
  package.set_property("go-main-package", info.main_package);
  constexpr std::array<std::string_view, 4> kKept{"vcs", "vcs.revision", "vcs.time",
                                                  "vcs.modified"};
  for (const std::string_view key : kKept) {
    const std::string_view value = setting(info, key);
    if (value.size() <= kMaxSettingBytes) {
      package.set_property("go-" + std::string(key), std::string(value));
    }
  }
  return package;
}

Package standard_library(const GoBuildInfo& info) {
  const std::string release = go_release(info.toolchain);
  Package package = language_package("golang", "stdlib", '/', release);
  package.set_property("go-toolchain", info.toolchain.substr(0, kMaxSettingBytes));
  if (release.empty()) {
    package.version = "(devel)";
    package.set_property(kDoubt, "built by a Go toolchain that is no release");
  }
  return package;
}

}  // namespace

std::string go_release(std::string_view toolchain) {
  if (!toolchain.starts_with("go1")) return {};
  toolchain.remove_prefix(2);
  toolchain = toolchain.substr(0, toolchain.find_first_of(" (\t"));
  // A vendor's own builds and experiments: 1.19.13-X:boringcrypto, 1.22.1-2.el9.
  toolchain = toolchain.substr(0, toolchain.find_first_of("-+"));
  const auto is_mark = [](char letter) { return letter >= 'a' && letter <= 'z'; };
  const auto mark = std::find_if(toolchain.begin(), toolchain.end(), is_mark);
  std::string release(toolchain.begin(), mark);
  const std::string_view rest(mark, toolchain.end());
  if (rest.starts_with("rc") || rest.starts_with("beta")) {
    // As advisories write it: 1.21rc2 is 1.21.0-rc.2.
    const std::size_t word = rest.starts_with("rc") ? 2 : 4;
    if (std::count(release.begin(), release.end(), '.') == 1) release += ".0";
    release += "-" + std::string(rest.substr(0, word)) + "." + std::string(rest.substr(word));
  }
  return is_plain_word(release) ? release : std::string();
}

GoBuildInfo parse_go_build_info(std::string_view toolchain, std::string_view modules) {
  GoBuildInfo info;
  info.toolchain = toolchain;
  GoModule* last = nullptr;
  while (!modules.empty()) {
    const std::size_t end = std::min(modules.find('\n'), modules.size());
    std::string_view line = modules.substr(0, end);
    modules.remove_prefix(std::min(end + 1, modules.size()));
    const std::string_view kind = next_field(line);
    if (kind == "path") {
      info.main_package = next_field(line).substr(0, kMaxSettingBytes);
    } else if (kind == "build") {
      add_setting(line, info);
    } else if (kind == "mod") {
      info.main.path = next_field(line);
      info.main.version = next_field(line);
      last = &info.main;
    } else if (kind == "dep") {
      const std::string_view path = next_field(line);
      info.modules.push_back({std::string(path), std::string(next_field(line)), ""});
      last = &info.modules.back();
    } else if (kind == "=>" && last != nullptr) {
      // What is really in the program; one in a directory ("./fork") has no version.
      const std::string_view path = next_field(line);
      std::string replaces = path == last->path ? "" : std::move(last->path);
      *last = {std::string(path), std::string(next_field(line)), std::move(replaces)};
      last = nullptr;
    }
  }
  return info;
}

void add_go_packages(const GoBuildInfo& info, EvidenceBuilder& evidence) {
  if (!info.main.path.empty()) add_language_package(evidence, main_package(info), "its own module");
  for (const GoModule& module : info.modules) {
    if (module.path.empty()) continue;
    Package package = language_package("golang", module.path, '/', module.version);
    if (module.version.empty()) {
      package.version = kDevel;
      package.set_property(kDoubt, "replaced by a directory, whose version is not recorded");
    }
    if (!add_language_package(evidence, std::move(package), "module " + module.path)) break;
  }
  add_language_package(evidence, standard_library(info), "its toolchain");
}

}  // namespace seaworthy
