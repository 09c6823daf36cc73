#pragma once

#include <string>

#include "core/model/finding.h"
#include "core/model/inventory.h"
#include "scan/match/decision.h"

namespace seaworthy {

// Go: takes what the programs of the image hold into a finding whose advisory names the vulnerable
// functions (rule 51). Where none of them is in any program that holds the module the finding is
// "not affected"; its rule says what was found, or why it rests on the module's version alone.
// `decision` is the one that the finding was made from.
void judge_linked_symbols(Finding& finding, const Decision& decision, const Inventory& inventory,
                          const Package& package);

}  // namespace seaworthy
