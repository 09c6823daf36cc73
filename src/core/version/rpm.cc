// RPM versions: [epoch:]version[-release], compared as librpm's rpmVersionCompare does.
//
// The epoch is the digits before the first colon, if nothing else stands there; a colon behind
// other characters belongs to the version, because module builds are labelled that way. Without an
// epoch it is 0. The release begins behind the last hyphen; no release is before any release. That
// a *fix* without a release covers every release of its version is a rule of matching, not of
// this order.
//
// Version and release are walked in segments of digits or of letters; everything else only
// separates. Three characters are more than separators: '~' is before the end of the text, '^' is
// behind the end but before any further segment. Digits are newer than letters, numbers have no
// length limit, letters compare byte by byte. Bytes outside ASCII separate, as librpm's own
// character tests have it.
#include <string_view>

#include "core/version/runs.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

void skip_separators(std::string_view& text) {
  while (!text.empty() && !is_digit(text.front()) && !is_letter(text.front()) &&
         text.front() != '~' && text.front() != '^') {
    text.remove_prefix(1);
  }
}

bool starts_with(std::string_view text, char c) {
  return !text.empty() && text.front() == c;
}

enum class Marks { kNone, kBoth, kLess, kGreater };

// Judges '~' and '^' at the front of both texts and drops them where both have the same.
Marks compare_marks(std::string_view& a, std::string_view& b) {
  if (starts_with(a, '~') || starts_with(b, '~')) {
    if (!starts_with(a, '~')) return Marks::kGreater;
    if (!starts_with(b, '~')) return Marks::kLess;
  } else if (starts_with(a, '^') || starts_with(b, '^')) {
    if (a.empty()) return Marks::kLess;
    if (b.empty()) return Marks::kGreater;
    if (!starts_with(a, '^')) return Marks::kGreater;
    if (!starts_with(b, '^')) return Marks::kLess;
  } else {
    return Marks::kNone;
  }
  a.remove_prefix(1);
  b.remove_prefix(1);
  return Marks::kBoth;
}

Order compare_segments(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    skip_separators(a);
    skip_separators(b);
    switch (compare_marks(a, b)) {
      case Marks::kBoth:
        continue;
      case Marks::kLess:
        return Order::kLess;
      case Marks::kGreater:
        return Order::kGreater;
      case Marks::kNone:
        break;
    }
    if (a.empty() || b.empty()) break;
    const bool a_number = is_digit(a.front());
    const bool b_number = is_digit(b.front());
    if (a_number != b_number) return a_number ? Order::kGreater : Order::kLess;
    const Order order = a_number ? compare_numbers(take_digits(a), take_digits(b))
                                 : compare_bytes(take_letters(a), take_letters(b));
    if (order != Order::kEqual) return order;
  }
  if (a.empty() && b.empty()) return Order::kEqual;
  return a.empty() ? Order::kLess : Order::kGreater;
}

Order compare_rpm(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  const EpochVersionRelease left = split_epoch_version_release(a);
  const EpochVersionRelease right = split_epoch_version_release(b);
  if (left.version.empty() || right.version.empty()) return Order::kIncomparable;
  Order order = compare_numbers(left.epoch, right.epoch);
  if (order == Order::kEqual) order = compare_segments(left.version, right.version);
  if (order != Order::kEqual) return order;
  if (left.has_release != right.has_release) {
    return left.has_release ? Order::kGreater : Order::kLess;
  }
  return compare_segments(left.release, right.release);
}

}  // namespace

const VersionScheme kRpmVersions{
    .name = "rpm", .description = "rpmvercmp with epoch, tilde and caret", .compare = compare_rpm};

}  // namespace seaworthy
