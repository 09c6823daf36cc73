// The version in a PE file's resources (Microsoft, "PE Format", .rsrc section, and "VERSIONINFO
// resource"). Resources are a tree of three levels: type, name, language. A directory is 16 bytes
// that end in the numbers of named and of numbered entries, then entries of a name and an offset,
// whose highest bit says that another directory follows. The leaf is an address and a size.
//
// A version (type 16) is a tree of blocks, each at a multiple of four bytes:
//
//   length  length of the value  type  key as UTF-16 with its zero  value  children
//
// VS_VERSION_INFO holds StringFileInfo, which holds a table for each language, which holds texts.
// Of every block only the length is needed to pass over it, so the tree is walked without
// recursion. Each level is walked once, and no entry leads upwards: what is read is at most the
// resource.
#include "scan/extract/pe_version.h"

#include <algorithm>
#include <array>

#include "core/base/byte_view.h"

namespace seaworthy {
namespace {

constexpr std::uint32_t kVersionType = 16;
constexpr std::uint32_t kDirectoryBit = 0x80000000;
constexpr std::uint64_t kDirectoryBytes = 16;
constexpr std::uint64_t kEntryBytes = 8;
constexpr std::uint64_t kBlockHeader = 6;
constexpr std::size_t kMaxTextBytes = 1024;

Error damaged() {
  return {ErrorCode::kInvalidInput, "its version resource is cut or leads outside of itself"};
}

// The offset that the entry of `type`, or the first one, leads to; 0 where there is none.
std::uint32_t entry_of(const ByteView& view, std::uint64_t directory, std::uint32_t type) {
  const std::uint64_t count = view.u16(directory + 12) + std::uint64_t{view.u16(directory + 14)};
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = directory + kDirectoryBytes + i * kEntryBytes;
    if (!view.has(at, kEntryBytes)) return 0;
    if (type == 0 || view.u32(at) == type) return view.u32(at + 4);
  }
  return 0;
}

// UTF-16 up to its zero; what is no ASCII becomes "?", which no name or version has.
std::string narrow(std::string_view text) {
  std::string out;
  const ByteView view(text, ByteOrder::kLittle);
  for (std::uint64_t at = 0; view.has(at, 2) && out.size() < kMaxTextBytes; at += 2) {
    const std::uint16_t unit = view.u16(at);
    if (unit == 0) break;
    out += unit < 0x80 ? static_cast<char>(unit) : '?';
  }
  return out;
}

std::uint64_t aligned(std::uint64_t offset) {
  return (offset + 3) / 4 * 4;
}

struct Block {
  std::string key;
  std::uint64_t value = 0, end = 0;  // offsets
  std::uint64_t value_length = 0;    // bytes, or letters of a text
};

// The block at `at`, which lies in front of `limit`; false where none does.
bool block_at(const ByteView& view, std::uint64_t at, std::uint64_t limit, Block& block) {
  const std::uint64_t length = view.u16(at);
  if (length < kBlockHeader || at + length > limit) return false;
  block.key = narrow(view.slice(at + kBlockHeader, length - kBlockHeader));
  block.value = aligned(at + kBlockHeader + 2 * (block.key.size() + 1));
  block.value_length = view.u16(at + 2);
  block.end = at + length;
  return true;
}

void keep(const ByteView& view, const Block& block, VersionTexts& texts) {
  const std::array<std::pair<std::string_view, std::string*>, 4> wanted{
      {{"InternalName", &texts.internal_name},
       {"OriginalFilename", &texts.original_filename},
       {"ProductVersion", &texts.product_version},
       {"FileVersion", &texts.file_version}}};
  for (const auto& [key, text] : wanted) {
    if (block.key != key || !text->empty() || block.value >= block.end) continue;
    *text = narrow(view.slice(block.value, block.end - block.value));
    text->resize(text->find_last_not_of(' ') + 1);
  }
}

void read_texts(const ByteView& view, const Block& table, VersionTexts& texts) {
  Block text;
  for (std::uint64_t at = table.value; block_at(view, at, table.end, text);
       at = aligned(text.end)) {
    keep(view, text, texts);
  }
}

void read_tables(const ByteView& view, const Block& info, VersionTexts& texts) {
  Block table;
  for (std::uint64_t at = info.value; block_at(view, at, info.end, table);
       at = aligned(table.end)) {
    read_texts(view, table, texts);
  }
}

}  // namespace

Result<VersionTexts> read_version_resource(std::string_view resources, std::uint64_t address) {
  const ByteView view(resources, ByteOrder::kLittle);
  const std::uint32_t type = entry_of(view, 0, kVersionType);
  if (type == 0) return VersionTexts{};
  const std::uint32_t name = entry_of(view, type & ~kDirectoryBit, 0);
  const std::uint32_t language = entry_of(view, name & ~kDirectoryBit, 0);
  if (name == 0 || language == 0 || !view.has(language, 16)) return damaged();
  const std::uint64_t begin = view.u32(language);
  const std::uint64_t size = view.u32(language + 4);
  if (begin < address || !view.has(begin - address, size)) return damaged();
  const ByteView version(view.slice(begin - address, size), ByteOrder::kLittle);
  VersionTexts texts;
  Block root;
  if (!block_at(version, 0, version.size(), root) || root.key != "VS_VERSION_INFO") {
    return damaged();
  }
  Block child;
  for (std::uint64_t at = aligned(root.value + root.value_length);
       block_at(version, at, root.end, child); at = aligned(child.end)) {
    if (child.key == "StringFileInfo") read_tables(version, child, texts);
  }
  return texts;
}

}  // namespace seaworthy
