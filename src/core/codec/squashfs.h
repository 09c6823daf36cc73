#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/content_choice.h"
#include "core/codec/range_reader.h"
#include "core/codec/source.h"

namespace seaworthy {

enum class SquashfsKind { kFile, kDirectory, kSymlink, kOther };

struct SquashfsEntry {
  SquashfsKind kind = SquashfsKind::kOther;
  std::string path;  // relative, clean
  std::string link_target;
  std::uint64_t size = 0;  // of a file
};

// True for the first bytes of a squashfs image of version 4.
bool is_squashfs(std::string_view first_bytes);

// Walks a squashfs image, parents before their children, names in the order of the directory. One
// thread at a time.
class SquashfsReader {
 public:
  // `file` must outlive the reader. kInvalidInput: damaged; kUnsupported: another version, or a
  // compression other than gzip, xz and zstd.
  static Result<SquashfsReader> open(RangeReader& file, const Limits& limits);

  // Moves to the next entry; false at the end. kLimitExceeded: limits.entries or path_length.
  Result<bool> next(SquashfsEntry& entry);
  // The next piece of the current file's content; empty at its end.
  Result<std::string> next_piece();

 private:
  struct Superblock {
    std::uint32_t block_bytes = 0, fragments = 0;
    std::uint16_t compression = 0;
    std::uint64_t root = 0, inodes = 0, directories = 0, fragment_table = 0;
  };
  // A place in metadata: the stored position of a block, and an offset into what it inflates to.
  struct Cursor {
    std::uint64_t block = 0;
    std::uint64_t offset = 0;
  };
  struct MetadataBlock {
    std::string bytes;
    std::uint64_t next = 0;  // stored position of the block behind it
  };
  struct Inode {
    SquashfsKind kind = SquashfsKind::kOther;
    std::uint64_t size = 0;
    Cursor listing;              // of a directory
    std::uint64_t content = 0;   // of a file: where its blocks begin
    std::uint32_t fragment = 0;  // kNoFragment: none
    std::uint32_t fragment_offset = 0;
    Cursor behind;  // of a file: its list of block sizes; of a link: its target
  };
  struct OpenDirectory {
    std::string path;
    Cursor at;
    std::uint64_t left = 0;         // bytes of the listing
    std::uint32_t run = 0;          // entries left under the current header
    std::uint64_t inode_block = 0;  // of that header
  };

  struct Name {
    std::string path;
    std::uint64_t reference = 0;  // of its inode
  };

  SquashfsReader(RangeReader& file, const Limits& limits, const Superblock& super)
      : file_(&file), limits_(limits), super_(super) {}
  static Result<Superblock> read_superblock(RangeReader& file);
  Result<const MetadataBlock*> metadata(std::uint64_t position);
  Result<std::string> read(Cursor& at, std::uint64_t size);
  Result<Inode> read_inode(std::uint64_t reference);
  Status read_file_inode(Cursor at, bool extended, Inode& inode);
  Status begin();
  Result<std::string> read_listing(OpenDirectory& directory, std::uint64_t size);
  Result<Name> next_name(OpenDirectory& directory);
  Status enter(const std::string& path, const Inode& inode, std::uint64_t reference);
  Result<std::string> stored_block(std::uint64_t position, std::uint32_t size_field,
                                   std::uint64_t expected);
  Result<std::string> fragment_piece();

  RangeReader* file_;
  Limits limits_;
  Superblock super_;
  std::map<std::uint64_t, MetadataBlock> metadata_;  // a few, by position
  std::vector<OpenDirectory> open_;
  std::set<std::uint64_t> entered_;  // directories: each has one parent, so a second one is a lie
  std::uint64_t entries_ = 0;
  bool begun_ = false;
  // The current file.
  Inode file_inode_;
  std::uint64_t content_at_ = 0;
  std::uint64_t content_left_ = 0;
  std::uint32_t fragment_number_ = 0;  // whose block is held
  std::string fragment_;
};

// Inflates one block of at most `max_bytes`; `compression` is the superblock's number.
Result<std::string> inflate_squashfs_block(std::uint16_t compression, std::string_view bytes,
                                           std::uint64_t max_bytes);
// "gzip"; "" for what is not read.
std::string_view squashfs_compression_name(std::uint16_t compression);

// The image as one tar stream, so that what reads layers reads it, too. Every name is in it; the
// content only of wanted files, the others are empty. Errors of the image are errors
// of the stream.
std::unique_ptr<ByteSource> tar_of_squashfs(std::unique_ptr<RangeReader> file, const Limits& limits,
                                            ContentChoice wanted);

}  // namespace seaworthy
