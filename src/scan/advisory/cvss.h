#pragma once

#include <optional>
#include <string_view>

namespace seaworthy {

// The base score of a CVSS v3.0 or v3.1 vector ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
// 0.0 to 10.0. Temporal and environmental metrics may stand in the vector and do not count. Empty
// where a base metric is missing, given twice or has no such value, and for other versions.
std::optional<double> cvss3_base_score(std::string_view vector);

// "3.1" of a vector; "2.0" for one without a prefix.
std::string_view cvss_version(std::string_view vector);

}  // namespace seaworthy
