#include "scan/advisory/debian_urgency.h"

namespace seaworthy {

bool set_debian_urgency(std::string_view urgency, AdvisoryRow& row) {
  while (urgency.ends_with('*')) urgency.remove_suffix(1);
  if (urgency == "unimportant") {
    row.unimportant = true;
    row.severity = Severity::kNegligible;
  } else if (urgency == "end-of-life") {
    row.fix_state = FixState::kEndOfLife;
    row.note = "end of life";
  } else if (urgency == "low" || urgency == "medium" || urgency == "high") {
    row.severity = *parse_severity(urgency);
  } else {
    return urgency == "not yet assigned";
  }
  return true;
}

}  // namespace seaworthy
