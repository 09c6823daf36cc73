#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/version/version.h"

namespace seaworthy {

// What the schemes after Semantic Versioning 2.0.0 share: numbers, a pre-release, build metadata.

// Cuts the text before the first of `separators` from the front of `text`, and that separator;
// all of it where there is none.
std::string_view take_until(std::string_view& text, std::string_view separators);

struct SemanticVersion {
  std::vector<std::string_view> numbers;  // "1", "2", "3": runs of digits, at least one
  std::string_view pre_release, build;    // without '-' and '+'; "" none
};

// Reads digits separated by dots, then "-PRE-RELEASE", then "+BUILD". nullopt: something else, a
// version of more than 1 KiB, or an empty identifier.
std::optional<SemanticVersion> parse_semantic(std::string_view text);

// Missing numbers are 0.
Order compare_number_lists(const std::vector<std::string_view>& a,
                           const std::vector<std::string_view>& b, std::size_t count);

// Identifiers separated by dots: numbers before words, a beginning before what goes on. "" is not
// treated apart.
Order compare_identifiers(std::string_view a, std::string_view b);

// The same, where no pre-release is behind every one.
Order compare_pre_releases(std::string_view a, std::string_view b);

}  // namespace seaworthy
