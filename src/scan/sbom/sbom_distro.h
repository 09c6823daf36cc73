#pragma once

#include <string>
#include <string_view>

#include "core/model/package.h"

namespace seaworthy {

// The os-release ID of a distribution that an SBOM calls by another name: "alma" is almalinux,
// "redhat" rhel, "amazon" amzn. Unknown names are lowered and kept.
std::string sbom_distro_id(std::string_view name);

// Reads a purl's distro qualifier: "debian-12", "opensuse-leap-15.5", "debian-bookworm", "jessie",
// "3.18.4". What it does not say comes from the purl's namespace. Distro::id is "" where neither
// tells.
Distro distro_of_qualifier(std::string_view qualifier, std::string_view name_space);

// False where what is known of the two says that they are different distributions or releases:
// debian 12 and 12.4 may be one, debian 12 and bookworm too, 11 and 12 are not.
bool may_be_one_release(const Distro& a, const Distro& b);

}  // namespace seaworthy
