#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/byte_view.h"
#include "scan/extract/executable.h"

namespace seaworthy {

// Reads the names out of a Go program's table of functions as it passes.
class GoFunctions {
 public:
  static constexpr std::size_t kHeaderBytes = 72;

  // True where a table begins at the front of `bytes` (kHeaderBytes of them, or all there are).
  static bool begins(std::string_view bytes);

  // `header` stands at `offset` of the file. Empty where it is no header after all.
  static std::optional<GoFunctions> open(std::uint64_t offset, std::string_view header);

  FileRange names() const { return names_; }
  // Bytes of names(), in order and without gaps.
  void feed(std::uint64_t offset, std::string_view bytes);
  bool complete() const { return next_ == names_.end() && why_not_.empty(); }
  // Why the functions are not known; "" where they are, once complete.
  const std::string& why_not() const { return why_not_; }
  // Hashes of the functions and of their packages (core/model/functions.h), with those of the
  // package "main" as of `main_package`; not sorted. Call once.
  std::vector<std::uint32_t> take(std::string_view main_package);

 private:
  void add(std::string_view name);

  FileRange names_;
  std::uint64_t next_ = 0;
  std::string partial_;  // a name that began in an earlier piece
  bool too_long_ = false;
  std::vector<std::uint32_t> hashes_;
  std::uint32_t last_package_ = 0;
  std::vector<std::string> of_main_;  // names: what the package is called comes from elsewhere
  std::size_t of_main_bytes_ = 0;
  std::string why_not_;
};

}  // namespace seaworthy
