#include "scan/advisory/affected_versions.h"

namespace seaworthy {

std::vector<VersionRange> ranges_of(const VersionSet& set) {
  std::vector<VersionRange> out;
  for (const VersionInterval& interval : set) {
    VersionRange range;
    range.introduced = interval.lower.empty() ? "0" : interval.lower;
    range.introduced_excluded = !interval.lower.empty() && !interval.includes_lower;
    (interval.includes_upper ? range.last_affected : range.fixed) = interval.upper;
    out.push_back(std::move(range));
  }
  return out;
}

Result<VersionSet> versions_beside(ConstraintSyntax syntax, std::span<const std::string> safe,
                                   const VersionScheme& scheme) {
  VersionSet all;
  for (const std::string& constraint : safe) {
    ASSIGN_OR_RETURN(const VersionSet one, parse_constraint(syntax, constraint, scheme));
    all.insert(all.end(), one.begin(), one.end());
  }
  return complement(all, scheme);
}

FixState fix_state_of(const std::vector<VersionRange>& ranges) {
  bool fixed = false;
  bool open = false;
  for (const VersionRange& range : ranges) {
    fixed = fixed || !range.fixed.empty();
    open = open || (range.fixed.empty() && range.last_affected.empty());
  }
  return fixed ? FixState::kFixed : open ? FixState::kNotFixed : FixState::kUnknown;
}

}  // namespace seaworthy
