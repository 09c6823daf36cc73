// A layer of which only the needed parts are fetched. The table of contents is foreign bytes like
// the layer itself, so it is read here, in the sandbox; the parts come over a channel.
#include "scan/worker/table_tar.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "core/codec/layer_toc.h"
#include "scan/worker/range_channel.h"

namespace seaworthy {

namespace {

// A request costs as much time as about so many bytes: those of 20 ms at 100 Mbit/s.
constexpr std::uint64_t kRequestBytes = 256 * kKiB;
constexpr std::uint64_t kWindowBytes = 4 * kMiB;

// Fetches neighbouring parts at once: a read gets the rest of its joined range, up to a window.
class JoinedRanges final : public RangeReader {
 public:
  JoinedRanges(std::unique_ptr<RangeReader> blob, std::vector<StoredRange> ranges)
      : blob_(std::move(blob)), ranges_(std::move(ranges)) {}

  std::uint64_t size() const override { return blob_->size(); }

  Result<std::string> read(std::uint64_t offset, std::uint64_t size) override {
    if (offset < begin_ || offset - begin_ > window_.size() ||
        size > window_.size() - (offset - begin_)) {
      window_.clear();
      ASSIGN_OR_RETURN(window_, blob_->read(offset, std::max(size, reach(offset))));
      begin_ = offset;
    }
    return window_.substr(offset - begin_, size);
  }

 private:
  // How far to read from here.
  std::uint64_t reach(std::uint64_t offset) const {
    const auto next =
        std::upper_bound(ranges_.begin(), ranges_.end(), offset,
                         [](std::uint64_t at, const StoredRange& range) { return at < range.end; });
    if (next == ranges_.end() || next->begin > offset) return 0;
    return std::min(next->end - offset, kWindowBytes);
  }

  const std::unique_ptr<RangeReader> blob_;
  const std::vector<StoredRange> ranges_;
  std::uint64_t begin_ = 0;
  std::string window_;  // the blob's bytes from begin_ on
};

std::string megabytes(std::uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", static_cast<double>(bytes) / 1e6);
  return text;
}

Status check_saving(const LayerToc& toc, const std::vector<StoredRange>& ranges,
                    std::uint64_t table_bytes, std::uint64_t layer_bytes) {
  std::uint64_t needed = table_bytes;
  for (const StoredRange& range : ranges) needed += range.end - range.begin;
  const std::uint64_t cost = needed + ranges.size() * kRequestBytes;
  if (cost <= layer_bytes / 2) return ok_status();
  return Error{ErrorCode::kUnsupported,
               "the " + std::string(name_of(toc.form)) + " table of contents saves too little: " +
                   megabytes(needed) + " of " + megabytes(layer_bytes) + " MB in " +
                   std::to_string(ranges.size()) + " parts would be fetched"};
}

Result<std::unique_ptr<ByteSource>> open_table(const WorkerInput& input, const Limits& limits,
                                               const TocWanted& wanted) {
  const LayerTable& table = *input.table;
  TocPlace place;
  std::uint64_t served = input.size;
  if (table.form == TocForm::kSoci) {
    ASSIGN_OR_RETURN(place, soci_place(table.position, table.digest, input.size));
    served += place.size;
  }
  auto blob = ranges_of_channel(input.fd, served);
  if (table.form == TocForm::kStargz) {
    ASSIGN_OR_RETURN(place, stargz_place(*blob, table.digest));
  } else if (table.form == TocForm::kZstdChunked) {
    ASSIGN_OR_RETURN(place, chunked_place(table.position, table.digest, input.size));
  }
  ASSIGN_OR_RETURN(LayerToc toc, read_toc(*blob, place, limits));
  std::vector<StoredRange> ranges = wanted_ranges(toc, wanted, kRequestBytes);
  RETURN_IF_ERROR(check_saving(toc, ranges, place.size, input.size));
  auto joined = std::make_unique<JoinedRanges>(std::move(blob), std::move(ranges));
  return tar_of_toc(std::move(toc), std::move(joined), limits, wanted);
}

// Opens the table at the first read, in the thread that reads.
class TableTar final : public ByteSource {
 public:
  TableTar(WorkerInput input, const Limits& limits, TocWanted wanted)
      : input_(std::move(input)), limits_(limits), wanted_(std::move(wanted)) {}

  Result<std::size_t> read(std::span<char> out) override {
    if (failure_) return *failure_;
    if (tar_ == nullptr) {
      auto opened = open_table(input_, limits_, wanted_);
      if (!opened) {
        failure_ = std::move(opened).error();
        return *failure_;
      }
      tar_ = *std::move(opened);
    }
    return tar_->read(out);
  }

 private:
  const WorkerInput input_;
  const Limits limits_;
  const TocWanted wanted_;
  std::unique_ptr<ByteSource> tar_;
  std::optional<Error> failure_;
};

}  // namespace

std::unique_ptr<ByteSource> tar_by_table(const WorkerInput& input, const Limits& limits,
                                         const TocWanted& wanted) {
  return std::make_unique<TableTar>(input, limits, wanted);
}

}  // namespace seaworthy
