#pragma once

#include <string_view>

#include "scan/advisory/releases.h"

namespace seaworthy {

// A SUSE or openSUSE product as OVAL, updateinfo and OSV write its name, with or without the
// "SUSE " or "openSUSE " in front: "Linux Enterprise Server 15 SP4-LTSS" is sles 15.4 in the
// channel ltss, "Leap 15.5" is opensuse-leap 15.5. `skip` says why a product is not kept.
Ecosystem map_suse_product(std::string_view product);

}  // namespace seaworthy
