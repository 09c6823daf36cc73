#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/net/http.h"
#include "scan/advisory/import.h"
#include "scan/update/update_sources.h"

namespace seaworthy {

enum class UpdateStep { kFetch, kImport };

struct UpdateProgress {
  const std::string& source;
  UpdateStep step;
  std::uint64_t done, total;  // bytes received, total 0 where it is not known; documents read
};

enum class UpdateOutcome {
  kUpdated,
  kUnchanged,  // the server has nothing newer
  kNotDue,     // asked less than its interval ago
  kDue,        // dry_run: would be asked
  kAbsent,     // the mirror does not have it
  kBusy,       // another process is at it
  kFailed,     // the last good copy stays
};
std::string_view name_of(UpdateOutcome outcome);
inline constexpr std::size_t kUpdateOutcomes = 7;

struct SourceUpdate {
  std::string name, address;
  UpdateOutcome outcome = UpdateOutcome::kFailed;
  std::string error;          // of kFailed, or of the documents that are owed
  std::uint64_t bytes = 0;    // received
  std::uint64_t changes = 0;  // documents fetched one by one
  std::uint64_t owed = 0;     // that the list names and the server lacks; asked for again
  FeedImport import;          // where one took place: name is not ""
};

struct UpdateOptions {
  Limits limits;
  UnixSeconds now = 0;
  std::vector<std::string> only;                 // names of sources; empty: all
  std::map<std::string, std::string> addresses;  // instead of the official ones, by source
  // A directory that mirror_sources() wrote, or the address where one is served. "" none.
  std::string mirror;
  bool force = false;       // ask before the interval has passed
  bool allow_loss = false;  // accept a feed that lost most of its records, or cannot all be read
  bool dry_run = false;     // say what would be asked for, and ask for nothing
  HttpOptions http;
  // Any thread, several at a time.
  std::function<void(const UpdateProgress& progress)> progress;
  // The caller's thread: every chosen source once, as soon as it is known what became of it.
  std::function<void(const SourceUpdate& update)> finished;
};

// Brings every source that is due up to date: fetches what is newer than the copy that is held
// below `database_directory`/feeds, and imports it. Several sources are fetched at a time
// (source_pool.h), and imported one after the other.
//
// A source that fails leaves the others alone, its copy and what the database has of it: a copy is
// replaced only after the database has taken the new one. An interrupted update leaves every source
// either as it was or done. Two updates at once share the sources between them.
// kUsage: a name that is no source; kNotFound: no such mirror; kConflict: the database was written
// to by somebody else for longer than anybody should have to wait.
Result<std::vector<SourceUpdate>> update_database(const std::string& database_directory,
                                                  const UpdateOptions& options);

// What is known of one source's copy from the file of an update: for `db status`.
struct SourceStanding {
  UnixSeconds checked_at = 0, failed_at = 0;
  std::string error;
};
std::map<std::string, SourceStanding> source_standings(const std::string& database_directory);

}  // namespace seaworthy
