#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

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
  std::uint64_t modified = 0;      // seconds since 1970; 0 where the header has no usable time
  bool sparse = false;
  // Why this entry cannot be used, although the archive goes on behind it: a path that leaves the
  // root, or one longer than limits.path_length. Then `kind` is kOther and `path` is empty; the
  // message has both path and offset. "" for a good entry.
  std::string complaint;
  ErrorCode complaint_code = ErrorCode::kInvalidInput;  // or kLimitExceeded
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
  // kInvalidInput: a bad checksum or number, a truncated header or content; kLimitExceeded:
  // limits.entries. Messages give the offset in the stream. An unusable path is the entry's
  // `complaint` instead: one bad entry does not hide the rest of a layer.
  Result<bool> next(TarEntry& entry);

  // The current entry's content with its holes filled. kLimitExceeded where it is larger than
  // `max_bytes`, decided from the header before anything is buffered. May be called once per entry.
  Result<std::string> content(std::uint64_t max_bytes);

  // The same piece by piece, for content of any size: fills `out` from its front and returns how
  // many bytes; 0 at the end. kLimitExceeded where the holes of all sparse files together, which
  // cost the archive nothing, are more than limits.layer_bytes.
  Result<std::size_t> read(std::span<char> out);
  // Passes over up to `size` bytes of it.
  Status skip(std::uint64_t size);

  std::uint64_t entries() const { return entries_; }
  std::uint64_t position() const { return position_; }  // bytes of the stream that were passed

  // What the extended headers before an entry say about it (tar_pax.cc).
  struct Extended {
    std::map<std::string, std::string, std::less<>> records;  // pax; later ones win
    std::string map_pairs;  // GNU.sparse 0.0: "offset,size,..." gathered from repeated records
    std::string complaint;
    ErrorCode complaint_code = ErrorCode::kInvalidInput;
  };

 private:
  // A stored piece of a sparse file.
  struct Piece {
    std::uint64_t offset = 0, size = 0;
  };

  Result<bool> read_block(char* block);
  Status pass(std::uint64_t size);
  static bool is_extension(char type);
  Result<bool> next_header(char* block);
  Status read_extension(char type, std::uint64_t size, Extended& local);
  Status describe(const char* block, std::uint64_t size, Extended& local, TarEntry& entry);
  std::uint64_t modified_of(const char* block, const Extended& local) const;
  void set_names(const char* block, const Extended& local, TarEntry& entry);
  void complain(TarEntry& entry, ErrorCode code, const std::string& why, std::string_view name);
  Error damaged(const std::string& what, std::uint64_t offset) const;
  Status read_content(char* to, std::uint64_t size);
  // tar_sparse.cc
  Status read_old_sparse_map(const char* block, TarEntry& entry, Extended& local);
  void use_pax_sparse(Extended& local, TarEntry& entry);
  bool add_pieces(std::string_view list);
  Status read_leading_map();
  Status check_map();

  // Where the content is read: up to `most` bytes that are all stored or all a hole.
  struct Run {
    std::uint64_t size = 0;
    bool hole = false;
  };
  Status open_content();
  Run next_run(std::uint64_t most);

  ByteSource& source_;
  const Limits limits_;
  std::uint64_t entries_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t left_ = 0;     // stored content of the current entry that was not read
  std::uint64_t padding_ = 0;  // behind it, up to the next block
  Extended global_;
  std::uint64_t entry_offset_ = 0;  // of the current entry's first header
  std::uint64_t size_ = 0;          // TarEntry::size_bytes of the current entry
  bool sparse_ = false;
  bool usable_ = false;
  std::vector<Piece> pieces_;       // of the current entry, where it is sparse; at most kMaxPieces
  bool map_leads_content_ = false;  // GNU.sparse 1.0
  bool content_open_ = false;       // the map is read and checked
  std::uint64_t content_at_ = 0;    // bytes of the content that were given
  std::size_t piece_ = 0;           // the first that is not behind content_at_
  std::uint64_t holes_ = 0;         // bytes of holes that were filled, of all entries
};

// One archive-side path made relative to the root: see TarEntry::path. kInvalidInput where ".."
// leaves the root or the path holds a NUL.
Result<std::string> clean_tar_path(std::string_view path);

// Adds the records of a pax extended header ("LENGTH KEY=VALUE\n" each). kInvalidInput: malformed.
Status parse_pax_records(std::string_view bytes, TarReader::Extended& into);

}  // namespace seaworthy
