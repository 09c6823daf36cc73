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
  SquashfsTar(std::unique_ptr<RangeReader> file, const Limits& limits, ContentChoice wanted)
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
        return begin_file();
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

  Status begin_file() {
    std::string first;
    in_content_ = entry_.size > 0 && wanted_.by_path(entry_.path, entry_.size);
    if (entry_.size > 0 && !in_content_ && wanted_.by_head) {
      ASSIGN_OR_RETURN(first, reader_->next_piece());
      const std::string_view head = std::string_view(first).substr(0, ContentChoice::kHeadBytes);
      in_content_ = !first.empty() && wanted_.by_head(entry_.path, entry_.size, head);
    }
    piece_ = tar_header(TarItem::kFile, entry_.path, "", in_content_ ? entry_.size : 0);
    if (in_content_) piece_ += first;
    return ok_status();
  }

  const std::unique_ptr<RangeReader> file_;
  const Limits limits_;
  const ContentChoice wanted_;
  std::optional<SquashfsReader> reader_;
  SquashfsEntry entry_;
  bool in_content_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> tar_of_squashfs(std::unique_ptr<RangeReader> file, const Limits& limits,
                                            ContentChoice wanted) {
  return std::make_unique<SquashfsTar>(std::move(file), limits, std::move(wanted));
}

}  // namespace seaworthy
