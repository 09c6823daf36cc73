#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scan/advisory/document_lists.h"
#include "scan/advisory/feed.h"

namespace seaworthy {

// For tests: keeps what a parser gives, as it gives it.
class RecordingSink : public FeedSink {
 public:
  struct Row {
    PackageKey key;
    AdvisoryRow row;
  };
  void row(const PackageKey& key, AdvisoryRow row) override {
    rows.push_back({key, std::move(row)});
  }
  void details(VulnerabilityDetails one) override { all_details.push_back(std::move(one)); }
  void epss(std::string_view cve, double score, double percentile, std::string_view date) override {
    scores.push_back({std::string(cve), score, percentile, std::string(date)});
  }
  void kev(std::string_view cve, const Kev& one) override { kevs[std::string(cve)] = one; }
  void exploit(std::string_view cve, const Exploit& one) override {
    exploits[std::string(cve)] = one;
  }
  void end_of_life(std::string_view product, std::string_view cycle, std::string_view date,
                   bool ended) override {
    cycles[std::string(product) + " " + std::string(cycle)] = {std::string(date), ended};
  }
  void vex(VexStatement one) override { statements.push_back(std::move(one)); }
  void repository(std::string_view name, const std::vector<std::string>& cpes) override {
    repositories[std::string(name)] = cpes;
  }
  bool archive(std::string_view sha1, std::string_view coordinates) override {
    if (sha1.size() != 40) return false;
    archives.emplace_back(sha1, coordinates);
    return true;
  }
  void scope(std::string_view ecosystem, std::string_view release) override {
    ++scopes[std::string(ecosystem) + " " + std::string(release)];
  }
  void mentions(std::string_view ecosystem, std::string_view release) override {
    scope(ecosystem, release);
  }
  void piece_of(std::string_view ecosystem, std::string_view release) override {
    scope(ecosystem, release);
  }
  void repository_of(std::string_view ecosystem, std::string_view release,
                     std::string_view repository) override {
    scope(ecosystem, release);
    release_repositories.emplace_back(repository);
  }
  void begin_entry() override {}
  void data_as_of(UnixSeconds time) override { newest = std::max(newest, time); }
  bool listed(std::string_view path, UnixSeconds time, bool removed) override {
    return lists.add(path, time, removed);
  }
  bool is_removed(std::string_view path, UnixSeconds date) override {
    return lists.removes(path, date);
  }
  void record() override { ++records; }
  void reading(std::string_view where, std::string_view id) override {
    read.push_back(std::string(where) + " " + std::string(id));
  }
  void skipped(std::string_view why) override { ++skips[std::string(why)]; }
  void problem(Problem one) override { problems.push_back(std::move(one)); }

  // "ecosystem release package vulnerability", in order.
  std::vector<std::string> row_names() const {
    std::vector<std::string> names;
    for (const Row& one : rows) {
      names.push_back(one.key.ecosystem + " " + one.key.release + " " + one.key.package + " " +
                      one.row.vulnerability);
    }
    return names;
  }

  struct Score {
    std::string cve;
    double score = 0, percentile = 0;
    std::string date;
  };
  std::vector<Row> rows;
  std::vector<VulnerabilityDetails> all_details;
  std::vector<Score> scores;
  std::map<std::string, Kev> kevs;
  std::map<std::string, Exploit> exploits;
  std::map<std::string, std::pair<std::string, bool>> cycles;
  std::map<std::string, std::vector<std::string>> repositories;
  std::vector<std::string> release_repositories;
  std::vector<std::pair<std::string, std::string>> archives;
  std::vector<VexStatement> statements;
  std::vector<std::string> read;
  std::map<std::string, int> scopes, skips;
  std::vector<Problem> problems;
  DocumentLists lists;
  UnixSeconds newest = 0;
  int records = 0;
};

// " >= 1 < 2 > 3 <= 4".
inline std::string text_of(const std::vector<VersionRange>& ranges) {
  std::string text;
  for (const VersionRange& range : ranges) {
    if (range.introduced != "0") {
      text += (range.introduced_excluded ? " > " : " >= ") + range.introduced;
    }
    if (!range.fixed.empty()) text += " < " + range.fixed;
    if (!range.last_affected.empty()) text += " <= " + range.last_affected;
  }
  return text;
}

// Chooses the feed by recognition, as an import does, and parses. The feed's name; "" for none.
inline std::string parse_document(std::string_view path, std::string_view bytes,
                                  RecordingSink& sink, Status* status = nullptr) {
  const FeedDocument document{path, bytes};
  const Feed* feed = feed_for(document);
  if (feed == nullptr) return "";
  auto result = feed->parse(document, Limits{}, sink);
  if (status != nullptr) *status = std::move(result);
  return std::string(feed->name);
}

}  // namespace seaworthy
