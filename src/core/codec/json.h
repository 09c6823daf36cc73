#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// One value of a parsed JSON document: a cheap handle, valid while its JsonDocument lives.
// Every reader is total: a missing key, a wrong type or an index past the end gives the empty
// answer ("", 0, no elements), never a failure, because foreign documents omit and mistype fields.
// Where absence matters, ask `exists()` or the `is_*` functions.
class JsonValue {
 public:
  JsonValue() = default;

  bool exists() const { return document_ != nullptr; }
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  bool is_number() const;
  bool is_null() const;

  JsonValue operator[](std::string_view key) const;  // the first value of that key
  std::string_view text() const;                     // valid while the document lives
  std::int64_t integer() const;                      // 0 where it is no integer
  double real() const;                               // any number; 0 otherwise
  bool boolean() const;                              // true only for `true`
  std::vector<JsonValue> elements() const;           // of an array
  // The members of an object in document order.
  struct Member;
  std::vector<Member> members() const;
  std::string raw() const;  // the value as minified JSON

 private:
  friend class JsonDocument;
  const void* document_ = nullptr;
  std::uint64_t index_ = 0;
};

struct JsonValue::Member {
  std::string_view key;
  JsonValue value;
};

// Owns a parsed document. Parsing is simdjson's: full RFC 8259 with UTF-8 validation.
class JsonDocument {
 public:
  JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  // Parses `bytes`, replacing what was held; memory is reused, so one document serves a whole feed.
  // kLimitExceeded: larger than limits.document_bytes or deeper than limits.nesting.
  // kInvalidInput: not JSON; the message says why.
  Status parse(std::string_view bytes, const Limits& limits);
  JsonValue root() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The text with every byte that is no UTF-8 replaced by U+FFFD, as JsonWriter does.
std::string valid_utf8(std::string_view text);

// Writes JSON with a fixed order: the caller's. Commas, escapes and indentation are done here.
class JsonWriter {
 public:
  // Two spaces per level, or everything on one line.
  explicit JsonWriter(bool pretty = true) : pretty_(pretty) {}

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::int64_t number);
  void value(std::uint64_t number);
  void value(int number) { value(static_cast<std::int64_t>(number)); }
  void value(double number);  // shortest form that reads back the same; not finite is null
  void value(bool flag);
  void null();
  void raw(std::string_view json);  // a complete JSON value, taken as it is

  template <class T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  void texts(std::string_view name, const std::vector<std::string>& values);

  // The document; a newline ends it where it is pretty.
  std::string take();

 private:
  void separate();
  void indent();
  void quote(std::string_view text);

  std::string out_;
  std::vector<bool> has_members_;
  bool after_key_ = false;
  bool pretty_;
};

}  // namespace seaworthy
