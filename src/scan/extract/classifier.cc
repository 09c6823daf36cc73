// Programs that were put into an image without a package manager and tell their version by a text
// they hold. A row of the table (classifier_table.cc) applies to files of certain names, so most
// files are not read at all; those that are, are searched once for the beginnings of all rows that
// apply (PairSearch), and behind a beginning a version is read letter by letter.
//
// That a file of such a name holds such a text is good evidence, but where a package of the
// operating system owns the file, that package says it better: kUnlessOwned.
#include "scan/extract/classifier.h"

#include <algorithm>
#include <array>

#include "core/model/ownership_rule.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/executable_reader.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"

namespace seaworthy {
namespace {

constexpr std::size_t kReach = 128;
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

bool applies(const Classifier& row, std::string_view file_name) {
  std::string_view files = row.files;
  while (!files.empty()) {
    const std::size_t space = std::min(files.find(' '), files.size());
    if (matches(files.substr(0, space), file_name)) return true;
    files.remove_prefix(std::min(space + 1, files.size()));
  }
  return false;
}

std::vector<const Classifier*> rows_for(std::string_view path) {
  constexpr std::size_t kLongestName = 64;  // of files that a row is about
  std::vector<const Classifier*> rows;
  const std::string_view name = base_name(path);
  if (name.size() > kLongestName) return rows;
  for (const Classifier& row : all_classifiers()) {
    if (rows.size() < PairSearch::kMaxPairs && applies(row, name)) rows.push_back(&row);
  }
  return rows;
}

// "3.11" of python3.11 and libpython3.11.so.1.0.
std::string_view numbers_in(std::string_view file_name) {
  const auto begin = std::find_if(file_name.begin(), file_name.end(), is_digit);
  std::string_view numbers(begin, file_name.end());
  std::size_t end = 0;
  while (end < numbers.size() && (is_digit(numbers[end]) || numbers[end] == '.')) ++end;
  numbers = numbers.substr(0, end);
  while (numbers.ends_with('.')) numbers.remove_suffix(1);
  return numbers;
}

// The version at the front of `text`; "" where none stands there as the row wants it.
std::string_view version_at(const Classifier& row, std::string_view numbers,
                            std::string_view text) {
  text = text.substr(0, kMaxVersionBytes);
  std::size_t end = 0;
  unsigned parts = 0;
  while (end < text.size() && is_digit(text[end])) {
    while (end < text.size() && is_digit(text[end])) ++end;
    ++parts;
    if (end + 1 >= text.size() || text[end] != '.' || !is_digit(text[end + 1])) break;
    ++end;
  }
  if (row.letters) {
    while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]))) ++end;
  }
  const std::string_view version = text.substr(0, end);
  const bool is_named = !row.by_name || numbers.empty() || version == numbers ||
                        version.starts_with(std::string(numbers) + ".");
  if (parts < row.parts || (row.highest && parts > row.parts) || end == kMaxVersionBytes ||
      !is_named)
    return {};
  if (text.find(row.near) == text.npos) return {};
  if (!version.starts_with(row.begins) || !text.substr(end).starts_with(row.after)) return {};
  return version;
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

std::vector<std::string> pairs_of(const std::vector<const Classifier*>& rows) {
  std::vector<std::string> pairs;
  for (const Classifier* row : rows) {
    if (row->before.size() >= 2) {
      pairs.emplace_back(row->before.substr(0, 2));
      continue;
    }
    // One letter and a version's first: one digit decides, or as many pairs as there are digits.
    const char first = row->before.front();
    const std::string_view digits = row->begins.empty() ? "12345678" : row->begins.substr(0, 1);
    for (const char digit : digits) pairs.push_back({first, digit});
  }
  return pairs;
}

class Classifying final : public ExecutableReader {
 public:
  Classifying(const FileInfo& file, std::vector<const Classifier*> rows)
      : ExecutableReader(file.size_bytes),
        path_(file.path),
        numbers_(numbers_in(base_name(path_))),
        rows_(std::move(rows)),
        versions_(rows_.size()),
        search_(pairs_of(rows_)) {}

  Result<Evidence> finish() override {
    lookahead_.end(
        [this](std::uint64_t, std::string_view view, std::size_t begins) { look(view, begins); });
    EvidenceBuilder evidence("bin/classifier", path_);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!versions_[i].empty()) {
        add_language_package(evidence, package_of(*rows_[i], versions_[i]), rows_[i]->name);
      }
    }
    return evidence.take();
  }

 private:
  void plan(const Executable& executable) override {
    for (const ExecutablePart& part : data_parts(executable)) {
      // The zero in front of a segment's first text is the filling before it.
      const std::uint64_t before = part.file.offset > 0 ? 1 : 0;
      want({part.file.offset - before, part.file.size + before});
    }
  }

  void take(std::uint64_t offset, std::string_view bytes) override {
    lookahead_.feed(
        offset, bytes,
        [this](std::uint64_t, std::string_view view, std::size_t begins) { look(view, begins); });
    const bool all_known = std::none_of(versions_.begin(), versions_.end(),
                                        [](const std::string& each) { return each.empty(); });
    const bool any_more =
        std::any_of(rows_.begin(), rows_.end(), [](const Classifier* row) { return row->highest; });
    if (all_known && !any_more) want_no_more();
  }

  void look(std::string_view view, std::size_t begins) {
    for (std::size_t at = search_.find(view, 0); at < begins; at = search_.find(view, at + 1)) {
      for (std::size_t i = 0; i < rows_.size(); ++i) look_for(i, view.substr(at));
    }
  }

  void look_for(std::size_t index, std::string_view here) {
    const Classifier& row = *rows_[index];
    std::string& known = versions_[index];
    if ((!known.empty() && !row.highest) || !here.starts_with(row.before)) return;
    const std::string_view version = version_at(row, numbers_, here.substr(row.before.size()));
    if (version.empty()) return;
    if (known.empty() || number_list(known) < number_list(version)) known = version;
  }

  static Package package_of(const Classifier& row, std::string_view version) {
    Purl purl;
    purl.type = "generic";
    purl.name = row.name;
    purl.version = version;
    Package package = other_package(purl);
    package.set_property(kCpe, application_cpe(row.cpe, version));
    package.set_property(kUnlessOwned, "yes");
    return package;
  }

  const std::string path_;
  const std::string_view numbers_;  // in path_
  const std::vector<const Classifier*> rows_;
  std::vector<std::string> versions_;  // by row
  const PairSearch search_;
  Lookahead lookahead_{kReach};
};

bool wants_classified(const FileInfo& file, std::string_view head) {
  return is_executable(head) && !rows_for(file.path).empty();
}

std::unique_ptr<ContentReader> open_classified(const FileInfo& file, std::string_view,
                                               const Limits&) {
  return std::make_unique<Classifying>(file, rows_for(file.path));
}

}  // namespace

extern const Extractor kClassifier;
const Extractor kClassifier = executable_extractor(
    "bin/classifier", "Programs that no package owns, by a text that they hold", wants_classified,
    open_classified);

}  // namespace seaworthy
