#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace seaworthy {

// Other ids of the weakness `id`, sorted, `id` itself not among them.
//
// `linked(x)` gives the ids that name x as an alias or that x names. Feeds are not careful with
// these sets: one GHSA may list two CVE ids, and walking through it would join two weaknesses, then
// everything linked to either. So the walk belongs to one CVE id at most: the first that is met
// (the start itself where it is one). An id that is linked with two different CVE ids is shared: it
// is given as an alias, and nothing behind it is. Advisory ids are never part of the answer.
std::vector<std::string> alias_closure(
    std::string_view id, const std::function<std::vector<std::string>(std::string_view)>& linked);

}  // namespace seaworthy
