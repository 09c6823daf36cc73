#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace seaworthy {

// A metric of a CVSS vector and the letters of its values, in the order of its specification.
struct CvssMetric {
  std::string_view name;
  std::string_view letters;
};

// The index of each metric's value in its letters. False where one of `metrics` is missing, given
// twice or has no such value; other metrics may stand in `vector` ("AV:N/AC:L/...") and are
// skipped.
bool read_cvss_metrics(std::string_view vector, std::span<const CvssMetric> metrics,
                       std::span<std::size_t> values);

// Base scores of vectors without their "CVSS:x.y/".
std::optional<double> cvss2_score(std::string_view metrics);
std::optional<double> cvss3_score(std::string_view metrics);
std::optional<double> cvss4_score(std::string_view metrics);

}  // namespace seaworthy
