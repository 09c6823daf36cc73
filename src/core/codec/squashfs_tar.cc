// A squashfs image as a tar stream, made as it is read.
#include <algorithm>
#include <optional>
#include <utility>

#include "core/codec/pieced_source.h"
#include "core/codec/squashfs.h"
#include "core/codec/tar_writer.h"

namespace seaworthy {
namespace {

class SquashfsTar final : public PiecedSource {
 public:
  using Wanted = std::function<bool(std::string_view path, std::uint64_t size)>;

  SquashfsTar(std::unique_ptr<RangeReader> file, const Limits& limits, Wanted wanted)
      : file_(std::move(file)), limits_(limits), wanted_(std::move(wanted)) {}

 private:
  Status advance() override {
    if (!reader_) {
      ASSIGN_OR_RETURN(reader_, SquashfsReader::open(*file_, limits_));
    }
    if (in_content_) {
      ASSIGN_OR_RETURN(piece_, reader_->next_piece());
      in_content_ = !piece_.empty();
      if (!in_content_) piece_ = tar_padding(entry_.size);
      return ok_status();
    }
    ASSIGN_OR_RETURN(const bool more, reader_->next(entry_));
    if (!more) {
      ended_ = true;
      piece_ = tar_end();
      return ok_status();
    }
    switch (entry_.kind) {
      case SquashfsKind::kFile:
        in_content_ = entry_.size > 0 && wanted_(entry_.path, entry_.size);
        piece_ = tar_header(TarItem::kFile, entry_.path, "", in_content_ ? entry_.size : 0);
        break;
      case SquashfsKind::kDirectory:
        piece_ = tar_header(TarItem::kDirectory, entry_.path, "", 0);
        break;
      case SquashfsKind::kSymlink:
        piece_ = tar_header(TarItem::kSymlink, entry_.path, entry_.link_target, 0);
        break;
      case SquashfsKind::kOther:
        break;
    }
    return ok_status();
  }

  const std::unique_ptr<RangeReader> file_;
  const Limits limits_;
  const Wanted wanted_;
  std::optional<SquashfsReader> reader_;
  SquashfsEntry entry_;
  bool in_content_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> tar_of_squashfs(
    std::unique_ptr<RangeReader> file, const Limits& limits,
    std::function<bool(std::string_view path, std::uint64_t size)> wanted) {
  return std::make_unique<SquashfsTar>(std::move(file), limits, std::move(wanted));
}

}  // namespace seaworthy
