#pragma once

#include <string>

#include "scan/update/fetch.h"
#include "scan/update/update.h"
#include "scan/update/update_sources.h"

namespace seaworthy {

// Where one source is fetched from and to.
struct SourcePlace {
  const UpdateSource& source;
  // A directory of the source's form where it ends with "/", else the address of a single file.
  std::string address;
  std::string directory;  // of the copies
  bool from_mirror = false;
  // False: archives are fetched whole, for a mirror whose readers know no changes.
  bool with_changes = true;
  UnixSeconds now = 0;
};

// A copy that was fetched and not yet taken over.
struct SourceCopy {
  bool changed = false;
  FeedSource import;      // what to read: the new copy, or the one that is held
  std::string replaces;   // the held file that import.path is renamed to; "" it is in its place
  bool is_whole = false;  // the documents of earlier changes are part of it
  SourceState state;      // to be kept where the copy is taken over
  std::uint64_t bytes = 0, changes = 0;
  std::string owed;  // the first document that could not be had, and why; all are in state.owed
};

// Fetches what is newer than `held`; nothing that is held is overwritten but documents in the
// directory of changes.
Result<SourceCopy> fetch_source(const Fetcher& fetcher, const SourcePlace& place,
                                const SourceState& held);
// Puts the copy in its place.
Status take_over(const SourcePlace& place, const SourceCopy& copy);
// Removes a copy that nobody takes: it is fetched again, and the disk may be full of it.
void discard_copy(const SourceCopy& copy);

// The file in a source's directory that is imported: an archive, a document, or the directory.
std::string held_path(const UpdateSource& source, const std::string& directory);

}  // namespace seaworthy
