#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/lines.h"
#include "core/base/result.h"
#include "core/base/text.h"
#include "scan/advisory/feed.h"

namespace seaworthy {

// The pieces of text reading that several feeds share.

// The fields of one CSV record (RFC 4180: quotes, doubled quotes, separators and line ends inside
// quotes), taken from the front of `text`. Empty at the end of the text.
std::vector<std::string> take_csv_record(std::string_view& text, char separator);

// A description as one line of at most about 400 bytes: white space folded, cut between characters.
std::string one_line(std::string_view text);

// The front of a document that `recognizes` functions look at, without a byte order mark.
std::string_view front_of(const FeedDocument& document);
// The first byte that is no white space; 0 where there is none.
char first_char(std::string_view text);
// True where the front of the document has every one of these JSON keys (`"name"`).
bool has_keys(std::string_view front, std::initializer_list<std::string_view> names);

std::string_view file_name(std::string_view path);
// "a/b/v3.18/main.json" has the parts a, b, v3.18, main.json.
std::vector<std::string_view> path_parts(std::string_view path);

// True where the text is JSON Lines: two lines at least, each an object.
bool is_json_lines(std::string_view text);

// "path:7".
std::string at_line(std::string_view path, std::uint64_t line);

// Keeps an address that is neither empty nor longer than 1 KiB.
void add_reference(VulnerabilityDetails& details, std::string_view url);

Problem unreadable_record(std::string_view document, std::string_view step, std::string message);

}  // namespace seaworthy
