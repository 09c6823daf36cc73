#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace seaworthy {

enum class Order { kLess, kEqual, kGreater, kIncomparable };

// "<", "=", ">", "?".
std::string_view sign_of(Order order);

// How one ecosystem orders its versions. Pure functions; linear in their input; versions longer
// than 1 KiB are incomparable.
struct VersionScheme {
  std::string_view name;  // as in `tool vercmp SCHEME`
  std::string_view description;
  Order (*compare)(std::string_view a, std::string_view b);
};

std::span<const VersionScheme* const> all_version_schemes();
const VersionScheme* find_version_scheme(std::string_view name);  // null where there is none

extern const VersionScheme kDebVersions;     // Debian Policy 5.6.12, as dpkg --compare-versions
extern const VersionScheme kRpmVersions;     // rpmvercmp with epoch, ~ and ^
extern const VersionScheme kApkVersions;     // apk-tools
extern const VersionScheme kSemverVersions;  // Semantic Versioning 2.0.0
extern const VersionScheme kNpmVersions;
extern const VersionScheme kPep440Versions;  // Python
extern const VersionScheme kMavenVersions;
extern const VersionScheme kGemVersions;
extern const VersionScheme kNugetVersions;
extern const VersionScheme kGoVersions;  // modules and toolchains
extern const VersionScheme kComposerVersions;
extern const VersionScheme kCargoVersions;
extern const VersionScheme kAlpmVersions;  // pacman
extern const VersionScheme kGenericVersions;
extern const VersionScheme kBitnamiVersions;
extern const VersionScheme kPubVersions;      // Dart
extern const VersionScheme kCranVersions;     // R
extern const VersionScheme kHackageVersions;  // Haskell
extern const VersionScheme kJvmVersions;      // Java runtimes

}  // namespace seaworthy
