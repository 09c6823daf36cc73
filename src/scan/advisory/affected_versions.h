#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/model/advisory.h"
#include "core/version/constraint.h"

namespace seaworthy {

std::vector<VersionRange> ranges_of(const VersionSet& set);

// The versions of none of these constraints: what is affected, where a feed says which versions are
// patched and which never were affected. All of them where there are no constraints.
Result<VersionSet> versions_beside(ConstraintSyntax syntax, std::span<const std::string> safe,
                                   const VersionScheme& scheme);

// Fixed where a range ends with a fixed version, not fixed where one never ends.
FixState fix_state_of(const std::vector<VersionRange>& ranges);

}  // namespace seaworthy
