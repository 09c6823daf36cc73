#include "core/codec/range_reader.h"

#include "core/base/file.h"

namespace seaworthy {
namespace {

Status check_range(std::uint64_t offset, std::uint64_t size, std::uint64_t total) {
  if (offset <= total && size <= total - offset) return ok_status();
  return Error{ErrorCode::kInvalidInput, std::to_string(size) + " bytes at offset " +
                                             std::to_string(offset) + ", but there are only " +
                                             std::to_string(total)};
}

class MemoryRanges final : public RangeReader {
 public:
  explicit MemoryRanges(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::string> read(std::uint64_t offset, std::uint64_t size) override {
    RETURN_IF_ERROR(check_range(offset, size, bytes_.size()));
    return std::string(bytes_.substr(offset, size));
  }

 private:
  std::string_view bytes_;
};

class FileRanges final : public RangeReader {
 public:
  FileRanges(int fd, std::uint64_t offset, std::uint64_t size)
      : fd_(fd), offset_(offset), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::string> read(std::uint64_t offset, std::uint64_t size) override {
    RETURN_IF_ERROR(check_range(offset, size, size_));
    std::string bytes(size, '\0');
    RETURN_IF_ERROR(read_exactly_at(fd_, bytes.data(), size, offset_ + offset));
    return bytes;
  }

 private:
  const int fd_;
  const std::uint64_t offset_;
  const std::uint64_t size_;
};

}  // namespace

std::unique_ptr<RangeReader> ranges_of_memory(std::string_view bytes) {
  return std::make_unique<MemoryRanges>(bytes);
}

std::unique_ptr<RangeReader> ranges_of_file(int fd, std::uint64_t offset, std::uint64_t size) {
  return std::make_unique<FileRanges>(fd, offset, size);
}

}  // namespace seaworthy
