// CVSS v2 guide, section 3.2.1 (base equation) and 2.1 (metric values).
#include <array>
#include <cmath>

#include "scan/advisory/cvss_equations.h"

namespace seaworthy {
namespace {

constexpr std::array<CvssMetric, 6> kBase{
    {{"AV", "LAN"}, {"AC", "HML"}, {"Au", "MSN"}, {"C", "NPC"}, {"I", "NPC"}, {"A", "NPC"}}};

}  // namespace

std::optional<double> cvss2_score(std::string_view metrics) {
  std::array<std::size_t, kBase.size()> values{};
  if (!read_cvss_metrics(metrics, kBase, values)) return {};
  const auto [av, ac, au, c, i, a] = values;
  constexpr std::array kVector{0.395, 0.646, 1.0};
  constexpr std::array kComplexity{0.35, 0.61, 0.71};
  constexpr std::array kAuthentication{0.45, 0.56, 0.704};
  constexpr std::array kImpact{0.0, 0.275, 0.660};
  const double impact = 10.41 * (1 - (1 - kImpact[c]) * (1 - kImpact[i]) * (1 - kImpact[a]));
  if (impact <= 0) return 0.0;
  const double exploitability = 20 * kVector[av] * kComplexity[ac] * kAuthentication[au];
  const double score = (0.6 * impact + 0.4 * exploitability - 1.5) * 1.176;
  return std::round(score * 10) / 10;
}

}  // namespace seaworthy
