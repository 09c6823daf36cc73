// Versions of Java runtimes in both of their forms: "1.8.0_302-b08" (before Java 9) is "8.0.302+8"
// (JEP 223, rule 49 of matching).
//
// Numbers compare first, missing ones are 0; an early-access build ("21-ea+35") is before the
// release; the build number is last, and one that is not written is any build of its release.
#include <string>
#include <string_view>
#include <vector>

#include "core/version/runs.h"
#include "core/version/semantic.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

struct JavaVersion {
  std::vector<std::string_view> numbers;
  std::string_view pre_release, build;
  bool valid = false;
};

std::string_view leading_number(std::string_view text) {
  return take_digits(text);
}

// How many letters announce an update: "8u302", and "1.8.0:update302", "1.6.0:update_22" of CPE
// names.
std::size_t update_mark(std::string_view text) {
  for (const std::string_view mark : {":update_", ":update", "u", "U"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

JavaVersion parse(std::string_view text) {
  JavaVersion version;
  if (!is_printable_version(text)) return version;
  if (text.starts_with("1.") && text.size() > 2 && is_digit(text[2])) text.remove_prefix(2);
  do {
    if (!version.numbers.empty()) text.remove_prefix(1);
    version.numbers.push_back(take_digits(text));
    if (version.numbers.back().empty()) return version;
  } while (text.starts_with('.') || text.starts_with('_'));
  if (const std::size_t mark = update_mark(text); mark > 0) {
    text.remove_prefix(mark);
    version.numbers.resize(2, "0");
    version.numbers.push_back(take_digits(text));
    if (version.numbers.back().empty()) return version;
  }
  if (text.starts_with("-b") && text.size() > 2 && is_digit(text[2])) {
    version.build = leading_number(text.substr(2));
    text = {};
  } else if (text.starts_with('-')) {
    text.remove_prefix(1);
    version.pre_release = text.substr(0, text.find('+'));
    text.remove_prefix(version.pre_release.size());
    if (version.pre_release.empty()) return version;
  }
  if (text.starts_with('+')) {
    version.build = leading_number(text.substr(1));
    text = {};
  }
  version.valid = text.empty();
  return version;
}

bool is_early(std::string_view pre_release) {
  return pre_release.starts_with("ea") || pre_release.starts_with("beta") ||
         pre_release.starts_with("internal") || pre_release.starts_with("rc");
}

Order compare_jvm(std::string_view a, std::string_view b) {
  const JavaVersion left = parse(a);
  const JavaVersion right = parse(b);
  if (!left.valid || !right.valid) return Order::kIncomparable;
  const Order order = compare_number_lists(left.numbers, right.numbers,
                                           std::max(left.numbers.size(), right.numbers.size()));
  if (order != Order::kEqual) return order;
  const bool left_early = is_early(left.pre_release);
  if (left_early != is_early(right.pre_release)) return left_early ? Order::kLess : Order::kGreater;
  if (left.build.empty() || right.build.empty()) return Order::kEqual;
  return compare_numbers(left.build, right.build);
}

}  // namespace

const VersionScheme kJvmVersions{
    .name = "jvm", .description = "Java runtimes, old form and new", .compare = compare_jvm};

}  // namespace seaworthy
