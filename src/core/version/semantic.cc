#include "core/version/semantic.h"

#include <algorithm>

#include "core/version/runs.h"

namespace seaworthy {
namespace {

bool are_identifiers(std::string_view text) {
  while (true) {
    const bool last = text.find('.') == text.npos;
    const std::string_view identifier = take_until(text, ".");
    const bool valid = std::all_of(identifier.begin(), identifier.end(), [](char c) {
      return is_digit(c) || is_letter(c) || c == '-' || c == '_';
    });
    if (identifier.empty() || !valid) return false;
    if (last) return true;
  }
}

}  // namespace

std::string_view take_until(std::string_view& text, std::string_view separators) {
  const std::size_t end = std::min(text.find_first_of(separators), text.size());
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return front;
}

std::optional<SemanticVersion> parse_semantic(std::string_view text) {
  if (!is_printable_version(text)) return std::nullopt;
  SemanticVersion version;
  do {
    if (!version.numbers.empty()) text.remove_prefix(1);
    version.numbers.push_back(take_digits(text));
    if (version.numbers.back().empty()) return std::nullopt;
  } while (text.starts_with('.'));
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    version.pre_release = text.substr(0, text.find('+'));
    text.remove_prefix(version.pre_release.size());
    if (!are_identifiers(version.pre_release)) return std::nullopt;
  }
  if (text.starts_with('+')) {
    version.build = text.substr(1);
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  return version;
}

Order compare_number_lists(const std::vector<std::string_view>& a,
                           const std::vector<std::string_view>& b, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Order order = compare_numbers(i < a.size() ? a[i] : "", i < b.size() ? b[i] : "");
    if (order != Order::kEqual) return order;
  }
  return Order::kEqual;
}

Order compare_identifiers(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view left = take_until(a, ".");
    const std::string_view right = take_until(b, ".");
    const bool left_number = all_digits(left);
    const bool right_number = all_digits(right);
    if (left_number != right_number) return left_number ? Order::kLess : Order::kGreater;
    const Order order = left_number ? compare_numbers(left, right) : compare_bytes(left, right);
    if (order != Order::kEqual) return order;
  }
  if (a.empty() == b.empty()) return Order::kEqual;
  return a.empty() ? Order::kLess : Order::kGreater;
}

Order compare_pre_releases(std::string_view a, std::string_view b) {
  if (a.empty() != b.empty()) return a.empty() ? Order::kGreater : Order::kLess;
  return compare_identifiers(a, b);
}

}  // namespace seaworthy
