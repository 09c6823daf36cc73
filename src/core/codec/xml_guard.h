#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// Watches XML on its way to the parser, in pieces of any size, and stops it before what would cost
// the parser more than a multiple of the input's length. It knows of XML only where markup begins
// and ends, and is exact up to the first byte that is not well-formed: there the parser stops.
class XmlGuard {
 public:
  explicit XmlGuard(const Limits& limits) : nesting_(limits.nesting) {}

  // kLimitExceeded, kInvalidInput as XmlReader::next; the message has the line.
  Status watch(std::string_view piece);

  static constexpr std::uint32_t kMaxAttributes = 256;   // of one element
  static constexpr std::uint32_t kMaxNamespaces = 1024;  // declared by all open elements together
  static constexpr std::uint64_t kMaxTagBytes = 64 * kKiB;

 private:
  enum class At { kText, kMarkup, kTag, kQuoted, kComment, kCdata, kInstruction, kDoctype };

  Status step(char c);
  Status begin_markup(char c);
  Status in_tag(char c);
  Status in_doctype(char c);
  Status end_tag();
  Error refused(ErrorCode code, std::string_view what) const;
  bool ends_with(std::string_view mark) const;

  std::uint64_t nesting_;
  At at_ = At::kText;
  char quote_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t markup_bytes_ = 0;  // since '<'
  char last_[8] = {};               // the newest byte last
  std::uint32_t attributes_ = 0, declared_ = 0, namespaces_ = 0;
  bool closing_ = false;
  std::vector<std::uint32_t> open_;  // namespaces that each open element declares
};

}  // namespace seaworthy
