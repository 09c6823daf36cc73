// Alpine versions, as apk-tools orders them (`apk version -t`).
//
//   number{.number}[letter[number]]{_suffix[number]}[~hash][-rnumber]
//
// The two texts are cut into parts one at a time and compared as long as both have the same kind of
// part. The first number compares as a number, further ones too unless one begins with 0: then both
// are fractions and compare as text (1.06 < 1.1). Suffixes order as
// alpha < beta < pre < rc < (none) < cvs < svn < git < hg < p.
// Where the kinds differ, a pre-release suffix is older than anything else; otherwise the kind that
// comes earlier in the grammar is newer (1.0.1 > 1.0a > 1.0_p1 > 1.0-r1 > 1.0).
//
// The order is total: text that the grammar does not allow ends the version with a part that is
// older than the end, and is not looked at further. A comparison that gave up there would leave
// real packages unjudged; apk itself answers for such versions too. Two forms outside the grammar
// carry on, because apk's releases agree on them: a dot without a number counts as 0, and a dot
// before a letter is older than the letter alone.
#include <algorithm>
#include <array>
#include <string_view>

#include "core/version/runs.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

// In grammar order: of two different kinds the smaller one is the newer version.
enum class Kind {
  kFirstNumber,
  kNumber,
  kLetter,
  kLetterNumber,
  kBareDot,
  kSuffix,
  kSuffixNumber,
  kHash,
  kRevision,
  kEnd,
  kInvalid,
};

constexpr std::array<std::string_view, 10> kSuffixes{"alpha", "beta", "pre", "rc", "",
                                                     "cvs",   "svn",  "git", "hg", "p"};
constexpr int kNoSuffix = 4;

struct Part {
  Kind kind = Kind::kFirstNumber;
  std::string_view text = {};  // digits, letter or hash
  int suffix = kNoSuffix;
};

Part invalid() {
  return {.kind = Kind::kInvalid};
}

Part take_suffix(std::string_view& rest) {
  std::string_view name = rest.substr(1);
  const auto end = std::find_if_not(name.begin(), name.end(), is_lower);
  name = name.substr(0, static_cast<std::size_t>(end - name.begin()));
  const auto found = std::find(kSuffixes.begin(), kSuffixes.end(), name);
  if (name.empty() || found == kSuffixes.end()) return invalid();
  rest.remove_prefix(1 + name.size());
  return {.kind = Kind::kSuffix, .suffix = static_cast<int>(found - kSuffixes.begin())};
}

Part take_dot(std::string_view& rest) {
  rest.remove_prefix(1);
  if (!rest.empty() && is_lower(rest.front())) return {.kind = Kind::kBareDot};
  return {.kind = Kind::kNumber, .text = take_digits(rest)};
}

Part take_revision(std::string_view& rest) {
  if (!rest.starts_with("-r")) return invalid();
  rest.remove_prefix(2);
  if (!rest.empty() && is_letter(rest.front())) return invalid();  // a word, no revision
  return {.kind = Kind::kRevision, .text = take_digits(rest)};
}

Part take_hash(std::string_view& rest) {
  rest.remove_prefix(1);
  std::size_t size = 0;
  while (size < rest.size() && (is_digit(rest[size]) || (rest[size] >= 'a' && rest[size] <= 'f'))) {
    ++size;
  }
  const Part part{.kind = Kind::kHash, .text = rest.substr(0, size)};
  rest.remove_prefix(size);
  return part;
}

// Cuts the next part off `rest`; `before` is the kind of the part in front of it.
Part take_part(Kind before, std::string_view& rest) {
  if (rest.empty()) return {.kind = Kind::kEnd};
  const char c = rest.front();
  if (is_lower(c) && (before <= Kind::kNumber || before == Kind::kBareDot)) {
    const Part part{.kind = Kind::kLetter, .text = rest.substr(0, 1)};
    rest.remove_prefix(1);
    return part;
  }
  if (is_digit(c) && before == Kind::kLetter) {
    return {.kind = Kind::kLetterNumber, .text = take_digits(rest)};
  }
  if (is_digit(c) && before == Kind::kSuffix) {
    return {.kind = Kind::kSuffixNumber, .text = take_digits(rest)};
  }
  if (c == '.' && before <= Kind::kLetterNumber) return take_dot(rest);
  if (c == '_' && before <= Kind::kSuffixNumber) return take_suffix(rest);
  if (c == '~' && before < Kind::kHash) return take_hash(rest);
  if (c == '-' && before < Kind::kRevision) return take_revision(rest);
  return invalid();
}

Order compare_same_kind(const Part& a, const Part& b) {
  switch (a.kind) {
    case Kind::kNumber:
      if (a.text.starts_with('0') || b.text.starts_with('0')) return compare_bytes(a.text, b.text);
      return compare_numbers(a.text, b.text);
    case Kind::kFirstNumber:
    case Kind::kLetterNumber:
    case Kind::kSuffixNumber:
    case Kind::kRevision:
      return compare_numbers(a.text, b.text);
    case Kind::kSuffix:
      if (a.suffix == b.suffix) return Order::kEqual;
      return a.suffix < b.suffix ? Order::kLess : Order::kGreater;
    default:
      return compare_bytes(a.text, b.text);
  }
}

Order compare_kinds(const Part& a, const Part& b) {
  if (a.kind == b.kind) return Order::kEqual;
  if (a.suffix < kNoSuffix) return Order::kLess;
  if (b.suffix < kNoSuffix) return Order::kGreater;
  return a.kind < b.kind ? Order::kGreater : Order::kLess;
}

Order compare_apk(std::string_view a, std::string_view b) {
  if (a.size() > kMaxVersionBytes || b.size() > kMaxVersionBytes) return Order::kIncomparable;
  Part left{.text = take_digits(a)};
  Part right{.text = take_digits(b)};
  while (left.kind == right.kind && left.kind < Kind::kEnd) {
    if (const Order order = compare_same_kind(left, right); order != Order::kEqual) return order;
    left = take_part(left.kind, a);
    right = take_part(right.kind, b);
  }
  return compare_kinds(left, right);
}

}  // namespace

const VersionScheme kApkVersions{.name = "apk",
                                 .description = "apk-tools, total even over malformed versions",
                                 .compare = compare_apk};

}  // namespace seaworthy
