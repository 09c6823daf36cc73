// eStargz (stargz-snapshotter, docs/estargz.md) and zstd:chunked (containers/storage,
// pkg/chunked/internal): a layer tar, compressed so that every file begins a stream of its own, and
// a JSON table behind it.
//
//   eStargz        gzip members | member with a tar of stargz.index.json | 51 bytes: an empty gzip
//                  member whose extra field "SG" has the table's offset in hex and "STARGZ"
//   zstd:chunked   zstd frames | skippable frame with the compressed table | skippable frame with
//                  its position, which the manifest's annotation repeats
//
// Both tables are lists of {type, name, size, offset, ...}; large files have further entries of
// type "chunk". In an eStargz each part ends where the next stored thing begins. A zstd:chunked
// file says its end once, in its first entry; of its chunks each but the last ends where the next
// one begins.
#include "core/codec/layer_toc.h"

#include <algorithm>
#include <charconv>

#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "core/codec/tar.h"
#include "core/codec/ztoc.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kStargzFooterBytes = 51;
constexpr std::string_view kStargzFooterHead{"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0", 16};
constexpr std::string_view kStargzName = "stargz.index.json";
constexpr std::uint64_t kMaxStoredToc = 256 * kMiB;

Error damaged(const std::string& what) {
  return {ErrorCode::kInvalidInput, "table of contents: " + what};
}

bool to_number(std::string_view text, std::uint64_t& value, int base = 10) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return !text.empty() && failure == std::errc{} && end == text.data() + text.size() &&
         value >> 63U == 0;
}

Status check_place(const TocPlace& place, std::uint64_t blob_size) {
  if (!is_digest(place.digest)) return damaged("its digest is none");
  if (place.size == 0 || place.offset > blob_size || place.size > blob_size - place.offset) {
    return damaged("it is not inside the layer");
  }
  if (place.size > kMaxStoredToc) {
    return Error{ErrorCode::kLimitExceeded, "table of contents: of " + std::to_string(place.size) +
                                                " bytes, more than are read"};
  }
  return ok_status();
}

Status check_digest(std::string_view bytes, const std::string& digest) {
  ASSIGN_OR_RETURN(const Hasher::Algorithm algorithm, algorithm_of(digest));
  Hasher hasher(algorithm);
  hasher.update(bytes);
  if (const std::string found = hasher.finish(); found != digest) {
    return damaged("the image says " + digest + ", it has " + found);
  }
  return ok_status();
}

// The table's JSON, verified.
Result<std::string> toc_json(RangeReader& blob, const TocPlace& place, const Limits& limits) {
  ASSIGN_OR_RETURN(const std::string stored, blob.read(place.offset, place.size));
  if (place.form == TocForm::kZstdChunked) {
    RETURN_IF_ERROR(check_digest(stored, place.digest));
    const auto source = inflate(source_of_memory(stored), Compression::kZstd, limits);
    return read_all(*source, limits.document_bytes);
  }
  const auto source = inflate(source_of_memory(stored), Compression::kGzip, limits);
  TarReader tar(*source, limits);
  TarEntry entry;
  ASSIGN_OR_RETURN(const bool any, tar.next(entry));
  if (!any || entry.path != kStargzName) return damaged("there is no " + std::string(kStargzName));
  ASSIGN_OR_RETURN(std::string json, tar.content(limits.document_bytes));
  RETURN_IF_ERROR(check_digest(json, place.digest));
  return json;
}

