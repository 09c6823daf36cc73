#pragma once

#include <optional>
#include <string_view>

#include "core/model/finding.h"

namespace seaworthy {

// The base score, 0.0 to 10.0, of a CVSS vector: v2 ("AV:N/AC:L/Au:N/C:P/I:P/A:P", also in
// parentheses), v3.0 and v3.1 ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), v4.0. Temporal,
// threat and environmental metrics may stand in the vector and do not count. Empty where a base
// metric is missing, given twice or has no such value, and for other versions.
std::optional<double> cvss_base_score(std::string_view vector);

// "3.1" of a vector; "2.0" for one without a prefix.
std::string_view cvss_version(std::string_view vector);

// The qualitative rating of a base score, CVSS v3.1 section 5; 0 is kNegligible.
Severity severity_of_score(double score);

}  // namespace seaworthy
