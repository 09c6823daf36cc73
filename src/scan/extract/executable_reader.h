#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scan/extract/executable.h"
#include "scan/extract/extractor.h"

namespace seaworthy {

// Bytes of the file that are gathered as they pass.
struct Gathered {
  FileRange range;
  std::string bytes;

  bool complete() const { return bytes.size() == range.size; }
  void feed(std::uint64_t offset, std::string_view piece) {
    const std::uint64_t next = range.offset + bytes.size();
    if (complete() || offset > next || offset + piece.size() <= next) return;
    bytes += piece.substr(next - offset, range.size - bytes.size());
  }
};

// The parts that hold data; where a linker made no segment for what is only read, it is with the
// code, which then counts as well.
std::vector<ExecutablePart> data_parts(const Executable& executable);

// The base of readers of executables: gathers the headers, asks what is wanted of the rest, and
// gives that in order.
class ExecutableReader : public ContentReader {
 public:
  std::uint64_t needs() const final;
  void feed(std::uint64_t offset, std::string_view bytes) final;

 protected:
  explicit ExecutableReader(std::uint64_t file_size) : file_size_(file_size) {}

  // The headers are read: says with want() what of the file is needed.
  virtual void plan(const Executable& executable) = 0;
  // The next wanted bytes; pieces of one range follow each other without a gap.
  virtual void take(std::uint64_t offset, std::string_view bytes) = 0;

  // May be called from plan() and take(). What was passed already does not come again: false where
  // nothing of the range is still to come whole.
  bool want(FileRange range);
  // Ranges that are wanted so far and not passed are not wanted any more.
  void want_no_more() { wanted_.clear(); }

  // kInvalidInput where the headers could not be read; call at the end.
  Status headers() const;
  const std::optional<Executable>& executable() const { return executable_; }
  std::uint64_t file_size() const { return file_size_; }

 private:
  void read_headers();
  void give(std::uint64_t offset, std::string_view bytes);

  const std::uint64_t file_size_;
  std::string front_;
  std::optional<Executable> executable_;
  std::optional<Error> failure_;
  std::vector<FileRange> wanted_;  // by offset, none touching another, none in front of passed_
  std::uint64_t passed_ = 0;       // what is in front of it was given, or was not wanted
};

// The row of an extractor that reads executables.
constexpr Extractor executable_extractor(std::string_view name, std::string_view description,
                                         decltype(Extractor::wants_content) wants,
                                         decltype(Extractor::open) open) {
  return {.name = name,
          .description = description,
          .max_file_bytes = 0,
          .is_database = false,
          .wants = nullptr,
          .extract = nullptr,
          .companions = nullptr,
          .anchors = {},
          .wants_content = wants,
          .open = open};
}
inline bool wants_executable(const FileInfo&, std::string_view head) {
  return is_executable(head);
}
template <class Reader>
std::unique_ptr<ContentReader> open_reader(const FileInfo& file, std::string_view,
                                           const Limits& limits) {
  return std::make_unique<Reader>(file, limits);
}

// Bytes that come in pieces, shown so that what begins near the end of a piece can be looked at as
// a whole: each position is shown once, with at least `reach` bytes behind it where the range has
// them.
class Lookahead {
 public:
  explicit Lookahead(std::size_t reach) : reach_(reach) {}

  // `look(offset, view, begins)`: what begins in the first `begins` bytes of `view`, which stands
  // at `offset`, is to be looked at; the rest of `view` is what is known behind them. A piece that
  // does not follow the one before begins anew.
  template <class Look>
  void feed(std::uint64_t offset, std::string_view bytes, Look&& look) {
    if (offset != next_) end(look);
    next_ = offset + bytes.size();
    if (!held_.empty()) {
      const std::size_t begins = held_.size();
      const std::size_t more = bytes.size() < reach_ ? bytes.size() : reach_;
      held_ += bytes.substr(0, more);
      if (more < reach_) {  // all of a short piece is held
        const std::size_t ready = held_.size() > reach_ ? held_.size() - reach_ : 0;
        if (ready > 0) look(offset - begins, std::string_view(held_), ready);
        held_.erase(0, ready);
        return;
      }
      look(offset - begins, std::string_view(held_), begins);
      held_.clear();
    }
    const std::size_t ready = bytes.size() > reach_ ? bytes.size() - reach_ : 0;
    if (ready > 0) look(offset, bytes, ready);
    held_ = bytes.substr(ready);
  }
  // What is still held is all there is.
  template <class Look>
  void end(Look&& look) {
    if (!held_.empty()) look(next_ - held_.size(), std::string_view(held_), held_.size());
    held_.clear();
  }

 private:
  const std::size_t reach_;
  std::string held_;
  std::uint64_t next_ = 0;
};

// Finds where one of a few pairs of bytes stands, many bytes at a time. Whatever is searched in
// whole files is found by its rarest two neighbouring bytes and then compared.
class PairSearch {
 public:
  static constexpr std::size_t kMaxPairs = 16;
  // Each text is two bytes; at most kMaxPairs.
  explicit PairSearch(std::vector<std::string> pairs) : pairs_(std::move(pairs)) {}

  // The first place from `from` on that is one of the pairs; npos where none is.
  std::size_t find(std::string_view bytes, std::size_t from) const;

 private:
  const std::vector<std::string> pairs_;
};

}  // namespace seaworthy
