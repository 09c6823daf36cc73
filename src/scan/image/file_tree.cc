#include "scan/image/file_tree.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/base/path.h"

namespace seaworthy {
namespace {

class DirectoryTree final : public FileTree {
 public:
  DirectoryTree(std::string name, Fd directory)
      : FileTree(std::move(name)), directory_(std::move(directory)) {}

  Result<LayerBytes> open(std::string_view path) const override {
    const std::string full = name() + "/" + std::string(path);
    // Without O_NONBLOCK a named pipe in place of a blob would wait for its writer for ever.
    auto fd = std::make_shared<Fd>(::openat(directory_.get(), std::string(path).c_str(),
                                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd->valid() && errno == ELOOP) {
      return Error{ErrorCode::kInvalidInput, full + " is a symbolic link; it is not followed"};
    }
    if (!fd->valid()) return errno_error(errno, "open", full);
    struct stat info {};
    if (::fstat(fd->get(), &info) != 0) return errno_error(errno, "stat", full);
    if (!S_ISREG(info.st_mode)) {
      return Error{ErrorCode::kInvalidInput, full + " is not a regular file"};
    }
    return LayerBytes{std::move(fd), 0, static_cast<std::uint64_t>(info.st_size)};
  }

 private:
  const Fd directory_;
};

class ArchiveTree final : public FileTree {
 public:
  ArchiveTree(std::string name, ArchiveIndex index, std::uint64_t file_bytes)
      : FileTree(std::move(name)), index_(std::move(index)), file_bytes_(file_bytes) {
    for (std::size_t i = 0; i < index_.members.size(); ++i) {
      by_path_[clean_path(index_.members[i].path).path] = i;
    }
  }

  Result<LayerBytes> open(std::string_view path) const override {
    std::string at = clean_path(path).path;
    for (int hops = 0; hops < 32; ++hops) {
      const auto found = by_path_.find(at);
      if (found == by_path_.end()) {
        return Error{ErrorCode::kNotFound, name() + " has no member " + std::string(path)};
      }
      const ArchiveIndex::Member& member = index_.members[found->second];
      if (member.link_target.empty()) return bytes_of(member);
      at = follow(at, member.link_target);
    }
    return Error{ErrorCode::kInvalidInput,
                 name() + ": member " + std::string(path) + " is a link that leads nowhere"};
  }

 private:
  // A hard link names its target from the archive's root, a symbolic link from where it stands.
  std::string follow(const std::string& from, const std::string& target) const {
    std::string rooted = clean_path(target).path;
    if (by_path_.contains(rooted) && rooted != from) return rooted;
    return join_path(parent_path(from), target).path;
  }

  Result<LayerBytes> bytes_of(const ArchiveIndex::Member& member) const {
    if (member.offset > file_bytes_ || member.size > file_bytes_ - member.offset) {
      return Error{ErrorCode::kInvalidInput,
                   name() + ": the archive ends inside its member " + member.path};
    }
    return LayerBytes{index_.file, member.offset, member.size};
  }

  const ArchiveIndex index_;
  const std::uint64_t file_bytes_;
  std::unordered_map<std::string, std::size_t> by_path_;
};

}  // namespace

Result<std::unique_ptr<FileTree>> directory_tree(const std::string& directory) {
  Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return errno_error(errno, "open", directory);
  return std::unique_ptr<FileTree>(std::make_unique<DirectoryTree>(directory, std::move(fd)));
}

Result<std::unique_ptr<FileTree>> archive_tree(std::string name, ArchiveIndex index) {
  if (!index.file || !index.file->valid()) {
    return Error{ErrorCode::kInternal, name + ": the archive was listed without its file"};
  }
  ASSIGN_OR_RETURN(const std::uint64_t file_bytes, file_size(index.file->get()));
  return std::unique_ptr<FileTree>(
      std::make_unique<ArchiveTree>(std::move(name), std::move(index), file_bytes));
}

Result<std::string> read_content(const LayerBytes& bytes, std::uint64_t max_bytes) {
  if (bytes.size > max_bytes) {
    return Error{ErrorCode::kLimitExceeded, std::to_string(bytes.size) + " bytes, more than the " +
                                                std::to_string(max_bytes) + " that are read"};
  }
  std::string content(bytes.size, '\0');
  RETURN_IF_ERROR(read_exactly_at(bytes.file->get(), content.data(), bytes.size, bytes.offset));
  return content;
}

}  // namespace seaworthy
