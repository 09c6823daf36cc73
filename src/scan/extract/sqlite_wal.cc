#include "scan/extract/sqlite_wal.h"

#include "core/base/byte_view.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kHeaderBytes = 32;
constexpr std::uint64_t kFrameHeader = 24;
// The last bit says in which byte order checksums read their words: that of the writing machine.
// All fields are big-endian.
constexpr std::uint32_t kMagicLittle = 0x377f0682;
constexpr std::uint32_t kMagicBig = 0x377f0683;
constexpr std::uint32_t kVersion = 3007000;

struct Checksum {
  std::uint32_t first = 0, second = 0;

  void add(std::string_view bytes, ByteOrder order) {
    const ByteView words(bytes, order);
    for (std::uint64_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += words.u32(at) + second;
      second += words.u32(at + 4) + first;
    }
  }
  bool stands_at(const ByteView& view, std::uint64_t offset) const {
    return view.u32(offset) == first && view.u32(offset + 4) == second;
  }
};

bool is_page_size(std::uint32_t bytes) {
  return bytes >= 512 && bytes <= 65536 && (bytes & (bytes - 1)) == 0;
}

}  // namespace

WalPages read_wal(std::string_view wal) {
  WalPages out;
  const ByteView view(wal, ByteOrder::kBig);
  const std::uint32_t magic = view.u32(0);
  const std::uint32_t page_bytes = view.u32(8);
  if (!view.has(0, kHeaderBytes) || (magic != kMagicLittle && magic != kMagicBig) ||
      view.u32(4) != kVersion || !is_page_size(page_bytes)) {
    return out;
  }
  const ByteOrder order = magic == kMagicBig ? ByteOrder::kBig : ByteOrder::kLittle;
  Checksum sum;
  sum.add(view.slice(0, 24), order);
  if (!sum.stands_at(view, 24)) return out;

  std::map<std::uint32_t, std::string_view> uncommitted;
  const std::uint64_t frame_bytes = kFrameHeader + page_bytes;
  for (std::uint64_t at = kHeaderBytes; view.has(at, frame_bytes); at += frame_bytes) {
    const std::uint32_t number = view.u32(at);
    const std::uint32_t size_after_commit = view.u32(at + 4);
    const std::string_view page = view.slice(at + kFrameHeader, page_bytes);
    sum.add(view.slice(at, 8), order);
    sum.add(page, order);
    const bool is_of_this_log = view.slice(at + 8, 8) == view.slice(16, 8);
    if (number == 0 || !is_of_this_log || !sum.stands_at(view, at + 16)) break;
    uncommitted[number] = page;
    if (size_after_commit == 0) continue;
    for (const auto& [committed, bytes] : uncommitted) out.pages[committed] = bytes;
    uncommitted.clear();
    out.page_bytes = page_bytes;
    out.database_pages = size_after_commit;
  }
  return out;
}

}  // namespace seaworthy
