// Debian version numbers: Debian Policy 5.6.12 and what `dpkg --compare-versions` does with them.
//
//   [epoch:]upstream[-revision]
//
// The epoch ends at the first colon, the revision begins behind the last hyphen; absent ones count
// as 0. Epochs compare as numbers. Upstream and revision are walked in turns of two kinds of runs:
// a run without digits, compared byte by byte in an order where '~' is before the end of the text,
// the end before letters, letters before everything else; then a run of digits, as a number of any
// length. Characters that Policy forbids are compared like punctuation, as dpkg does after its
// warning: foreign repositories use them, and refusing would hide a package. What dpkg rejects
// outright (no version at all, an epoch that is no number, an empty revision) is incomparable.
#include <optional>
#include <string_view>

#include "core/version/runs.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

struct DebVersion {
  std::string_view epoch, upstream, revision;
};

constexpr std::string_view kLargestEpoch = "2147483647";  // dpkg keeps it in an int

std::optional<DebVersion> split(std::string_view text) {
  if (!is_printable_version(text)) return std::nullopt;
  DebVersion parts{.epoch = "0", .upstream = text, .revision = "0"};
  if (const auto colon = text.find(':'); colon != text.npos) {
    parts.epoch = text.substr(0, colon);
    if (!all_digits(parts.epoch) ||
        compare_numbers(parts.epoch, kLargestEpoch) == Order::kGreater) {
      return std::nullopt;
    }
    parts.upstream = text.substr(colon + 1);
  }
  if (const auto hyphen = parts.upstream.rfind('-'); hyphen != text.npos) {
    parts.revision = parts.upstream.substr(hyphen + 1);
    parts.upstream = parts.upstream.substr(0, hyphen);
  }
  if (parts.upstream.empty() || parts.revision.empty()) return std::nullopt;
  return parts;
}

// The rank of the first character of a run without digits; an empty run ranks as its end.
int rank(std::string_view run) {
  if (run.empty()) return 0;
  const auto c = static_cast<unsigned char>(run.front());
  if (c == '~') return -1;
  return is_letter(run.front()) ? c : c + 256;
}

Order compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    std::string_view left = take_until_digit(a);
    std::string_view right = take_until_digit(b);
    while (!left.empty() || !right.empty()) {
      if (const int x = rank(left), y = rank(right); x != y) {
        return x < y ? Order::kLess : Order::kGreater;
      }
      left.remove_prefix(1);
      right.remove_prefix(1);
    }
    const Order order = compare_numbers(take_digits(a), take_digits(b));
    if (order != Order::kEqual) return order;
  }
  return Order::kEqual;
}

Order compare_deb(std::string_view a, std::string_view b) {
  const auto left = split(a);
  const auto right = split(b);
  if (!left || !right) return Order::kIncomparable;
  Order order = compare_numbers(left->epoch, right->epoch);
  if (order == Order::kEqual) order = compare_part(left->upstream, right->upstream);
  if (order == Order::kEqual) order = compare_part(left->revision, right->revision);
  return order;
}

}  // namespace

const VersionScheme kDebVersions{
    .name = "deb", .description = "Debian Policy 5.6.12, as dpkg compares", .compare = compare_deb};

}  // namespace seaworthy
