// rpm's old database, a BerkeleyDB 4 to 6 hash file (Packages), read without the library. All
// numbers are in the byte order of the machine that wrote the file (big-endian on s390x), which
// the magic number tells. Layout, from BerkeleyDB's published db_page.h:
//
//   page 0, the hash meta page:  12 magic 0x061561 · 16 version · 20 page size · 24 encryption ·
//                                25 page type 8 · 26 flags, 1 = checksums · 32 last page
//   every page, 26 bytes:        8 its own number · 16 next page · 20 entries (u16) ·
//                                22 free-space offset (u16) · 25 type
//   hash page (type 2 unsorted, 13 sorted): behind the header a u16 offset per item. Items are
//     filled in from the page's end, so an item reaches to where the one before it begins. They
//     alternate key, data. First byte of an item: 1 = the bytes follow, 3 = off-page (4 first page,
//     8 length).
//   overflow page (type 7):      bytes behind the header, as many as the free-space offset says;
//                                the next page continues.
//
// The keys are rpm's package numbers, the data header blobs; number 0 holds rpm's counter. The
// pages are read in file order by their type, not by walking hash buckets: freed pages have type 0,
// and a damaged bucket then costs its own packages only. An overflow page is read once, so chains
// that loop or meet end there.
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/byte_view.h"
#include "scan/extract/rpm_blobs.h"

namespace seaworthy {
namespace {

constexpr std::uint32_t kHashMagic = 0x061561;
constexpr std::uint64_t kPageHeader = 26;
constexpr std::uint64_t kOffPageItem = 12;

enum PageType : std::uint8_t { kHashUnsorted = 2, kOverflow = 7, kHashMeta = 8, kHashSorted = 13 };
enum ItemType : std::uint8_t { kKeyData = 1, kOffPage = 3 };

// Where an item lies in the file.
struct Item {
  std::uint64_t begin = 0, size = 0;
};

class HashFile {
 public:
  HashFile(ByteView file, std::uint32_t page_bytes, std::uint32_t pages, const BlobSink& sink)
      : file_(file), page_bytes_(page_bytes), pages_(pages), used_(pages), sink_(sink) {}

  void read() {
    for (std::uint32_t page = 1; page < pages_; ++page) {
      const std::uint64_t at = begin_of(page);
      const std::uint8_t type = file_.u8(at + 25);
      if (type != kHashUnsorted && type != kHashSorted) continue;
      if (file_.u32(at + 8) != page) {
        sink_.damage("page " + std::to_string(page) + " has the number of another page");
      } else if (!read_hash_page(page)) {
        return;
      }
    }
  }

 private:
  std::uint64_t begin_of(std::uint64_t page) const { return page * page_bytes_; }

  bool item(std::uint32_t page, unsigned index, Item& out) const {
    const std::uint64_t at = begin_of(page);
    const std::uint64_t offset = file_.u16(at + kPageHeader + 2 * index);
    const std::uint64_t end =
        index == 0 ? page_bytes_ : file_.u16(at + kPageHeader + 2 * (index - 1));
    if (offset < kPageHeader || offset >= end || end > page_bytes_) return false;
    out = {at + offset, end - offset};
    return true;
  }

  // False where the sink wants no more.
  bool read_hash_page(std::uint32_t page) {
    const unsigned entries = file_.u16(begin_of(page) + 20);
    if (entries % 2 != 0 || kPageHeader + 2 * entries > page_bytes_) {
      sink_.damage("page " + std::to_string(page) + " has an impossible number of items");
      return true;
    }
    for (unsigned index = 0; index < entries; index += 2) {
      const std::string where = "page " + std::to_string(page) + " item " + std::to_string(index);
      Item key, data;
      if (!item(page, index, key) || !item(page, index + 1, data)) {
        // Items behind this one might overlap those in front of it: the work on one page would no
        // longer be bounded by its size.
        sink_.damage(where + " lies outside its place; the rest of the page is not read");
        return true;
      }
      if (is_counter(key)) continue;
      if (!read_data(data, where)) return false;
    }
    return true;
  }

  bool is_counter(const Item& key) const {
    constexpr std::uint64_t kNumberItem = 5;  // type byte and package number
    return file_.u8(key.begin) == kKeyData && key.size == kNumberItem &&
           file_.u32(key.begin + 1) == 0;
  }

  bool read_data(const Item& data, const std::string& where) {
    const std::uint8_t type = file_.u8(data.begin);
    if (type == kKeyData) return sink_.blob(file_.slice(data.begin + 1, data.size - 1), where);
    if (type != kOffPage || data.size < kOffPageItem) {
      sink_.damage(where + " has an unknown type");
      return true;
    }
    const std::uint64_t length = file_.u32(data.begin + 8);
    const std::string reason = read_overflow(file_.u32(data.begin + 4), length);
    if (reason.empty()) return sink_.blob(blob_, where);
    sink_.damage(where + ": " + reason);
    return true;
  }

  // Fills `blob_`, or says why it cannot.
  std::string read_overflow(std::uint32_t page, std::uint64_t length) {
    blob_.clear();
    while (blob_.size() < length) {
      const std::uint64_t at = begin_of(page);
      if (page == 0 || page >= pages_ || file_.u8(at + 25) != kOverflow) {
        return "overflow page " + std::to_string(page) + " is none";
      }
      if (used_[page]) return "overflow page " + std::to_string(page) + " is used twice";
      used_[page] = true;
      const std::uint64_t here = file_.u16(at + 22);
      if (here == 0 || here > page_bytes_ - kPageHeader || here > length - blob_.size()) {
        return "overflow page " + std::to_string(page) + " has a wrong length";
      }
      blob_ += file_.slice(at + kPageHeader, here);
      page = file_.u32(at + 16);
    }
    return {};
  }

  const ByteView file_;
  const std::uint64_t page_bytes_;
  const std::uint32_t pages_;
  std::vector<bool> used_;
  const BlobSink& sink_;
  std::string blob_;
};

}  // namespace

Status read_rpm_bdb(std::string_view bytes, const BlobSink& sink) {
  constexpr std::uint64_t kMetaBytes = 72;
  constexpr std::uint32_t kLeastPage = 512, kMostPage = 65536;  // BerkeleyDB's own bounds
  ByteView file(bytes, ByteOrder::kLittle);
  if (file.u32(12) != kHashMagic) file = ByteView(bytes, ByteOrder::kBig);
  if (!file.has(0, kMetaBytes) || file.u32(12) != kHashMagic || file.u8(25) != kHashMeta) {
    return Error{ErrorCode::kInvalidInput, "no BerkeleyDB hash meta page"};
  }
  if (file.u8(24) != 0 || (file.u8(26) & 1) != 0) {
    return Error{ErrorCode::kUnsupported, "BerkeleyDB with encryption or page checksums"};
  }
  const std::uint32_t page_bytes = file.u32(20);
  if (page_bytes < kLeastPage || page_bytes > kMostPage || (page_bytes & (page_bytes - 1)) != 0) {
    return Error{ErrorCode::kInvalidInput, "BerkeleyDB page size " + std::to_string(page_bytes)};
  }
  const std::uint64_t stated = std::uint64_t{file.u32(32)} + 1;
  const std::uint64_t present = file.size() / page_bytes;
  if (present < stated) {
    sink.damage("the file ends after " + std::to_string(present) + " of " + std::to_string(stated) +
                " pages");
  }
  HashFile(file, page_bytes, static_cast<std::uint32_t>(present), sink).read();
  return ok_status();
}

}  // namespace seaworthy
