// Programs that were put into an image without a package manager and tell their version by a text
// they hold. A row of the tables (classifier.h) applies to files of certain names, so most files
// are not read at all; those that are, are searched once for the beginnings of all rows that apply
// (PairSearch), and behind a beginning a version is read (classifier_pattern.cc).
//
// Of an executable the data are searched that are loaded; rows whose text stands elsewhere (the
// compiler's name in comments and debug information) have the whole file searched. Scripts and PHP
// archives are searched from the first byte to the last.
//
// That a file of such a name holds such a text is good evidence, but where a package of the
// operating system owns the file, that package says it better: kUnlessOwned.
#include "scan/extract/classifier.h"

#include <algorithm>

#include "core/model/ownership_rule.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/executable_reader.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"

namespace seaworthy {
namespace {

bool is_script(std::string_view head) {
  return head.starts_with("#!") || head.starts_with("<?php");
}

std::vector<const Classifier*> rows_for(std::string_view path, bool script) {
  constexpr std::size_t kLongestName = 64;  // of files that a row is about
  std::vector<const Classifier*> rows;
  const std::string_view name = base_name(path);
  if (name.size() > kLongestName) return rows;
  for (const Classifier& row : all_classifiers()) {
    if (row.script == script && applies(row, name)) rows.push_back(&row);
  }
  return rows;
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
    const bool any = row->begins.empty() || row->begins.front() == '#';
    const std::string_view digits = any ? "123456789" : row->begins.substr(0, 1);
    for (const char digit : digits) pairs.push_back({first, digit});
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

// The versions that the rows find in bytes that pass.
class VersionSearch {
 public:
  VersionSearch(std::string_view path, std::vector<const Classifier*> rows)
      : path_(path),
        numbers_(numbers_in(base_name(path_))),
        rows_(std::move(rows)),
        versions_(rows_.size()),
        search_(pairs_of(rows_)) {}

  bool wants_whole_file() const {
    return std::any_of(rows_.begin(), rows_.end(),
                       [](const Classifier* row) { return row->whole_file; });
  }
  // True where nothing further can change what is known.
  bool settled() const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (versions_[i].empty() || rows_[i]->highest) return false;
    }
    return true;
  }
  void feed(std::uint64_t offset, std::string_view bytes) {
    lookahead_.feed(
        offset, bytes,
        [this](std::uint64_t, std::string_view view, std::size_t begins) { look(view, begins); });
  }
  Evidence finish() {
    lookahead_.end(
        [this](std::uint64_t, std::string_view view, std::size_t begins) { look(view, begins); });
    EvidenceBuilder evidence("bin/classifier", path_);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (versions_[i].empty() || is_said_better(i)) continue;
      add_language_package(evidence, package_of(*rows_[i], versions_[i]), rows_[i]->name);
    }
    return evidence.take();
  }

 private:
  // By an earlier row of the same name, or by one of what is made from it.
  bool is_said_better(std::size_t index) const {
    const std::string_view name = rows_[index]->name;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (versions_[i].empty()) continue;
      if (rows_[i]->instead_of == name || (i < index && rows_[i]->name == name)) return true;
    }
    return false;
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
    if (known.empty() || is_lower(known, version)) known = version;
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
  Lookahead lookahead_{kClassifierReach + 128};  // and the longest text in front of a version
};

class ClassifiedProgram final : public ExecutableReader {
 public:
  explicit ClassifiedProgram(const FileInfo& file)
      : ExecutableReader(file.size_bytes), search_(file.path, rows_for(file.path, false)) {}

  Result<Evidence> finish() override { return search_.finish(); }

 private:
  void plan(const Executable& executable) override {
    if (search_.wants_whole_file()) {
      want({0, file_size()});
      return;
    }
    for (const ExecutablePart& part : data_parts(executable)) {
      // The zero in front of a segment's first text is the filling before it.
      const std::uint64_t before = part.file.offset > 0 ? 1 : 0;
      want({part.file.offset - before, part.file.size + before});
    }
  }

  void take(std::uint64_t offset, std::string_view bytes) override {
    search_.feed(offset, bytes);
    if (search_.settled()) want_no_more();
  }

  VersionSearch search_;
};

class ClassifiedScript final : public ContentReader {
 public:
  explicit ClassifiedScript(const FileInfo& file) : search_(file.path, rows_for(file.path, true)) {}

  std::uint64_t needs() const override { return search_.settled() ? kNeedsNoMore : next_; }
  void feed(std::uint64_t offset, std::string_view bytes) override {
    search_.feed(offset, bytes);
    next_ = offset + bytes.size();
  }
  Result<Evidence> finish() override { return search_.finish(); }

 private:
  VersionSearch search_;
  std::uint64_t next_ = 0;
};

bool wants_classified(const FileInfo& file, std::string_view head) {
  const bool script = is_script(head);
  return (script || is_executable(head)) && !rows_for(file.path, script).empty();
}

std::unique_ptr<ContentReader> open_classified(const FileInfo& file, std::string_view head,
                                               const Limits&) {
  if (is_script(head)) return std::make_unique<ClassifiedScript>(file);
  return std::make_unique<ClassifiedProgram>(file);
}

}  // namespace

std::span<const Classifier> all_classifiers() {
  static const std::vector<Classifier> rows = [] {
    std::vector<Classifier> all;
    for (const auto& part : {server_classifiers(), tool_classifiers(), language_classifiers()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return rows;
}

extern const Extractor kClassifier;
const Extractor kClassifier = executable_extractor(
    "bin/classifier", "Programs that no package owns, by a text that they hold", wants_classified,
    open_classified);

}  // namespace seaworthy
