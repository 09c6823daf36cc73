// Semantic Versioning 2.0.0, and the package managers that follow it with small differences:
//
//   semver    missing numbers are 0, numbers behind the third one are ignored, a leading "v" too
//   npm       as node-semver reads loosely: "=v1.2.3", and "1.2.3beta" without its hyphen
//   cargo     strict
//   go        modules ("v1.2.3", "+incompatible", pseudo-versions, which their timestamps order)
//             and the toolchain's own form ("go1.21rc2" is 1.21.0-rc.2)
//   bitnami   what is a pre-release of digits elsewhere is the revision of a package here, behind
//             the release (rule 57 of matching)
//   pub       Dart's: build metadata counts
//
// Build metadata counts nowhere else.
#include <string>
#include <string_view>

#include "core/version/runs.h"
#include "core/version/semantic.h"
#include "core/version/version.h"

namespace seaworthy {
namespace {

using Version = SemanticVersion;

std::string_view without_v(std::string_view text) {
  if (text.size() > 1 && (text[0] == 'v' || text[0] == 'V') && is_digit(text[1])) {
    text.remove_prefix(1);
  }
  return text;
}

Order compare_versions(const std::optional<Version>& a, const std::optional<Version>& b) {
  if (!a || !b) return Order::kIncomparable;
  const Order order = compare_number_lists(a->numbers, b->numbers, 3);
  return order == Order::kEqual ? compare_pre_releases(a->pre_release, b->pre_release) : order;
}

Order compare_semver(std::string_view a, std::string_view b) {
  return compare_versions(parse_semantic(without_v(a)), parse_semantic(without_v(b)));
}

bool has_three(const std::optional<Version>& version) {
  return version && version->numbers.size() == 3;
}

Order compare_cargo(std::string_view a, std::string_view b) {
  const auto left = parse_semantic(a);
  const auto right = parse_semantic(b);
  return has_three(left) && has_three(right) ? compare_versions(left, right) : Order::kIncomparable;
}

// The hyphen that "1.2.3beta" lacks.
std::string with_hyphen(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of("= "), text.size()));
  std::string result(without_v(text));
  std::string_view rest = result;
  for (int number = 0; number < 3; ++number) {
    if (number > 0 && rest.starts_with('.')) rest.remove_prefix(1);
    take_digits(rest);
  }
  if (!rest.empty() && is_letter(rest.front())) result.insert(result.size() - rest.size(), "-");
  return result;
}

Order compare_npm(std::string_view a, std::string_view b) {
  if (!is_printable_version(a) || !is_printable_version(b)) return Order::kIncomparable;
  const std::string left_text = with_hyphen(a);
  const std::string right_text = with_hyphen(b);
  const auto left = parse_semantic(left_text);
  const auto right = parse_semantic(right_text);
  if (!left || !right || left->numbers.size() > 3 || right->numbers.size() > 3) {
    return Order::kIncomparable;
  }
  return compare_versions(left, right);
}

// "go1.21rc2" is "1.21-rc.2"; other texts without their "v".
std::string of_go(std::string_view text) {
  if (!text.starts_with("go")) return std::string(without_v(text));
  text.remove_prefix(2);
  const std::size_t letters = text.find_first_of("abcdefghijklmnopqrstuvwxyz");
  if (letters == text.npos) return std::string(text);
  std::string_view rest = text.substr(letters);
  const std::string_view word = take_letters(rest);
  if (!all_digits(rest)) return {};
  return std::string(text.substr(0, letters)) + "-" + std::string(word) + "." + std::string(rest);
}

Order compare_go(std::string_view a, std::string_view b) {
  const std::string left = of_go(a);
  const std::string right = of_go(b);
  return compare_versions(parse_semantic(left), parse_semantic(right));
}

Order compare_bitnami(std::string_view a, std::string_view b) {
  auto left = parse_semantic(without_v(a));
  auto right = parse_semantic(without_v(b));
  if (!left || !right) return Order::kIncomparable;
  const auto revision = [](Version& version) {
    return all_digits(version.pre_release) ? std::exchange(version.pre_release, {})
                                           : std::string_view();
  };
  const std::string_view left_revision = revision(*left);
  const std::string_view right_revision = revision(*right);
  const Order order = compare_versions(left, right);
  return order == Order::kEqual ? compare_numbers(left_revision, right_revision) : order;
}

Order compare_pub(std::string_view a, std::string_view b) {
  const auto left = parse_semantic(without_v(a));
  const auto right = parse_semantic(without_v(b));
  const Order order = compare_versions(left, right);
  return order == Order::kEqual ? compare_identifiers(left->build, right->build) : order;
}

}  // namespace

const VersionScheme kSemverVersions{
    .name = "semver", .description = "Semantic Versioning 2.0.0", .compare = compare_semver};
const VersionScheme kNpmVersions{
    .name = "npm", .description = "node-semver, read loosely", .compare = compare_npm};
const VersionScheme kCargoVersions{
    .name = "cargo", .description = "Semantic Versioning, strictly", .compare = compare_cargo};
const VersionScheme kGoVersions{
    .name = "go", .description = "Go modules and toolchains", .compare = compare_go};
const VersionScheme kBitnamiVersions{.name = "bitnami",
                                     .description = "Semantic Versioning with a revision behind it",
                                     .compare = compare_bitnami};
const VersionScheme kPubVersions{.name = "pub",
                                 .description = "Dart: Semantic Versioning and its build metadata",
                                 .compare = compare_pub};

}  // namespace seaworthy
