#pragma once

#include <cstddef>
#include <string_view>

#include "core/version/version.h"

namespace seaworthy {

// What the package managers' comparison functions share: runs of ASCII digits and letters, read
// without a locale.

inline constexpr std::size_t kMaxVersionBytes = 1024;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}

// Not empty, within kMaxVersionBytes, without spaces and control characters.
bool is_printable_version(std::string_view text);

bool all_digits(std::string_view text);  // false for ""

// Cut the run from the front of `text` and return it; "" where there is none.
std::string_view take_digits(std::string_view& text);
std::string_view take_letters(std::string_view& text);
std::string_view take_until_digit(std::string_view& text);

// "[epoch:]version[-release]": the epoch is the digits before the first colon, if nothing else
// stands there; the release begins behind the last hyphen.
struct EpochVersionRelease {
  std::string_view epoch, version, release;
  bool has_release = false;
};
EpochVersionRelease split_epoch_version_release(std::string_view text);

// Runs of digits as numbers of any length; "" is 0.
Order compare_numbers(std::string_view a, std::string_view b);

// Byte by byte.
Order compare_bytes(std::string_view a, std::string_view b);

}  // namespace seaworthy
