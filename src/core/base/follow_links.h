#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace seaworthy {

// Where a path below some root leads with every symbolic link followed inside that root, parents
// and last part. `target_of` gives the text of the link at a path without links, null where there
// is none. Empty where more than 40 links are met, as for the kernel (MAXSYMLINKS).
std::optional<std::string> follow_links(
    std::string_view path, const std::function<const std::string*(const std::string&)>& target_of);

}  // namespace seaworthy
