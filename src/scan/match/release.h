#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/package.h"
#include "core/version/version.h"

namespace seaworthy {

// Which keys of the advisory database speak for an image's distribution.
struct ReleaseKeys {
  std::string ecosystem;
  // Forms under which a feed may file this very release, best first; never a sibling's.
  std::vector<std::string> releases;
  std::string label;  // for people: "debian 12", "wolfi"
};
ReleaseKeys release_keys(const Distro& distro);

// Whether the distribution has no releases that end, only one that goes on: Wolfi, Debian's sid.
bool is_rolling(const ReleaseKeys& keys);

// The package manager of a distribution; empty where the distribution is not known, and then any.
std::optional<PackageType> package_type_of(std::string_view ecosystem);

// Null for packages that no operating system's package manager owns.
const VersionScheme* version_scheme_of(PackageType type);

}  // namespace seaworthy
