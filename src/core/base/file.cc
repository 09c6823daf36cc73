#include "core/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace seaworthy {

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Error errno_error(int error_number, std::string_view step, std::string_view path) {
  ErrorCode code = ErrorCode::kInternal;
  if (error_number == ENOENT || error_number == ENOTDIR) code = ErrorCode::kNotFound;
  if (error_number == EACCES || error_number == EPERM) code = ErrorCode::kPermissionDenied;
  return {code, std::string(step) + (path.empty() ? "" : " ") + std::string(path) + ": " +
                    std::strerror(error_number)};
}

Result<Fd> open_for_reading(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno_error(errno, "open", path);
  return Fd(fd);
}

Result<Fd> open_spool() {
  const char* chosen = std::getenv("TMPDIR");
  const std::string directory = chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
  int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {  // Some file systems have no O_TMPFILE.
    std::string name = directory + "/seaworthy-spool-XXXXXX";
    fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) return errno_error(errno, "create a temporary file in", directory);
    ::unlink(name.c_str());
  }
  return Fd(fd);
}

Result<std::uint64_t> file_size(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return errno_error(errno, "stat", "descriptor");
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes) {
  ASSIGN_OR_RETURN(const Fd fd, open_for_reading(path));
  std::string bytes;
  char block[65536];
  while (true) {
    const ssize_t got = ::read(fd.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "read", path);
    if (got == 0) return bytes;
    if (bytes.size() + static_cast<std::size_t>(got) > max_bytes) {
      return Error{ErrorCode::kLimitExceeded,
                   path + ": larger than " + std::to_string(max_bytes) + " bytes"};
    }
    bytes.append(block, static_cast<std::size_t>(got));
  }
}

namespace {

// What a descriptor writes to, for messages. Temporary files have no name that says anything to
// anybody, but their directory may be the one that is full.
std::string name_of_descriptor(int fd) {
  std::string name(PATH_MAX, '\0');
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), name.data(), name.size());
  name.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  if (!name.starts_with('/')) return {};
  constexpr std::string_view kDeleted = " (deleted)";
  if (name.ends_with(kDeleted)) return "a temporary file in " + name.substr(0, name.rfind('/'));
  return name;
}

}  // namespace

Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      // Pipes never fill up so, and who writes into one may be in a sandbox that allows no more.
      const int why = errno;
      const bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
      return errno_error(why, "write", full ? name_of_descriptor(fd) : "");
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return ok_status();
}

Status write_file_atomically(const std::string& path, std::string_view bytes) {
  std::string temporary = path + ".XXXXXX";
  const Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return errno_error(errno, "create", path);
  Status written = write_all(fd.get(), bytes);
  if (written && ::fchmod(fd.get(), 0644) != 0) written = errno_error(errno, "chmod", path);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = errno_error(errno, "replace", path);
  }
  if (!written) ::unlink(temporary.c_str());
  return written;
}

Status read_exactly_at(int fd, void* data, std::uint64_t size, std::uint64_t offset) {
  char* to = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::pread(fd, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "read", "");
    if (got == 0) return Error{ErrorCode::kInvalidInput, "the file ends early"};
    to += got;
    size -= static_cast<std::uint64_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return ok_status();
}

}  // namespace seaworthy
