#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace seaworthy {

// A point in time, seconds since 1970-01-01T00:00:00Z. Everything outside this header that prints
// or reads a time goes through these functions, so all times in all outputs are UTC RFC 3339.
using UnixSeconds = std::int64_t;

// Wall clock. SOURCE_DATE_EPOCH, where set, replaces it, so that tests and reproducible builds
// print the same bytes.
UnixSeconds now();

// "2026-11-23T08:00:00Z".
std::string rfc3339(UnixSeconds time);

// "2026-11-23".
std::string iso_date(UnixSeconds time);

// Reads "2026-11-23", "2026-11-23T08:00:00Z", fractions of a second and numeric offsets.
// Empty where the text is no such time or names a day that does not exist.
std::optional<UnixSeconds> parse_time(std::string_view text);

}  // namespace seaworthy
