#include "core/codec/flatbuffer.h"

#include <string>

namespace seaworthy {
namespace {

Error damaged(const std::string& what, std::size_t offset) {
  return {ErrorCode::kInvalidInput,
          "FlatBuffer: " + what + " at offset " + std::to_string(offset) + " is outside of it"};
}

bool fits(std::string_view buffer, std::size_t at, std::size_t size) {
  return at <= buffer.size() && size <= buffer.size() - at;
}

// Little-endian; the caller has checked that it fits.
std::uint64_t load(std::string_view buffer, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(buffer[at + i - 1]);
  }
  return value;
}

// What the offset stored at `at` leads to.
Result<std::size_t> follow(std::string_view buffer, std::size_t at) {
  const std::size_t target = at + load(buffer, at, 4);
  if (!fits(buffer, target, 4)) return damaged("what is named", at);
  return target;
}

Result<std::string_view> text_at(std::string_view buffer, std::size_t at) {
  const std::size_t size = load(buffer, at, 4);
  if (!fits(buffer, at + 4, size)) return damaged("a text", at);
  return buffer.substr(at + 4, size);
}

}  // namespace

Result<FlatTable> FlatTable::root(std::string_view buffer) {
  if (!fits(buffer, 0, 4)) return damaged("the root", 0);
  ASSIGN_OR_RETURN(const std::size_t offset, follow(buffer, 0));
  return at(buffer, offset);
}

Result<FlatTable> FlatTable::at(std::string_view buffer, std::size_t offset) {
  if (!fits(buffer, offset, 4)) return damaged("a table", offset);
  FlatTable table;
  table.buffer_ = buffer;
  table.at_ = offset;
  // The distance is signed: a vtable may stand behind its table.
  const auto back = static_cast<std::int32_t>(load(buffer, offset, 4));
  const std::int64_t vtable = static_cast<std::int64_t>(offset) - back;
  if (vtable < 0 || !fits(buffer, static_cast<std::size_t>(vtable), 4)) {
    return damaged("the vtable of the table", offset);
  }
  table.vtable_ = static_cast<std::size_t>(vtable);
  table.vtable_bytes_ = load(buffer, table.vtable_, 2);
  table.bytes_ = load(buffer, table.vtable_ + 2, 2);
  if (!fits(buffer, table.vtable_, table.vtable_bytes_) || !fits(buffer, offset, table.bytes_)) {
    return damaged("the end of the table", offset);
  }
  return table;
}

Result<std::size_t> FlatTable::place(std::size_t field, std::size_t bytes) const {
  const std::size_t entry = 4 + 2 * field;
  if (entry + 2 > vtable_bytes_) return std::size_t{0};
  const std::size_t offset = load(buffer_, vtable_ + entry, 2);
  if (offset == 0) return offset;
  if (offset < 4 || offset > bytes_ || bytes > bytes_ - offset) {
    return damaged("field " + std::to_string(field) + " of the table", at_);
  }
  return at_ + offset;
}

Result<std::uint64_t> FlatTable::number(std::size_t field, std::size_t bytes,
                                        std::uint64_t otherwise) const {
  ASSIGN_OR_RETURN(const std::size_t found, place(field, bytes));
  return found == 0 ? otherwise : load(buffer_, found, bytes);
}

Result<std::string_view> FlatTable::text(std::size_t field) const {
  ASSIGN_OR_RETURN(const std::size_t found, place(field, 4));
  if (found == 0) return std::string_view();
  ASSIGN_OR_RETURN(const std::size_t target, follow(buffer_, found));
  return text_at(buffer_, target);
}

Result<FlatVector> FlatTable::vector(std::size_t field, std::size_t element_bytes) const {
  FlatVector vector;
  ASSIGN_OR_RETURN(const std::size_t found, place(field, 4));
  if (found == 0) return vector;
  ASSIGN_OR_RETURN(const std::size_t target, follow(buffer_, found));
  vector.buffer_ = buffer_;
  vector.at_ = target + 4;
  vector.count_ = load(buffer_, target, 4);
  vector.element_bytes_ = element_bytes;
  if (!fits(buffer_, vector.at_, vector.count_ * element_bytes)) return damaged("a vector", target);
  return vector;
}

Result<FlatTable> FlatTable::table(std::size_t field) const {
  ASSIGN_OR_RETURN(const std::size_t found, place(field, 4));
  if (found == 0) {
    return Error{ErrorCode::kInvalidInput,
                 "FlatBuffer: field " + std::to_string(field) + " is missing"};
  }
  ASSIGN_OR_RETURN(const std::size_t target, follow(buffer_, found));
  return at(buffer_, target);
}

Result<std::string_view> FlatVector::text(std::size_t index) const {
  if (index >= count_) return damaged("an element", at_);
  ASSIGN_OR_RETURN(const std::size_t target, follow(buffer_, at_ + 4 * index));
  return text_at(buffer_, target);
}

Result<FlatTable> FlatVector::table(std::size_t index) const {
  if (index >= count_) return damaged("an element", at_);
  ASSIGN_OR_RETURN(const std::size_t target, follow(buffer_, at_ + 4 * index));
  return FlatTable::at(buffer_, target);
}

std::string_view FlatVector::bytes() const {
  return buffer_.substr(at_, count_ * element_bytes_);
}

}  // namespace seaworthy
