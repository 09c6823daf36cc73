#pragma once

#include <string>
#include <string_view>

#include "core/base/text.h"
#include "core/model/package.h"

namespace seaworthy {

// The os-release ID of the distribution that `text` begins to name: an ID in any case, an LSB
// DISTRIB_ID or a name such as "CentOS Linux" or "Red Hat Enterprise Linux Server". "" where the
// name is not known.
std::string distro_id_of(std::string_view text);

// Brings a distribution read from any file into the one form that matching and package URLs use:
// id and version in lower case, ids that mean the same merged, "stream" as the variant of CentOS
// Stream, Debian's testing and unstable known by their codename alone.
void finish_distro(Distro& distro);

}  // namespace seaworthy
