// Versions that are nothing but lists of numbers, where a longer one is newer than its beginning:
// R's packages (CRAN; '.' and '-' separate alike) and Haskell's (Hackage; '.').
#include <string_view>
#include <vector>

#include "core/version/runs.h"
#include "core/version/semantic.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

Order compare_lists(std::string_view a, std::string_view b, std::string_view separators) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  Order order = Order::kEqual;
  while (!a.empty() && !b.empty()) {
    const std::string_view left = take_until(a, separators);
    const std::string_view right = take_until(b, separators);
    if (!all_digits(left) || !all_digits(right)) return Order::kIncomparable;
    if (order == Order::kEqual) order = compare_numbers(left, right);
  }
  for (std::string_view* rest : {&a, &b}) {
    if (rest->empty()) continue;
    if (order == Order::kEqual) order = rest == &a ? Order::kGreater : Order::kLess;
    while (!rest->empty()) {
      if (!all_digits(take_until(*rest, separators))) return Order::kIncomparable;
    }
  }
  return order;
}

Order compare_cran(std::string_view a, std::string_view b) {
  return compare_lists(a, b, ".-");
}
Order compare_hackage(std::string_view a, std::string_view b) {
  return compare_lists(a, b, ".");
}

}  // namespace

const VersionScheme kCranVersions{
    .name = "cran", .description = "R packages: lists of numbers", .compare = compare_cran};
const VersionScheme kHackageVersions{
    .name = "hackage", .description = "Haskell: lists of numbers", .compare = compare_hackage};

}  // namespace seaworthy
