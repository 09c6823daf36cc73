#include "scan/image/rootfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/base/file.h"
#include "core/codec/tar_writer.h"

namespace seaworthy {
namespace {

// Each open directory holds a descriptor; file systems of programs are less than 100 levels deep.
constexpr std::size_t kMaxDepth = 400;
constexpr std::size_t kFlushBytes = 256 * kKiB;
constexpr std::size_t kMaxProblems = 1000;
constexpr const char* kStep = "read directory";

struct Directory {
  Fd fd;
  std::string path;  // below the root, no leading slash; "" the root
  std::vector<std::string> names;
  std::size_t next = 0;
};

class RootfsWalk {
 public:
  RootfsWalk(int out_fd, const Limits& limits, const ContentChoice& wanted,
             std::vector<Problem>& problems)
      : out_fd_(out_fd), limits_(limits), wanted_(wanted), problems_(problems) {}

  Status run(Fd root);

 private:
  void enter(Fd fd, std::string path);
  Status visit(const Directory& parent, const std::string& name, const std::string& path);
  Status write_symlink(const Directory& parent, const std::string& name, const std::string& path);
  Status write_file(const Directory& parent, const std::string& name, const std::string& path,
                    std::uint64_t size);
  bool is_wanted_by_head(int fd, const std::string& path, std::uint64_t size) const;
  Status write_content(int fd, const std::string& path, std::uint64_t size);
  Status put(std::string_view bytes);
  Status flush();
  // The first thousand are kept: a tree of unreadable files must not fill the memory.
  void problem_at(const std::string& path, const char* code, std::string message) {
    if (reported_ > kMaxProblems) return;
    if (reported_++ == kMaxProblems) message = "this and more like it, which are not listed";
    problems_.push_back({path, -1, kStep, code, std::move(message)});
  }
  void errno_problem(const std::string& path, int error_number) {
    problem_at(path, problem::kLayerUnreadable, std::strerror(error_number));
  }

  const int out_fd_;
  const Limits& limits_;
  const ContentChoice& wanted_;
  std::vector<Problem>& problems_;
  std::vector<Directory> open_;  // from the root to where the walk is
  dev_t root_device_ = 0;
  std::uint64_t entries_ = 0;
  std::size_t reported_ = 0;
  std::string buffer_;
};

Status RootfsWalk::flush() {
  Status written = write_all(out_fd_, buffer_);
  buffer_.clear();
  if (!written) return std::move(written).error().during("stream directory");
  return ok_status();
}

Status RootfsWalk::put(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kFlushBytes ? ok_status() : flush();
}

// Reads the names of a directory and makes it the current one.
void RootfsWalk::enter(Fd fd, std::string path) {
  if (entries_ > limits_.entries) return;  // reported where it happened
  const int copy = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);
  DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
  if (stream == nullptr) {
    errno_problem(path, errno);
    if (copy >= 0) ::close(copy);
    return;
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> closer(stream, ::closedir);
  Directory directory{std::move(fd), std::move(path), {}, 0};
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (++entries_ > limits_.entries) {
      problem_at(directory.path, problem::kLimit,
                 over_limit(limits_, &Limits::entries, "the rest is not read").message);
      break;
    }
    directory.names.emplace_back(name);
  }
  if (errno != 0) errno_problem(directory.path, errno);
  std::sort(directory.names.begin(), directory.names.end());
  open_.push_back(std::move(directory));
}

Status RootfsWalk::write_symlink(const Directory& parent, const std::string& name,
                                 const std::string& path) {
  std::string target(4096, '\0');
  const ssize_t got = ::readlinkat(parent.fd.get(), name.c_str(), target.data(), target.size());
  if (got < 0) {
    errno_problem(path, errno);
    return ok_status();
  }
  target.resize(static_cast<std::size_t>(got));
  return put(tar_header(TarItem::kSymlink, path, target, 0));
}

// Exactly `size` bytes, whatever happens to the file meanwhile: the header has promised them.
Status RootfsWalk::write_content(int fd, const std::string& path, std::uint64_t size) {
  std::string block(static_cast<std::size_t>(std::min<std::uint64_t>(size, kFlushBytes)), '\0');
  bool failed = false;
  for (std::uint64_t at = 0; at < size;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, block.size()));
    ssize_t got = failed ? 0 : ::pread(fd, block.data(), want, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (!failed) {
        problem_at(path, problem::kLayerUnreadable,
                   got < 0 ? std::strerror(errno) : "the file became shorter while it was read");
      }
      failed = true;
      std::fill_n(block.begin(), want, '\0');
      got = static_cast<ssize_t>(want);
    }
    RETURN_IF_ERROR(put(std::string_view(block).substr(0, static_cast<std::size_t>(got))));
    at += static_cast<std::uint64_t>(got);
  }
  return put(tar_padding(size));
}

