#include "scan/advisory/cvss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace seaworthy {
namespace {

// CVSS v3.1 specification, sections 7.1 (base equations), 7.4 (metric values) and appendix A
// (Roundup on integers, so that binary fractions do not lift a score by a tenth). v3.0 differs from
// v3.1 in the definition of Roundup only; FIRST recommends the v3.1 form for both.

struct Metric {
  std::string_view name;
  std::string_view letters;
};
constexpr std::array<Metric, 8> kBase{{{"AV", "NALP"},
                                       {"AC", "LH"},
                                       {"PR", "NLH"},
                                       {"UI", "NR"},
                                       {"S", "UC"},
                                       {"C", "HLN"},
                                       {"I", "HLN"},
                                       {"A", "HLN"}}};

// The index of each base metric's value in its letters.
std::optional<std::array<std::size_t, 8>> read_metrics(std::string_view text) {
  std::array<std::size_t, 8> values{};
  std::array<bool, 8> given{};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('/'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = part.find(':');
    if (colon == std::string_view::npos) return {};
    for (std::size_t i = 0; i < kBase.size(); ++i) {
      if (part.substr(0, colon) != kBase[i].name) continue;
      const std::string_view value = part.substr(colon + 1);
      const std::size_t at =
          value.size() == 1 ? kBase[i].letters.find(value) : std::string_view::npos;
      if (at == std::string_view::npos || given[i]) return {};
      values[i] = at;
      given[i] = true;
    }
  }
  for (const bool one : given) {
    if (!one) return {};
  }
  return values;
}

double round_up(double value) {
  const auto scaled = static_cast<std::int64_t>(std::llround(value * 100000));
  if (scaled % 10000 == 0) return static_cast<double>(scaled) / 100000;
  return static_cast<double>(scaled / 10000 + 1) / 10;
}

}  // namespace

std::optional<double> cvss3_base_score(std::string_view vector) {
  if (!vector.starts_with("CVSS:3.0/") && !vector.starts_with("CVSS:3.1/")) return {};
  const auto metrics = read_metrics(vector.substr(9));
  if (!metrics) return {};
  const auto [av, ac, pr, ui, s, c, i, a] = *metrics;
  const bool changed = s == 1;
  constexpr std::array kVector{0.85, 0.62, 0.55, 0.2};
  constexpr std::array kComplexity{0.77, 0.44};
  constexpr std::array kPrivileges{0.85, 0.62, 0.27};
  constexpr std::array kPrivilegesChanged{0.85, 0.68, 0.5};
  constexpr std::array kInteraction{0.85, 0.62};
  constexpr std::array kImpact{0.56, 0.22, 0.0};
  const double base = 1 - (1 - kImpact[c]) * (1 - kImpact[i]) * (1 - kImpact[a]);
  const double impact =
      changed ? 7.52 * (base - 0.029) - 3.25 * std::pow(base - 0.02, 15) : 6.42 * base;
  if (impact <= 0) return 0.0;
  const double exploitability = 8.22 * kVector[av] * kComplexity[ac] *
                                (changed ? kPrivilegesChanged[pr] : kPrivileges[pr]) *
                                kInteraction[ui];
  const double sum = changed ? 1.08 * (impact + exploitability) : impact + exploitability;
  return round_up(std::fmin(sum, 10.0));
}

std::string_view cvss_version(std::string_view vector) {
  if (!vector.starts_with("CVSS:")) return "2.0";
  return vector.substr(5, std::min(vector.find('/'), vector.size()) - 5);
}

}  // namespace seaworthy
