#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

class FlatTable;

// A vector of a FlatBuffer whose elements are bytes, or offsets of texts and tables.
class FlatVector {
 public:
  std::size_t size() const { return count_; }
  Result<std::string_view> text(std::size_t index) const;
  Result<FlatTable> table(std::size_t index) const;
  std::string_view bytes() const;  // of all elements as they are stored

 private:
  friend class FlatTable;
  std::string_view buffer_;
  std::size_t at_ = 0, count_ = 0, element_bytes_ = 1;
};

// A table of a FlatBuffer (flatbuffers.dev, "FlatBuffer Internals"), read in place: nothing is
// copied, nothing recurses, every offset is checked before it is followed, alignment is not needed.
//
//   buffer = offset of the root table | ...          offsets and counts: 4 bytes, little-endian
//   table  = distance back to its vtable (signed) | fields
//   vtable = its own size | the table's size | offset of each field in the table, 0 where it has
//            its default                             2 bytes each
//   vector = count | elements;  text = a vector of bytes
//
// Several offsets may lead to the same place, so what is read may be much larger than the buffer:
// whoever copies must count. The buffer must outlive what is read from it. Every error is
// kInvalidInput.
class FlatTable {
 public:
  static Result<FlatTable> root(std::string_view buffer);
  // The table at an offset of the buffer.
  static Result<FlatTable> at(std::string_view buffer, std::size_t offset);

  // A field by its number in the schema; `otherwise`, "" and an empty vector where it is absent.
  Result<std::uint64_t> number(std::size_t field, std::size_t bytes, std::uint64_t otherwise) const;
  Result<std::string_view> text(std::size_t field) const;
  Result<FlatVector> vector(std::size_t field, std::size_t element_bytes) const;
  Result<FlatTable> table(std::size_t field) const;  // an error where it is absent

 private:
  // Where a field of so many bytes is stored; 0 where it is absent.
  Result<std::size_t> place(std::size_t field, std::size_t bytes) const;

  std::string_view buffer_;
  std::size_t at_ = 0, bytes_ = 0;
  std::size_t vtable_ = 0, vtable_bytes_ = 0;
};

}  // namespace seaworthy
