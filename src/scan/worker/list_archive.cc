#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "core/base/file.h"
#include "core/codec/tar.h"
#include "scan/worker/assemble.h"

namespace seaworthy {

namespace {

// Writes everything that is read to the spool as well; skipping reads, too.
class SpoolingSource final : public ByteSource {
 public:
  SpoolingSource(ByteSource& source, int spool_fd, std::uint64_t max_bytes)
      : source_(source), spool_fd_(spool_fd), max_bytes_(max_bytes) {}

  Result<std::size_t> read(std::span<char> out) override {
    ASSIGN_OR_RETURN(const std::size_t got, source_.read(out));
    if (written_ + got > max_bytes_) {
      return over_limit(max_bytes_, &Limits::spool_bytes, "inflate the archive");
    }
    RETURN_IF_ERROR(write(out.first(got)));
    return got;
  }

 private:
  Status write(std::span<const char> bytes) {
    while (!bytes.empty()) {
      const ssize_t put =
          ::pwrite(spool_fd_, bytes.data(), bytes.size(), static_cast<off_t>(written_));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return errno_error(errno, "write", "the spool");
      bytes = bytes.subspan(static_cast<std::size_t>(put));
      written_ += static_cast<std::uint64_t>(put);
    }
    return ok_status();
  }

  ByteSource& source_;
  const int spool_fd_;
  const std::uint64_t max_bytes_;
  std::uint64_t written_ = 0;
};

Result<std::vector<ArchiveMemberIndex>> members_of(ByteSource& source, std::uint64_t base,
                                                   const Limits& limits) {
  constexpr std::uint64_t kPerMember = 128;
  std::vector<ArchiveMemberIndex> members;
  std::uint64_t held = 0;
  TarReader tar(source, limits);
  TarEntry entry;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, tar.next(entry));
    if (!more) return members;
    const bool link = entry.kind == TarKind::kHardLink || entry.kind == TarKind::kSymlink;
    // A sparse file's content is not in one piece; no image archive has one.
    if (!link && (entry.kind != TarKind::kFile || entry.sparse)) continue;
    ArchiveMemberIndex member{.path = entry.path,
                              .link_target = link ? target_in_tar(entry) : std::string(),
                              .offset = base + entry.offset_bytes,
                              .size = entry.size_bytes};
    if (link && member.link_target.empty()) continue;
    held += member.path.size() + member.link_target.size() + kPerMember;
    if (held > limits.memory_bytes) {
      return over_limit(limits, &Limits::memory_bytes, "the archive's list of members");
    }
    members.push_back(std::move(member));
  }
}

}  // namespace

Result<ArchiveListing> list_members(const WorkerInput& input, int spool_fd, const Limits& limits,
                                    const ReportStep& report_step) {
  report_step("list archive");
  Compression compression = Compression::kNone;
  ASSIGN_OR_RETURN(const auto source, inflated_source_of(input, limits, {}, &compression));
  ArchiveListing listing;
  listing.spooled = compression != Compression::kNone || input.is_stream;
  if (!listing.spooled) {
    ASSIGN_OR_RETURN(listing.members, members_of(*source, input.offset, limits));
    return listing;
  }
  if (spool_fd < 0) {
    return Error{ErrorCode::kInternal, "a compressed archive needs a spool to be listed"};
  }
  SpoolingSource spooling(*source, spool_fd, limits.spool_bytes);
  ASSIGN_OR_RETURN(listing.members, members_of(spooling, 0, limits));
  return listing;
}

}  // namespace seaworthy
