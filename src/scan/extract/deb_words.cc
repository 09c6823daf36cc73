#include "scan/extract/deb_words.h"

#include <algorithm>

#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Letters, digits and `more`.
bool holds_only(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || more.find(c) != std::string_view::npos;
  });
}

bool is_word(std::string_view text, std::string_view more) {
  return is_plain_word(text) && is_alphanumeric(text.front()) && holds_only(text, more);
}

}  // namespace

bool is_deb_name(std::string_view text) {
  return is_word(text, "-+._");
}

bool is_deb_version(std::string_view text) {
  if (!is_plain_word(text)) return false;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    constexpr std::size_t kMostDigits = 10;
    const std::string_view epoch = text.substr(0, colon);
    if (epoch.empty() || epoch.size() > kMostDigits ||
        !std::all_of(epoch.begin(), epoch.end(), is_digit)) {
      return false;
    }
    text.remove_prefix(colon + 1);
  }
  const std::size_t dash = text.rfind('-');
  if (dash != std::string_view::npos) {
    const std::string_view revision = text.substr(dash + 1);
    if (revision.empty() || !holds_only(revision, "+.~")) return false;
    text = text.substr(0, dash);
  }
  // A colon belongs to the upstream version only where an epoch stands in front of it.
  return !text.empty() && is_digit(text.front()) &&
         holds_only(text, colon == std::string_view::npos ? "-+.~" : "-+.~:");
}

bool is_deb_architecture(std::string_view text) {
  return is_word(text, "-");
}

}  // namespace seaworthy
