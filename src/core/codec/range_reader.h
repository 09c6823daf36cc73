#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace seaworthy {

// Bytes that can be read in any order: a file, a part of one, a blob in a registry. One thread at
// a time.
class RangeReader {
 public:
  virtual ~RangeReader() = default;

  virtual std::uint64_t size() const = 0;
  // Exactly `size` bytes from `offset` on. kInvalidInput: they are not all there. The caller bounds
  // `size`: it is what is allocated.
  virtual Result<std::string> read(std::uint64_t offset, std::uint64_t size) = 0;
};

// The bytes must outlive the reader.
std::unique_ptr<RangeReader> ranges_of_memory(std::string_view bytes);

// `size` bytes of `fd` from `offset` on. `fd` stays the caller's and must outlive the reader.
std::unique_ptr<RangeReader> ranges_of_file(int fd, std::uint64_t offset, std::uint64_t size);

}  // namespace seaworthy
