#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/report.h"

namespace seaworthy {

// What makes an image unseaworthy, from the command line: `--fail-on` and its relatives.
struct Thresholds {
  std::optional<Severity> severity;  // this or more urgent
  bool kev = false, exploit = false, malicious = false, end_of_life = false;
  std::optional<int> score;
  bool require_complete = false;
  std::string allow_incomplete;  // the reason given; "" not allowed
  bool any() const;
};

// Adds one `--fail-on` value: critical, high, medium, low, kev, exploit, malicious, eol, score=N.
// kUsage: none of these, with the list.
Status add_threshold(Thresholds& thresholds, std::string_view text);

// The verdict by the contract (docs/reference/cli.md): unknown where a whole class could not be
// judged, else unseaworthy where a threshold is crossed, else seaworthy. `report` has everything
// but its verdict.
Verdict judge(const Report& report, const Thresholds& thresholds);

// 0, 2 or 3 by the contract; 2 wins over 3.
int exit_code_of(const Report& report, const Thresholds& thresholds);

}  // namespace seaworthy
