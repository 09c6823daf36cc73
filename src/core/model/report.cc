#include "core/model/report.h"

#include <tuple>

namespace seaworthy {

std::string_view name_of(VerdictResult result) {
  switch (result) {
    case VerdictResult::kSeaworthy:
      return "seaworthy";
    case VerdictResult::kUnseaworthy:
      return "unseaworthy";
    case VerdictResult::kUnknown:
      return "unknown";
  }
  return "unknown";
}

bool finding_before(const Report& report, const Finding& a, const Finding& b) {
  // Malicious packages and known exploitation come before any score.
  const auto urgency = [](const Finding& f) {
    return std::tuple(f.kind == FindingKind::kMalicious, f.kev.has_value(), f.score, f.severity);
  };
  if (urgency(a) != urgency(b)) return urgency(a) > urgency(b);
  if (a.id != b.id) return a.id < b.id;
  const Package& left = report.inventory.packages.at(a.package);
  const Package& right = report.inventory.packages.at(b.package);
  return package_before(left, right);
}

}  // namespace seaworthy
