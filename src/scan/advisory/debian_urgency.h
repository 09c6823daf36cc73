#pragma once

#include <string_view>

#include "core/model/advisory.h"

namespace seaworthy {

// Debian's urgency of an issue: "low**" (two stars mark an automatic value), "medium", "high",
// "unimportant" (no security impact, rule 7), "end-of-life", "not yet assigned". False: another
// word, which changes nothing.
bool set_debian_urgency(std::string_view urgency, AdvisoryRow& row);

}  // namespace seaworthy
