#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace seaworthy {

// Whether the text is the id of a licence that distributions commonly name, on the SPDX list. Not
// every id of the list is known here; one that is not is written as a licence of its own, which is
// always valid.
bool is_spdx_license(std::string_view text);

// Whether the text is an SPDX licence expression of known ids ("GPL-2.0-only OR MIT").
bool is_spdx_expression(std::string_view text);

// The licences of one package as one SPDX expression: what is no expression becomes a
// "LicenseRef-...", and `own` keeps the text behind it. "NOASSERTION" where there is none.
std::string spdx_expression(const std::vector<std::string>& licenses,
                            std::map<std::string, std::string>& own);

}  // namespace seaworthy
