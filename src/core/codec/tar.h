#pragma once

#include <cstdint>
#include <string>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/source.h"

namespace seaworthy {

enum class TarKind { kFile, kHardLink, kSymlink, kDirectory, kOther };

struct TarEntry {
  TarKind kind = TarKind::kOther;
  std::string
      path;  // cleaned: no leading "/" or "./", no "." and no empty parts, no "/" at the end
  std::string link_target;         // kHardLink: cleaned like `path`; kSymlink: as written
  std::uint64_t size_bytes = 0;    // of the file's content, holes included
  std::uint64_t offset_bytes = 0;  // where the stored content begins in the tar stream
  bool sparse = false;
};

// Walks a tar stream: V7, ustar with prefix, pax (path, linkpath, size, GNU.sparse.* 0.0, 0.1 and
// 1.0; global headers), GNU long names and long links, base-256 numbers, old GNU sparse maps.
// An archive ends at two zero blocks, at one zero block followed by the end, or at the end between
// two entries; what stands behind the end is left unread.
class TarReader {
 public:
  // `source` must outlive the reader.
  TarReader(ByteSource& source, const Limits& limits) : source_(source), limits_(limits) {}

  // Moves to the next entry, passing over what was not read of the current one. False at the end.
  // kInvalidInput: a bad checksum, a truncated header or content, a path with ".." that leaves the
  // root; kLimitExceeded: limits.entries or limits.path_length. Messages give the entry's path and
  // its offset in the stream.
  Result<bool> next(TarEntry& entry);

  // The current entry's content with its holes filled. kLimitExceeded where it is larger than
  // `max_bytes`, decided from the header before anything is buffered.
  Result<std::string> content(std::uint64_t max_bytes);

  std::uint64_t entries() const { return entries_; }

 private:
  ByteSource& source_;
  const Limits limits_;
  std::uint64_t entries_ = 0;
};

}  // namespace seaworthy
