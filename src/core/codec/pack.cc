#include "core/codec/pack.h"

namespace seaworthy {

void Packer::number(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_ += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes_ += static_cast<char>(value);
}

void Packer::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

void Packer::hash(std::uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>((value >> (8 * i)) & 0xff);
}

std::uint64_t Unpacker::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (left_.empty()) break;
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  fail();
  return 0;
}

std::string_view Unpacker::view() {
  const std::uint64_t size = number();
  if (size > left_.size()) {
    fail();
    return {};
  }
  const std::string_view value = left_.substr(0, size);
  left_.remove_prefix(size);
  return value;
}

std::uint64_t Unpacker::hash() {
  if (left_.size() < 8) {
    fail();
    return 0;
  }
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(left_[i])) << (8 * i);
  }
  left_.remove_prefix(8);
  return value;
}

std::size_t Unpacker::list_size(std::size_t min_bytes_each) {
  const std::uint64_t size = number();
  if (size > left_.size() / min_bytes_each) {
    fail();
    return 0;
  }
  return size;
}

std::vector<std::string> Unpacker::texts() {
  std::vector<std::string> values(list_size());
  for (std::string& value : values) value = text();
  return values;
}

Status Unpacker::finish(std::string_view what) const {
  if (ok_ && left_.empty()) return ok_status();
  return Error{ErrorCode::kInvalidInput,
               std::string(what) + (ok_ ? ": bytes left over" : ": malformed record")};
}

}  // namespace seaworthy
