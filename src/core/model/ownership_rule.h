#pragma once

#include <string_view>

namespace seaworthy {

// A package with this property is one that a program seems to be or to belong to, by its own
// content. It is left out where a package of the operating system owns the file: then that package
// says it better (rule 58).
inline constexpr std::string_view kUnlessOwned = "unless-owned";

}  // namespace seaworthy
