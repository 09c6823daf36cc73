#pragma once

#include <cstdint>
#include <map>
#include <string_view>

namespace seaworthy {

// What a write-ahead log adds to a SQLite database: the newest committed state of each page in it.
struct WalPages {
  std::uint32_t page_bytes = 0;                     // 0: the log holds no committed transaction
  std::uint32_t database_pages = 0;                 // size of the database after the last commit
  std::map<std::uint32_t, std::string_view> pages;  // by page number; views into the log
};

// Reads a log the way SQLite recovers one ("WAL File Format" of sqlite.org/fileformat2.html):
// frames count while their salts are the header's and their running checksum is right, and only up
// to the last frame that commits a transaction. What stands behind is left from an older log or
// was being written; it is no damage. Never fails: a log that cannot be read holds nothing.
WalPages read_wal(std::string_view wal);

}  // namespace seaworthy
