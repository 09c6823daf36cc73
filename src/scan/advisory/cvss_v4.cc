// CVSS v4.0 specification, section 8 (scoring). The base metrics form equivalence classes (EQ1 to
// EQ6); each combination, a macro vector, has a score that experts gave it. A vector's own score
// lies below that, by the mean of how far it is, in each class, on the way to the next lower one.
//
// Only the base score is computed: threat (E) and environmental metrics have their worst values.
// EQ5 is 0 then, EQ6 follows from EQ3, and subsequent-system safety (EQ4 = 0) cannot occur.
#include <algorithm>
#include <array>
#include <cmath>

#include "scan/advisory/cvss_equations.h"

namespace seaworthy {
namespace {

// The letters of each metric in order of severity, so that an index is the metric's distance from
// its worst value.
constexpr std::array<CvssMetric, 11> kBase{{{"AV", "NALP"},
                                            {"PR", "NLH"},
                                            {"UI", "NPA"},
                                            {"AC", "LH"},
                                            {"AT", "NP"},
                                            {"VC", "HLN"},
                                            {"VI", "HLN"},
                                            {"VA", "HLN"},
                                            {"SC", "HLN"},
                                            {"SI", "HLN"},
                                            {"SA", "HLN"}}};

// EQ3 and EQ6 together, in order of severity.
enum Impact { k00, k01, k10, k11, k21 };

// Scores of macro vectors by [EQ1][EQ2][EQ4 - 1][Impact], EQ5 = 0.
constexpr double kScores[3][2][2][5] = {{{{10, 9.6, 9.3, 9.2, 7.9}, {9.3, 9, 8.8, 8, 6.9}},
                                         {{9.5, 9.1, 9.2, 8.2, 7.1}, {9.2, 8.1, 8.4, 7, 6.3}}},
                                        {{{9.4, 8.9, 8.6, 7.6, 6.5}, {8.7, 7.5, 7.2, 5.7, 5.3}},
                                         {{9, 7.7, 7.4, 5.9, 5.8}, {7.7, 6.6, 6.1, 5.2, 2.3}}},
                                        {{{8.6, 7.4, 7.2, 5.7, 4.7}, {7, 5.4, 5.3, 3.6, 2.4}},
                                         {{7.3, 5.5, 6.1, 5.1, 2.4}, {5.4, 4.3, 4.6, 1.8, 1}}}};

// One class: how far the vector is from the worst of its class, of how many steps, and the score of
// the next lower class. `lower` is negative where there is none.
struct Way {
  std::size_t distance = 0, steps = 1;
  double lower = -1;
};

}  // namespace

std::optional<double> cvss4_score(std::string_view metrics) {
  std::array<std::size_t, kBase.size()> values{};
  if (!read_cvss_metrics(metrics, kBase, values)) return {};
  const auto [av, pr, ui, ac, at, vc, vi, va, sc, si, sa] = values;
  const std::size_t reach = av + pr + ui;
  const std::size_t conditions = ac + at;
  const std::size_t vulnerable = vc + vi + va;
  const std::size_t subsequent = sc + si + sa;
  if (vulnerable == 6 && subsequent == 6) return 0.0;

  const bool far = av == 3 || (av != 0 && pr != 0 && ui != 0);
  const std::size_t eq1 = far ? 2 : reach == 0 ? 0 : 1;
  const std::size_t eq2 = conditions == 0 ? 0 : 1;
  const bool whole = vc == 0 && vi == 0;
  const Impact impact = whole ? k00 : (vc == 0 || vi == 0 || va == 0) ? k10 : k21;
  const std::size_t eq4 = (sc == 0 || si == 0 || sa == 0) ? 0 : 1;

  const auto score = [](std::size_t e1, std::size_t e2, std::size_t e4, Impact e36) {
    return kScores[e1][e2][e4][e36];
  };
  std::array<Way, 4> ways;
  constexpr std::array<std::size_t, 3> kReachOfWorst{0, 1, 3};
  constexpr std::array<std::size_t, 3> kReachSteps{1, 4, 5};
  ways[0] = {reach - kReachOfWorst[eq1], kReachSteps[eq1],
             eq1 < 2 ? score(eq1 + 1, eq2, eq4, impact) : -1};
  ways[1] = {conditions - eq2, eq2 + 1, eq2 == 0 ? score(eq1, 1, eq4, impact) : -1};
  if (impact == k00) {
    ways[2] = {vulnerable, 7, std::max(score(eq1, eq2, eq4, k01), score(eq1, eq2, eq4, k10))};
  } else if (impact == k10) {
    ways[2] = {vulnerable - 1, 8, score(eq1, eq2, eq4, k11)};
  }
  ways[3] = {subsequent - (eq4 == 0 ? 0 : 3), eq4 == 0 ? 5U : 4U,
             eq4 == 0 ? score(eq1, eq2, 1, impact) : -1};

  const double value = score(eq1, eq2, eq4, impact);
  double sum = 0;
  int classes = 1;  // EQ5: there is a lower one, and the vector is at its worst
  for (const Way& way : ways) {
    if (way.lower < 0) continue;
    ++classes;
    sum += (value - way.lower) * static_cast<double>(way.distance) / static_cast<double>(way.steps);
  }
  constexpr double kEpsilon = 1e-6;  // halves are rounded up also where binary fractions miss them
  const double result = std::clamp(value - sum / classes, 0.0, 10.0);
  return std::floor((result + kEpsilon) * 10 + 0.5) / 10;
}

}  // namespace seaworthy
