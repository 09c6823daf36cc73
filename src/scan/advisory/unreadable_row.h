#pragma once

#include <string_view>

namespace seaworthy {

// How the note begins of a row that a feed makes where its record cannot be read but package and
// vulnerability are known. Such a row is under investigation: whoever has the package is told why
// nothing is decided, instead of nothing.
inline constexpr std::string_view kUnreadableNote = "the feed's record is unreadable: ";

}  // namespace seaworthy
