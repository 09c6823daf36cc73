#pragma once

#include <string_view>

#include "core/base/lines.h"
#include "core/base/text.h"

namespace seaworthy {

// The next word of `text`, cut off its front; "" where none is left.
std::string_view next_word(std::string_view& text);

// True for a word that can be a package's name or version in every package manager read here:
// printable ASCII without spaces, at most 1024 bytes. Anything else would be passed on to
// terminals and version comparison as if it were harmless.
bool is_plain_word(std::string_view text);

// True for one or more decimal digits and nothing else.
bool is_digits(std::string_view text);

// The part behind the last "/".
std::string_view base_name(std::string_view path);

// True where `path` is a direct child of `directory` (which ends in "/").
bool is_child_of(std::string_view path, std::string_view directory);

}  // namespace seaworthy
