#include "scan/advisory/cvss.h"

#include <algorithm>
#include <vector>

#include "scan/advisory/cvss_equations.h"

namespace seaworthy {

bool read_cvss_metrics(std::string_view vector, std::span<const CvssMetric> metrics,
                       std::span<std::size_t> values) {
  std::vector<bool> given(metrics.size());
  while (!vector.empty()) {
    const std::size_t end = std::min(vector.find('/'), vector.size());
    const std::string_view part = vector.substr(0, end);
    vector.remove_prefix(std::min(end + 1, vector.size()));
    const std::size_t colon = part.find(':');
    if (colon == std::string_view::npos) return false;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      if (part.substr(0, colon) != metrics[i].name) continue;
      const std::string_view value = part.substr(colon + 1);
      const std::size_t at =
          value.size() == 1 ? metrics[i].letters.find(value) : std::string_view::npos;
      if (at == std::string_view::npos || given[i]) return false;
      values[i] = at;
      given[i] = true;
    }
  }
  return std::find(given.begin(), given.end(), false) == given.end();
}

std::optional<double> cvss_base_score(std::string_view vector) {
  const std::string_view version = cvss_version(vector);
  if (version == "2.0") {
    if (vector.starts_with('(') && vector.ends_with(')')) {
      vector = vector.substr(1, vector.size() - 2);
    }
    return cvss2_score(vector);
  }
  const std::string_view metrics = vector.substr(std::min(vector.find('/'), vector.size() - 1) + 1);
  if (version == "3.0" || version == "3.1") return cvss3_score(metrics);
  return version == "4.0" ? cvss4_score(metrics) : std::nullopt;
}

Severity severity_of_score(double score) {
  if (score >= 9.0) return Severity::kCritical;
  if (score >= 7.0) return Severity::kHigh;
  if (score >= 4.0) return Severity::kMedium;
  return score > 0 ? Severity::kLow : Severity::kNegligible;
}

std::string_view cvss_version(std::string_view vector) {
  if (!vector.starts_with("CVSS:")) return "2.0";
  return vector.substr(5, std::min(vector.find('/'), vector.size()) - 5);
}

}  // namespace seaworthy
