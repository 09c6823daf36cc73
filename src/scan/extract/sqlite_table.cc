// The part of SQLite's file format (sqlite.org/fileformat2.html) that reading a table takes:
//
//   page 1 begins with a header of 100 bytes: 0 "SQLite format 3\0" · 16 page size (1 = 65536) ·
//     20 reserved bytes per page · 28 pages · 56 text encoding. Bytes 18 and 19 say whether a
//     write-ahead log is used; it is applied whenever it holds something, so they do not matter.
//   b-tree page: 0 type (5 interior, 13 leaf of a table) · 3 cells (u16) · 8 right-most child of
//     an interior page; behind the page header an u16 offset per cell.
//   interior cell: child page, row id.     leaf cell: payload length, row id, payload.
//   A payload that does not fit is continued on overflow pages: next page, bytes.
//   record: length of its header, a serial type per column, the columns' bytes.
//
// Linking against libsqlite was rejected: it wants files or a VFS of our own, runs inside a sandbox
// that has neither, and opens far more of the format than one table needs. In a hostile file every
// page may point to any other: a page is entered once, whatever points to it, and the cells of a
// page may not hold more bytes than the page, so the work is linear in the size of the file.
#include "scan/extract/sqlite_table.h"

#include <algorithm>
#include <utility>

namespace seaworthy {
namespace {

constexpr std::uint64_t kFileHeader = 100;
constexpr std::uint8_t kInterior = 5;
constexpr std::uint8_t kLeaf = 13;

// A number of 1 to 9 bytes, 7 bits each, most significant first; the ninth byte has 8.
std::uint64_t read_varint(const ByteView& view, std::uint64_t& at) {
  constexpr int kMostBytes = 9;
  std::uint64_t value = 0;
  for (int i = 1; i < kMostBytes; ++i) {
    const std::uint8_t byte = view.u8(at++);
    value = value << 7 | (byte & 0x7fU);
    if (byte < 0x80) return value;
  }
  return value << 8 | view.u8(at++);
}

std::int64_t read_integer(std::string_view bytes) {
  std::uint64_t value = bytes.empty() || (bytes[0] & 0x80) == 0 ? 0 : ~std::uint64_t{0};
  for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return static_cast<std::int64_t>(value);
}

// Bytes that a column of this serial type takes.
std::uint64_t size_of_serial_type(std::uint64_t type) {
  constexpr std::uint64_t kFixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < 12 ? kFixed[type] : (type - 12) / 2;
}

SqliteValue value_of(std::uint64_t type, std::string_view bytes) {
  using Kind = SqliteValue::Kind;
  if (type == 0 || type == 10 || type == 11) return {};
  if (type == 7) return {Kind::kReal, 0, bytes};
  if (type < 7) return {Kind::kInteger, read_integer(bytes), {}};
  if (type < 10) return {Kind::kInteger, static_cast<std::int64_t>(type - 8), {}};
  return {type % 2 == 0 ? Kind::kBlob : Kind::kText, 0, bytes};
}

// False where the record is malformed.
bool read_record(std::string_view payload, std::vector<SqliteValue>& columns) {
  constexpr std::size_t kMostColumns = 100;  // rpm's tables have up to five
  columns.clear();
  const ByteView view(payload, ByteOrder::kBig);
  std::uint64_t at = 0;
  const std::uint64_t header = read_varint(view, at);
  if (header > payload.size()) return false;
  std::uint64_t body = header;
  while (at < header && columns.size() < kMostColumns) {
    const std::uint64_t type = read_varint(view, at);
    const std::uint64_t size = size_of_serial_type(type);
    if (!view.has(body, size)) return false;
    columns.push_back(value_of(type, view.slice(body, size)));
    body += size;
  }
  return true;
}

}  // namespace

// One pass over one table's pages.
class SqliteTableWalk {
 public:
  SqliteTableWalk(const SqliteDatabase& database, const SqliteDatabase::Row& row,
                  const SqliteDatabase::Damage& damage)
      : database_(database),
        row_(row),
        damage_(damage),
        seen_(database.page_count() + std::size_t{1}) {}

