#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace seaworthy {

// Text for a person's terminal. Names, versions and history lines come from images and feeds that
// anybody can write, so everything foreign passes through `printable` before it is shown.

// The text with everything that could steer a terminal or forge the look of a line made visible:
// control characters and bytes that are no UTF-8 as \xNN, bidirectional and invisible format
// characters as \u{NNNN}. The result is one line.
std::string printable(std::string_view text);

// Width in columns: one per code point.
std::size_t columns_of(std::string_view text);

// Cuts into lines of at most `width` columns, preferably behind a space, comma or version
// separator. Nothing is dropped but spaces at a cut. At least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// "1 finding", "2 findings".
std::string counted(std::size_t count, std::string_view singular, std::string_view plural = {});

enum class Tone { kPlain, kBold, kFaint, kAlarm, kCritical, kHigh, kMedium, kLow };

// Puts colours around text, or nothing where colours are off. `text` must be printable already.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string operator()(Tone tone, std::string_view text) const;

 private:
  bool on_;
};

struct Column {
  std::string title;
  bool shrinks = false;  // may be narrower than its content, which then goes on below
  bool right = false;
  bool shrinks_first = false;  // down to a comfortable width, before the others give anything
  std::size_t at_least = 6;    // columns that a shrinking column keeps, where its content has them
};

struct Cell {
  std::string text;  // raw: the table makes it printable
  Tone tone = Tone::kPlain;
};

// Rows under titles. A column without any content is left out. What does not fit `width` is wrapped
// inside its column; no content is ever cut off.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> row);  // one cell per column
  std::string lay_out(std::size_t width, const Paint& paint) const;

 private:
  std::vector<std::size_t> widths(std::size_t width) const;
  void add_row(const std::vector<Cell>& row, const std::vector<std::size_t>& wide,
               const Paint& paint, std::string& out) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace seaworthy
