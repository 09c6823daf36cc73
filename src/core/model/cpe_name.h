#pragma once

#include <string_view>

namespace seaworthy {

// The property with the CPE names of a program that no package manager installed, separated by
// spaces: "cpe:2.3:a:redis:redis:7.2.4:*:*:*:*:*:*:*".
inline constexpr std::string_view kCpe = "cpe";

}  // namespace seaworthy
