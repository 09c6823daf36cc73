// rpm's own database format NDB (Packages.db; rpm's lib/backend/ndb), used by SUSE.
//
//   header, 32 bytes:  "RpmP", version 0, generation, number of slot pages, next package index
//   slot pages of 4096 bytes, 16 bytes per slot, the first two slots' place taken by the header:
//                      "Slot", package index, block offset, block count; offset 0: the slot is free
//   blobs, in blocks of 16 bytes:
//                      "BlbS", package index, time, length · header blob · zero padding ·
//                      Adler-32, length, "BlbE"
// All numbers are little-endian 32-bit. The checksum covers head, blob and padding; rpm checks it
// only when it moves a blob, here a wrong one is damage.
#include <cstdint>
#include <set>
#include <string>

#include "core/base/byte_view.h"
#include "scan/extract/rpm_blobs.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kHeaderBytes = 32;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kSlotBytes = 16;
constexpr std::uint64_t kBlockBytes = 16;
constexpr std::uint64_t kHeadBytes = 16;
constexpr std::uint64_t kTailBytes = 12;

struct Slot {
  std::uint32_t package_index, block_offset, block_count;
};

std::uint32_t adler32(std::string_view bytes) {
  constexpr std::uint32_t kPrime = 65521;
  constexpr std::size_t kRun = 5552;  // the most bytes whose sums fit into 32 bits
  std::uint32_t a = 1, b = 0;
  while (!bytes.empty()) {
    for (const char c : bytes.substr(0, kRun)) {
      a += static_cast<std::uint8_t>(c);
      b += a;
    }
    a %= kPrime;
    b %= kPrime;
    bytes.remove_prefix(bytes.size() < kRun ? bytes.size() : kRun);
  }
  return b << 16 | a;
}

// Why the blob of a slot cannot be read; "" where it can, and then `blob` is it.
std::string read_blob(const ByteView& file, const Slot& slot, std::string_view& blob) {
  const std::uint64_t begin = slot.block_offset * kBlockBytes;
  const std::uint64_t size = slot.block_count * kBlockBytes;
  if (size < kHeadBytes + kTailBytes || !file.has(begin, size)) return "lies outside the file";
  if (file.slice(begin, 4) != "BlbS" || file.u32(begin + 4) != slot.package_index) {
    return "has no head of this package";
  }
  const std::uint64_t length = file.u32(begin + 12);
  if ((kHeadBytes + length + kTailBytes + kBlockBytes - 1) / kBlockBytes != slot.block_count) {
    return "has a length that does not fit its blocks";
  }
  const std::uint64_t tail = begin + size - kTailBytes;
  if (file.slice(tail + 8, 4) != "BlbE" || file.u32(tail + 4) != length) return "has no tail";
  if (file.u32(tail) != adler32(file.slice(begin, size - kTailBytes)))
    return "has a wrong checksum";
  blob = file.slice(begin + kHeadBytes, length);
  return {};
}

}  // namespace

Status read_rpm_ndb(std::string_view bytes, const BlobSink& sink) {
  const ByteView file(bytes, ByteOrder::kLittle);
  if (!file.has(0, kHeaderBytes) || file.slice(0, 4) != "RpmP") {
    return Error{ErrorCode::kInvalidInput, "no NDB header"};
  }
  if (file.u32(4) != 0) {
    return Error{ErrorCode::kUnsupported, "NDB version " + std::to_string(file.u32(4))};
  }
  const std::uint64_t slot_bytes = file.u32(12) * kPageBytes;
  if (slot_bytes == 0 || !file.has(0, slot_bytes)) {
    return Error{ErrorCode::kInvalidInput, "NDB slot pages reach behind the end of the file"};
  }
  std::set<std::uint32_t> seen;  // a package has one slot; more would read one blob many times
  for (std::uint64_t at = kHeaderBytes; at < slot_bytes; at += kSlotBytes) {
    const std::string where = "slot " + std::to_string(at / kSlotBytes);
    if (file.slice(at, 4) != "Slot") {
      sink.damage(where + " is damaged");
      continue;
    }
    const Slot slot{file.u32(at + 4), file.u32(at + 8), file.u32(at + 12)};
    if (slot.block_offset == 0) continue;
    if (!seen.insert(slot.package_index).second) {
      sink.damage(where + ": a second slot of package " + std::to_string(slot.package_index));
      continue;
    }
    std::string_view blob;
    const std::string reason = read_blob(file, slot, blob);
    if (!reason.empty()) {
      sink.damage(where + ": the blob at block " + std::to_string(slot.block_offset) + " " +
                  reason);
    } else if (!sink.blob(blob, where)) {
      break;
    }
  }
  return ok_status();
}

}  // namespace seaworthy
