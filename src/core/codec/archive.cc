#include "core/codec/archive.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/file.h"
#include "core/codec/archive_zip.h"
#include "core/codec/source.h"
#include "core/codec/tar.h"
#include "core/codec/tar_header.h"

namespace seaworthy {
namespace {

using Visit = std::function<Status(ArchiveMember)>;
using OnProblem = std::function<void(const std::string&, const Error&)>;
namespace fs = std::filesystem;

// The front of a stream, looked at before it is read.
class PeekedSource : public ByteSource {
 public:
  explicit PeekedSource(std::unique_ptr<ByteSource> rest) : rest_(std::move(rest)) {}

  // Up to `size` first bytes; fewer only where the stream is shorter.
  Result<std::string_view> peek(std::size_t size) {
    std::array<char, kTarBlock> chunk{};
    while (front_.size() < size) {
      const std::size_t want = std::min(chunk.size(), size - front_.size());
      ASSIGN_OR_RETURN(const std::size_t got, rest_->read(std::span(chunk).first(want)));
      if (got == 0) break;
      front_.append(chunk.data(), got);
    }
    return std::string_view(front_);
  }

  Result<std::size_t> read(std::span<char> out) override {
    if (at_ == front_.size()) return rest_->read(out);
    const std::size_t size = std::min(out.size(), front_.size() - at_);
    std::memcpy(out.data(), front_.data() + at_, size);
    at_ += size;
    return size;
  }

 private:
  std::unique_ptr<ByteSource> rest_;
  std::string front_;
  std::size_t at_ = 0;
};

// "feed.json.gz" holds "feed.json".
std::string name_without_compression(std::string_view path) {
  std::string name = fs::path(path).filename();
  for (const std::string_view suffix : {".gz", ".zst", ".xz", ".bz2"}) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
      break;
    }
  }
  return name;
}

bool looks_like_tar(std::string_view block) {
  return block.size() == kTarBlock && block[0] != '\0' && tar_checksum_matches(block.data());
}

// "a.tar", "a.tar.gz", "a.tgz": what is in such a file is a tar or a damaged one, never a document.
bool is_named_tar(std::string_view path) {
  const std::string name = fs::path(path).filename();
  for (const std::string_view suffix : {".tgz", ".tbz", ".tbz2", ".txz", ".tar"}) {
    if (name.ends_with(suffix)) return true;
  }
  return name_without_compression(path).ends_with(".tar");
}

Error document_too_large(const Limits& limits, std::uint64_t size) {
  return over_limit(limits, &Limits::document_bytes,
                    "a document of " + std::to_string(size) + " bytes");
}

// The error of a limit that names none is that of the document's own.
Error naming_limit(Error error, const Limits& limits) {
  const bool named = error.message.find("--limit") != std::string::npos;
  if (error.code != ErrorCode::kLimitExceeded || named) return error;
  return over_limit(limits, &Limits::document_bytes, "one document");
}

Status walk_tar(ByteSource& source, const Limits& limits, const Visit& visit,
                const OnProblem& problem) {
  TarReader reader(source, limits);
  TarEntry entry;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, reader.next(entry));
    if (!more) return ok_status();
    if (entry.kind != TarKind::kFile) continue;
    auto content = reader.content(limits.document_bytes);
    if (content) {
      RETURN_IF_ERROR(visit(ArchiveMember{entry.path, *std::move(content),
                                          static_cast<UnixSeconds>(entry.modified)}));
    } else if (content.error().code == ErrorCode::kLimitExceeded &&
               entry.size_bytes > limits.document_bytes) {
      // The stream itself is sound: go on behind it.
      problem(entry.path, document_too_large(limits, entry.size_bytes));
    } else {
      return std::move(content).error();
    }
  }
}

UnixSeconds modified_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mtim.tv_sec : 0;
}

