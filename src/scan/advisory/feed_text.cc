#include "scan/advisory/feed_text.h"

#include <algorithm>

namespace seaworthy {
namespace {

constexpr std::size_t kFrontBytes = 64 * kKiB;
constexpr std::size_t kSummaryBytes = 400;
constexpr std::string_view kSpace = " \t\r\n\f\v";

}  // namespace

std::vector<std::string> take_csv_record(std::string_view& text, char separator) {
  std::vector<std::string> fields;
  if (text.empty()) return fields;
  fields.emplace_back();
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        fields.back() += '"';
        ++at;
      } else {
        quoted = false;
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == separator) {
      fields.emplace_back();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  text.remove_prefix(at);
  return fields;
}

std::string one_line(std::string_view text) {
  std::string out;
  bool space = false;
  for (const char c : text) {
    if (c == ' ' || (c >= 0 && c < ' ')) {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
    if (out.size() > kSummaryBytes + 4) break;
  }
  if (out.size() <= kSummaryBytes) return out;
  std::size_t end = kSummaryBytes;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  out.resize(end);
  return out += "...";
}

std::string_view front_of(const FeedDocument& document) {
  std::string_view front = document.bytes.substr(0, kFrontBytes);
  if (front.starts_with("\xef\xbb\xbf")) front.remove_prefix(3);
  return front;
}

char first_char(std::string_view text) {
  const std::size_t at = text.find_first_not_of(kSpace);
  return at == std::string_view::npos ? '\0' : text[at];
}

bool has_keys(std::string_view front, std::initializer_list<std::string_view> names) {
  return std::all_of(names.begin(), names.end(), [&](std::string_view name) {
    return front.find('"' + std::string(name) + '"') != std::string_view::npos;
  });
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::vector<std::string_view> path_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash != 0) parts.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

bool is_json_lines(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return false;
  const std::string_view line = trim(text.substr(0, end));
  return line.size() >= 2 && line.front() == '{' && line.back() == '}' &&
         first_char(text.substr(end)) == '{';
}

std::string at_line(std::string_view path, std::uint64_t line) {
  return std::string(path) + ":" + std::to_string(line);
}

void add_reference(VulnerabilityDetails& details, std::string_view url) {
  if (!url.empty() && url.size() < 1024) details.references.emplace_back(url);
}

Problem unreadable_record(std::string_view document, std::string_view step, std::string message) {
  return Problem{std::string(document), -1, std::string(step), problem::kUnreadableRecord,
                 std::move(message)};
}

}  // namespace seaworthy
