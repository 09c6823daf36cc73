#include "scan/extract/control_records.h"

#include <algorithm>

namespace seaworthy {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

const ControlRecord::Field* ControlRecord::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return same_name(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::string_view ControlRecord::value(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? std::string_view{} : field->value;
}

void ControlReader::add_line(std::string_view line, ControlRecord& record) {
  if (line.front() == ' ' || line.front() == '\t') return;  // continuation
  const std::size_t colon = line.find(':');
  const std::string_view name = trim(line.substr(0, colon));
  if (colon == std::string_view::npos || !is_plain_word(name)) {
    constexpr std::size_t kMaxBadLines = 8;  // enough to name; binary data has millions
    if (record.bad_lines.size() < kMaxBadLines) record.bad_lines.push_back(lines_.number());
    return;
  }
  const bool is_wanted = std::any_of(wanted_.begin(), wanted_.end(), [&](std::string_view wanted) {
    return same_name(name, wanted);
  });
  // A field given twice is kept twice at most, however often a hostile record repeats it.
  if (!is_wanted || record.fields.size() >= 2 * wanted_.size()) return;
  record.fields.push_back({name, trim(line.substr(colon + 1)), lines_.number()});
}

bool ControlReader::next(ControlRecord& record) {
  record.fields.clear();
  record.bad_lines.clear();
  bool begun = false;
  std::string_view line;
  while (lines_.next(line)) {
    if (trim(line).empty()) {
      if (begun) return true;
      continue;
    }
    if (!begun) record.line = lines_.number();
    begun = true;
    add_line(line, record);
  }
  return begun;
}

}  // namespace seaworthy