Status walk_file(const std::string& path, const Limits& limits, const Visit& visit,
                 const OnProblem& problem) {
  ASSIGN_OR_RETURN(const Fd fd, open_for_reading(path));
  ASSIGN_OR_RETURN(const std::uint64_t size, file_size(fd.get()));
  auto stored = std::make_unique<PeekedSource>(source_of_file(fd.get(), 0, size));
  ASSIGN_OR_RETURN(const std::string_view magic, stored->peek(6));
  if (magic.starts_with("PK\x03\x04") || magic.starts_with("PK\x05\x06")) {
    return walk_zip(path, limits, visit, problem);
  }
  const Compression compression = sniff_compression(magic);
  auto source = std::move(stored);
  if (compression != Compression::kNone) {
    source = std::make_unique<PeekedSource>(inflate(std::move(source), compression, limits));
  }
  ASSIGN_OR_RETURN(const std::string_view block, source->peek(kTarBlock));
  if (looks_like_tar(block)) return walk_tar(*source, limits, visit, problem);
  if (is_named_tar(path) && !(block.size() == kTarBlock && is_zero_block(block.data()))) {
    const bool cut = block.size() < kTarBlock;
    return Error{ErrorCode::kInvalidInput,
                 cut ? "truncated archive: the tar ends after " + std::to_string(block.size()) +
                           " bytes, inside its first header"
                     : "damaged archive: named as a tar, but there is no header at offset 0"};
  }
  auto content = read_all(*source, limits.document_bytes);
  if (content) {
    return visit(
        ArchiveMember{name_without_compression(path), *std::move(content), modified_of(path)});
  }
  if (content.error().code != ErrorCode::kLimitExceeded) return std::move(content).error();
  problem(name_without_compression(path), naming_limit(std::move(content).error(), limits));
  return ok_status();
}

// One file of a directory, inflated where it is compressed. The name of a member that is a document
// loses its suffix ("2/updateinfo.xml"); a compressed tar stays as it is.
Result<ArchiveMember> read_below(const std::string& directory, const std::string& file,
                                 const Limits& limits) {
  std::string path = directory;
  path.append("/").append(file);
  ASSIGN_OR_RETURN(std::string bytes, read_file(path, limits.document_bytes));
  ArchiveMember member{file, std::move(bytes), modified_of(path)};
  const Compression compression = sniff_compression(member.bytes);
  if (compression == Compression::kNone) {
    if (name_without_compression(file) == fs::path(file).filename()) return member;
    return Error{ErrorCode::kInvalidInput, "named as compressed, and is not"};
  }
  PeekedSource source(inflate(source_of_memory(member.bytes), compression, limits));
  ASSIGN_OR_RETURN(const std::string_view block, source.peek(kTarBlock));
  if (looks_like_tar(block) || is_named_tar(file)) return member;
  ASSIGN_OR_RETURN(std::string inflated, read_all(source, limits.document_bytes));
  member.path = (fs::path(file).parent_path() / name_without_compression(file)).string();
  member.bytes = std::move(inflated);
  return member;
}

// Regular files below `path`, those of a directory before those below it, by name. Links are not
// followed: a feed directory has no business pointing out of itself.
Result<std::vector<std::string>> files_below(const std::string& path, const Limits& limits) {
  std::vector<std::string> found;
  std::error_code failure;
  fs::recursive_directory_iterator at(path, fs::directory_options::none, failure);
  for (; !failure && at != fs::recursive_directory_iterator(); at.increment(failure)) {
    if (at.depth() > static_cast<int>(limits.nesting)) {
      return over_limit(limits, &Limits::nesting, path + ": nested directories");
    }
    std::error_code unreadable;
    if (at->symlink_status(unreadable).type() == fs::file_type::regular) {
      found.push_back(at->path().lexically_relative(path));
    }
    if (found.size() > limits.entries) {
      return over_limit(limits, &Limits::entries, path + ": files");
    }
  }
  if (failure) return errno_error(failure.value(), "read directory", path);
  std::sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
    const auto depth = [](const std::string& file) {
      return std::count(file.begin(), file.end(), '/');
    };
    return std::pair(depth(a), std::string_view(a)) < std::pair(depth(b), std::string_view(b));
  });
  return found;
}

}  // namespace

Status for_each_document(const std::string& path, const Limits& limits, const Visit& visit,
                         const OnProblem& problem) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return errno_error(errno, "open", path);
  if (!S_ISDIR(info.st_mode)) {
    auto status = walk_file(path, limits, visit, problem);
    if (!status) return std::move(status).error().during(path);
    return status;
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> files, files_below(path, limits));
  for (const std::string& file : files) {
    auto member = read_below(path, file, limits);
    if (!member) {
      problem(file, naming_limit(std::move(member).error(), limits));
      continue;
    }
    RETURN_IF_ERROR(visit(*std::move(member)));
  }
  return ok_status();
}

}  // namespace seaworthy
