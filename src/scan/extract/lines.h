#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/text.h"

namespace seaworthy {

// Walks the lines of a text that may come from any system: ends in LF, CRLF or nothing. Copies
// nothing; the views point into the text.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : left_(text) {}

  // Gives the next line without its end; false behind the last one.
  bool next(std::string_view& line);
  // Of the line given last, counted from 1.
  std::size_t number() const { return number_; }

 private:
  std::string_view left_;
  std::size_t number_ = 0;
};

// The next word of `text`, cut off its front; "" where none is left.
std::string_view next_word(std::string_view& text);

// True for a word that can be a package's name or version in every package manager read here:
// printable ASCII without spaces, at most 1024 bytes. Anything else would be passed on to
// terminals and version comparison as if it were harmless.
bool is_plain_word(std::string_view text);

// The part behind the last "/".
std::string_view base_name(std::string_view path);

// True where `path` is a direct child of `directory` (which ends in "/").
bool is_child_of(std::string_view path, std::string_view directory);

}  // namespace seaworthy
