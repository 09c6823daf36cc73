#pragma once

#include <string>
#include <string_view>

namespace seaworthy {

// Without the white space at both ends.
std::string_view trim(std::string_view text);

// Lower case, ASCII only.
std::string lower_case(std::string_view text);

}  // namespace seaworthy
