#pragma once

#include <string_view>

#include "core/model/advisory.h"

namespace seaworthy {

// The state that a description begins with: "** REJECT ** ...", "Rejected reason: ...",
// "[REJECTED] ...", "** DISPUTED ** ...". kActive where it begins with none.
AdvisoryState state_marked_in(std::string_view description);

}  // namespace seaworthy
