#pragma once

#include <string>
#include <string_view>

#include "core/model/finding.h"

namespace seaworthy {

// The upgrade of one package of a language that removes all its findings.
struct LanguageFix {
  std::string version;
  std::string command;  // printable, one line for a shell; "" none
};

// Puts the finding's fix into `fix` where it is newer, in the order of the language; where the two
// cannot be compared the first stays. `type` is the package's purl type.
void take_newest_fix(LanguageFix& fix, const Finding& finding, std::string_view type);

}  // namespace seaworthy
