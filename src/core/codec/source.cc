#include "core/codec/source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "core/base/file.h"

namespace seaworthy {

namespace {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : left_(bytes) {}

  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t size = std::min(out.size(), left_.size());
    std::copy_n(left_.data(), size, out.data());
    left_.remove_prefix(size);
    return size;
  }

  Result<std::uint64_t> skip(std::uint64_t size) override {
    const std::uint64_t passed = std::min<std::uint64_t>(size, left_.size());
    left_.remove_prefix(passed);
    return passed;
  }

 private:
  std::string_view left_;
};

class FileSource final : public ByteSource {
 public:
  FileSource(int fd, std::uint64_t offset, std::uint64_t size)
      : fd_(fd), position_(offset), left_(size) {}

  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t wanted = std::min<std::uint64_t>(out.size(), left_);
    if (wanted == 0) return std::size_t{0};
    ASSIGN_OR_RETURN(const std::size_t got, read_at(position_, out.first(wanted)));
    position_ += got;
    left_ -= got;
    return got;
  }

  // Moves the position without reading, but for one byte that proves that the file reaches so far.
  Result<std::uint64_t> skip(std::uint64_t size) override {
    const std::uint64_t passed = std::min(size, left_);
    if (passed == 0) return passed;
    std::array<char, 1> last{};
    RETURN_IF_ERROR(read_at(position_ + passed - 1, last));
    position_ += passed;
    left_ -= passed;
    return passed;
  }

 private:
  Result<std::size_t> read_at(std::uint64_t position, std::span<char> out) {
    while (true) {
      const ssize_t got = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(position));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno_error(errno, "read input at", std::to_string(position));
      if (got > 0) return static_cast<std::size_t>(got);
      return Error{ErrorCode::kInvalidInput, "the file ends before offset " +
                                                 std::to_string(position + 1) + ", " +
                                                 std::to_string(left_) + " bytes are missing"};
    }
  }

  const int fd_;
  std::uint64_t position_;
  std::uint64_t left_;
};

class StreamSource final : public ByteSource {
 public:
  explicit StreamSource(int fd) : fd_(fd) {}

  Result<std::size_t> read(std::span<char> out) override {
    while (true) {
      const ssize_t got = ::read(fd_, out.data(), out.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno_error(errno, "read", "stream");
      return static_cast<std::size_t>(got);
    }
  }

 private:
  const int fd_;
};

}  // namespace

Result<std::uint64_t> ByteSource::skip(std::uint64_t size) {
  std::array<char, 65536> dropped;
  std::uint64_t passed = 0;
  while (passed < size) {
    const std::size_t wanted = std::min<std::uint64_t>(dropped.size(), size - passed);
    ASSIGN_OR_RETURN(const std::size_t got, read(std::span(dropped).first(wanted)));
    if (got == 0) break;
    passed += got;
  }
  return passed;
}

std::unique_ptr<ByteSource> source_of_memory(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

std::unique_ptr<ByteSource> source_of_file(int fd, std::uint64_t offset, std::uint64_t size) {
  return std::make_unique<FileSource>(fd, offset, size);
}

std::unique_ptr<ByteSource> source_of_stream(int fd) {
  return std::make_unique<StreamSource>(fd);
}

Result<std::string> read_all(ByteSource& source, std::uint64_t max_bytes) {
  constexpr std::size_t kStep = 256 * kKiB;
  std::string bytes;
  std::string block(kStep, '\0');
  while (true) {
    ASSIGN_OR_RETURN(const std::size_t got, source.read(block));
    if (got == 0) return bytes;
    if (bytes.size() + got > max_bytes) {
      return Error{ErrorCode::kLimitExceeded,
                   "larger than " + std::to_string(max_bytes) + " bytes"};
    }
    bytes.append(block, 0, got);
  }
}

Compression sniff_compression(std::string_view first_bytes) {
  using std::string_view_literals::operator""sv;
  const auto byte = [&](std::size_t i) {
    return i < first_bytes.size() ? static_cast<unsigned char>(first_bytes[i]) : 0U;
  };
  if (first_bytes.starts_with("\x1f\x8b\x08"sv)) return Compression::kGzip;
  if (first_bytes.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::kZstd;
  // A skippable frame may stand first: 0x184D2A50 to 0x184D2A5F, little-endian.
  if ((byte(0) & 0xf0U) == 0x50 && byte(1) == 0x2a && byte(2) == 0x4d && byte(3) == 0x18) {
    return Compression::kZstd;
  }
  if (first_bytes.starts_with("\xfd\x37\x7a\x58\x5a\x00"sv)) return Compression::kXz;
  // The block magic (pi) or, in an empty stream, the end magic (its square root) follows the level.
  if (first_bytes.starts_with("BZh") && byte(3) >= '1' && byte(3) <= '9' &&
      ((byte(4) == 0x31 && byte(5) == 0x41) || (byte(4) == 0x17 && byte(5) == 0x72))) {
    return Compression::kBzip2;
  }
  return Compression::kNone;
}

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "none";
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
    case Compression::kXz:
      return "xz";
    case Compression::kBzip2:
      return "bzip2";
  }
  return "none";
}

}  // namespace seaworthy