bool RootfsWalk::is_wanted_by_head(int fd, const std::string& path, std::uint64_t size) const {
  std::array<char, ContentChoice::kHeadBytes> head;
  ssize_t got = -1;
  do {
    got = ::pread(fd, head.data(), head.size(), 0);
  } while (got < 0 && errno == EINTR);
  return got > 0 && wanted_.by_head(path, size, {head.data(), static_cast<std::size_t>(got)});
}

Status RootfsWalk::write_file(const Directory& parent, const std::string& name,
                              const std::string& path, std::uint64_t size) {
  const bool by_path = wanted_.by_path(path, size);
  if (!by_path && (size == 0 || !wanted_.by_head)) {
    return put(tar_header(TarItem::kFile, path, "", 0));
  }
  const Fd fd(
      ::openat(parent.fd.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!fd.valid() && !by_path) {
    problem_at(path, problem::kOpaqueFile,
               std::string(std::strerror(errno)) + ": whether it is a program is not known");
    return put(tar_header(TarItem::kFile, path, "", 0));
  }
  if (!fd.valid() || ::fstat(fd.get(), &info) != 0) {
    // An empty file in its place would be a package database without packages.
    errno_problem(path, errno);
    return ok_status();
  }
  if (!S_ISREG(info.st_mode)) {
    problem_at(path, problem::kLayerUnreadable, "it was replaced while it was read");
    return ok_status();
  }
  const auto bytes = static_cast<std::uint64_t>(info.st_size);
  if (!by_path && !is_wanted_by_head(fd.get(), path, bytes)) {
    return put(tar_header(TarItem::kFile, path, "", 0));
  }
  RETURN_IF_ERROR(put(tar_header(TarItem::kFile, path, "", bytes)));
  return write_content(fd.get(), path, bytes);
}

Status RootfsWalk::visit(const Directory& parent, const std::string& name,
                         const std::string& path) {
  if (path.size() > limits_.path_length) {
    problem_at(path.substr(0, 200) + "...", problem::kLimit,
               over_limit(limits_, &Limits::path_length, "a path").message);
    return ok_status();
  }
  struct stat info {};
  if (::fstatat(parent.fd.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno != ENOENT) errno_problem(path, errno);
    return ok_status();
  }
  if (S_ISLNK(info.st_mode)) return write_symlink(parent, name, path);
  if (S_ISREG(info.st_mode)) {
    return write_file(parent, name, path, static_cast<std::uint64_t>(info.st_size));
  }
  // Devices, pipes and sockets: their names alone, never opened.
  if (!S_ISDIR(info.st_mode)) return put(tar_header(TarItem::kFifo, path, "", 0));
  RETURN_IF_ERROR(put(tar_header(TarItem::kDirectory, path, "", 0)));
  const bool is_kernels = path == "proc" || path == "sys" || path == "dev";
  if (is_kernels && info.st_dev != root_device_) return ok_status();
  if (open_.size() >= kMaxDepth) {
    problem_at(path, problem::kLimit,
               "directories deeper than " + std::to_string(kMaxDepth) + " levels");
    return ok_status();
  }
  Fd fd(::openat(parent.fd.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) {
    errno_problem(path, errno);
    return ok_status();
  }
  enter(std::move(fd), path);
  return ok_status();
}

Status RootfsWalk::run(Fd root) {
  struct stat info {};
  if (::fstat(root.get(), &info) != 0) return errno_error(errno, "stat", "the root directory");
  root_device_ = info.st_dev;
  enter(std::move(root), "");
  while (!open_.empty()) {
    Directory& current = open_.back();
    if (current.next == current.names.size()) {
      open_.pop_back();
      continue;
    }
    const std::string name = std::move(current.names[current.next++]);
    const std::string path = current.path.empty() ? name : current.path + "/" + name;
    RETURN_IF_ERROR(visit(current, name, path));
  }
  RETURN_IF_ERROR(put(tar_end()));
  return flush();
}

}  // namespace

Status stream_rootfs(const std::string& root, int out_fd, const Limits& limits,
                     const ContentChoice& wanted, std::vector<Problem>& problems) {
  Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return errno_error(errno, "open", root);
  return RootfsWalk(out_fd, limits, wanted, problems).run(std::move(fd));
}

}  // namespace seaworthy
