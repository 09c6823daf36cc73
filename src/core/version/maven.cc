// Maven versions, compared as maven-artifact's ComparableVersion does.
//
// A version is a list of items separated by '.'; a '-', and every change between digits and
// letters, opens a list inside the list. Items that say nothing at the end of a list (0, the
// qualifiers of a release, empty lists) are dropped, so that 1, 1.0, 1-0 and 1.0.ga are the same,
// and an inner list of nothing but a list is that list: 1-ga-1 is 1-1.
//
// At one place a number is behind a list, and a list behind a qualifier. Qualifiers: alpha < beta <
// milestone < rc = cr < snapshot < "" = ga = final = release < sp < any other word, by its bytes;
// a, b and m in front of a digit are alpha, beta and milestone. Where one version has ended, the
// rest of the other compares to nothing: 0, and "".
//
// One rule is not Maven's: ".jre11", "-jdk17" at the end name the Java release that a build is for
// and are no part of the order (rule 45 of matching).
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

constexpr std::array<std::string_view, 7> kQualifiers{"alpha",    "beta", "milestone", "rc",
                                                      "snapshot", "",     "sp"};
constexpr std::size_t kRelease = 5;

enum class ItemKind { kNumber, kQualifier, kList };

struct Item {
  ItemKind kind = ItemKind::kList;
  std::string_view text;    // a number's digits, a qualifier's canonical word
  std::vector<Item> items;  // a list's
};

std::string_view canonical(std::string_view word, bool before_digit) {
  if (before_digit && word == "a") return "alpha";
  if (before_digit && word == "b") return "beta";
  if (before_digit && word == "m") return "milestone";
  if (word == "ga" || word == "final" || word == "release") return "";
  return word == "cr" ? "rc" : word;
}

std::size_t rank(std::string_view qualifier) {
  return static_cast<std::size_t>(std::find(kQualifiers.begin(), kQualifiers.end(), qualifier) -
                                  kQualifiers.begin());
}

bool says_nothing(const Item& item) {
  switch (item.kind) {
    case ItemKind::kNumber:
      return item.text.find_first_not_of('0') == item.text.npos;
    case ItemKind::kQualifier:
      return item.text.empty();
    case ItemKind::kList:
      return item.items.empty();
  }
  return false;
}

void drop_what_says_nothing(std::vector<Item>& items) {
  for (std::size_t i = items.size(); i-- > 0;) {
    if (says_nothing(items[i])) {
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
    } else if (items[i].kind != ItemKind::kList) {
      break;
    }
  }
}

Item item_of(std::string_view run, bool before_digit) {
  if (run.empty()) return {ItemKind::kNumber, "0", {}};
  if (is_digit(run.front())) return {ItemKind::kNumber, run, {}};
  return {ItemKind::kQualifier, canonical(run, before_digit), {}};
}

std::vector<Item> parse_list(std::string_view text);

Item inner_list(std::string_view text) {
  Item list{ItemKind::kList, {}, parse_list(text)};
  if (list.items.size() != 1 || list.items.front().kind != ItemKind::kList) return list;
  Item only = std::move(list.items.front());
  return only;
}

// Reads the items of one list, to the end of `text`: a list inside is the last of its items.
std::vector<Item> parse_list(std::string_view text) {
  std::vector<Item> items;
  while (!text.empty()) {
    const bool number = is_digit(text.front());
    std::size_t end = 0;
    while (end < text.size() && text[end] != '.' && text[end] != '-' &&
           is_digit(text[end]) == number) {
      ++end;
    }
    const std::string_view run = text.substr(0, end);
    text.remove_prefix(end);
    const bool changes = !text.empty() && text.front() != '.' && text.front() != '-';
    items.push_back(item_of(run, changes && !number));
    if (text.empty()) break;
    if (changes || text.front() == '-') {
      if (!changes) text.remove_prefix(1);
      items.push_back(inner_list(text));
      break;
    }
    text.remove_prefix(1);
  }
  drop_what_says_nothing(items);
  return items;
}

Order reversed(Order order) {
  if (order == Order::kLess) return Order::kGreater;
  return order == Order::kGreater ? Order::kLess : order;
}

Order compare_to_nothing(const Item& item);

Order compare_to_nothing(const std::vector<Item>& items) {
  for (const Item& item : items) {
    const Order order = compare_to_nothing(item);
    if (order != Order::kEqual) return order;
  }
  return Order::kEqual;
}

Order order_of(std::size_t a, std::size_t b) {
  if (a == b) return Order::kEqual;
  return a < b ? Order::kLess : Order::kGreater;
}

Order compare_to_nothing(const Item& item) {
  switch (item.kind) {
    case ItemKind::kNumber:
      return says_nothing(item) ? Order::kEqual : Order::kGreater;
    case ItemKind::kQualifier:
      return order_of(rank(item.text), kRelease);
    case ItemKind::kList:
      return compare_to_nothing(item.items);
  }
  return Order::kEqual;
}

Order compare_lists(const std::vector<Item>& a, const std::vector<Item>& b);

Order compare_qualifiers(std::string_view a, std::string_view b) {
  const Order order = order_of(rank(a), rank(b));
  return order == Order::kEqual ? compare_bytes(a, b) : order;
}

Order compare_items(const Item& a, const Item& b) {
  if (a.kind != b.kind) {
    constexpr auto place = [](ItemKind kind) {
      return kind == ItemKind::kNumber ? 2U : kind == ItemKind::kList ? 1U : 0U;
    };
    return order_of(place(a.kind), place(b.kind));
  }
  if (a.kind == ItemKind::kNumber) return compare_numbers(a.text, b.text);
  if (a.kind == ItemKind::kQualifier) return compare_qualifiers(a.text, b.text);
  return compare_lists(a.items, b.items);
}

Order compare_lists(const std::vector<Item>& a, const std::vector<Item>& b) {
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const Order order = i >= a.size()   ? reversed(compare_to_nothing(b[i]))
                        : i >= b.size() ? compare_to_nothing(a[i])
                                        : compare_items(a[i], b[i]);
    if (order != Order::kEqual) return order;
  }
  return Order::kEqual;
}

std::string_view without_java_release(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty() && is_digit(rest.back())) rest.remove_suffix(1);
  if (rest.size() == text.size() || (!rest.ends_with("jre") && !rest.ends_with("jdk"))) return text;
  rest.remove_suffix(3);
  if (rest.size() < 2 || (rest.back() != '.' && rest.back() != '-')) return text;
  return rest.substr(0, rest.size() - 1);
}

Order compare_maven(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  const std::string left = lower_case(a);
  const std::string right = lower_case(b);
  return compare_lists(parse_list(without_java_release(left)),
                       parse_list(without_java_release(right)));
}

}  // namespace

const VersionScheme kMavenVersions{
    .name = "maven", .description = "Maven's ComparableVersion", .compare = compare_maven};

}  // namespace seaworthy
