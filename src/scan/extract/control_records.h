#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "scan/extract/lines.h"

namespace seaworthy {

// One paragraph of a Debian control file. The views point into the text.
struct ControlRecord {
  struct Field {
    std::string_view name;
    std::string_view value;  // first line only, trimmed: what is read here never spans lines
    std::size_t line = 0;
  };
  std::size_t line = 0;  // where the paragraph begins, counted from 1
  std::vector<Field> fields;
  // Lines that are neither a field, nor a continuation, nor empty.
  std::vector<std::size_t> bad_lines;

  // The first field of that name in any case; null where there is none.
  const Field* find(std::string_view name) const;
  std::string_view value(std::string_view name) const;
};

// Splits control data (deb822(5)): paragraphs end at a line that is empty or holds only blanks,
// fields are `Name: value`, a line that begins with a blank continues the field above.
class ControlReader {
 public:
  // Only fields named in `wanted` are kept; a status file's dependencies and file sums are most of
  // its bytes and of no interest. `wanted` must outlive the reader.
  ControlReader(std::string_view text, const std::vector<std::string_view>& wanted)
      : lines_(text), wanted_(wanted) {}

  // Reads the next paragraph that holds at least one line; false at the end.
  bool next(ControlRecord& record);

 private:
  void add_line(std::string_view line, ControlRecord& record);

  LineReader lines_;
  const std::vector<std::string_view>& wanted_;
};

}  // namespace seaworthy
