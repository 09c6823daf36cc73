#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "scan/advisory/archive_table.h"
#include "scan/advisory/document_lists.h"
#include "scan/advisory/feed.h"
#include "scan/advisory/import.h"
#include "scan/advisory/records.h"
#include "scan/advisory/row_codec.h"

namespace seaworthy {

// Everything one feed says, collected while its documents are read and kept in stored form, so a
// feed with a million rows needs tens of megabytes. One thread.
class FeedContent : public FeedSink {
 public:
  // `now`: dates behind it are not believed (a document dated 2038 would never grow old).
  // `lists`: what is known already of removed documents.
  explicit FeedContent(UnixSeconds now, DocumentLists lists = {});

  // Whose parsing begins: what is skipped from here on is of this document.
  // `modified`: the time of the document itself; 0 where it is not known.
  void begin_document(std::string_view path, UnixSeconds modified);

  void row(const PackageKey& key, AdvisoryRow row) override;
  void details(VulnerabilityDetails details) override;
  void epss(std::string_view cve, double score, double percentile, std::string_view date) override;
  void kev(std::string_view cve, const Kev& kev) override;
  void exploit(std::string_view cve, const Exploit& exploit) override;
  void end_of_life(std::string_view product, std::string_view cycle, std::string_view date,
                   bool ended) override;
  void vex(VexStatement statement) override;
  void repository(std::string_view name, const std::vector<std::string>& cpes) override;
  bool archive(std::string_view sha1, std::string_view coordinates) override;
  void scope(std::string_view ecosystem, std::string_view release) override;
  void mentions(std::string_view ecosystem, std::string_view release) override;
  void piece_of(std::string_view ecosystem, std::string_view release) override;
  void repository_of(std::string_view ecosystem, std::string_view release,
                     std::string_view repository) override;
  void begin_entry() override;
  void data_as_of(UnixSeconds time) override;
  bool listed(std::string_view path, UnixSeconds time, bool removed) override;
  bool is_removed(std::string_view path, UnixSeconds date) override;
  void record() override { ++records_; }
  void reading(std::string_view where, std::string_view id) override;
  void skipped(std::string_view why) override;
  void problem(Problem problem) override;

  std::uint64_t records() const { return records_; }

  // Lists of removed documents came behind documents that they may speak of: what was read is to be
  // read again with them.
  bool lists_came_late() const { return lists_came_late_; }
  DocumentLists take_lists() { return std::move(lists_); }

  // Stored pairs of one table: key behind the feed's name, value. Not sorted. Call each once.
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs take_rows();
  Pairs take_details();
  Pairs take_aliases();
  Pairs take_epss();
  Pairs take_kev();
  Pairs take_exploits();
  Pairs take_end_of_life();
  Pairs take_repositories();
  Pairs take_vex();
  Pairs take_archives() { return archives_.take(); }

  // Name, format and fingerprint are the caller's; the rest is filled. Before the take_ calls.
  // After the last document: decides what the source speaks for. `complete`: by the user, for all.
  void settle_scopes(std::string_view feed, bool complete);
  // `copy`: what is known of the whole source's age.
  FeedRecord record_of(const DateWitnesses& copy) const;
  // Adds what the data knows of its own age.
  DateWitnesses witnesses() const;
  void report(FeedImport& out) const;

 private:
  using Place = std::pair<std::string, std::string>;  // ecosystem, release
  struct PlaceFacts {
    std::uint64_t packages = 0, rows = 0;
    std::unordered_set<std::size_t> weaknesses;  // the first hundred, as hashes
    UnixSeconds data = 0, member = 0;            // newest of the entries about it
    int newest_year = 0;
    std::uint64_t entry = 0;  // the last one that was about it
  };
  struct Gap {
    std::string why;
    std::vector<std::string> lacks;
  };
  PlaceFacts& touch(std::string_view ecosystem, std::string_view release);
  void settle_mentions(const std::string& feed);
  void settle_pieces(const std::string& feed);
  void settle_repositories(const std::string& feed);
  bool usable_key(const PackageKey& key, const AdvisoryRow& row);
  void refuse(std::string_view document, std::string_view what);
  void note_year(std::string_view id);

  UnixSeconds now_;
  int year_;  // of now_
  DocumentLists lists_;
  bool asked_of_lists_ = false, lists_came_late_ = false;
  int newest_year_ = 0;
  bool has_malicious_ = false;
  std::string document_;
  std::string place_;  // of what is skipped: the document, or the record of it that is read
  StringNumbers strings_;
  std::unordered_map<std::string, std::string> rows_;
  std::unordered_map<std::string, std::string> details_;
  std::map<std::string, std::set<std::string>> aliases_;
  std::map<std::uint32_t, std::vector<EpssScore>> epss_;
  std::string epss_date_;
  std::map<std::string, std::string> kev_;
  std::map<std::string, Exploit> exploits_;
  std::map<std::string, std::string> end_of_life_;
  std::map<std::string, std::string> repositories_;
  std::map<std::string, std::vector<VexStatement>> vex_;
  ArchiveTable archives_;
  std::set<Place> scopes_, mentioned_, pieces_;
  std::map<Place, std::set<std::string>> release_repositories_;
  std::map<Place, Gap> gaps_;
  std::map<Place, PlaceFacts> places_;
  std::pair<const Place, PlaceFacts>* last_place_ = nullptr;
  std::vector<PlaceFacts*> touched_;  // by the entry
  std::uint64_t entry_ = 1;
  UnixSeconds entry_date_ = 0, member_date_ = 0;
  UnixSeconds data_as_of_ = 0;
  std::uint64_t records_ = 0, problem_count_ = 0;
  std::map<std::string, std::uint64_t> skipped_;
  std::vector<SkippedDocument> skipped_documents_;
  std::vector<Problem> problems_;
};

}  // namespace seaworthy
