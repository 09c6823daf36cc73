// NuGet versions: up to four numbers, missing ones are 0, then a pre-release after Semantic
// Versioning but in any case of letters; build metadata does not count.
#include <string>
#include <string_view>

#include "core/base/text.h"
#include "core/version/runs.h"
#include "core/version/semantic.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

Order compare_nuget(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  const std::string left_text = lower_case(a);
  const std::string right_text = lower_case(b);
  const auto left = parse_semantic(left_text);
  const auto right = parse_semantic(right_text);
  if (!left || !right || left->numbers.size() > 4 || right->numbers.size() > 4) {
    return Order::kIncomparable;
  }
  const Order order = compare_number_lists(left->numbers, right->numbers, 4);
  return order == Order::kEqual ? compare_pre_releases(left->pre_release, right->pre_release)
                                : order;
}

}  // namespace

const VersionScheme kNugetVersions{
    .name = "nuget", .description = "NuGet: four numbers, any case", .compare = compare_nuget};

}  // namespace seaworthy
