#pragma once

#include <set>
#include <string>
#include <utility>

#include "scan/match/match.h"

namespace seaworthy {

// An ecosystem and release of the advisory database: {"debian", "12"}, {"npm", ""}.
using Scope = std::pair<std::string, std::string>;

// Which of them matching would look into for this inventory if everything that the database's
// publisher has were in place. Matching itself is asked, over a database whose rows are empty, so
// the answer stays true whatever rules it has.
std::set<Scope> scopes_for(const Inventory& inventory, const AdvisoryLookup& lookup,
                           const MatchOptions& options);

}  // namespace seaworthy
