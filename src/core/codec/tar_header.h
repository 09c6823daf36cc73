#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// The 512-byte header block and its fixed fields (POSIX.1-1988 ustar, GNU tar's tar.h).
inline constexpr std::size_t kTarBlock = 512;

// A text field: up to its first NUL.
std::string_view tar_text(const char* field, std::size_t size);

// A number field: octal, or base-256 where its first bit is set. kInvalidInput: neither, negative,
// or over 2^63-1.
Result<std::uint64_t> tar_number(const char* field, std::size_t size);

// True where the header's checksum is right, as the sum of unsigned or (old writers) signed bytes.
bool tar_checksum_matches(const char* block);

// The path as the block alone has it: with the ustar or star prefix where the block has one.
std::string tar_header_path(const char* block);

inline std::string_view tar_header_link(const char* block) {
  return tar_text(block + 157, 100);
}
inline Result<std::uint64_t> tar_header_size(const char* block) {
  return tar_number(block + 124, 12);
}
inline char tar_header_type(const char* block) {
  return block[156];
}

bool is_zero_block(const char* block);

}  // namespace seaworthy
