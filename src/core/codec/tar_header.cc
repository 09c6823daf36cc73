#include "core/codec/tar_header.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace seaworthy {

namespace {

constexpr std::uint64_t kMaxNumber = std::numeric_limits<std::int64_t>::max();

Result<std::uint64_t> base256(const char* field, std::size_t size) {
  const Error bad{ErrorCode::kInvalidInput, "number out of range"};
  if ((static_cast<unsigned char>(field[0]) & 0x40) != 0) return bad;  // negative
  std::uint64_t value = static_cast<unsigned char>(field[0]) & 0x3f;
  for (std::size_t i = 1; i < size; ++i) {
    if (value > (kMaxNumber >> 8)) return bad;
    value = (value << 8) | static_cast<unsigned char>(field[i]);
  }
  return value;
}

}  // namespace

std::string_view tar_text(const char* field, std::size_t size) {
  return {field, ::strnlen(field, size)};
}

Result<std::uint64_t> tar_number(const char* field, std::size_t size) {
  if ((static_cast<unsigned char>(field[0]) & 0x80) != 0) return base256(field, size);
  std::string_view text(field, size);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  text = text.substr(0, text.find_first_of(std::string_view(" \0", 2)));
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '7' || value > (kMaxNumber >> 3)) {
      return Error{ErrorCode::kInvalidInput, "malformed number"};
    }
    value = (value << 3) | static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

bool tar_checksum_matches(const char* block) {
  constexpr std::size_t kField = 148;
  constexpr std::size_t kFieldBytes = 8;
  const auto stored = tar_number(block + kField, kFieldBytes);
  if (!stored) return false;
  std::int64_t unsigned_sum = 0;
  std::int64_t signed_sum = 0;
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    const char c = i >= kField && i < kField + kFieldBytes ? ' ' : block[i];
    unsigned_sum += static_cast<unsigned char>(c);
    signed_sum += static_cast<signed char>(c);
  }
  const auto sum = static_cast<std::int64_t>(*stored);
  return sum == unsigned_sum || sum == signed_sum;
}

std::string tar_header_path(const char* block) {
  const std::string_view name = tar_text(block, 100);
  const std::string_view magic(block + 257, 6);
  std::string_view prefix;
  if (magic == std::string_view("ustar\0", 6)) {
    // star keeps times behind a shorter prefix, and says so at the end of the block.
    const bool star = std::string_view(block + 508, 4) == std::string_view("tar\0", 4);
    prefix = tar_text(block + 345, star ? 131 : 155);
  }
  std::string path(prefix);
  if (!prefix.empty()) path += '/';
  path += name;
  return path;
}

bool is_zero_block(const char* block) {
  return block[0] == '\0' && std::memcmp(block, block + 1, kTarBlock - 1) == 0;
}

}  // namespace seaworthy
