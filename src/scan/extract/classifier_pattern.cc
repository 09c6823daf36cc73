// What a row of the classifiers accepts as a version. Versions are read letter by letter: numbers
// with dots between them, then, where the row says so, letters, then the name of something that
// came before the release ("-rc1", "-beta.2"), which always belongs to it: 3.2.0-rc1 is not 3.2.0.
#include <algorithm>
#include <array>
#include <vector>

#include "scan/extract/classifier.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxVersionBytes = 48;

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}
bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

// `pattern` with "*" for any run of letters, tried at one star after another.
bool matches(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  name.remove_prefix(star);
  const std::string_view rest = pattern.substr(star + 1);
  if (rest.empty()) return true;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    if (matches(rest, name.substr(i))) return true;
  }
  return false;
}

// Behind "-rc1" or "-beta.2" at `at`; `at` itself where nothing of the kind stands there.
std::size_t prerelease_end(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 6> kWords{"alpha", "beta", "rc", "dev", "preview", "pre"};
  if (at >= text.size() || text[at] != '-') return at;
  const std::size_t begin = text.find_first_not_of("0123456789.", at + 1);  // Dart: -216.1.beta
  for (const std::string_view word : kWords) {
    if (begin == text.npos || !text.substr(begin).starts_with(word)) continue;
    std::size_t end = begin + word.size();
    if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) ++end;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end;
  }
  return at;
}

bool begins_like(std::string_view version, std::string_view begins) {
  if (version.size() < begins.size()) return false;
  return std::equal(begins.begin(), begins.end(), version.begin(),
                    [](char a, char b) { return a == '#' ? is_digit(b) : a == b; });
}

std::vector<unsigned long> number_list(std::string_view version) {
  std::vector<unsigned long> numbers(1);
  for (const char letter : version) {
    if (letter == '.') {
      numbers.push_back(0);
    } else if (is_digit(letter)) {
      numbers.back() =
          numbers.back() % 1'000'000'000 * 10 + static_cast<unsigned long>(letter - '0');
    }
  }
  return numbers;
}

}  // namespace

bool applies(const Classifier& row, std::string_view file_name) {
  std::string_view files = row.files;
  while (!files.empty()) {
    const std::size_t space = std::min(files.find(' '), files.size());
    if (matches(files.substr(0, space), file_name)) return true;
    files.remove_prefix(std::min(space + 1, files.size()));
  }
  return false;
}

std::string_view numbers_in(std::string_view file_name) {
  const auto begin = std::find_if(file_name.begin(), file_name.end(), is_digit);
  std::string_view numbers(begin, file_name.end());
  std::size_t end = 0;
  while (end < numbers.size() && (is_digit(numbers[end]) || numbers[end] == '.')) ++end;
  numbers = numbers.substr(0, end);
  while (numbers.ends_with('.')) numbers.remove_suffix(1);
  return numbers;
}

std::string_view version_at(const Classifier& row, std::string_view numbers,
                            std::string_view text) {
  const std::string_view front = text.substr(0, kMaxVersionBytes);
  std::size_t end = 0;
  unsigned parts = 0;
  while (end < front.size() && is_digit(front[end])) {
    while (end < front.size() && is_digit(front[end])) ++end;
    ++parts;
    if (end + 1 >= front.size() || front[end] != '.' || !is_digit(front[end + 1])) break;
    ++end;
  }
  if (row.letters) {
    while (end < front.size() && (is_letter(front[end]) || is_digit(front[end]))) ++end;
  }
  end = prerelease_end(front, end);
  const std::string_view version = front.substr(0, end);
  const bool is_named = !row.by_name || numbers.empty() || version == numbers ||
                        version.starts_with(std::string(numbers) + ".");
  if (parts < row.parts || (row.highest && parts > row.parts) || end == kMaxVersionBytes ||
      !is_named)
    return {};
  if (text.substr(0, row.within).find(row.near) == text.npos) return {};
  if (!begins_like(version, row.begins) || !text.substr(end).starts_with(row.after)) return {};
  return version;
}

bool is_lower(std::string_view a, std::string_view b) {
  return number_list(a) < number_list(b);
}

}  // namespace seaworthy
