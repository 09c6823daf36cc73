// The tar that a table of contents stands for, made as it is read.
#include <algorithm>
#include <optional>
#include <utility>

#include "core/codec/digest.h"
#include "core/codec/layer_toc.h"
#include "core/codec/pieced_source.h"
#include "core/codec/tar.h"
#include "core/codec/tar_writer.h"

namespace seaworthy {
namespace {

// What tools add to an eStargz that is no part of the file system.
bool is_landmark(std::string_view path) {
  return path == "stargz.index.json" || path == ".prefetch.landmark" ||
         path == ".no.prefetch.landmark";
}

class TocTar final : public PiecedSource {
 public:
  TocTar(LayerToc toc, std::unique_ptr<RangeReader> blob, const Limits& limits, TocWanted wanted)
      : toc_(std::move(toc)), blob_(std::move(blob)), limits_(limits), wanted_(std::move(wanted)) {}

 private:
  Status advance() override {
    if (next_ == toc_.entries.size()) {
      ended_ = true;
      piece_ = tar_end();
      return ok_status();
    }
    const TocEntry& entry = toc_.entries[next_++];
    if (is_landmark(entry.path)) return ok_status();
    switch (entry.kind) {
      case TocKind::kFile:
        return put_file(entry);
      case TocKind::kDirectory:
        piece_ = tar_header(TarItem::kDirectory, entry.path, "", 0);
        return ok_status();
      case TocKind::kSymlink:
        piece_ = tar_header(TarItem::kSymlink, entry.path, entry.link_target, 0);
        return ok_status();
      case TocKind::kHardLink:
        piece_ = tar_header(TarItem::kHardLink, entry.path, entry.link_target, 0);
        return ok_status();
      case TocKind::kOther:
        // A device takes its name all the same: it hides what was there below.
        piece_ = tar_header(TarItem::kFifo, entry.path, "", 0);
        return ok_status();
    }
    return ok_status();
  }

  // A wanted file as a whole: nothing of it may be used before its digest is right.
  Status put_file(const TocEntry& entry) {
    if (entry.size == 0 || !wanted_(entry.path, entry.size)) {
      piece_ = tar_header(TarItem::kFile, entry.path, "", 0);
      return ok_status();
    }
    Status content = read_content(entry);
    if (!content) return std::move(content).error().during(entry.path);
    return content;
  }

  Status read_content(const TocEntry& entry) {
    if (entry.size > limits_.memory_bytes) {
      return over_limit(limits_, &Limits::memory_bytes,
                        "a file of " + std::to_string(entry.size) + " bytes");
    }
    std::string content;
    for (const TocChunk& chunk : entry.chunks) {
      ASSIGN_OR_RETURN(const std::string part, read_chunk(chunk));
      content += part;
    }
    if (toc_.form == TocForm::kSoci) return put_member(entry, content);
    const auto algorithm = algorithm_of(entry.digest);
    if (!algorithm) {
      return Error{ErrorCode::kInvalidInput,
                   "the table of contents names no digest, so it cannot be verified"};
    }
    Hasher hasher(*algorithm);
    hasher.update(content);
    if (const std::string found = hasher.finish(); found != entry.digest) {
      return Error{ErrorCode::kInvalidInput,
                   "the table of contents says " + entry.digest + ", the bytes have " + found};
    }
    piece_ = tar_header(TarItem::kFile, entry.path, "", entry.size) + content;
    piece_ += tar_padding(entry.size);
    return ok_status();
  }

  // SOCI: the member of the tar that holds a file, its headers in front. The spans are verified;
  // the header must say the same as the table.
  Status put_member(const TocEntry& entry, std::string& member) {
    member += tar_padding(entry.size);
    const auto source = source_of_memory(member);
    TarReader tar(*source, limits_);
    TarEntry found;
    ASSIGN_OR_RETURN(const bool any, tar.next(found));
    if (!any || found.kind != TarKind::kFile || found.path != entry.path ||
        found.offset_bytes != entry.header_bytes || found.size_bytes != entry.size) {
      return Error{ErrorCode::kInvalidInput,
                   "the table of contents names it, the tar has another entry there"};
    }
    ASSIGN_OR_RETURN(const std::string content, tar.content(entry.size));
    piece_ = tar_header(TarItem::kFile, entry.path, "", entry.size) + content;
    piece_ += tar_padding(entry.size);
    return ok_status();
  }

  // Neighbouring files are often in one span: it is fetched and inflated once for all of them.
  Result<std::string> read_span_part(const TocChunk& chunk) {
    if (held_span_ != chunk.span) {
      const StoredSpan& span = toc_.spans[chunk.span];
      held_span_.reset();
      if (span.end - span.begin > kMaxSpanBytes) {
        return Error{ErrorCode::kLimitExceeded, "it is in a span that is larger than is read"};
      }
      ASSIGN_OR_RETURN(const std::string stored, blob_->read(span.begin, span.end - span.begin));
      ASSIGN_OR_RETURN(held_, inflate_span(span, stored));
      held_span_ = chunk.span;
    }
    return held_.substr(chunk.inner, chunk.size);
  }

  Result<std::string> read_chunk(const TocChunk& chunk) {
    if (chunk.zeros) return std::string(chunk.size, '\0');
    if (chunk.end - chunk.begin > limits_.memory_bytes) {
      return over_limit(limits_, &Limits::memory_bytes, "a stored part");
    }
    if (toc_.form == TocForm::kSoci) return read_span_part(chunk);
    ASSIGN_OR_RETURN(const std::string stored, blob_->read(chunk.begin, chunk.end - chunk.begin));
    const Compression compression =
        toc_.form == TocForm::kStargz ? Compression::kGzip : Compression::kZstd;
    const auto source = inflate(source_of_memory(stored), compression, limits_);
    ASSIGN_OR_RETURN(const std::uint64_t passed, source->skip(chunk.inner));
    std::string part;
    while (passed == chunk.inner && part.size() < chunk.size) {
      constexpr std::uint64_t kStep = 1 * kMiB;
      const std::size_t have = part.size();
      part.resize(have + std::min(kStep, chunk.size - have));
      ASSIGN_OR_RETURN(const std::size_t got, source->read(std::span(part).subspan(have)));
      part.resize(have + got);
      if (got == 0) break;
    }
    if (part.size() == chunk.size) return part;
    return Error{ErrorCode::kInvalidInput,
                 "a stored part holds less than the table of contents "
                 "says"};
  }

  const LayerToc toc_;
  const std::unique_ptr<RangeReader> blob_;
  const Limits limits_;
  const TocWanted wanted_;
  std::size_t next_ = 0;
  std::optional<std::size_t> held_span_;
  std::string held_;  // SOCI: what that span inflates to
};

}  // namespace

std::unique_ptr<ByteSource> tar_of_toc(LayerToc toc, std::unique_ptr<RangeReader> blob,
                                       const Limits& limits, TocWanted wanted) {
  return std::make_unique<TocTar>(std::move(toc), std::move(blob), limits, std::move(wanted));
}

}  // namespace seaworthy
