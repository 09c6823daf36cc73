// Versions of software that follows no scheme that is known ("1.1.1w", "9.3p1", "2.4.0-rc1",
// "R14B03"), for what is matched by name and version alone.
//
// Runs of digits and of letters compare in order, everything else only separates. Numbers are
// behind words. A word that announces a release (dev, alpha, a, beta, b, pre, preview, rc, cr,
// snapshot) is before the end, any other word ("w" of 1.1.1w, "p1") behind it. Zeros at the end say
// nothing.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/version/runs.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

constexpr auto kAnnouncing = std::to_array<std::pair<std::string_view, int>>({
    {"dev", -6},
    {"snapshot", -5},
    {"alpha", -4},
    {"beta", -3},
    {"pre", -2},
    {"preview", -2},
    {"rc", -1},
    {"cr", -1},
});

// "" at the end.
std::string_view take_run(std::string_view& text) {
  const auto begins =
      std::find_if(text.begin(), text.end(), [](char c) { return is_digit(c) || is_letter(c); });
  text.remove_prefix(static_cast<std::size_t>(begins - text.begin()));
  return !text.empty() && is_digit(text.front()) ? take_digits(text) : take_letters(text);
}

// "a" and "b" announce where a digit follows: 1.0a1, but not 1.0.2a.
int rank(std::string_view run, std::string_view rest) {
  if (run.empty()) return 0;
  if (is_digit(run.front())) return run.find_first_not_of('0') == run.npos ? 0 : 2;
  const bool before_digit = !rest.empty() && is_digit(rest.front());
  if (before_digit && (run == "a" || run == "b")) return run == "a" ? -4 : -3;
  for (const auto& [word, rank] : kAnnouncing) {
    if (run == word) return rank;
  }
  return 1;
}

Order compare_generic(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  const std::string left_text = lower_case(a);
  const std::string right_text = lower_case(b);
  std::string_view left = left_text;
  std::string_view right = right_text;
  if (left.starts_with('v')) left.remove_prefix(1);
  if (right.starts_with('v')) right.remove_prefix(1);
  if (left.find_first_of("0123456789") == left.npos ||
      right.find_first_of("0123456789") == right.npos) {
    return left == right ? Order::kEqual : Order::kIncomparable;
  }
  while (true) {
    const std::string_view one = take_run(left);
    const std::string_view other = take_run(right);
    if (one.empty() && other.empty()) return Order::kEqual;
    const int one_rank = rank(one, left);
    const int other_rank = rank(other, right);
    if (one_rank != other_rank) return one_rank < other_rank ? Order::kLess : Order::kGreater;
    const Order order = one_rank == 2   ? compare_numbers(one, other)
                        : one_rank == 1 ? compare_bytes(one, other)
                                        : Order::kEqual;
    if (order != Order::kEqual) return order;
  }
}

}  // namespace

const VersionScheme kGenericVersions{.name = "generic",
                                     .description = "no known scheme: runs of digits and letters",
                                     .compare = compare_generic};

}  // namespace seaworthy
