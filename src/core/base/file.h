#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"

namespace seaworthy {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void reset() { Fd gone(std::exchange(fd_, -1)); }

 private:
  int fd_ = -1;
};

// Opens for reading, close-on-exec. kNotFound, kPermissionDenied or kInternal; the message names
// the path.
Result<Fd> open_for_reading(const std::string& path);

// Opens an unnamed temporary file below $TMPDIR (or /tmp) for reading and writing.
Result<Fd> open_spool();

Result<std::uint64_t> file_size(int fd);

// The whole file. kLimitExceeded where it holds more than `max_bytes`.
Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes);

// Writes a file beside `path` and renames it over: readers see the old bytes or the new, never
// half.
Status write_file_atomically(const std::string& path, std::string_view bytes);

// Writes all of `bytes`; retries on EINTR and short writes. Where the disk is full
// the message names the file.
Status write_all(int fd, std::string_view bytes);

// Reads exactly `size` bytes at `offset` into `data`. kInvalidInput: the file ends before.
Status read_exactly_at(int fd, void* data, std::uint64_t size, std::uint64_t offset);

// The Error for errno: "STEP PATH: strerror", or "STEP: strerror" where the caller knows the path.
Error errno_error(int error_number, std::string_view step, std::string_view path);

}  // namespace seaworthy
