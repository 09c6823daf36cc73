#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <lmdb.h>

#include "core/base/file.h"
#include "core/base/result.h"
#include "scan/advisory/schema.h"

namespace seaworthy {

// The LMDB environment behind the advisory database.
//
// A database is a directory with `data.mdb` (the B+trees), `lock.mdb` (LMDB's reader table),
// `write.lock` (held by an import) and `checked` (the state of data.mdb that was found sound). It
// is mapped with a fixed large address range: LMDB's file grows as pages are written, so the range
// costs nothing, and no reader ever has to remap while a transaction is open. Where the directory
// cannot be written, it is opened read-only and without a reader table: read-only media have no
// writer to wait for.
//
// LMDB must not be opened twice by one process (closing the second descriptor drops the first
// one's locks), so `open_environment` hands out one shared environment per directory.

// The sub-databases. Every key of the feeds' tables begins with "<feed>\0", so that one feed is one
// contiguous range in each of them.
enum class Table : unsigned {
  kRows,        // feed \0 ecosystem \0 release \0 package → rows (row_codec.h)
  kDetails,     // feed \0 id → VulnerabilityDetails
  kAliases,     // feed \0 alias → ids whose details name it
  kEpss,        // feed \0 year → sorted array of scores
  kKev,         // feed \0 cve
  kExploit,     // feed \0 cve
  kEndOfLife,   // feed \0 product \0 cycle
  kFeeds,       // feed → FeedRecord
  kChanges,     // first sequence number, big-endian → a run of changes
  kRepository,  // feed \0 repository → CPEs of its products
  kVex,         // feed \0 vulnerability → VEX statements about it
  kArchives,    // feed \0 beginning of a SHA-1 → archives (archive_table.h)
  kMeta,        // "schema", "built_at", "last_change"
  kCount,
};

class DatabaseEnvironment {
 public:
  ~DatabaseEnvironment();
  DatabaseEnvironment(const DatabaseEnvironment&) = delete;
  DatabaseEnvironment& operator=(const DatabaseEnvironment&) = delete;

  MDB_env* handle() const { return env_; }
  MDB_dbi table(Table table) const { return tables_[static_cast<unsigned>(table)]; }
  bool writable() const { return writable_; }

 private:
  friend Result<std::shared_ptr<DatabaseEnvironment>> open_environment(const std::string&, bool);
  DatabaseEnvironment() = default;
  Status open_tables(bool create);

  MDB_env* env_ = nullptr;
  MDB_dbi tables_[static_cast<unsigned>(Table::kCount)] = {};
  bool writable_ = false;
};

// `create`: makes the directory and an empty database where there is none. Without it a directory
// without a database is kNotFound. kInvalidInput: damaged; kUnsupported: another schema version.
Result<std::shared_ptr<DatabaseEnvironment>> open_environment(const std::string& directory,
                                                              bool create);

// One process at a time writes in a directory (a database, the copies of its sources, one of
// them); until the descriptor closes. kConflict: another process, or thread, holds it after `wait`.
// The lock is a file of its own because LMDB's writer lock would make the second one wait without
// end.
Result<Fd> lock_for_writing(const std::string& directory, std::chrono::seconds wait = {});
// A write of one feed takes seconds, one of a whole published database minutes.
inline constexpr std::chrono::minutes kWaitForWriter{10};

// Notes beside the database that its present state is sound, so that the next to open it need not
// walk through every page. For the process that wrote that state and still holds `write.lock`.
void note_checked(const std::string& directory);

// One transaction. A read transaction sees one state of the whole database, whatever a writer does
// meanwhile. Ends (without writing) when destroyed.
class Transaction {
 public:
  static Result<Transaction> begin(const DatabaseEnvironment& environment, bool write);
  Transaction(Transaction&& other) noexcept
      : environment_(other.environment_), txn_(std::exchange(other.txn_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // Points into the map; valid until the next write of this transaction or its end. Empty data
  // pointer (`data() == nullptr`): no such key.
  std::string_view get(Table table, std::string_view key) const;
  Status put(Table table, std::string_view key, std::string_view value);
  Status remove(Table table, std::string_view key);
  Status commit();
  std::size_t id() const { return mdb_txn_id(txn_); }

  // Calls `each(key, value)` for the keys from `from` on, in order, until it returns false.
  void walk(Table table, std::string_view from,
            const std::function<bool(std::string_view key, std::string_view value)>& each) const;
  // The key of the last entry that is not behind `key`; "" where there is none.
  std::string last_key_up_to(Table table, std::string_view key) const;

 private:
  Transaction(const DatabaseEnvironment* environment, MDB_txn* txn)
      : environment_(environment), txn_(txn) {}
  const DatabaseEnvironment* environment_;
  MDB_txn* txn_;
};

}  // namespace seaworthy
