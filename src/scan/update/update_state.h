#pragma once

#include <map>
#include <set>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace seaworthy {

// What a server said of a copy, to ask it whether there is a newer one (RFC 9110, 13).
struct Validators {
  std::string etag, last_modified;
  bool operator==(const Validators&) const = default;
};

// What is remembered of one source between two updates.
struct SourceState {
  std::string address;         // that everything below is about
  UnixSeconds checked_at = 0;  // the last time that it answered; 0 never
  UnixSeconds changed_at = 0;  // the last time that it had something new
  UnixSeconds failed_at = 0;   // of the present failure; 0: the last try went well
  std::string error;           // why; "" where it went well
  std::string wait_host;       // "host:port" that asked to be left alone ...
  UnixSeconds wait_until = 0;  // ... until then; 0: none did
  std::string archive;         // kCsaf: the published name of the archive that is held
  UnixSeconds archive_at = 0;  // when the archive was made, as the server says
  UnixSeconds changes_to = 0;  // newest change of the lists that was taken over; 0 none
  std::set<std::string> owed;  // documents that the list of changes names and the server lacks
  std::map<std::string, Validators> files;  // by path in the source's directory
  bool operator==(const SourceState&) const = default;
};

// One JSON file beside the copies, replaced as a whole after each source: an interrupted update
// repeats at most the sources it was at. A damaged file is taken for none, and everything is
// fetched anew.
using UpdateState = std::map<std::string, SourceState>;  // by source
UpdateState read_update_state(const std::string& path);
// Replaces what is remembered of one source; what other processes write of others meanwhile stays.
Status keep_source_state(const std::string& directory, const std::string& source,
                         const SourceState& state);

// Where the copies and the state of a database's sources are.
std::string update_directory(const std::string& database_directory);
std::string update_state_path(const std::string& directory);

}  // namespace seaworthy
