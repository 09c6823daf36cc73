// Zip (PKWARE APPNOTE 6.3.10) in memory: from its end backwards, as every reader of jars does.
//
//   [anything] local headers and content ... central directory  [zip64 end, its locator]  end
//
// The end says how long the directory is and where it begins, counted from the start of the
// archive. Where something stands before the archive (Spring Boot's shell script) the count is off
// by that prefix: the directory's true place is that directly before its end, and the difference is
// added to every offset. Sizes of members are taken from the directory, so that data descriptors
// behind the content do not matter; the local header must name the same member, because a reader
// that goes from front to back would see another archive otherwise.
//
// libzip, which reads the archives of feeds, copies the whole directory and cannot give a stored
// member in place: an application of 300 MB with its libraries inside would be held twice.
#include "core/codec/zip_view.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "core/base/byte_view.h"

namespace seaworthy {
namespace {

constexpr std::uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr std::uint64_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22;
constexpr std::uint64_t kEnd64Bytes = 56, kLocator64Bytes = 20;
constexpr std::uint64_t kMaxComment = 0xffff;
constexpr std::uint64_t kFull16 = 0xffff, kFull32 = 0xffffffff;
constexpr std::uint64_t kDeflateRatio = 1032;  // the most that deflate can do

Error damaged(const std::string& what) {
  return {ErrorCode::kInvalidInput, "zip: " + what};
}

bool is_signed(const ByteView& bytes, std::uint64_t at, std::uint32_t signature) {
  return bytes.has(at, 4) && bytes.u32(at) == signature;
}

struct Directory {
  std::uint64_t members = 0, size = 0, offset = 0;
  std::uint64_t end = 0;  // where it must end: at the record that speaks of it
  bool zip64 = false;
};

Directory read_end64(const ByteView& bytes, const Directory& plain) {
  const bool full = plain.members == kFull16 || plain.size == kFull32 || plain.offset == kFull32;
  if (!full || plain.end < kLocator64Bytes) return plain;
  const std::uint64_t locator = plain.end - kLocator64Bytes;
  if (!is_signed(bytes, locator, kLocator64)) return plain;
  std::uint64_t at = bytes.u64(locator + 8);
  // A prefix moves it as it moves the rest; without extensible data it stands before its locator.
  if (!is_signed(bytes, at, kEnd64) && locator >= kEnd64Bytes) at = locator - kEnd64Bytes;
  if (!is_signed(bytes, at, kEnd64) || !bytes.has(at, kEnd64Bytes)) return plain;
  return {bytes.u64(at + 32), bytes.u64(at + 40), bytes.u64(at + 48), at, true};
}

// Where the directory begins; empty where the end record at hand cannot be one.
std::optional<std::uint64_t> begin_of(const ByteView& bytes, const Directory& directory) {
  const auto begins_at = [&](std::uint64_t at) {
    return at <= directory.end &&
           (directory.size == 0 ? at == directory.end : is_signed(bytes, at, kCentral));
  };
  if (directory.size <= directory.end) {
    const std::uint64_t before_end = directory.end - directory.size;
    if (before_end >= directory.offset && begins_at(before_end)) return before_end;
  }
  if (begins_at(directory.offset)) return directory.offset;
  return std::nullopt;
}

// Sizes and offset that do not fit stand in the extra field 1, only those that do not, in order.
bool read_extra64(std::string_view extra, ZipMember& member) {
  const ByteView bytes(extra, ByteOrder::kLittle);
  for (std::uint64_t at = 0; bytes.has(at, 4); at += 4 + bytes.u16(at + 2)) {
    const std::uint64_t end = at + 4 + bytes.u16(at + 2);
    if (end > extra.size()) return false;
    if (bytes.u16(at) != 1) continue;
    at += 4;
    for (std::uint64_t* field :
         {&member.inflated_bytes, &member.stored_bytes, &member.local_header}) {
      if (*field != kFull32) continue;
      if (at + 8 > end) return false;
      *field = bytes.u64(at);
      at += 8;
    }
    return true;
  }
  return true;
}

Status wrong_size() {
  return damaged("a member does not inflate to the size that it says");
}

Status inflate_into(std::string_view stored, std::string& out) {
  const auto state = std::make_unique<inflate_state>();  // 80 KiB: too large for the stack
  isal_inflate_init(state.get());
  // The library's input pointer is not const, though it only reads.
  auto* in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(stored.data()));
  std::uint64_t in_left = stored.size(), out_left = out.size();
  state->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  constexpr std::uint64_t kStep = 1U << 30;
  std::uint8_t spare = 0;  // one byte more than was claimed shows a lie
  while (state->block_state != ISAL_BLOCK_FINISH) {
    if (state->avail_in == 0) {
      state->next_in = in;
      state->avail_in = static_cast<std::uint32_t>(std::min(in_left, kStep));
      in += state->avail_in;
      in_left -= state->avail_in;
    }
    if (state->avail_out == 0) {
      if (state->next_out == &spare + 1) return wrong_size();
      if (out_left == 0) state->next_out = &spare;
      state->avail_out = static_cast<std::uint32_t>(out_left == 0 ? 1 : std::min(out_left, kStep));
      out_left -= std::min<std::uint64_t>(out_left, state->avail_out);
    }
    const std::uint32_t in_before = state->avail_in, out_before = state->avail_out;
    if (isal_inflate(state.get()) != ISAL_DECOMP_OK) return damaged("a member is damaged");
    if (state->block_state == ISAL_BLOCK_FINISH) break;
    const bool moved = state->avail_in != in_before || state->avail_out != out_before;
    if (!moved && (state->avail_in > 0 || in_left == 0)) return damaged("a member is cut short");
  }
  const bool spared = state->next_out == &spare || state->next_out == &spare + 1;
  if (spared ? state->next_out != &spare : out_left + state->avail_out > 0) {
    return wrong_size();
  }
  return ok_status();
}

}  // namespace

