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

struct UpdateOptions {
  Limits limits;
  UnixSeconds now = 0;
  std::vector<std::string> only;                 // names of sources; empty: all
  std::map<std::string, std::string> addresses;  // instead of the official ones, by source
  // A directory that mirror_sources() wrote, or the address where one is served. "" none.
  std::string mirror;
  bool force = false;    // ask before the interval has passed; accept a feed that shrank
  bool dry_run = false;  // say what would be asked for, and ask for nothing
  HttpOptions http;
  std::function<void(const std::string& source, std::uint64_t done, std::uint64_t total)> progress;
};

enum class UpdateOutcome {
  kUpdated,
  kUnchanged,  // the server has nothing newer
  kNotDue,     // asked less than its interval ago
  kDue,        // dry_run: would be asked
  kAbsent,     // the mirror does not have it
  kFailed,     // the last good copy stays
};
std::string_view name_of(UpdateOutcome outcome);

struct SourceUpdate {
  std::string name, address;
  UpdateOutcome outcome = UpdateOutcome::kFailed;
  std::string error;          // of kFailed
  std::uint64_t bytes = 0;    // received
  std::uint64_t changes = 0;  // documents fetched one by one
  FeedImport import;          // where one took place: name is not ""
};

// Brings every source that is due up to date: fetches what is newer than the copy that is held
// below `database_directory`/feeds, and imports it. Sources are asked one after the other, over one
// connection to a host.
//
// A source that fails leaves the others alone, its copy and what the database has of it: a copy is
// replaced only after the database has taken the new one. An interrupted update leaves every source
// either as it was or done.
// kUsage: a name that is no source; kConflict: another update is running; kNotFound: no such
// mirror.
Result<std::vector<SourceUpdate>> update_database(const std::string& database_directory,
                                                  const UpdateOptions& options);

// What is known of one source's copy from the file of an update: for `db status`.
struct SourceStanding {
  UnixSeconds checked_at = 0, failed_at = 0;
  std::string error;
};
std::map<std::string, SourceStanding> source_standings(const std::string& database_directory);

}  // namespace seaworthy
