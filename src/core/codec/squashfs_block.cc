// One compressed block of a squashfs image: a zlib stream (which the format calls gzip), an xz
// stream or a zstd frame, each of a size that is known before.
#include <lzma.h>
#include <zstd.h>

#include <array>
#include <limits>
#include <string>

#include <isa-l/igzip_lib.h>

#include "core/codec/squashfs.h"

namespace seaworthy {
namespace {

constexpr std::uint16_t kGzip = 1;
constexpr std::uint16_t kXz = 4;
constexpr std::uint16_t kZstd = 6;
constexpr std::uint64_t kXzMemoryBytes = 64 * kMiB;  // blocks have 1 MiB, dictionaries no more

// True where all went well; `out` is cut to what was written.
bool inflate_zlib(std::string_view bytes, std::string& out) {
  const auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_ZLIB;
  // The library's input pointer is not const, though it only reads.
  state->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
  state->avail_in = static_cast<std::uint32_t>(bytes.size());
  state->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  state->avail_out = static_cast<std::uint32_t>(out.size());
  const int code = isal_inflate(state.get());
  if (code != ISAL_DECOMP_OK || state->block_state != ISAL_BLOCK_FINISH) return false;
  out.resize(state->total_out);
  return true;
}

bool inflate_xz(std::string_view bytes, std::string& out) {
  std::uint64_t memory = kXzMemoryBytes;
  std::size_t read = 0;
  std::size_t written = 0;
  const lzma_ret code = lzma_stream_buffer_decode(
      &memory, 0, nullptr, reinterpret_cast<const std::uint8_t*>(bytes.data()), &read, bytes.size(),
      reinterpret_cast<std::uint8_t*>(out.data()), &written, out.size());
  if (code != LZMA_OK) return false;
  out.resize(written);
  return true;
}

bool inflate_zstd(std::string_view bytes, std::string& out) {
  const std::size_t written = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(written) != 0) return false;
  out.resize(written);
  return true;
}

}  // namespace

std::string_view squashfs_compression_name(std::uint16_t compression) {
  if (compression == kGzip) return "gzip";
  if (compression == kXz) return "xz";
  if (compression == kZstd) return "zstd";
  return {};
}

Result<std::string> inflate_squashfs_block(std::uint16_t compression, std::string_view bytes,
                                           std::uint64_t max_bytes) {
  std::string out(max_bytes, '\0');
  bool good = false;
  if (compression == kGzip) good = inflate_zlib(bytes, out);
  if (compression == kXz) good = inflate_xz(bytes, out);
  if (compression == kZstd) good = inflate_zstd(bytes, out);
  if (good) return out;
  return Error{ErrorCode::kInvalidInput,
               "squashfs: a damaged " + std::string(squashfs_compression_name(compression)) +
                   " block of " + std::to_string(bytes.size()) + " bytes"};
}

}  // namespace seaworthy
