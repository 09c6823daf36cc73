#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// Bytes that are read once, front to back. One thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills `out` from the front with at least one byte and returns how many; 0 only at the end.
  // After an error every later call returns an error.
  virtual Result<std::size_t> read(std::span<char> out) = 0;

  // Passes over up to `size` bytes and returns how many were passed; fewer only at the end.
  // The default reads and drops them.
  virtual Result<std::uint64_t> skip(std::uint64_t size);
};

// The bytes must outlive the source.
std::unique_ptr<ByteSource> source_of_memory(std::string_view bytes);

// `size` bytes of `fd` from `offset` on, read with pread: the descriptor's own position is neither
// used nor moved. `fd` stays the caller's and must outlive the source. A file shorter than that
// is kInvalidInput.
std::unique_ptr<ByteSource> source_of_file(int fd, std::uint64_t offset, std::uint64_t size);

// Everything that `fd` (a pipe, a socket, a file at its position) still gives.
std::unique_ptr<ByteSource> source_of_stream(int fd);

// The rest of the source. kLimitExceeded past `max_bytes`.
Result<std::string> read_all(ByteSource& source, std::uint64_t max_bytes);

// Compression of a byte stream, recognized by its magic number.
enum class Compression { kNone, kGzip, kZstd, kXz, kBzip2 };
Compression sniff_compression(std::string_view first_bytes);  // 6 bytes are enough
std::string_view name_of(Compression compression);

// The inflated bytes of `compressed`. gzip: any number of members, zero padding behind the last.
// zstd: any number of frames, skippable frames, windows up to 128 MiB. `limits.ratio` and
// `limits.layer_bytes` bound the output (kLimitExceeded); damaged or truncated input is
// kInvalidInput and names the compression.
std::unique_ptr<ByteSource> inflate(std::unique_ptr<ByteSource> compressed, Compression compression,
                                    const Limits& limits);

}  // namespace seaworthy
