#include "scan/worker/range_channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "core/base/file.h"

namespace seaworthy {

namespace {

constexpr std::uint64_t kMaxMessageBytes = 64 * 1024;
constexpr auto kErrorCodes = static_cast<std::uint64_t>(ErrorCode::kInternal) + 1;

using Pair = std::array<std::uint64_t, 2>;

std::string bytes_of(const Pair& numbers) {
  std::string bytes;
  for (const std::uint64_t number : numbers) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      bytes += static_cast<char>(number >> shift & 0xff);
    }
  }
  return bytes;
}

// False where the other side is gone.
bool read_all_of(int fd, std::span<char> out) {
  while (!out.empty()) {
    const ssize_t got = ::read(fd, out.data(), out.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

// A worker may die in the middle of an answer: that is no signal for the whole process. Only the
// waiting side sends; the system calls of a sandboxed worker are fewer.
bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool read_pair(int fd, Pair& numbers) {
  std::array<char, 16> bytes{};
  if (!read_all_of(fd, bytes)) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 8 == 0) numbers[i / 8] = 0;
    numbers[i / 8] |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (i % 8 * 8);
  }
  return true;
}

class ChannelRanges final : public RangeReader {
 public:
  ChannelRanges(int fd, std::uint64_t size) : fd_(fd), size_(size) {}

  std::uint64_t size() const override { return size_; }

  Result<std::string> read(std::uint64_t offset, std::uint64_t size) override {
    if (offset > size_ || size > size_ - offset) {
      return Error{ErrorCode::kInvalidInput, "a range outside of the layer"};
    }
    std::string bytes;
    while (bytes.size() < size) {
      const std::uint64_t part = std::min(size - bytes.size(), kMaxRangeBytes);
      RETURN_IF_ERROR(ask(offset + bytes.size(), part, bytes));
    }
    return bytes;
  }

 private:
  Status ask(std::uint64_t offset, std::uint64_t size, std::string& bytes) const {
    const Error gone{ErrorCode::kUnavailable, "nobody answers for the layer"};
    Pair answer{};
    if (!write_all(fd_, bytes_of({offset, size})) || !read_pair(fd_, answer)) return gone;
    const auto [code, length] = answer;
    if (code > kErrorCodes || (code == 0 && length != size) || length > kMaxRangeBytes) {
      return Error{ErrorCode::kInternal, "a malformed answer for the layer"};
    }
    std::string message;
    std::string& out = code == 0 ? bytes : message;
    const std::size_t before = out.size();
    out.resize(before + length);
    if (!read_all_of(fd_, std::span(out).subspan(before))) return gone;
    if (code == 0) return ok_status();
    return Error{static_cast<ErrorCode>(code - 1), std::move(message)};
  }

  const int fd_;
  const std::uint64_t size_;
};

Result<std::string> answer_one(std::uint64_t offset, std::uint64_t size, std::uint64_t blob_bytes,
                               std::uint64_t left, const ReadRange& read) {
  if (size == 0 || size > kMaxRangeBytes || offset > blob_bytes || size > blob_bytes - offset) {
    return Error{ErrorCode::kInvalidInput, "the worker asks for a range that cannot be"};
  }
  if (size > left) {
    return Error{ErrorCode::kLimitExceeded, "the parts that were fetched exceed the layer"};
  }
  ASSIGN_OR_RETURN(std::string bytes, read(offset, size));
  if (bytes.size() == size) return bytes;
  return Error{ErrorCode::kUnavailable, "a part came with another size"};
}

}  // namespace

std::unique_ptr<RangeReader> ranges_of_channel(int fd, std::uint64_t blob_bytes) {
  return std::make_unique<ChannelRanges>(fd, blob_bytes);
}

void answer_ranges(int fd, std::uint64_t blob_bytes, std::uint64_t max_bytes, const ReadRange& read,
                   std::uint64_t& given_bytes) {
  Pair question{};
  while (read_pair(fd, question)) {
    const auto [offset, size] = question;
    const auto found = answer_one(offset, size, blob_bytes, max_bytes - given_bytes, read);
    std::string text;
    std::uint64_t code = 0;
    if (found) {
      given_bytes += size;
    } else {
      code = static_cast<std::uint64_t>(found.error().code) + 1;
      text = found.error().message.substr(0, kMaxMessageBytes);
    }
    const std::string& payload = found ? *found : text;
    if (!send_all(fd, bytes_of({code, payload.size()})) || !send_all(fd, payload)) return;
  }
}

}  // namespace seaworthy
