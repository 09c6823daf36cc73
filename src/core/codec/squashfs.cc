// squashfs 4.0 (the kernel's Documentation/filesystems/squashfs.rst and fs/squashfs/squashfs_fs.h
// are the specification), as it stands in Singularity and Apptainer images. Little-endian.
//
//   superblock | data blocks and fragments | inode table | directory table | fragment table | ...
//
// Inodes and directories are metadata: blocks of at most 8 KiB, each behind a 16-bit header with
// its stored size (bit 15: not compressed). A reference to an inode is (block << 16 | offset). A
// file's data is a run of blocks whose sizes stand behind its inode (bit 24: not compressed, 0: a
// hole), and its end may be a piece of a fragment block that small files share.
//
// Nothing is held but a few metadata blocks, one fragment, and one listing per level, whatever the
// image says. The rejected design unpacks the image to a directory: it would need the space, and
// names of an image have no business on the host's file system.
#include "core/codec/squashfs.h"

#include <algorithm>

#include "core/base/byte_view.h"

namespace seaworthy {
namespace {

constexpr std::string_view kMagic = "hsqs";
constexpr std::uint64_t kSuperblockBytes = 96;
constexpr std::uint64_t kMetadataBytes = 8192;
constexpr std::size_t kHeldMetadata = 64;
constexpr std::uint32_t kNoFragment = 0xffffffff;
constexpr std::uint64_t kFragmentsPerBlock = 512;
constexpr std::uint64_t kFragmentEntryBytes = 16;
constexpr std::uint32_t kBlockIsPlain = 1U << 24U;

Error damaged(const std::string& what) {
  return {ErrorCode::kInvalidInput, "squashfs: " + what};
}

bool is_plain_name(std::string_view name) {
  return name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace

bool is_squashfs(std::string_view first_bytes) {
  return first_bytes.starts_with(kMagic);
}

Result<SquashfsReader::Superblock> SquashfsReader::read_superblock(RangeReader& file) {
  if (file.size() < kSuperblockBytes) return damaged("the image ends inside its superblock");
  ASSIGN_OR_RETURN(const std::string bytes, file.read(0, kSuperblockBytes));
  if (bytes.size() < kSuperblockBytes || !is_squashfs(bytes)) {
    return damaged("there is no superblock");
  }
  const ByteView view(bytes, ByteOrder::kLittle);
  if (view.u16(28) != 4 || view.u16(30) != 0) {
    return Error{ErrorCode::kUnsupported, "squashfs: version " + std::to_string(view.u16(28)) +
                                              "." + std::to_string(view.u16(30)) +
                                              "; only 4.0 is read"};
  }
  Superblock super;
  super.block_bytes = view.u32(12);
  super.fragments = view.u32(16);
  super.compression = view.u16(20);
  super.root = view.u64(32);
  super.inodes = view.u64(64);
  super.directories = view.u64(72);
  super.fragment_table = view.u64(80);
  const std::uint16_t log = view.u16(22);
  if (log < 12 || log > 20 || super.block_bytes != 1U << log) {
    return damaged("a block size of " + std::to_string(super.block_bytes) + " bytes");
  }
  if (squashfs_compression_name(super.compression).empty()) {
    return Error{ErrorCode::kUnsupported,
                 "squashfs: compression " + std::to_string(super.compression) +
                     " (lzma, lzo or lz4) is not read; gzip, xz and zstd are"};
  }
  return super;
}

Result<SquashfsReader> SquashfsReader::open(RangeReader& file, const Limits& limits) {
  ASSIGN_OR_RETURN(const Superblock super, read_superblock(file));
  return SquashfsReader(file, limits, super);
}

Result<const SquashfsReader::MetadataBlock*> SquashfsReader::metadata(std::uint64_t position) {
  const auto held = metadata_.find(position);
  if (held != metadata_.end()) return &held->second;
  auto header = file_->read(position, 2);
  if (!header) return std::move(header).error().during("squashfs: metadata");
  const std::uint16_t field = ByteView(*header, ByteOrder::kLittle).u16(0);
  const std::uint64_t size = field & 0x7fffU;
  if (size == 0 || size > kMetadataBytes) {
    return damaged("a metadata block of " + std::to_string(size) + " bytes at offset " +
                   std::to_string(position));
  }
  auto stored = file_->read(position + 2, size);
  if (!stored) return std::move(stored).error().during("squashfs: metadata");
  MetadataBlock block{{}, position + 2 + size};
  if ((field & 0x8000U) != 0) {
    block.bytes = *std::move(stored);
  } else {
    auto bytes = inflate_squashfs_block(super_.compression, *stored, kMetadataBytes);
    if (!bytes) {
      return std::move(bytes).error().during("squashfs: metadata at offset " +
                                             std::to_string(position));
    }
    block.bytes = *std::move(bytes);
  }
  if (metadata_.size() >= kHeldMetadata) metadata_.clear();
  return &metadata_.emplace(position, std::move(block)).first->second;
}

// `size` bytes of metadata, over as many blocks as they take. The caller bounds `size`.
Result<std::string> SquashfsReader::read(Cursor& at, std::uint64_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    ASSIGN_OR_RETURN(const MetadataBlock* block, metadata(at.block));
    if (at.offset > block->bytes.size()) return damaged("an offset behind its metadata block");
    const std::uint64_t part = std::min(size - bytes.size(), block->bytes.size() - at.offset);
    bytes.append(block->bytes, at.offset, part);
    at.offset += part;
    if (at.offset == block->bytes.size()) at = {block->next, 0};
  }
  return bytes;
}

Status SquashfsReader::read_file_inode(Cursor at, bool extended, Inode& inode) {
  ASSIGN_OR_RETURN(const std::string bytes, read(at, extended ? 40 : 16));
  const ByteView view(bytes, ByteOrder::kLittle);
  inode.kind = SquashfsKind::kFile;
  inode.content = extended ? view.u64(0) : view.u32(0);
  inode.size = extended ? view.u64(8) : view.u32(12);
  inode.fragment = view.u32(extended ? 28 : 4);
  inode.fragment_offset = view.u32(extended ? 32 : 8);
  inode.behind = at;
  return ok_status();
}

Result<SquashfsReader::Inode> SquashfsReader::read_inode(std::uint64_t reference) {
  Cursor at{super_.inodes + (reference >> 16U), reference & 0xffffU};
  ASSIGN_OR_RETURN(const std::string common, read(at, 16));
  const std::uint16_t type = ByteView(common, ByteOrder::kLittle).u16(0);
  Inode inode;
  switch (type) {
    case 1: {  // a directory
      ASSIGN_OR_RETURN(const std::string bytes, read(at, 16));
      const ByteView view(bytes, ByteOrder::kLittle);
      inode.kind = SquashfsKind::kDirectory;
      inode.listing = {super_.directories + view.u32(0), view.u16(10)};
      inode.size = view.u16(8);
      return inode;
    }
    case 8: {  // a directory with an index
      ASSIGN_OR_RETURN(const std::string bytes, read(at, 24));
      const ByteView view(bytes, ByteOrder::kLittle);
      inode.kind = SquashfsKind::kDirectory;
      inode.listing = {super_.directories + view.u32(8), view.u16(18)};
      inode.size = view.u32(4);
      return inode;
    }
    case 2:
    case 9:
      RETURN_IF_ERROR(read_file_inode(at, type == 9, inode));
      return inode;
    case 3:
    case 10: {
      ASSIGN_OR_RETURN(const std::string bytes, read(at, 8));
      inode.kind = SquashfsKind::kSymlink;
      inode.size = ByteView(bytes, ByteOrder::kLittle).u32(4);
      inode.behind = at;
      return inode;
    }
    default:  // devices, pipes and sockets
      if (type == 0 || type > 14) return damaged("an inode of type " + std::to_string(type));
      return inode;
  }
}

Status SquashfsReader::enter(const std::string& path, const Inode& inode, std::uint64_t reference) {
  if (!entered_.insert(reference).second) {
    return damaged("the directory " + path + " is in two places");
  }
  constexpr std::uint64_t kUncounted = 3;  // what the size has for "." and ".."
  open_.push_back(
      {path, inode.listing, inode.size < kUncounted ? 0 : inode.size - kUncounted, 0, 0});
  return ok_status();
}

Status SquashfsReader::begin() {
  if (std::exchange(begun_, true)) return ok_status();
  ASSIGN_OR_RETURN(const Inode root, read_inode(super_.root));
  if (root.kind != SquashfsKind::kDirectory) return damaged("the root is no directory");
  return enter("", root, super_.root);
}

Result<std::string> SquashfsReader::read_listing(OpenDirectory& directory, std::uint64_t size) {
  if (size > directory.left) return damaged("the listing of '" + directory.path + "' is cut");
  directory.left -= size;
  return read(directory.at, size);
}

Result<SquashfsReader::Name> SquashfsReader::next_name(OpenDirectory& directory) {
  if (directory.run == 0) {
    ASSIGN_OR_RETURN(const std::string header, read_listing(directory, 12));
    const ByteView view(header, ByteOrder::kLittle);
    if (view.u32(0) >= 256) return damaged("a run of too many names in '" + directory.path + "'");
    directory.run = view.u32(0) + 1;
    directory.inode_block = view.u32(4);
  }
  --directory.run;
  ASSIGN_OR_RETURN(const std::string fixed, read_listing(directory, 8));
  const ByteView view(fixed, ByteOrder::kLittle);
  Name name;
  name.reference = directory.inode_block << 16U | view.u16(0);
  ASSIGN_OR_RETURN(const std::string last, read_listing(directory, std::uint64_t{view.u16(6)} + 1));
  if (!is_plain_name(last)) return damaged("an impossible name in '" + directory.path + "'");
  name.path = directory.path.empty() ? last : directory.path + "/" + last;
  if (name.path.size() > limits_.path_length) {
    return over_limit(limits_, &Limits::path_length, "squashfs: a path");
  }
  return name;
}

Result<bool> SquashfsReader::next(SquashfsEntry& entry) {
  content_left_ = 0;
  RETURN_IF_ERROR(begin());
  while (!open_.empty() && open_.back().left == 0) open_.pop_back();
  if (open_.empty()) return false;
  if (++entries_ > limits_.entries) return over_limit(limits_, &Limits::entries, "squashfs: files");
  ASSIGN_OR_RETURN(Name name, next_name(open_.back()));
  ASSIGN_OR_RETURN(Inode inode, read_inode(name.reference));
  entry = SquashfsEntry{};
  entry.path = std::move(name.path);
  entry.kind = inode.kind;
  if (inode.kind == SquashfsKind::kDirectory) {
    RETURN_IF_ERROR(enter(entry.path, inode, name.reference));
  } else if (inode.kind == SquashfsKind::kSymlink) {
    if (inode.size > limits_.path_length) {
      return over_limit(limits_, &Limits::path_length, "squashfs: the target of " + entry.path);
    }
    ASSIGN_OR_RETURN(entry.link_target, read(inode.behind, inode.size));
  } else if (inode.kind == SquashfsKind::kFile) {
    entry.size = inode.size;
    content_at_ = inode.content;
    content_left_ = inode.size;
    file_inode_ = inode;
  }
  return true;
}

Result<std::string> SquashfsReader::stored_block(std::uint64_t position, std::uint32_t size_field,
                                                 std::uint64_t expected) {
  const std::uint64_t size = size_field & (kBlockIsPlain - 1);
  if (size > super_.block_bytes) {
    return damaged("a data block of " + std::to_string(size) + " bytes");
  }
  ASSIGN_OR_RETURN(std::string bytes, file_->read(position, size));
  if ((size_field & kBlockIsPlain) == 0) {
    ASSIGN_OR_RETURN(bytes, inflate_squashfs_block(super_.compression, bytes, super_.block_bytes));
  }
  if (bytes.size() < expected) {
    return damaged("a data block that is shorter than the file needs");
  }
  return bytes;
}

Result<std::string> SquashfsReader::fragment_piece() {
  const std::uint32_t number = file_inode_.fragment;
  if (number >= super_.fragments) return damaged("a fragment that is none");
  if (fragment_.empty() || fragment_number_ != number) {
    ASSIGN_OR_RETURN(const std::string place,
                     file_->read(super_.fragment_table + 8 * (number / kFragmentsPerBlock), 8));
    Cursor at{ByteView(place, ByteOrder::kLittle).u64(0),
              number % kFragmentsPerBlock * kFragmentEntryBytes};
    ASSIGN_OR_RETURN(const std::string bytes, read(at, kFragmentEntryBytes));
    const ByteView view(bytes, ByteOrder::kLittle);
    ASSIGN_OR_RETURN(fragment_, stored_block(view.u64(0), view.u32(8), 1));
    fragment_number_ = number;
  }
  const std::uint64_t offset = file_inode_.fragment_offset;
  if (offset > fragment_.size() || content_left_ > fragment_.size() - offset) {
    return damaged("a file's end outside its fragment");
  }
  return fragment_.substr(offset, std::exchange(content_left_, 0));
}

Result<std::string> SquashfsReader::next_piece() {
  if (content_left_ == 0) return std::string();
  if (file_inode_.fragment != kNoFragment && content_left_ < super_.block_bytes) {
    return fragment_piece();
  }
  const std::uint64_t expected = std::min<std::uint64_t>(content_left_, super_.block_bytes);
  ASSIGN_OR_RETURN(const std::string field, read(file_inode_.behind, 4));
  const std::uint32_t size_field = ByteView(field, ByteOrder::kLittle).u32(0);
  content_left_ -= expected;
  if (size_field == 0) return std::string(expected, '\0');
  ASSIGN_OR_RETURN(std::string piece, stored_block(content_at_, size_field, expected));
  content_at_ += size_field & (kBlockIsPlain - 1);
  piece.resize(expected);
  return piece;
}

}  // namespace seaworthy