std::uint64_t number_of(const JsonValue& json) {
  const std::int64_t value = json.integer();
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

// Turns the entries of the JSON into files with chunks.
class TocBuilder {
 public:
  TocBuilder(const TocPlace& place, const Limits& limits) : place_(place), limits_(limits) {
    toc_.form = place.form;
  }

  Status add(const JsonValue& json) {
    if (++count_ > limits_.entries) {
      return over_limit(limits_, &Limits::entries, "table of contents");
    }
    const std::string_view type = json["type"].text();
    const std::string_view name = json["name"].text();
    if (type == "chunk") {
      if (toc_.entries.empty() || toc_.entries.back().kind != TocKind::kFile) {
        return damaged("a chunk without its file");
      }
      return add_chunk(json, toc_.entries.back());
    }
    if (name.size() > limits_.path_length) {
      return over_limit(limits_, &Limits::path_length, "table of contents: a path");
    }
    TocEntry entry;
    entry.kind = toc_kind(type);
    auto path = clean_tar_path(name);
    if (!path) return std::move(path).error().during("table of contents");
    entry.path = *std::move(path);
    entry.link_target = json["linkName"].text();
    entry.digest = json["digest"].text();
    if (entry.kind == TocKind::kFile) entry.size = number_of(json["size"]);
    toc_.entries.push_back(std::move(entry));
    TocEntry& added = toc_.entries.back();
    stored_end_ = 0;
    return added.kind == TocKind::kFile && added.size > 0 ? add_chunk(json, added) : ok_status();
  }

  Result<LayerToc> finish() {
    if (place_.form == TocForm::kStargz) set_ends();
    for (const TocEntry& entry : toc_.entries) {
      std::uint64_t content = 0;
      for (const TocChunk& chunk : entry.chunks) {
        content += chunk.size;
        if (chunk.zeros) continue;
        if (chunk.begin >= chunk.end || chunk.end > place_.offset) {
          return damaged("a part of '" + entry.path.substr(0, 200) + "' is outside the layer");
        }
      }
      if (content != entry.size) {
        return damaged("the parts of '" + entry.path.substr(0, 200) + "' are not its size");
      }
    }
    return std::move(toc_);
  }

 private:
  Status add_chunk(const JsonValue& json, TocEntry& entry) {
    std::uint64_t before = 0;
    for (const TocChunk& chunk : entry.chunks) before += chunk.size;
    const std::uint64_t at = number_of(json["chunkOffset"]);
    if (at != before || at > entry.size) {
      return damaged("the parts of '" + entry.path.substr(0, 200) + "' are out of order");
    }
    TocChunk chunk;
    chunk.begin = number_of(json["offset"]);
    // In a chunk's own entry there is none, as a rule: then it is that of the file.
    if (const std::uint64_t end = number_of(json["endOffset"]); end > 0) stored_end_ = end;
    chunk.end = stored_end_;
    chunk.inner = number_of(json["innerOffset"]);
    chunk.size = number_of(json["chunkSize"]);
    chunk.zeros = json["chunkType"].text() == "zeros";
    if (chunk.size == 0) chunk.size = entry.size - at;  // the rest
    if (chunk.size > entry.size - at) {
      return damaged("a part of '" + entry.path.substr(0, 200) + "' is larger than it");
    }
    const auto previous = std::find_if(entry.chunks.rbegin(), entry.chunks.rend(),
                                       [](const TocChunk& each) { return !each.zeros; });
    if (!chunk.zeros && previous != entry.chunks.rend()) {
      previous->end = std::min(previous->end, chunk.begin);
    }
    entry.chunks.push_back(chunk);
    return ok_status();
  }

  // A gzip member ends where the next one that is named begins.
  void set_ends() {
    std::vector<std::uint64_t> begins{place_.offset};
    for (const TocEntry& entry : toc_.entries) {
      for (const TocChunk& chunk : entry.chunks) begins.push_back(chunk.begin);
    }
    std::sort(begins.begin(), begins.end());
    for (TocEntry& entry : toc_.entries) {
      for (TocChunk& chunk : entry.chunks) {
        const auto next = std::upper_bound(begins.begin(), begins.end(), chunk.begin);
        chunk.end = next == begins.end() ? chunk.begin : *next;
      }
    }
  }

  const TocPlace& place_;
  const Limits& limits_;
  LayerToc toc_;
  std::uint64_t count_ = 0;
  std::uint64_t stored_end_ = 0;  // zstd:chunked: where the file that is being read ends
};

}  // namespace

TocKind toc_kind(std::string_view type) {
  if (type == "reg") return TocKind::kFile;
  if (type == "hardlink") return TocKind::kHardLink;
  if (type == "symlink") return TocKind::kSymlink;
  if (type == "dir") return TocKind::kDirectory;
  return TocKind::kOther;
}

std::string_view name_of(TocForm form) {
  switch (form) {
    case TocForm::kStargz:
      return "eStargz";
    case TocForm::kZstdChunked:
      return "zstd:chunked";
    case TocForm::kSoci:
      return "SOCI";
    case TocForm::kEnd:
      break;
  }
  return "";
}

