#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/problem.h"

namespace seaworthy {

struct ImportOptions {
  Limits limits;
  UnixSeconds now = 0;
  std::string feed_name;  // overrides the name taken from the path
  UnixSeconds as_of = 0;  // when the copies were made, where the user knows it; 0 unknown
  // The user says that every source has all that its ecosystems' publishers have said.
  bool complete = false;
  // A feed that would lose all of its records, or all of its ecosystems, is left as it was.
  bool refuse_empty = true;
  // A feed that would lose more than half of its records is left as it was.
  bool refuse_shrinking = false;
  // A feed one of whose documents cannot be read at all is left as it was: for sources of a few
  // large documents, each of which speaks for a release.
  bool refuse_unreadable = false;
  // An unchanged feed that had problems is read again, only to name them.
  bool name_old_problems = false;
  std::function<void(const std::string& feed, std::uint64_t documents)> progress;
};

// Something that was left out on purpose, or that has no known form.
struct SkippedDocument {
  std::string path, reason;
  std::uint64_t count = 0;  // times in a row
};

struct FeedImport {
  std::string name, format;
  bool unchanged = false;
  bool refused = false;  // by ImportOptions::refuse_empty, refuse_shrinking or refuse_unreadable
  bool written = false;  // the database has what was read
  std::uint64_t documents = 0, records = 0;
  std::uint64_t keys_written = 0, keys_removed = 0;
  std::uint64_t skipped = 0;  // documents of no known form, bug-fix advisories, other ecosystems
  std::map<std::string, std::uint64_t> skip_reasons;  // adds up to `skipped`
  std::vector<SkippedDocument> skipped_documents;     // at most 1000 kept
  std::vector<Problem> problems;  // at most 1000 kept; problem_count has them all
  // Of an unchanged feed, those that it had when it was read.
  std::uint64_t problem_count = 0;

  // What the database has is what the source holds.
  bool is_in_place() const { return written || unchanged; }
};

// One feed: a document, a directory or an archive; or, of a directory that holds more, the `files`.
// `overlay`, where it is not empty, is a directory
// of newer documents: each takes the place of the members whose path ends with its own, and an
// empty one takes them away.
struct FeedSource {
  std::string feed, path, overlay;
  std::vector<std::string> lists = {};  // changes.csv and deletions.csv that lie beside `path`
  std::vector<std::string> files = {};  // paths; empty: all of `path`
};

struct ImportReport {
  std::vector<FeedImport> feeds;
};

// Imports each path as one feed. Where a path is a directory that holds archives, each archive and
// each directory in it is one feed, with the lists of changed and removed documents beside it, and
// the documents beside them are one together, under the directory's name. Else the feed's name is
// the file name without its extensions. A document that does not parse is a problem and stops
// nothing. How old a feed is says feed_date.h. One transaction per feed: a reader sees the old feed
// or the new one. Only while it is written is the database locked; a feed is read without the lock.
//   Unchanged input (by fingerprint) writes nothing; changed input writes only the keys whose
//   value differs and appends (ecosystem, release, package) to the change log for each.
// kInvalidInput: nothing in any path was readable, or the feeds of the database would lose all that
// they have; kConflict: another process writes for longer than kWaitForWriter.
Result<ImportReport> import_feeds(const std::vector<std::string>& paths,
                                  const std::string& directory, const ImportOptions& options);

// Imports one feed. Problems with what the source holds are in the result.
Result<FeedImport> import_feed(const FeedSource& source, const std::string& directory,
                               const ImportOptions& options);

}  // namespace seaworthy
