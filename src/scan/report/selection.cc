#include <algorithm>

#include "scan/report/format.h"

namespace seaworthy {
namespace {

// A malicious package passes every filter (docs/reference/matching.md, rule 62).
bool passes_filters(const Finding& finding, const FormatOptions& options) {
  if (finding.kind == FindingKind::kMalicious) return true;
  if (options.only_fixed && finding.fix_state != FixState::kFixed) return false;
  return options.severities.empty() ||
         std::find(options.severities.begin(), options.severities.end(), finding.severity) !=
             options.severities.end();
}

}  // namespace

std::vector<const Finding*> selected_findings(const Report& report, const FormatOptions& options) {
  std::vector<const Finding*> selected;
  for (const Finding& finding : report.findings) {
    if (!is_raised(finding) && !options.show_suppressed) continue;
    if (passes_filters(finding, options)) selected.push_back(&finding);
  }
  return selected;
}

std::size_t filtered_findings(const Report& report, const FormatOptions& options) {
  return static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
        return is_raised(finding) && !passes_filters(finding, options);
      }));
}

}  // namespace seaworthy
