// CVSS v3.1 specification, sections 7.1 (base equations), 7.4 (metric values) and appendix A
// (Roundup on integers, so that binary fractions do not lift a score by a tenth). v3.0 differs from
// v3.1 in the definition of Roundup only; FIRST recommends the v3.1 form for both.
#include <array>
#include <cmath>
#include <cstdint>

#include "scan/advisory/cvss_equations.h"

namespace seaworthy {
namespace {

constexpr std::array<CvssMetric, 8> kBase{{{"AV", "NALP"},
                                           {"AC", "LH"},
                                           {"PR", "NLH"},
                                           {"UI", "NR"},
                                           {"S", "UC"},
                                           {"C", "HLN"},
                                           {"I", "HLN"},
                                           {"A", "HLN"}}};

double round_up(double value) {
  const auto scaled = static_cast<std::int64_t>(std::llround(value * 100000));
  if (scaled % 10000 == 0) return static_cast<double>(scaled) / 100000;
  return static_cast<double>(scaled / 10000 + 1) / 10;
}

}  // namespace

std::optional<double> cvss3_score(std::string_view text) {
  std::array<std::size_t, kBase.size()> values{};
  if (!read_cvss_metrics(text, kBase, values)) return {};
  const auto [av, ac, pr, ui, s, c, i, a] = values;
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

}  // namespace seaworthy
