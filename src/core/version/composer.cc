// Composer (Packagist) versions, compared as PHP's version_compare does, without a leading "v",
// build metadata and "-stable", and in any case of letters.
//
// Parts are separated by '.', '-', '_' and by every change between digits and other characters.
// Numbers compare as numbers, words by rank: any other word < dev < alpha = a < beta = b < rc < a
// number, or '#' < pl = p. A word has the rank of the first of these it begins with. Where one
// version has ended, a number makes the other one newer, and a word stands against a number.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/version/runs.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

constexpr int kNumber = 4;
constexpr auto kRanks = std::to_array<std::pair<std::string_view, int>>({
    {"dev", 0},
    {"alpha", 1},
    {"a", 1},
    {"beta", 2},
    {"b", 2},
    {"rc", 3},
    {"#", kNumber},
    {"pl", 5},
    {"p", 5},
});

int rank(std::string_view part) {
  if (all_digits(part)) return kNumber;
  for (const auto& [word, rank] : kRanks) {
    if (part.starts_with(word)) return rank;
  }
  return -1;
}

std::string normalized(std::string_view text) {
  std::string result = lower_case(text.substr(0, text.find('+')));
  if (result.size() > 1 && result[0] == 'v') result.erase(0, 1);
  if (result.ends_with("-stable")) result.resize(result.size() - 7);
  return result;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  constexpr auto separates = [](char c) { return c == '.' || c == '-' || c == '_'; };
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool ends = i == text.size() || separates(text[i]);
    if (ends || (i > begin && is_digit(text[i]) != is_digit(text[i - 1]))) {
      if (i > begin) parts.push_back(text.substr(begin, i - begin));
      begin = ends ? i + 1 : i;
    }
  }
  return parts;
}

Order order_of(int a, int b) {
  if (a == b) return Order::kEqual;
  return a < b ? Order::kLess : Order::kGreater;
}

// How the first part that only one version has compares to nothing.
Order rest_to_nothing(std::string_view part) {
  return all_digits(part) ? Order::kGreater : order_of(rank(part), kNumber);
}

Order compare_composer(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  const std::string left_text = normalized(a);
  const std::string right_text = normalized(b);
  const auto left = parts_of(left_text);
  const auto right = parts_of(right_text);
  if (left.empty() || right.empty()) return Order::kIncomparable;
  const std::size_t both = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < both; ++i) {
    const bool numbers = all_digits(left[i]) && all_digits(right[i]);
    const Order order =
        numbers ? compare_numbers(left[i], right[i]) : order_of(rank(left[i]), rank(right[i]));
    if (order != Order::kEqual) return order;
  }
  // A part that stands level with nothing leaves the word to the next one ("1.#.p3").
  for (std::size_t i = both; i < left.size(); ++i) {
    if (const Order order = rest_to_nothing(left[i]); order != Order::kEqual) return order;
  }
  for (std::size_t i = both; i < right.size(); ++i) {
    const Order order = rest_to_nothing(right[i]);
    if (order != Order::kEqual) return order == Order::kLess ? Order::kGreater : Order::kLess;
  }
  return Order::kEqual;
}

}  // namespace

const VersionScheme kComposerVersions{.name = "composer",
                                      .description = "PHP's version_compare, as Composer uses it",
                                      .compare = compare_composer};

}  // namespace seaworthy
