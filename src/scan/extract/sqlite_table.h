#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/byte_view.h"
#include "core/base/result.h"
#include "scan/extract/sqlite_wal.h"

namespace seaworthy {

// One column of a record. `bytes` is the text or blob; integers are in `number`.
struct SqliteValue {
  enum class Kind { kNull, kInteger, kReal, kText, kBlob };
  Kind kind = Kind::kNull;
  std::int64_t number = 0;
  std::string_view bytes;
};

// Reads the tables of a SQLite database in memory, with the committed pages of its write-ahead log
// laid over it. Read only, no SQL; indexes are not needed and not read.
class SqliteDatabase {
 public:
  using Damage = std::function<void(const std::string& message)>;
  // The values and what they point to are valid during the call. False: stop.
  using Row =
      std::function<bool(const std::vector<SqliteValue>& columns, const std::string& where)>;

  // The bytes must outlive the database. kInvalidInput: no SQLite database; kUnsupported: one that
  // is not UTF-8.
  static Result<SqliteDatabase> open(std::string_view bytes, std::string_view wal);

  // Gives every row of a table in the order of its row ids. Damaged pages and rows are passed over
  // and reported. kNotFound: the schema has no such table.
  Status rows(std::string_view table, const Row& row, const Damage& damage) const;

 private:
  SqliteDatabase() = default;

  std::string_view page(std::uint32_t number) const;
  std::uint32_t page_count() const;

  std::string_view bytes_;
  WalPages wal_;
  std::uint32_t page_bytes_ = 0;
  std::uint32_t usable_bytes_ = 0;

  friend class SqliteTableWalk;
};

}  // namespace seaworthy
