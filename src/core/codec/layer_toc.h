#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/inflate_span.h"
#include "core/codec/range_reader.h"
#include "core/codec/source.h"

namespace seaworthy {

// Tables of contents of a layer, so that single files can be fetched from it: eStargz and
// zstd:chunked, which a layer carries, and SOCI, which stands beside it. Reading by them, instead
// of the whole layer, is a bargain with a price that callers must know and say:
//   - The layer's digest and diff id are not verified, because most of it is never seen. What is
//     verified is the table, against the digest that the image's manifest names, and every file
//     that is read, against the digest that the table names (SOCI: of the span that holds it).
//   - So whoever made the image decides that the table speaks the truth about the tar. An honest
//     tool writes both from the same files; a runtime that unpacks the whole layer trusts neither.
//   - What was read so must never be cached as that of a verified (digest, diff id) pair.

enum class TocForm { kStargz, kZstdChunked, kSoci, kEnd };
std::string_view name_of(TocForm form);  // "eStargz", "zstd:chunked", "SOCI"

struct TocPlace {
  TocForm form = TocForm::kStargz;
  std::uint64_t offset = 0, size = 0;  // of the stored table in the blob
  // Of what it inflates to (eStargz) or of its stored bytes (the others), as the image's manifest
  // says: without it nothing may be believed.
  std::string digest;
};

// The annotations of a layer's descriptor that speak of tables.
inline constexpr std::string_view kStargzDigestAnnotation =
    "containerd.io/snapshot/stargz/toc.digest";
inline constexpr std::string_view kChunkedPositionAnnotation =
    "io.github.containers.zstd-chunked.manifest-position";
inline constexpr std::string_view kChunkedChecksumAnnotation =
    "io.github.containers.zstd-chunked.manifest-checksum";
// The two of zstd:chunked before containers/storage 1.50.
inline constexpr std::string_view kOldChunkedPositionAnnotation =
    "io.containers.zstd-chunked.manifest-position";
inline constexpr std::string_view kOldChunkedChecksumAnnotation =
    "io.containers.zstd-chunked.manifest-checksum";

// Where a zstd:chunked layer of `blob_size` bytes has its table: "offset:size:inflated size:type".
// kInvalidInput: malformed, or outside the blob; kUnsupported: another type.
Result<TocPlace> chunked_place(std::string_view position, std::string_view checksum,
                               std::uint64_t blob_size);
// Where an eStargz has it, from the footer in its last bytes. kInvalidInput: there is no footer.
Result<TocPlace> stargz_place(RangeReader& blob, std::string_view toc_digest);

// A SOCI table is no part of the layer. It is read as if it stood right behind the layer's
// `layer_bytes`: `size` is its own. kInvalidInput: malformed.
Result<TocPlace> soci_place(std::string_view size, std::string_view digest,
                            std::uint64_t layer_bytes);

enum class TocKind { kFile, kHardLink, kSymlink, kDirectory, kOther };
TocKind toc_kind(std::string_view type);  // of the types that all tables name: "reg", "dir", ...

// A part of a file's content: stored bytes [begin, end) of the blob, which inflate to a stream from
// whose byte `inner` on `size` bytes are the file's.
struct TocChunk {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t inner = 0, size = 0;
  bool zeros = false;    // nothing is stored
  std::size_t span = 0;  // SOCI: index of LayerToc::spans
};

struct TocEntry {
  TocKind kind = TocKind::kOther;
  std::string path;  // cleaned like that of a tar's entry
  std::string link_target;
  std::uint64_t size = 0;
  std::string digest;  // of a file's content; "" where there is none, or none is named
  std::vector<TocChunk> chunks;
  // SOCI: so many bytes in front of the content are its tar headers, and part of the chunks.
  std::uint64_t header_bytes = 0;
};

struct LayerToc {
  TocForm form = TocForm::kStargz;
  std::vector<TocEntry> entries;  // in the order of the tar
  std::vector<StoredSpan> spans;  // SOCI, in order
  // SOCI: what the windows of the spans are parts of; shared, so that they stay where they are.
  std::shared_ptr<const std::string> stored;
};

// Reads and verifies the table. kInvalidInput: damaged, not what its digest says, or with parts
// outside the blob; kLimitExceeded: limits.document_bytes, entries, path_length.
Result<LayerToc> read_toc(RangeReader& blob, const TocPlace& place, const Limits& limits);

using TocWanted = std::function<bool(std::string_view path, std::uint64_t size)>;

struct StoredRange {
  std::uint64_t begin = 0, end = 0;
  bool operator==(const StoredRange&) const = default;
};
// Which bytes of the blob hold the files that are wanted: in order, none overlapping; two with a
// gap of at most `join_gap` bytes are one, because a request costs more than a few bytes.
std::vector<StoredRange> wanted_ranges(const LayerToc& toc, const TocWanted& wanted,
                                       std::uint64_t join_gap);

// The layer as a tar stream, made of the table: every name, and the content of the wanted files,
// read from `blob` and verified. An error of one file ends the stream. The arguments live in it.
std::unique_ptr<ByteSource> tar_of_toc(LayerToc toc, std::unique_ptr<RangeReader> blob,
                                       const Limits& limits, TocWanted wanted);

}  // namespace seaworthy
