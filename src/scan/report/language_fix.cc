// Upgrades of packages of languages name a version, so of several fixes the newest has to be found.
// The command is the matcher's (scan/match: language.cc), taken from the finding's remediation,
// "COMMAND  (fixed in VERSION)". A report that was read back may hold anything, so only these forms
// are taken, with nothing in them that a shell would read as more than a word.
#include "scan/report/language_fix.h"

#include <algorithm>
#include <array>

#include "core/version/version.h"

namespace seaworthy {
namespace {

struct Manager {
  std::string_view type;
  const VersionScheme* scheme;
  std::string_view before, after;  // around names and versions; both "": there is no command
};

constexpr auto kManagers = std::to_array<Manager>({
    {"npm", &kNpmVersions, "npm install ", ""},
    {"pypi", &kPep440Versions, "pip install --upgrade '", "'"},
    {"golang", &kGoVersions, "go get ", " && go mod tidy"},
    {"gem", &kGemVersions, "gem install ", ""},
    {"cargo", &kCargoVersions, "cargo update -p ", ""},
    {"nuget", &kNugetVersions, "dotnet add package ", ""},
    {"composer", &kComposerVersions, "composer require '", "'"},
    {"pub", &kPubVersions, "dart pub upgrade ", ""},
    {"hex", &kSemverVersions, "mix deps.update ", ""},
    {"opam", &kDebVersions, "opam upgrade ", ""},
    {"maven", &kMavenVersions, "", ""},
});

// Redirections and ranges only mean themselves inside quotes.
bool is_plain(std::string_view text, bool quoted) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [quoted](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._+-:@/").find(c) != std::string_view::npos ||
           (quoted ? std::string_view(">=^") : std::string_view(" ")).find(c) !=
               std::string_view::npos;
  });
}

std::string command_in(std::string_view remediation, const Manager& manager) {
  const std::size_t end = remediation.find("  (fixed in ");
  if (end == std::string_view::npos || manager.before.empty()) return {};
  const std::string_view command = remediation.substr(0, end);
  std::string_view middle = command;
  if (!middle.starts_with(manager.before) || !middle.ends_with(manager.after)) return {};
  if (middle.size() <= manager.before.size() + manager.after.size()) return {};
  middle.remove_prefix(manager.before.size());
  middle.remove_suffix(manager.after.size());
  return is_plain(middle, manager.after == "'") ? std::string(command) : "";
}

}  // namespace

void take_newest_fix(LanguageFix& fix, const Finding& finding, std::string_view type) {
  const auto manager = std::find_if(kManagers.begin(), kManagers.end(),
                                    [&](const Manager& each) { return each.type == type; });
  if (manager == kManagers.end() || finding.fix_versions.empty()) return;
  const std::string& version = finding.fix_versions.front();
  if (!fix.version.empty() && manager->scheme->compare(version, fix.version) != Order::kGreater) {
    return;
  }
  fix = {version, command_in(finding.remediation, *manager)};
}

}  // namespace seaworthy
