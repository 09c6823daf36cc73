#include "scan/advisory/fingerprint.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "core/base/file.h"
#include "core/codec/digest.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

// Raised whenever a parser gives another result for the same bytes.
constexpr int kParserVersion = 4;

Status add_file(const std::string& path, Hasher& hasher) {
  ASSIGN_OR_RETURN(const Fd fd, open_for_reading(path));
  ASSIGN_OR_RETURN(const std::uint64_t size, file_size(fd.get()));
  hasher.update(std::to_string(size) + "\n");
  std::vector<char> chunk(1 * kMiB);
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got == 0) return ok_status();
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "read", path);
    hasher.update(std::string_view(chunk.data(), static_cast<std::size_t>(got)));
  }
}

}  // namespace

Result<std::string> fingerprint_of(const std::string& path, const Limits& limits) {
  Hasher hasher;
  hasher.update("feed " + std::to_string(kParserVersion) + "\n");
  std::error_code failure;
  if (!fs::is_directory(path, failure)) {
    RETURN_IF_ERROR(add_file(path, hasher));
    return hasher.finish();
  }
  std::vector<std::string> files;
  fs::recursive_directory_iterator at(path, failure);
  for (; !failure && at != fs::recursive_directory_iterator(); at.increment(failure)) {
    std::error_code unreadable;
    if (at->symlink_status(unreadable).type() != fs::file_type::regular) continue;
    files.push_back(at->path().lexically_relative(path));
    if (files.size() > limits.entries) {
      return over_limit(limits, &Limits::entries, path + ": files");
    }
    if (at.depth() > static_cast<int>(limits.nesting)) {
      return over_limit(limits, &Limits::nesting, path + ": nested directories");
    }
  }
  if (failure) return errno_error(failure.value(), "read directory", path);
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    hasher.update(file + '\0');
    RETURN_IF_ERROR(add_file(path + "/" + file, hasher));
  }
  return hasher.finish();
}

}  // namespace seaworthy
