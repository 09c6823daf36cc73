// The ztoc of SOCI (awslabs/soci-snapshotter: ztoc/fbs/ztoc.fbs, ztoc/compression): a FlatBuffer of
// two parts about an ordinary layer, which stays as it is.
//
//   the files, with offset and size of their content in the inflated tar
//   the spans, stretches of some MiB from whose beginning the layer can be inflated, and a digest
//   of the stored bytes of each
//
//   checkpoints of gzip    count (4) | span size (8) | per span: offset of the first whole byte
//   (8),
//                          inflated offset (8), bits of the byte before it (1), window (32 KiB)
//     The span's stored bytes begin with the byte that has those bits and end in front of the next
//     span's first whole byte. Version 1 leaves out span 0, which begins behind a header of 10
//     bytes.
//   checkpoints of a tar   a FlatBuffer in the FlatBuffer: {version, span size, size}
//                          (ztoc/compression/fbs/zinfo.fbs)
//
// A file has no digest. What is verified is the span, and the tar header in front of the content,
// which must have the name and the size of the table; where that header begins is where the content
// before it ends. All numbers are little-endian.
#include "core/codec/ztoc.h"

#include <algorithm>
#include <memory>

#include "core/codec/flatbuffer.h"
#include "core/codec/tar.h"

namespace seaworthy {
namespace {

constexpr std::size_t kWindowBytes = 32 * kKiB;
constexpr std::size_t kCheckpointBytes = 8 + 8 + 1 + kWindowBytes;
constexpr std::size_t kCheckpointsHead = 4 + 8;
constexpr std::uint64_t kGzipHeaderBytes = 10;
constexpr std::uint64_t kTarBlock = 512;
// Headers of one file: its own and those that extend it. Larger gaps are no honest table's.
constexpr std::uint64_t kMaxTarHeaders = 4 * kMiB;
// The fewest bytes that a file's entry takes where no two share anything.
constexpr std::size_t kMinEntryBytes = 64;

enum Algorithm : std::uint64_t { kGzip = 1, kUncompressed = 2 };

// The numbers of fields in ztoc.fbs.
struct Root {
  enum : std::size_t { kVersion, kTool, kStoredBytes, kInflatedBytes, kToc, kCompression };
};
struct Compressed {
  enum : std::size_t { kAlgorithm, kLastSpan, kDigests, kCheckpoints };
};
struct File {
  enum : std::size_t { kName, kType, kOffset, kSize, kLink };
};

Error damaged(const std::string& what) {
  return {ErrorCode::kInvalidInput, "ztoc: " + what};
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

std::uint64_t block_end(std::uint64_t offset) {
  return (offset + kTarBlock - 1) / kTarBlock * kTarBlock;
}

class ZtocReader {
 public:
  ZtocReader(std::string bytes, std::uint64_t layer_bytes, const Limits& limits)
      : stored_(std::make_shared<const std::string>(std::move(bytes))),
        layer_bytes_(layer_bytes),
        limits_(limits),
        text_left_(stored_->size()) {}

  Result<LayerToc> read() {
    ASSIGN_OR_RETURN(const FlatTable root, FlatTable::root(*stored_));
    ASSIGN_OR_RETURN(const std::string_view version, root.text(Root::kVersion));
    if (!version.starts_with("0.") && !version.starts_with("1.")) {
      return Error{ErrorCode::kUnsupported, "ztoc: of a version that is not read"};
    }
    ASSIGN_OR_RETURN(const std::uint64_t stored, root.number(Root::kStoredBytes, 8, 0));
    if (stored != layer_bytes_) {
      return damaged("of a layer of " + std::to_string(stored) + " bytes, this one has " +
                     std::to_string(layer_bytes_));
    }
    ASSIGN_OR_RETURN(inflated_bytes_, root.number(Root::kInflatedBytes, 8, 0));
    if (inflated_bytes_ > limits_.layer_bytes) {
      return over_limit(limits_, &Limits::layer_bytes, "ztoc: the layer");
    }
    ASSIGN_OR_RETURN(const FlatTable compressed, root.table(Root::kCompression));
    RETURN_IF_ERROR(read_spans(compressed));
    ASSIGN_OR_RETURN(const FlatTable toc, root.table(Root::kToc));
    RETURN_IF_ERROR(read_files(toc));
    toc_.form = TocForm::kSoci;
    toc_.stored = stored_;
    return std::move(toc_);
  }

 private:
  // A copy of a text. Texts may overlap in the buffer; those of an honest table do not.
  Result<std::string> copy(std::string_view text) {
    if (text.size() > text_left_) return damaged("its texts are larger than it is");
    text_left_ -= text.size();
    return std::string(text);
  }

  Status read_spans(const FlatTable& compressed) {
    ASSIGN_OR_RETURN(const std::uint64_t algorithm,
                     compressed.number(Compressed::kAlgorithm, 1, kGzip));
    ASSIGN_OR_RETURN(const FlatVector checkpoints, compressed.vector(Compressed::kCheckpoints, 1));
    ASSIGN_OR_RETURN(const FlatVector digests, compressed.vector(Compressed::kDigests, 4));
    ASSIGN_OR_RETURN(const std::uint64_t last, compressed.number(Compressed::kLastSpan, 4, 0));
    if (digests.size() == 0 || digests.size() != last + 1) {
      return damaged("it has " + std::to_string(digests.size()) + " digests for " +
                     std::to_string(last + 1) + " spans");
    }
    if (algorithm == kGzip) {
      RETURN_IF_ERROR(read_gzip_spans(checkpoints.bytes(), digests.size()));
    } else if (algorithm == kUncompressed) {
      RETURN_IF_ERROR(read_plain_spans(checkpoints.bytes(), digests.size()));
    } else {
      return Error{ErrorCode::kUnsupported, "ztoc: of a compression that is not read"};
    }
    for (std::size_t i = 0; i < digests.size(); ++i) {
      StoredSpan& span = toc_.spans[i];
      if (span.begin >= span.end || span.end > layer_bytes_) {
        return damaged("span " + std::to_string(i) + " is outside the layer");
      }
      ASSIGN_OR_RETURN(const std::string_view digest, digests.text(i));
      ASSIGN_OR_RETURN(span.digest, copy(digest));
    }
    return set_inflated_sizes();
  }

  Status set_inflated_sizes() {
    for (std::size_t i = 0; i < toc_.spans.size(); ++i) {
      StoredSpan& span = toc_.spans[i];
      const std::uint64_t end =
          i + 1 < toc_.spans.size() ? toc_.spans[i + 1].inflated_begin : inflated_bytes_;
      if (end < span.inflated_begin || end > inflated_bytes_) {
        return damaged("span " + std::to_string(i) + " is out of order");
      }
      span.inflated_bytes = end - span.inflated_begin;
    }
    if (toc_.spans.front().inflated_begin != 0) return damaged("span 0 begins late");
    return ok_status();
  }

  Status read_gzip_spans(std::string_view bytes, std::size_t count) {
    const std::size_t body = bytes.size() - std::min(bytes.size(), kCheckpointsHead);
    const std::size_t given = body / kCheckpointBytes;
    const bool first_is_left_out = given + 1 == count;
    if (bytes.size() < kCheckpointsHead || number_at(bytes, 0, 4) != count ||
        body % kCheckpointBytes != 0 || (given != count && !first_is_left_out)) {
      return damaged("its checkpoints are not those of " + std::to_string(count) + " spans");
    }
    if (first_is_left_out) toc_.spans.emplace_back().begin = kGzipHeaderBytes;
    for (std::size_t i = 0; i < given; ++i) {
      RETURN_IF_ERROR(
          add_checkpoint(bytes.substr(kCheckpointsHead + i * kCheckpointBytes, kCheckpointBytes)));
    }
    toc_.spans.back().end = layer_bytes_;
    return ok_status();
  }

  Status add_checkpoint(std::string_view bytes) {
    StoredSpan span;
    const std::uint64_t whole = number_at(bytes, 0, 8);
    span.inflated_begin = number_at(bytes, 8, 8);
    span.bits = static_cast<unsigned>(number_at(bytes, 16, 1));
    if (span.bits > 7 || whole == 0) {
      return damaged("checkpoint " + std::to_string(toc_.spans.size()) + " is none");
    }
    span.begin = span.bits == 0 ? whole : whole - 1;
    // Before the first bytes of the layer there is nothing to refer to.
    const std::size_t before = std::min<std::uint64_t>(span.inflated_begin, kWindowBytes);
    span.window = bytes.substr(bytes.size() - before);
    if (!toc_.spans.empty()) toc_.spans.back().end = whole;
    toc_.spans.push_back(std::move(span));
    return ok_status();
  }

  Status read_plain_spans(std::string_view bytes, std::size_t count) {
    ASSIGN_OR_RETURN(const FlatTable plain, FlatTable::root(bytes));
    ASSIGN_OR_RETURN(const std::uint64_t step, plain.number(1, 8, 0));
    ASSIGN_OR_RETURN(const std::uint64_t size, plain.number(2, 8, 0));
    if (step == 0 || size != layer_bytes_ || inflated_bytes_ > layer_bytes_ ||
        (layer_bytes_ - 1) / step + 1 != count) {
      return damaged("its spans are not those of the layer");
    }
    // The tar may end before the bytes do.
    inflated_bytes_ = layer_bytes_;
    for (std::uint64_t begin = 0; begin < layer_bytes_; begin += std::min(step, layer_bytes_)) {
      StoredSpan span;
      span.begin = span.inflated_begin = begin;
      span.end = begin + std::min(step, layer_bytes_ - begin);
      span.plain = true;
      toc_.spans.push_back(std::move(span));
    }
    return ok_status();
  }

  Status read_files(const FlatTable& toc) {
    ASSIGN_OR_RETURN(const FlatVector files, toc.vector(0, 4));
    if (files.size() > limits_.entries) return over_limit(limits_, &Limits::entries, "ztoc");
    if (files.size() > stored_->size() / kMinEntryBytes) {
      return damaged("it lists more files than it has room for");
    }
    toc_.entries.reserve(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      ASSIGN_OR_RETURN(const FlatTable file, files.table(i));
      RETURN_IF_ERROR(add_file(file));
    }
    return ok_status();
  }

  Status add_file(const FlatTable& file) {
    ASSIGN_OR_RETURN(const std::string_view name, file.text(File::kName));
    ASSIGN_OR_RETURN(const std::string_view link, file.text(File::kLink));
    ASSIGN_OR_RETURN(const std::string_view type, file.text(File::kType));
    ASSIGN_OR_RETURN(const std::uint64_t offset, file.number(File::kOffset, 8, 0));
    ASSIGN_OR_RETURN(const std::uint64_t size, file.number(File::kSize, 8, 0));
    if (std::max(name.size(), link.size()) > limits_.path_length) {
      return over_limit(limits_, &Limits::path_length, "ztoc: a path");
    }
    TocEntry entry;
    entry.kind = toc_kind(type);
    ASSIGN_OR_RETURN(const std::string name_copy, copy(name));
    auto path = clean_tar_path(name_copy);
    if (!path) return std::move(path).error().during("ztoc");
    entry.path = *std::move(path);
    ASSIGN_OR_RETURN(entry.link_target, copy(link));
    RETURN_IF_ERROR(place_content(entry, offset, size));
    toc_.entries.push_back(std::move(entry));
    return ok_status();
  }

  // Where an entry's content is, and its tar headers: behind the content before it.
  Status place_content(TocEntry& entry, std::uint64_t offset, std::uint64_t size) {
    const std::string quoted = "'" + entry.path.substr(0, 200) + "'";
    if (offset > inflated_bytes_ || size > inflated_bytes_ - offset) {
      return damaged(quoted + " is outside the layer");
    }
    const std::uint64_t header = block_end(content_end_);
    if (offset < header + kTarBlock || offset - header > kMaxTarHeaders) {
      return damaged(quoted + " has no place for its tar header");
    }
    content_end_ = offset + size;
    if (entry.kind == TocKind::kFile && size > 0) {
      entry.size = size;
      entry.header_bytes = offset - header;
      add_chunks(entry, header, content_end_);
    }
    return ok_status();
  }

  // Files are in the order of the tar, so are spans, and neither overlap: all chunks together are
  // at most as many as both.
  void add_chunks(TocEntry& entry, std::uint64_t begin, std::uint64_t end) {
    const auto next = std::upper_bound(
        toc_.spans.begin(), toc_.spans.end(), begin,
        [](std::uint64_t at, const StoredSpan& span) { return at < span.inflated_begin; });
    for (auto i = static_cast<std::size_t>(next - toc_.spans.begin()) - 1; begin < end; ++i) {
      const StoredSpan& span = toc_.spans[i];
      TocChunk chunk;
      chunk.begin = span.begin;
      chunk.end = span.end;
      chunk.span = i;
      chunk.inner = begin - span.inflated_begin;
      chunk.size = std::min(end - begin, span.inflated_bytes - chunk.inner);
      begin += chunk.size;
      if (chunk.size > 0) entry.chunks.push_back(chunk);
    }
  }

  const std::shared_ptr<const std::string> stored_;
  const std::uint64_t layer_bytes_;
  const Limits& limits_;
  std::size_t text_left_;
  std::uint64_t inflated_bytes_ = 0;
  std::uint64_t content_end_ = 0;  // of the last file
  LayerToc toc_;
};

}  // namespace

Result<LayerToc> read_ztoc(std::string bytes, std::uint64_t layer_bytes, const Limits& limits) {
  return ZtocReader(std::move(bytes), layer_bytes, limits).read();
}

}  // namespace seaworthy