ZipView::ZipView(std::string_view bytes, std::uint64_t base, std::uint64_t begin, std::uint64_t end,
                 std::uint64_t members, bool zip64)
    : bytes_(bytes),
      base_(base),
      begin_(begin),
      at_(begin),
      end_(end),
      claimed_(members),
      zip64_(zip64) {}

Result<ZipView> ZipView::open(std::string_view bytes) {
  if (bytes.size() < kEndBytes) return damaged("too short to be an archive");
  const ByteView view(bytes, ByteOrder::kLittle);
  const std::uint64_t last = bytes.size() - kEndBytes;
  const std::uint64_t first = last - std::min(last, kMaxComment);
  bool lied = false;
  for (std::uint64_t at = last + 1; at-- > first;) {
    if (!is_signed(view, at, kEnd)) continue;
    const Directory directory =
        read_end64(view, {view.u16(at + 10), view.u32(at + 12), view.u32(at + 16), at, false});
    if (const auto begin = begin_of(view, directory)) {
      return ZipView(bytes, *begin - directory.offset, *begin, directory.end, directory.members,
                     directory.zip64);
    }
    lied = true;
  }
  return damaged(lied ? "its end names a central directory that is not there"
                      : "no end of a central directory: cut short, or no archive");
}

Result<bool> ZipView::next(ZipMember& member) {
  const ByteView directory(bytes_.substr(0, end_), ByteOrder::kLittle);
  if (!is_signed(directory, at_, kCentral)) {
    // What old programs write of more than 65,535 members is the rest.
    if ((zip64_ ? read_ : read_ & kFull16) == claimed_) return false;
    return damaged("the central directory has " + std::to_string(read_) +
                   " members, its end says " + std::to_string(claimed_));
  }
  const std::uint64_t name = directory.u16(at_ + 28), extra = directory.u16(at_ + 30);
  const std::uint64_t size = kCentralBytes + name + extra + directory.u16(at_ + 32);
  if (!directory.has(at_, kCentralBytes) || !directory.has(at_, size)) {
    return damaged("the central directory is cut short in member " + std::to_string(read_ + 1));
  }
  member.flags = directory.u16(at_ + 8);
  member.method = directory.u16(at_ + 10);
  member.crc = directory.u32(at_ + 16);
  member.stored_bytes = directory.u32(at_ + 20);
  member.inflated_bytes = directory.u32(at_ + 24);
  member.local_header = directory.u32(at_ + 42);
  member.name = directory.slice(at_ + kCentralBytes, name);
  if (!read_extra64(directory.slice(at_ + kCentralBytes + name, extra), member)) {
    return damaged("the extra field of member " + std::to_string(read_ + 1) + " is damaged");
  }
  at_ += size;
  ++read_;
  return true;
}

Result<std::string_view> ZipView::stored(const ZipMember& member) const {
  const ByteView front(bytes_.substr(0, begin_), ByteOrder::kLittle);
  const std::uint64_t at = base_ + member.local_header;
  if (member.local_header > front.size() || !front.has(at, kLocalBytes) ||
      front.u32(at) != kLocal) {
    return damaged("no local header where the directory says");
  }
  const std::uint64_t name = front.u16(at + 26), extra = front.u16(at + 28);
  if (front.slice(at + kLocalBytes, name) != member.name) {
    return damaged("the local header names another member than the directory");
  }
  const std::uint64_t content = at + kLocalBytes + name + extra;
  if (!front.has(content, member.stored_bytes)) {
    return damaged("the content reaches into the directory");
  }
  return front.slice(content, member.stored_bytes);
}

Result<std::string_view> ZipView::content(const ZipMember& member, std::uint64_t most,
                                          std::string& buffer) const {
  constexpr unsigned kEncrypted = 1, kStored = 0, kDeflated = 8;
  if ((member.flags & kEncrypted) != 0) {
    return Error{ErrorCode::kUnsupported, "zip: encrypted"};
  }
  if (member.inflated_bytes > most) {
    return Error{ErrorCode::kLimitExceeded, "zip: a member of " +
                                                std::to_string(member.inflated_bytes) +
                                                " bytes, over " + std::to_string(most)};
  }
  ASSIGN_OR_RETURN(std::string_view content, stored(member));
  if (member.method == kDeflated) {
    if (member.inflated_bytes / kDeflateRatio > content.size()) {
      return damaged("a member says that it inflates to more than is possible");
    }
    buffer.resize(member.inflated_bytes);
    RETURN_IF_ERROR(inflate_into(content, buffer));
    content = buffer;
  } else if (member.method != kStored) {
    return Error{ErrorCode::kUnsupported,
                 "zip: compression method " + std::to_string(member.method) + " is not read"};
  } else if (content.size() != member.inflated_bytes) {
    return damaged("a stored member of two sizes");
  }
  const auto* data = reinterpret_cast<const unsigned char*>(content.data());
  if (crc32_gzip_refl(0, data, content.size()) != member.crc) {
    return damaged("the content has another checksum than the directory says");
  }
  return content;
}

}  // namespace seaworthy
