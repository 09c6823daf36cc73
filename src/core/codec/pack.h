#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace seaworthy {

// Compact records for the worker pipe, the layer cache and the advisory database: numbers as
// LEB128, strings as length and bytes, no alignment, no types in the stream. Reader and writer
// agree by version numbers that each user of this format keeps.
class Packer {
 public:
  void number(std::uint64_t value);
  void text(std::string_view value);
  void hash(std::uint64_t value);  // always 8 bytes, little-endian
  void flag(bool value) { number(value ? 1 : 0); }
  template <class List, class Each>
  void list(const List& values, Each&& each) {
    number(values.size());
    for (const auto& value : values) each(value);
  }
  void texts(const std::vector<std::string>& values) {
    list(values, [this](const std::string& value) { text(value); });
  }

  const std::string& bytes() const& { return bytes_; }
  std::string bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what a Packer wrote, from bytes that may be damaged or hostile. After the first malformed
// field `ok()` is false and every later field is empty or zero, so a record is checked once, at
// its end.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : left_(bytes) {}

  std::uint64_t number();
  std::string_view view();  // points into the bytes given to the constructor
  std::string text() { return std::string(view()); }
  std::uint64_t hash();
  bool flag() { return number() != 0; }
  // A list's size, refused where fewer than `min_bytes_each` bytes per item are left: a hostile
  // count cannot make the caller reserve more than the input's own size.
  std::size_t list_size(std::size_t min_bytes_each = 1);
  std::vector<std::string> texts();
  // An enum value below `end`; malformed otherwise.
  template <class Enum>
  Enum choice(Enum end) {
    const std::uint64_t value = number();
    if (value >= static_cast<std::uint64_t>(end)) {
      fail();
      return Enum{};
    }
    return static_cast<Enum>(value);
  }

  bool ok() const { return ok_; }
  bool at_end() const { return left_.empty(); }
  // ok_status(), or kInvalidInput naming `what` where a field was malformed or bytes are left over.
  Status finish(std::string_view what) const;

 private:
  void fail() {
    ok_ = false;
    left_ = {};
  }
  std::string_view left_;
  bool ok_ = true;
};

}  // namespace seaworthy
