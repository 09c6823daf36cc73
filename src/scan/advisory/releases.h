#pragma once

#include <span>
#include <string>
#include <string_view>

namespace seaworthy {

struct ReleaseName {
  std::string_view codename;
  std::string_view version;  // as os-release VERSION_ID says; "sid" for Debian's unstable
};

// Debian's and Ubuntu's codenames, oldest first.
std::span<const ReleaseName> debian_releases();
std::span<const ReleaseName> ubuntu_releases();

// "" where the codename is not known.
std::string_view debian_version(std::string_view codename);
std::string_view ubuntu_version(std::string_view codename);

// An OSV ecosystem as this database names it, or why it is not kept.
struct Ecosystem {
  std::string name;     // "" where it is skipped
  std::string release;  // "" where the ecosystem has none
  std::string channel;  // Ubuntu Pro
  std::string_view skip;
};
Ecosystem map_osv_ecosystem(std::string_view ecosystem);

}  // namespace seaworthy