Result<TocPlace> chunked_place(std::string_view position, std::string_view checksum,
                               std::uint64_t blob_size) {
  std::vector<std::uint64_t> numbers;
  for (std::string_view left = position; numbers.size() <= 4;) {
    const std::size_t colon = left.find(':');
    std::uint64_t number = 0;
    if (!to_number(left.substr(0, colon), number)) return damaged("its position is malformed");
    numbers.push_back(number);
    if (colon == std::string_view::npos) break;
    left.remove_prefix(colon + 1);
  }
  if (numbers.size() != 4) return damaged("its position is malformed");
  if (numbers[3] != 1) {
    return Error{ErrorCode::kUnsupported,
                 "table of contents: of type " + std::to_string(numbers[3]) + "; 1 is read"};
  }
  TocPlace place{TocForm::kZstdChunked, numbers[0], numbers[1], std::string(checksum)};
  RETURN_IF_ERROR(check_place(place, blob_size));
  return place;
}

Result<TocPlace> stargz_place(RangeReader& blob, std::string_view toc_digest) {
  if (blob.size() < kStargzFooterBytes) return damaged("the layer is shorter than a footer");
  const std::uint64_t at = blob.size() - kStargzFooterBytes;
  ASSIGN_OR_RETURN(const std::string footer, blob.read(at, kStargzFooterBytes));
  std::uint64_t offset = 0;
  const std::string_view field = std::string_view(footer).substr(kStargzFooterHead.size(), 22);
  if (!footer.starts_with(kStargzFooterHead) || !field.ends_with("STARGZ") ||
      !to_number(field.substr(0, 16), offset, 16)) {
    return damaged("the layer has no eStargz footer");
  }
  if (offset >= at) return damaged("it is not inside the layer");
  TocPlace place{TocForm::kStargz, offset, at - offset, std::string(toc_digest)};
  RETURN_IF_ERROR(check_place(place, blob.size()));
  return place;
}

Result<TocPlace> soci_place(std::string_view size, std::string_view digest,
                            std::uint64_t layer_bytes) {
  TocPlace place{TocForm::kSoci, layer_bytes, 0, std::string(digest)};
  if (!to_number(size, place.size) || layer_bytes >> 62U != 0 || place.size >> 62U != 0) {
    return damaged("its size is malformed");
  }
  RETURN_IF_ERROR(check_place(place, layer_bytes + place.size));
  return place;
}

Result<LayerToc> read_toc(RangeReader& blob, const TocPlace& place, const Limits& limits) {
  RETURN_IF_ERROR(check_place(place, blob.size()));
  if (place.form == TocForm::kSoci) {
    ASSIGN_OR_RETURN(std::string stored, blob.read(place.offset, place.size));
    RETURN_IF_ERROR(check_digest(stored, place.digest));
    return read_ztoc(std::move(stored), place.offset, limits);
  }
  ASSIGN_OR_RETURN(const std::string json, toc_json(blob, place, limits));
  JsonDocument document;
  Status parsed = document.parse(json, limits);
  if (!parsed) return std::move(parsed).error().during("table of contents");
  if (!document.root()["entries"].is_array()) return damaged("it lists no entries");
  TocBuilder builder(place, limits);
  for (const JsonValue& entry : document.root()["entries"].elements()) {
    RETURN_IF_ERROR(builder.add(entry));
  }
  return builder.finish();
}

std::vector<StoredRange> wanted_ranges(const LayerToc& toc, const TocWanted& wanted,
                                       std::uint64_t join_gap) {
  std::vector<StoredRange> ranges;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind != TocKind::kFile || !wanted(entry.path, entry.size)) continue;
    for (const TocChunk& chunk : entry.chunks) {
      if (!chunk.zeros) ranges.push_back({chunk.begin, chunk.end});
    }
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const StoredRange& a, const StoredRange& b) { return a.begin < b.begin; });
  std::vector<StoredRange> joined;
  for (const StoredRange& range : ranges) {
    if (!joined.empty() && range.begin <= joined.back().end + join_gap) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

}  // namespace seaworthy
