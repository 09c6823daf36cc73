// The CVE programme writes a record's state in front of its description, and feeds that have no
// field for it pass the description on. The forms, none of them specified anywhere:
//
//   ** REJECT ** DO NOT USE THIS CANDIDATE NUMBER.       the older records
//   Rejected reason: ...                                 those of today
//   [REJECTED] ...                                       vendors' own
//   **DISPUTED** ...   ** UNSUPPORTED WHEN ASSIGNED ** ** DISPUTED ** ...
//
// "Rejected packets crash the daemon" is a description like any other, and "**Rejected** packets"
// is Markdown: without a mark only a colon makes the word one, and between stars only capitals.
#include "scan/advisory/state_mark.h"

#include <algorithm>

#include "core/base/text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kLongestFront = 300;
// Debian's list puts the description into brackets, some feeds into quotes.
constexpr std::string_view kBefore = " \t\r\n(\"'";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A word of the state, whatever its case; kActive for every other word.
AdvisoryState state_of_word(std::string_view word) {
  const std::string lower = lower_case(word);
  if (lower == "reject" || lower == "rejected") return AdvisoryState::kRejected;
  if (lower == "disputed") return AdvisoryState::kDisputed;
  return AdvisoryState::kActive;
}

std::string_view first_word(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_letter);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// Of "Rejected reason: ..." and "REJECTED: ...".
AdvisoryState state_before_colon(std::string_view text) {
  const std::string_view word = first_word(text);
  text = trim(text.substr(word.size()));
  if (lower_case(text.substr(0, 6)) == "reason") text = trim(text.substr(6));
  return text.starts_with(':') ? state_of_word(word) : AdvisoryState::kActive;
}

}  // namespace

AdvisoryState state_marked_in(std::string_view description) {
  std::string_view text = description.substr(0, kLongestFront);
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(kBefore), text.size()));
    const bool stars = text.starts_with("**");
    if (!stars && !text.starts_with('[')) return state_before_colon(text);
    text.remove_prefix(std::min(text.find_first_not_of("*["), text.size()));
    const std::size_t end = text.find(stars ? "**" : "]");
    if (end == std::string_view::npos) return AdvisoryState::kActive;
    const std::string_view mark = trim(text.substr(0, end));
    const std::string_view word = first_word(mark);
    const bool capitals = std::all_of(word.begin(), word.end(), [](char c) { return c < 'a'; });
    const bool alone = word.size() == mark.size();
    const AdvisoryState state = state_of_word(word);
    if (state != AdvisoryState::kActive && (stars ? capitals : alone)) return state;
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of("*]"), text.size()));
  }
}

}  // namespace seaworthy
