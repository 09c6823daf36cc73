#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// One element of a document with everything inside it. Like JsonValue its readers are total: what
// is missing is an empty answer.
struct XmlElement {
  std::string name;                                             // without the namespace prefix
  std::vector<std::pair<std::string, std::string>> attributes;  // names without prefix
  std::string text;  // all character data directly inside, joined; not trimmed
  std::vector<XmlElement> children;
  std::uint64_t line = 0;

  std::string_view attribute(std::string_view name) const;     // "" where there is none
  const XmlElement& operator[](std::string_view child) const;  // the first of that name, or empty
  std::string_view trimmed() const;  // the text without white space around it
};

// Pulls elements out of a document of any size: memory is what the caller asks for, plus one tag.
// Where a document is damaged everything up to about a kilobyte before has been delivered.
class XmlReader {
 public:
  // `bytes` must outlive the reader. kInvalidInput: an encoding that is not read.
  // kLimitExceeded: larger than limits.document_bytes.
  static Result<XmlReader> open(std::string_view bytes, const Limits& limits);
  XmlReader(XmlReader&&) noexcept;
  XmlReader& operator=(XmlReader&&) noexcept;
  ~XmlReader();

  // Moves to the next start tag, deeper or not; false at the end of the document.
  // kInvalidInput: not well-formed, or a document type that declares something; with the line.
  // kLimitExceeded: deeper than limits.nesting, too many attributes, a tag that is too long.
  Result<bool> next();
  // Of the element whose start tag was reached. Valid until the next call of next() or element().
  std::string_view name() const;
  std::string attribute(std::string_view name) const;
  std::uint64_t depth() const;  // 0 for the root
  std::uint64_t line() const;

  // The element whose start tag was reached, whole; the reader then stands at its end.
  // kLimitExceeded beside the errors of next(): it takes more memory than 64 MiB.
  Result<XmlElement> element();

 private:
  struct State;
  explicit XmlReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace seaworthy
