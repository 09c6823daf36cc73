#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/advisory.h"
#include "core/model/vex.h"
#include "scan/advisory/feed_date.h"
#include "scan/advisory/publication.h"

namespace seaworthy {

// How much of one ecosystem and release a feed knows.
struct FeedScope {
  std::string ecosystem, release;
  std::uint64_t packages = 0;
  // Of the documents about this ecosystem and release alone: a young document about one release
  // says nothing of how old the copy of another is.
  UnixSeconds data_as_of = 0;
  DatedBy dated_by = DatedBy::kUnknown;
  bool operator==(const FeedScope&) const = default;
};

// An ecosystem and release of which a feed has advisories, but not all: it raises findings and
// makes nothing clean.
struct PartialScope {
  FeedScope scope;
  std::string why;                 // "npm holds only 3 advisories of npm: ..."
  std::vector<std::string> lacks;  // repositories of the release, where it is for want of these
};

struct FeedInfo {
  std::string name;    // of the source: "alpine-secdb"
  std::string format;  // the parser: "secdb"; a feed of several kinds joins them with "+"
  std::string fingerprint;
  UnixSeconds fetched_at = 0;
  UnixSeconds data_as_of = 0;            // how old what it says is (matching rule 64)
  DatedBy dated_by = DatedBy::kUnknown;  // the witness of data_as_of
  std::uint64_t records = 0;             // advisories, scores or entries
  std::uint64_t problems = 0;            // documents that could not be read
  std::vector<FeedScope> scopes;         // it knows all about these
  std::vector<PartialScope> partial;
  bool has_epss = false, has_kev = false, has_exploit = false, has_eol = false;
  bool has_malicious = false;  // packages that are malware themselves
  // What the publisher of a pulled database has of this feed and this database has not: ecosystem
  // and release. Nothing is known about their packages here.
  std::vector<std::pair<std::string, std::string>> not_pulled;
};

struct EndOfLifeInfo {
  std::string date;    // ISO; standard security support
  bool ended = false;  // the feed says so without a date
  std::string feed;
};

struct KeyedRow {
  PackageKey key;
  AdvisoryRow row;
};
struct RowSearch {
  std::vector<KeyedRow> rows;  // by feed, then by package
  std::uint64_t left_out = 0;  // behind the most that was asked for
};

struct DatabaseChange {
  std::uint64_t sequence = 0;
  UnixSeconds time = 0;
  std::string feed;
  PackageKey key;
};

// Read access to the advisory database: an LMDB environment, memory-mapped, any number of readers
// in any number of processes, beside one writer. Thread safe. Every answer is a copy.
class AdvisoryDatabase {
 public:
  // kNotFound: there is none (the message has the hint `seaworthy db update`); kUnsupported:
  // written by another schema version; kInvalidInput: damaged.
  static Result<AdvisoryDatabase> open(const std::string& directory);
  AdvisoryDatabase(AdvisoryDatabase&&) noexcept;
  AdvisoryDatabase& operator=(AdvisoryDatabase&&) noexcept;
  ~AdvisoryDatabase();

  UnixSeconds built_at() const;
  std::vector<FeedInfo> feeds() const;  // by name
  // Where a pulled database came from; empty for one that was made here. A damaged record is
  // counted in `damaged()`, and then no part is taken to be in place.
  std::optional<Publication> publication() const;

  // What every feed says about a package; rows in feed order, then as the feed gave them.
  // A damaged value is skipped and counted in `damaged()`.
  std::vector<AdvisoryRow> rows(const PackageKey& key) const;
  // Whether any feed has a row about the package in any release of the ecosystem.
  bool knows(std::string_view ecosystem, std::string_view package) const;
  // Every feed's details of one vulnerability id, by feed name.
  std::vector<VulnerabilityDetails> details(std::string_view id) const;
  // Other ids of the same weakness, by the alias sets of all feeds; never joins two CVE ids.
  std::vector<std::string> aliases(std::string_view id) const;
  std::optional<Epss> epss(std::string_view cve) const;
  std::optional<Kev> kev(std::string_view cve) const;
  std::optional<Exploit> exploit(std::string_view cve) const;
  std::optional<EndOfLifeInfo> end_of_life(std::string_view distro_id,
                                           std::string_view version) const;
  // CPE names of the products that a package repository serves ("rhel-8-for-x86_64-baseos-rpms");
  // empty where no feed knows the repository.
  std::vector<std::string> repository_cpes(std::string_view repository) const;
  // "group:artifact:version" of every archive that was published with this SHA-1 (lower-case hex).
  std::vector<std::string> archives(std::string_view sha1) const;
  // What VEX documents say about a vulnerability, in feed order, then as the documents gave it.
  std::vector<VexStatement> vex(std::string_view vulnerability) const;
  std::vector<DatabaseChange> changes_since(std::uint64_t sequence, std::size_t max) const;
  std::uint64_t last_change() const;
  // Rows of any package with one of these ids as vulnerability or advisory, at most `max`.
  RowSearch rows_about(const std::set<std::string>& ids, std::size_t max) const;
  // Vulnerabilities whose details refer to a page of this id ("USN-6409-1"), at most `max`.
  std::vector<std::string> referring_to(std::string_view id, std::size_t max) const;
  // Packages whose name contains `part`, in any case, at most `max`: for `db search`.
  std::vector<PackageKey> search_packages(std::string_view part, std::size_t max) const;
  // Vulnerability and advisory ids that start with `prefix`, at most `max`: for `db search`.
  std::vector<std::string> search_vulnerabilities(std::string_view prefix, std::size_t max) const;
  // Values that were found damaged, and skipped, since this object was opened.
  std::uint64_t damaged() const;

 private:
  struct State;
  explicit AdvisoryDatabase(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// $XDG_DATA_HOME/seaworthy/db, or ~/.local/share/seaworthy/db.
std::string default_database_directory();

}  // namespace seaworthy
