#include "scan/report/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace seaworthy {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::size_t kNarrowest = 6;  // where the search for a level begins
constexpr std::size_t kComfortable = 14;

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8 at this place
};

// Decodes the first code point. Overlong forms, surrogates and values past U+10FFFF are refused.
CodePoint decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
  std::uint32_t value = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return {};
    value = (value << 6) | (byte & 0x3fU);
  }
  static constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest.at(bytes) || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    return {};
  }
  return {value, bytes};
}

// Characters that show nothing themselves but change how what is around them looks.
bool is_invisible_format(std::uint32_t c) {
  return c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe0fff);
}

std::string hex(std::uint32_t value, std::size_t least_digits) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (; value != 0 || text.size() < least_digits; value >>= 4) {
    text.insert(text.begin(), kDigits[value & 15]);
  }
  return text;
}

bool starts_with_continuation(std::string_view text) {
  return !text.empty() && (static_cast<unsigned char>(text.front()) & 0xc0) == 0x80;
}

// Bytes of the first `columns` code points.
std::size_t bytes_of_columns(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; columns > 0 && at < text.size(); --columns) {
    ++at;
    while (starts_with_continuation(text.substr(at))) ++at;
  }
  return at;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = decode(text);
    if (c.bytes == 0 || c.value < 0x20 || c.value == 0x7f) {
      out += "\\x" + hex(static_cast<unsigned char>(text.front()), 2);
      text.remove_prefix(1);
      continue;
    }
    if ((c.value >= 0x80 && c.value < 0xa0) || is_invisible_format(c.value)) {
      out += "\\u{" + hex(c.value, 4) + "}";
    } else {
      out += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return out;
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 1);
  std::vector<std::string> lines;
  while (columns_of(text.substr(0, 4 * (width + 1))) > width) {
    const std::size_t longest = bytes_of_columns(text, width);
    // A cut in front of a space is as good as one behind it.
    std::size_t cut = text[longest] == ' ' ? longest : 0;
    if (cut == 0) cut = text.substr(0, longest).find_last_of(" ,") + 1;
    if (cut == 0 ||
        cut < longest / 3) {  // a long word: cut it at a separator of versions and paths instead
      cut = text.substr(0, longest).find_last_of("-+~:/@=") + 1;
    }
    if (cut == 0 || cut < longest / 3) cut = longest;
    std::string_view line = text.substr(0, cut);
    while (line.ends_with(' ')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(cut);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string counted(std::size_t count, std::string_view singular, std::string_view plural) {
  std::string text = std::to_string(count) + " ";
  if (count == 1) return text.append(singular);
  return plural.empty() ? text.append(singular).append("s") : text.append(plural);
}

std::string Paint::operator()(Tone tone, std::string_view text) const {
  static constexpr std::array<std::string_view, 8> kCodes{"",     "1",  "2",  "1;31",
                                                          "1;35", "31", "33", "36"};
  const std::string_view code = kCodes.at(static_cast<std::size_t>(tone));
  if (!on_ || code.empty() || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

void TextTable::add(std::vector<Cell> row) {
  row.resize(columns_.size());
  for (Cell& cell : row) cell.text = printable(cell.text);
  rows_.push_back(std::move(row));
}

// The width of each column; 0 for one that is left out. Shrinking columns share what the others
// leave: each gets what it needs up to one common level.
std::vector<std::size_t> TextTable::widths(std::size_t width) const {
  std::vector<std::size_t> natural(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      natural[i] = std::max(natural[i], columns_of(row[i].text));
    }
  }
  std::size_t fixed = 0;
  for (std::size_t i = 0; i < natural.size(); ++i) {
    if (natural[i] == 0) continue;
    natural[i] = std::max(natural[i], columns_of(columns_[i].title));
    fixed += kGap.size() + (columns_[i].shrinks ? 0 : natural[i]);
  }
  const auto shrunk = [&](std::size_t i, std::size_t level) {
    return std::min(natural[i], std::max(level, columns_[i].at_least));
  };
  const auto fits = [&](std::size_t level) {
    std::size_t sum = fixed;
    for (std::size_t i = 0; i < natural.size(); ++i) {
      if (columns_[i].shrinks) sum += shrunk(i, level);
    }
    return sum <= width + kGap.size();
  };
  for (std::size_t i = 0; i < natural.size(); ++i) {
    if (!columns_[i].shrinks_first) continue;
    natural[i] = std::min(natural[i], width);
    const std::size_t comfortable = std::max(kComfortable, columns_[i].at_least);
    while (natural[i] > comfortable && !fits(width)) --natural[i];
  }
  std::size_t level = kNarrowest;
  while (level < width && fits(level + 1)) ++level;
  for (std::size_t i = 0; i < natural.size(); ++i) {
    if (columns_[i].shrinks) natural[i] = shrunk(i, level);
  }
  return natural;
}

void TextTable::add_row(const std::vector<Cell>& row, const std::vector<std::size_t>& wide,
                        const Paint& paint, std::string& out) const {
  std::vector<std::vector<std::string>> cells;
  std::size_t lines = 0;
  cells.reserve(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    cells.push_back(wrap(row[i].text, std::max<std::size_t>(wide[i], 1)));
    if (wide[i] != 0) lines = std::max(lines, cells.back().size());
  }
  for (std::size_t line = 0; line < lines; ++line) {
    std::size_t pending = 0;  // spaces owed before the next text: none are left at a line's end
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (wide[i] == 0) continue;
      const std::string text = line < cells[i].size() ? cells[i][line] : std::string();
      const std::size_t rest = wide[i] - std::min(wide[i], columns_of(text));
      if (text.empty()) {
        pending += wide[i] + kGap.size();
        continue;
      }
      out.append(pending + (columns_[i].right ? rest : 0), ' ');
      out += paint(row[i].tone, text);
      pending = kGap.size() + (columns_[i].right ? 0 : rest);
    }
    out += '\n';
  }
}

std::string TextTable::lay_out(std::size_t width, const Paint& paint) const {
  const std::vector<std::size_t> wide = widths(width);
  std::string out;
  std::vector<Cell> titles;
  titles.reserve(columns_.size());
  for (const Column& column : columns_) titles.push_back({column.title, Tone::kBold});
  add_row(titles, wide, paint, out);
  for (const auto& row : rows_) add_row(row, wide, paint, out);
  return out;
}

}  // namespace seaworthy
