// RubyGems versions, compared as Gem::Version does: runs of digits and of letters, a '-' stands for
// ".pre.". Zeros at the end of the numbers, and at the end of what follows from the first word on,
// say nothing. Numbers are behind words, a version with a word is before the same without it.
#include <algorithm>
#include <string_view>
#include <vector>

#include "core/version/runs.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

void drop_zeros(std::vector<std::string_view>& segments) {
  while (!segments.empty() && all_digits(segments.back()) &&
         segments.back().find_first_not_of('0') == std::string_view::npos) {
    segments.pop_back();
  }
}

// Empty where a character belongs to no version.
bool parse(std::string_view text, std::vector<std::string_view>& segments) {
  bool has_word = false;
  while (!text.empty()) {
    const char c = text.front();
    if (c == '.' || c == '_') {
      text.remove_prefix(1);
      continue;
    }
    std::string_view segment = "pre";
    if (c == '-') {
      text.remove_prefix(1);
    } else if (is_digit(c)) {
      segment = take_digits(text);
    } else {
      segment = take_letters(text);
      if (segment.empty()) return false;
    }
    if (!is_digit(segment.front()) && !has_word) {
      drop_zeros(segments);
      has_word = true;
    }
    segments.push_back(segment);
  }
  drop_zeros(segments);
  return true;
}

Order compare_gem(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  std::vector<std::string_view> left, right;
  if (!parse(a, left) || !parse(b, right)) return Order::kIncomparable;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string_view one = i < left.size() ? left[i] : "0";
    const std::string_view other = i < right.size() ? right[i] : "0";
    const bool one_number = is_digit(one.front());
    if (one_number != is_digit(other.front())) return one_number ? Order::kGreater : Order::kLess;
    const Order order = one_number ? compare_numbers(one, other) : compare_bytes(one, other);
    if (order != Order::kEqual) return order;
  }
  return Order::kEqual;
}

}  // namespace

const VersionScheme kGemVersions{
    .name = "gem", .description = "RubyGems' Gem::Version", .compare = compare_gem};

}  // namespace seaworthy