  void walk(std::uint32_t root) {
    std::vector<std::uint32_t> left{root};
    while (!left.empty()) {
      const std::uint32_t number = left.back();
      left.pop_back();
      const std::string_view page = enter(number);
      const std::uint64_t header = number == 1 ? kFileHeader : 0;
      const ByteView view(page, ByteOrder::kBig);
      const std::uint8_t type = view.u8(header);
      if (page.empty() || (type != kInterior && type != kLeaf)) {
        damage_("page " + std::to_string(number) + " is missing, used twice or no page of a table");
      } else if (type == kInterior) {
        add_children(view, header, left);
      } else if (!read_leaf(view, header, number)) {
        return;
      }
    }
  }

 private:
  // The page, the first time that it is asked for.
  std::string_view enter(std::uint32_t number) {
    if (number == 0 || number >= seen_.size() || seen_[number]) return {};
    seen_[number] = true;
    return database_.page(number);
  }

  // Puts the children on the stack, so that the first is taken from it first.
  void add_children(const ByteView& view, std::uint64_t header, std::vector<std::uint32_t>& left) {
    left.push_back(view.u32(header + 8));
    for (unsigned cell = view.u16(header + 3); cell-- > 0;) {
      const std::uint64_t pointer = header + 12 + 2 * std::uint64_t{cell};
      if (view.has(pointer, 2)) left.push_back(view.u32(view.u16(pointer)));
    }
  }

  bool read_leaf(const ByteView& view, std::uint64_t header, std::uint32_t number) {
    const unsigned cells = view.u16(header + 3);
    std::uint64_t bytes_left = view.size();
    for (unsigned cell = 0; cell < cells; ++cell) {
      const std::string where = "page " + std::to_string(number) + " cell " + std::to_string(cell);
      const std::uint64_t pointer = header + 8 + 2 * std::uint64_t{cell};
      const std::string reason = read_cell(view, view.u16(pointer), bytes_left);
      if (!reason.empty()) {
        damage_(where + " " + reason);
        if (bytes_left == 0) return true;
        continue;
      }
      if (!read_record(payload_, columns_)) {
        damage_(where + " holds a malformed record");
      } else if (!row_(columns_, where)) {
        return false;
      }
    }
    return true;
  }

  // Sets `payload_`, or says why it cannot. `bytes_left`: what the page's cells may still take.
  std::string read_cell(const ByteView& view, std::uint64_t at, std::uint64_t& bytes_left) {
    const std::uint64_t size = read_varint(view, at);
    read_varint(view, at);  // row id
    const std::uint64_t local = local_bytes(size);
    if (local > bytes_left) {
      bytes_left = 0;
      return "and those before hold more than their page";
    }
    bytes_left -= local;
    if (!view.has(at, local)) return "lies outside its page";
    payload_ = view.slice(at, local);
    return local == size ? std::string() : read_overflow(size, view.u32(at + local));
  }

  // How many bytes of a payload stand on the leaf itself.
  std::uint64_t local_bytes(std::uint64_t size) const {
    const std::uint64_t usable = database_.usable_bytes_;
    const std::uint64_t most = usable - 35;
    if (size <= most) return size;
    const std::uint64_t least = (usable - 12) * 32 / 255 - 23;
    const std::uint64_t filling = least + (size - least) % (usable - 4);
    return filling <= most ? filling : least;
  }

  std::string read_overflow(std::uint64_t size, std::uint32_t number) {
    assembled_.assign(payload_);
    while (assembled_.size() < size) {
      const std::string_view page = enter(number);
      if (page.empty()) {
        return "is continued on page " + std::to_string(number) +
               ", which is missing or used twice";
      }
      const ByteView view(page, ByteOrder::kBig);
      const std::uint64_t room = database_.usable_bytes_ - 4;
      assembled_ += view.slice(4, std::min<std::uint64_t>(room, size - assembled_.size()));
      number = view.u32(0);
    }
    payload_ = assembled_;
    return {};
  }

