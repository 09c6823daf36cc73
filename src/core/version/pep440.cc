// Python versions after PEP 440: [EPOCH!]N(.N)*[{a|b|rc}N][.postN][.devN][+LOCAL], in every
// spelling that the PEP allows ("1.0-alpha.1", "1.0c1", "1.0-1", "v1.0_POST2").
//
// Order: epoch; release, trailing zeros apart; pre-release (a development release of the release
// itself is before all of them, no pre-release is behind all); post-release (none is first);
// development release (none is last); local version (none is first, words before numbers). That a
// local version is no other version to a constraint without one is a rule of matching (42).
//
// A version that is none of this is before every one that is, as setuptools had it, and such
// versions compare by their runs of digits and letters.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/version/runs.h"
#include "core/version/semantic.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

enum class Phase { kDevelopment, kAlpha, kBeta, kCandidate, kRelease };

struct PythonVersion {
  std::string_view epoch;
  std::vector<std::string_view> release;
  Phase phase = Phase::kRelease;
  std::string_view pre_number;
  std::optional<std::string_view> post, development;
  std::string_view local;
};

constexpr auto kPhases = std::to_array<std::pair<std::string_view, Phase>>({
    {"alpha", Phase::kAlpha},
    {"beta", Phase::kBeta},
    {"preview", Phase::kCandidate},
    {"pre", Phase::kCandidate},
    {"rc", Phase::kCandidate},
    {"a", Phase::kAlpha},
    {"b", Phase::kBeta},
    {"c", Phase::kCandidate},
});

void skip_separator(std::string_view& text) {
  if (!text.empty() && (text[0] == '.' || text[0] == '-' || text[0] == '_')) text.remove_prefix(1);
}

// The number behind `word`, "" where none is written, where `text` begins with that word.
std::optional<std::string_view> take_part(std::string_view& text, std::string_view word) {
  std::string_view rest = text;
  skip_separator(rest);
  if (!rest.starts_with(word)) return std::nullopt;
  rest.remove_prefix(word.size());
  if (!rest.empty() && is_letter(rest[0])) return std::nullopt;
  std::string_view number = rest;
  skip_separator(number);
  if (!number.empty() && is_digit(number[0])) rest = number;
  number = take_digits(rest);
  text = rest;
  return number;
}

std::optional<std::string_view> take_post(std::string_view& text) {
  if (text.size() > 1 && text[0] == '-' && is_digit(text[1])) {
    text.remove_prefix(1);
    return take_digits(text);
  }
  for (const std::string_view word : {"post", "rev", "r"}) {
    if (const auto number = take_part(text, word)) return number;
  }
  return std::nullopt;
}

void take_pre(std::string_view& text, PythonVersion& version) {
  for (const auto& [word, phase] : kPhases) {
    if (const auto number = take_part(text, word)) {
      version.phase = phase;
      version.pre_number = *number;
      return;
    }
  }
}

bool is_local(std::string_view text) {
  while (!text.empty()) {
    std::string_view part = take_until(text, ".-_");
    if (part.empty()) return false;
    for (const char c : part) {
      if (!is_digit(c) && !is_lower(c)) return false;
    }
  }
  return true;
}

// `text` is in lower case.
std::optional<PythonVersion> parse(std::string_view text) {
  PythonVersion version;
  if (text.starts_with('v')) text.remove_prefix(1);
  std::string_view rest = text;
  const std::string_view digits = take_digits(rest);
  if (!digits.empty() && rest.starts_with('!')) {
    version.epoch = digits;
    text = rest.substr(1);
  }
  version.release.push_back(take_digits(text));
  while (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    version.release.push_back(take_digits(text));
  }
  if (version.release.front().empty()) return std::nullopt;
  take_pre(text, version);
  version.post = take_post(text);
  version.development = take_part(text, "dev");
  if (version.development && version.phase == Phase::kRelease && !version.post) {
    version.phase = Phase::kDevelopment;
  }
  if (text.starts_with('+')) {
    version.local = text.substr(1);
    if (version.local.empty() || !is_local(version.local)) return std::nullopt;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  return version;
}

// `none`: how no number compares to any.
Order compare_optional(const std::optional<std::string_view>& a,
                       const std::optional<std::string_view>& b, Order none) {
  if (a && b) return compare_numbers(*a, *b);
  if (!a && !b) return Order::kEqual;
  const Order some = none == Order::kLess ? Order::kGreater : Order::kLess;
  return a ? some : none;
}

Order compare_locals(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view left = take_until(a, ".-_");
    const std::string_view right = take_until(b, ".-_");
    const bool left_number = all_digits(left);
    const bool right_number = all_digits(right);
    if (left_number != right_number) return left_number ? Order::kGreater : Order::kLess;
    const Order order = left_number ? compare_numbers(left, right) : compare_bytes(left, right);
    if (order != Order::kEqual) return order;
  }
  if (a.empty() == b.empty()) return Order::kEqual;
  return a.empty() ? Order::kLess : Order::kGreater;
}

Order compare_parsed(const PythonVersion& a, const PythonVersion& b) {
  Order order = compare_numbers(a.epoch, b.epoch);
  if (order != Order::kEqual) return order;
  order = compare_number_lists(a.release, b.release, std::max(a.release.size(), b.release.size()));
  if (order != Order::kEqual) return order;
  if (a.phase != b.phase) return a.phase < b.phase ? Order::kLess : Order::kGreater;
  order = compare_numbers(a.pre_number, b.pre_number);
  if (order != Order::kEqual) return order;
  order = compare_optional(a.post, b.post, Order::kLess);
  if (order != Order::kEqual) return order;
  order = compare_optional(a.development, b.development, Order::kGreater);
  return order == Order::kEqual ? compare_locals(a.local, b.local) : order;
}

// The front run of digits, or of what is neither digit, '.' nor '-'.
std::string_view take_run(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(".-"), text.size()));
  if (!text.empty() && is_digit(text[0])) return take_digits(text);
  const std::size_t end = std::min(text.find_first_of(".-0123456789"), text.size());
  const std::string_view run = text.substr(0, end);
  text.remove_prefix(end);
  return run;
}

Order compare_runs(std::string_view a, std::string_view b) {
  while (true) {
    const std::string_view left = take_run(a);
    const std::string_view right = take_run(b);
    if (left.empty() && right.empty()) return Order::kEqual;
    if (left.empty() || right.empty()) return left.empty() ? Order::kLess : Order::kGreater;
    const bool left_number = is_digit(left[0]);
    const bool right_number = is_digit(right[0]);
    if (left_number != right_number) return left_number ? Order::kGreater : Order::kLess;
    const Order order = left_number ? compare_numbers(left, right) : compare_bytes(left, right);
    if (order != Order::kEqual) return order;
  }
}

Order compare_pep440(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  const std::string left_text = lower_case(a);
  const std::string right_text = lower_case(b);
  const auto left = parse(left_text);
  const auto right = parse(right_text);
  if (left && right) return compare_parsed(*left, *right);
  if (left || right) return left ? Order::kGreater : Order::kLess;
  return compare_runs(left_text, right_text);
}

}  // namespace

const VersionScheme kPep440Versions{
    .name = "pep440", .description = "Python, after PEP 440", .compare = compare_pep440};

}  // namespace seaworthy
