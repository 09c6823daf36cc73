#include <algorithm>
#include <array>

#include "core/version/version.h"

namespace seaworthy {
namespace {

// The order of `list` and of the documentation.
constexpr auto kSchemes = std::to_array<const VersionScheme*>({
    &kDebVersions,      &kRpmVersions,   &kApkVersions,     &kSemverVersions,  &kNpmVersions,
    &kPep440Versions,   &kMavenVersions, &kGemVersions,     &kNugetVersions,   &kGoVersions,
    &kComposerVersions, &kCargoVersions, &kAlpmVersions,    &kGenericVersions, &kBitnamiVersions,
    &kPubVersions,      &kCranVersions,  &kHackageVersions, &kJvmVersions,
});

}  // namespace

std::span<const VersionScheme* const> all_version_schemes() {
  return kSchemes;
}

const VersionScheme* find_version_scheme(std::string_view name) {
  const auto found = std::find_if(kSchemes.begin(), kSchemes.end(),
                                  [&](const VersionScheme* s) { return s->name == name; });
  return found == kSchemes.end() ? nullptr : *found;
}

std::string_view sign_of(Order order) {
  switch (order) {
    case Order::kLess:
      return "<";
    case Order::kEqual:
      return "=";
    case Order::kGreater:
      return ">";
    case Order::kIncomparable:
      return "?";
  }
  return "?";
}

}  // namespace seaworthy
