#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/version/version.h"

namespace seaworthy {

// The words in which package managers and advisory databases write sets of versions.
enum class ConstraintSyntax {
  kNpm,          // "^1.2.3 || >=2.0.0 <2.4.1", "1.x", "1.2 - 2.3"
  kCargo,        // ">= 1.2, < 2", "~1.4"; a bare version means "^"
  kGem,          // "~> 4.2.5, >= 4.2.5.1"; a bare version means "="
  kComparators,  // ">=1.2,<1.4": operators and versions only
};

// The versions between two bounds; a bound that is "" is open.
struct VersionInterval {
  std::string lower, upper;
  bool includes_lower = true, includes_upper = false;
  bool operator==(const VersionInterval&) const = default;
};

// All versions of any of its intervals; none where it is empty.
using VersionSet = std::vector<VersionInterval>;

// kInvalidInput: not of that syntax, or a version in it that `scheme` cannot order;
// kLimitExceeded: more than 4 KiB, or more than 256 alternatives.
Result<VersionSet> parse_constraint(ConstraintSyntax syntax, std::string_view text,
                                    const VersionScheme& scheme);

// Bounds must be of the scheme, as parse_constraint leaves them.
VersionSet intersection(const VersionSet& a, const VersionSet& b, const VersionScheme& scheme);
// Every version that is not in the set; its intervals in ascending order.
VersionSet complement(const VersionSet& set, const VersionScheme& scheme);

}  // namespace seaworthy
