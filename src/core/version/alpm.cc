// Arch Linux versions: [epoch:]version[-release], in the order of pacman's vercmp(8).
//
// rpm's algorithm as it was when pacman took it over, with one addition. Version and release are
// walked in segments of digits or of letters; everything else only separates, but where the two
// texts have separators of different length the longer one is newer (1..0 > 1.0). There is no '~'
// and no '^'. Where one text ends first, what is left of the other is newer, unless it begins with
// a letter: 1.0rc < 1.0 < 1.0.rc. The epoch is the digits before a colon, if nothing else stands
// there.
//
// Releases count only where both have one: advisories may name a version alone, and it stands for
// every release of it.
#include <algorithm>
#include <string_view>

#include "core/version/runs.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

std::size_t skip_separators(std::string_view& text) {
  const auto end =
      std::find_if(text.begin(), text.end(), [](char c) { return is_digit(c) || is_letter(c); });
  const auto skipped = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(skipped);
  return skipped;
}

// One text, or both, has no further segment.
Order compare_rest(std::string_view a, std::string_view b) {
  if (a.empty() && b.empty()) return Order::kEqual;
  if (!a.empty() && is_letter(a.front())) return Order::kLess;
  if (!b.empty() && is_letter(b.front())) return Order::kGreater;
  return a.empty() ? Order::kLess : Order::kGreater;
}

Order compare_segments(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::size_t skipped_a = skip_separators(a);
    const std::size_t skipped_b = skip_separators(b);
    if (a.empty() || b.empty()) break;
    if (skipped_a != skipped_b) return skipped_a < skipped_b ? Order::kLess : Order::kGreater;
    const bool is_number = is_digit(a.front());
    // A number is newer than letters.
    if (is_number != is_digit(b.front())) return is_number ? Order::kGreater : Order::kLess;
    const Order order = is_number ? compare_numbers(take_digits(a), take_digits(b))
                                  : compare_bytes(take_letters(a), take_letters(b));
    if (order != Order::kEqual) return order;
  }
  return compare_rest(a, b);
}

bool is_complete(const EpochVersionRelease& parts) {
  return !parts.version.empty() && (!parts.has_release || !parts.release.empty());
}

Order compare_alpm(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  const EpochVersionRelease left = split_epoch_version_release(a);
  const EpochVersionRelease right = split_epoch_version_release(b);
  if (!is_complete(left) || !is_complete(right)) return Order::kIncomparable;
  if (const Order order = compare_numbers(left.epoch, right.epoch); order != Order::kEqual) {
    return order;
  }
  if (const Order order = compare_segments(left.version, right.version); order != Order::kEqual) {
    return order;
  }
  if (!left.has_release || !right.has_release) return Order::kEqual;
  return compare_segments(left.release, right.release);
}

}  // namespace

const VersionScheme kAlpmVersions{
    .name = "alpm", .description = "pacman's vercmp", .compare = compare_alpm};

}  // namespace seaworthy
