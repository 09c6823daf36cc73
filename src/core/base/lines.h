#pragma once

#include <cstdint>
#include <string_view>

namespace seaworthy {

// Walks the lines of a text that may come from any system: ends in LF, CRLF or nothing. Copies
// nothing; the views point into the text.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : left_(text) {}

  // Gives the next line without its end; false behind the last one. A last "\n" ends a line and
  // begins none.
  bool next(std::string_view& line);
  // Of the line given last, counted from 1.
  std::uint64_t number() const { return number_; }

 private:
  std::string_view left_;
  std::uint64_t number_ = 0;
};

// Calls `each(line, number)` for every line.
template <class Each>
void for_each_line(std::string_view text, Each&& each) {
  LineReader lines(text);
  for (std::string_view line; lines.next(line);) each(line, lines.number());
}

}  // namespace seaworthy