  const SqliteDatabase& database_;
  const SqliteDatabase::Row& row_;
  const SqliteDatabase::Damage& damage_;
  std::vector<bool> seen_;
  std::string assembled_;
  std::string_view payload_;
  std::vector<SqliteValue> columns_;
};

Result<SqliteDatabase> SqliteDatabase::open(std::string_view bytes, std::string_view wal) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  SqliteDatabase out;
  out.bytes_ = bytes;
  out.wal_ = read_wal(wal);
  const auto first = out.wal_.pages.find(1);
  const ByteView header(first == out.wal_.pages.end() ? bytes : first->second, ByteOrder::kBig);
  if (!header.has(0, kFileHeader) || header.slice(0, kMagic.size()) != kMagic) {
    return Error{ErrorCode::kInvalidInput, "no SQLite header"};
  }
  constexpr std::uint32_t kLargest = 65536, kSmallest = 512;
  out.page_bytes_ = header.u16(16) == 1 ? kLargest : header.u16(16);
  const std::uint32_t reserved = header.u8(20);
  constexpr std::uint32_t kLeastUsable = 480;
  if (out.page_bytes_ < kSmallest || (out.page_bytes_ & (out.page_bytes_ - 1)) != 0 ||
      out.page_bytes_ - reserved < kLeastUsable) {
    return Error{ErrorCode::kInvalidInput, "SQLite page size " + std::to_string(out.page_bytes_)};
  }
  out.usable_bytes_ = out.page_bytes_ - reserved;
  if (out.wal_.page_bytes != 0 && out.wal_.page_bytes != out.page_bytes_) {
    return Error{ErrorCode::kInvalidInput, "the write-ahead log has another page size"};
  }
  constexpr std::uint32_t kUtf8 = 1;
  if (header.u32(56) > kUtf8) return Error{ErrorCode::kUnsupported, "SQLite text is not UTF-8"};
  return out;
}

std::string_view SqliteDatabase::page(std::uint32_t number) const {
  const auto logged = wal_.pages.find(number);
  if (logged != wal_.pages.end()) return logged->second;
  const ByteView file(bytes_, ByteOrder::kBig);
  const std::uint64_t begin = std::uint64_t{number - 1} * page_bytes_;
  return file.has(begin, page_bytes_) ? file.slice(begin, page_bytes_) : std::string_view{};
}

std::uint32_t SqliteDatabase::page_count() const {
  const auto in_file = static_cast<std::uint32_t>(bytes_.size() / page_bytes_);
  const std::uint32_t in_log = wal_.pages.empty() ? 0 : wal_.pages.rbegin()->first;
  // Neither number is trusted to size memory beyond what the input holds.
  const auto most = static_cast<std::uint32_t>(in_file + wal_.pages.size());
  return std::min(std::max(in_file, in_log), most);
}

Status SqliteDatabase::rows(std::string_view table, const Row& row, const Damage& damage) const {
  std::uint32_t root = 0;
  const Row find_root = [&](const std::vector<SqliteValue>& columns, const std::string&) {
    constexpr std::size_t kType = 0, kName = 1, kRootPage = 3, kColumns = 5;
    if (columns.size() < kColumns || columns[kType].bytes != "table" ||
        columns[kName].bytes != table) {
      return true;
    }
    root = static_cast<std::uint32_t>(columns[kRootPage].number);
    return false;
  };
  SqliteTableWalk(*this, find_root, damage).walk(1);
  if (root == 0) {
    return Error{ErrorCode::kNotFound, "SQLite database without a table " + std::string(table)};
  }
  SqliteTableWalk(*this, row, damage).walk(root);
  return ok_status();
}

}  // namespace seaworthy
