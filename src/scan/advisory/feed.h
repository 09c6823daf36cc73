#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/advisory.h"
#include "core/model/problem.h"
#include "core/model/vex.h"

namespace seaworthy {

// Where a parser puts what it reads. One sink per feed and import.
class FeedSink {
 public:
  virtual ~FeedSink() = default;
  virtual void row(const PackageKey& key, AdvisoryRow row) = 0;
  virtual void details(VulnerabilityDetails details) = 0;
  virtual void epss(std::string_view cve, double score, double percentile,
                    std::string_view date) = 0;
  virtual void kev(std::string_view cve, const Kev& kev) = 0;
  virtual void exploit(std::string_view cve, const Exploit& exploit) = 0;
  // `date` ISO or ""; `ended` where the source says so without a date.
  virtual void end_of_life(std::string_view product, std::string_view cycle, std::string_view date,
                           bool ended) = 0;
  virtual void vex(VexStatement statement) = 0;
  // The products, as CPE names, that a package repository serves.
  virtual void repository(std::string_view name, const std::vector<std::string>& cpes) = 0;
  // A published Java archive: SHA-1 in lower-case hex, "group:artifact:version". False: neither.
  virtual bool archive(std::string_view sha1, std::string_view coordinates) = 0;
  // This feed speaks for the whole of this ecosystem and release: a package without a row is clean.
  virtual void scope(std::string_view ecosystem, std::string_view release) = 0;
  // Documents about this ecosystem and release occur. The source speaks for them only where all its
  // documents are of one ecosystem: a collection of many raises findings but makes nothing clean.
  virtual void mentions(std::string_view ecosystem, std::string_view release) = 0;
  // The source has an advisory about this ecosystem and release, and no way to tell whether it has
  // them all: it speaks for them where it has many.
  virtual void piece_of(std::string_view ecosystem, std::string_view release) = 0;
  // It has all that one repository of the release says, and the release may have others.
  virtual void repository_of(std::string_view ecosystem, std::string_view release,
                             std::string_view repository) = 0;
  // What follows is dated apart from what came before in the same document.
  virtual void begin_entry() = 0;
  virtual void data_as_of(UnixSeconds time) = 0;  // the newest wins
  // A publisher's list says when the document at `path` was changed or removed. False: the list is
  // longer than what is kept.
  virtual bool listed(std::string_view path, UnixSeconds time, bool removed) = 0;
  // Whether a list takes the document away; `date`: its own last change.
  virtual bool is_removed(std::string_view path, UnixSeconds date) = 0;
  virtual void record() = 0;  // one advisory, score or entry
  // Which record of a document with many is read from here on, "path:line id": what is skipped or
  // is a problem names it. Until the next record or the next document.
  virtual void reading(std::string_view where, std::string_view id) = 0;
  virtual void skipped(std::string_view why) = 0;
  virtual void problem(Problem problem) = 0;
};

struct FeedDocument {
  std::string_view path;  // member path in the imported source
  std::string_view bytes;
};

// One form of advisory document. `recognizes` looks at the path and the first bytes only; the first
// feed of the table that says yes parses the document.
struct Feed {
  std::string_view name;         // unique and stable: "debian-tracker"
  std::string_view description;  // one line for `list feeds`
  std::string_view source;       // default official address, "" where it has several
  bool (*recognizes)(const FeedDocument& document);
  // An Error: the whole document is unreadable. Single bad records go to sink.problem.
  Status (*parse)(const FeedDocument& document, const Limits& limits, FeedSink& sink);
};

std::span<const Feed* const> all_feeds();
const Feed* feed_for(const FeedDocument& document);  // null: a form that is not read

}  // namespace seaworthy
