#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scan/update/update.h"
#include "scan/update/update_fetch.h"
#include "scan/update/update_state.h"

namespace seaworthy {

// What `db update` and `db mirror` do differently with each source.
struct SourceSteps {
  // Fetches what is newer than the state says; any thread. kNotFound with SourcePlace::from_mirror:
  // the mirror does not have it.
  std::function<Result<SourceCopy>(const HttpClient& http, const SourcePlace& place,
                                   const SourceState& held)>
      fetch;
  // Makes use of what was fetched, and puts it in its place; the caller's thread.
  std::function<Status(const SourcePlace& place, const SourceCopy& copy, SourceUpdate& out)> take;
  // Whether something else than the time asks for the source, such as a feed that the database
  // lacks.
  std::function<bool(const UpdateSource& source)> is_wanted;
  bool always_due = false;    // it costs nothing to look
  bool with_changes = false;  // SourcePlace::with_changes
};

// Goes through the chosen sources: fetches those that are due, several at a time, and takes in what
// has come. What becomes of each is remembered in `directory`, and in the result, in the order of
// update_sources().
//
// While a source is worked on DIRECTORY/SOURCE/write.lock is held, so that two runs at once share
// the work: a source that another process is at is `kBusy` here.
Result<std::vector<SourceUpdate>> run_sources(const std::string& directory,
                                              const UpdateOptions& options,
                                              const SourceSteps& steps);

// Called while a source is fetched; nothing where nobody wants to know.
FetchProgress fetch_progress(const UpdateOptions& options, const std::string& source);

}  // namespace seaworthy
