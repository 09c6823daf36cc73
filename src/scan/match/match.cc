// Inventory + advisories = findings + coverage. The walk, for every package:
//   1. is it one that the distribution's advisories speak about?      (subject, third_party)
//   2. which rows does the database have for it?                      (rows_for)
//   3. rows of one weakness together: affected, undetermined, nothing (decision)
//   4. written down as a finding                                      (finding)
//   5. what is said of it where nothing was found                     (coverage)
// "Clean" is a statement that needs a current feed which speaks for this very release; whatever
// falls short of that is unassessed, with the reason.
#include "scan/match/match.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "scan/match/decision.h"
#include "scan/match/feed_age.h"
#include "scan/match/finding.h"
#include "scan/match/release.h"
#include "scan/match/subject.h"
#include "scan/match/weakness.h"

namespace seaworthy {
namespace {

constexpr const char* kStep = "match";

struct IdentifiedRow {
  std::string_view id;  // of the weakness
  const AdvisoryRow* row;
  bool borrowed;  // from unstable
};

class Matching {
 public:
  Matching(const Inventory& inventory, const AdvisoryLookup& lookup, const MatchOptions& options)
      : inventory_(inventory), lookup_(lookup), options_(options), weaknesses_(lookup) {}

  MatchResult run() {
    find_feeds();
    find_end_of_life();
    for (std::size_t i = 0; i < inventory_.packages.size(); ++i) match_package(i);
    report_problems();
    sort_problems(result_.problems);
    return std::move(result_);
  }

 private:
  void find_feeds();
  void find_end_of_life();
  void match_package(std::size_t index);
  // Why a package is not looked at at all; "" where it is.
  std::string set_aside(const Package& package) const;
  // True where one of them makes the package matched.
  bool add_findings(std::size_t index, const Subject& subject);
  void drop_outdated_denials(std::vector<const AdvisoryRow*>& rows) const;
  // `rows` are all of one weakness, `first` the first of them.
  bool add_finding(std::size_t index, const Subject& subject, const IdentifiedRow& first,
                   const std::vector<const AdvisoryRow*>& rows);
  PackageCoverage coverage_of(bool matched) const;
  void report_problems();
  void add_problem(const char* code, std::string message);

  const Inventory& inventory_;
  const AdvisoryLookup& lookup_;
  const MatchOptions& options_;
  Weaknesses weaknesses_;
  ReleaseKeys keys_;
  FeedStanding standing_;
  std::optional<PackageType> own_type_;
  bool unstable_has_rows_ = false;  // Debian: rule 9 can be asked
  DecisionOptions decisions_;
  bool saw_system_package_ = false;
  std::size_t without_source_ = 0;  // packages unassessed because their source is not known
  std::set<std::string> foreign_;   // reasons why whole kinds of packages were not looked at
  MatchResult result_;
};

void Matching::find_feeds() {
  const std::vector<FeedInfo> feeds = lookup_.feeds();
  if (inventory_.distro && !inventory_.distro->id.empty()) {
    keys_ = release_keys(*inventory_.distro);
    standing_ = standing_of(keys_, feeds, options_);
    own_type_ = package_type_of(keys_.ecosystem);
  } else {
    standing_.why_not = "distribution unknown";
  }
  if (keys_.ecosystem == "debian" && standing_.release != "sid") {
    const ReleaseKeys unstable{"debian", {"sid"}, "debian sid"};
    unstable_has_rows_ = !standing_of(unstable, feeds, options_).own.empty();
    if (!standing_.not_pulled && is_not_pulled(feeds, "debian", "sid")) {
      standing_.not_pulled = true;
      standing_.current = false;
      standing_.why_not = not_pulled_reason(unstable.label);
    }
  }
  if (keys_.ecosystem == "rhel") decisions_.scope = product_scope(*inventory_.distro, lookup_);
  result_.feeds = consulted_feeds(standing_, feeds);
  // A package manager whose packages no feed judges (Nix, opkg) is a package manager.
  for (const Inventory::Database& database : inventory_.databases) {
    if (database.packages > 0) saw_system_package_ = true;
  }
  for (const Package& package : inventory_.packages) {
    if (package.type != PackageType::kOther) saw_system_package_ = true;
    if (package.type == PackageType::kDeb && has_esm_mark(package.version)) decisions_.pro = true;
  }
}

void Matching::find_end_of_life() {
  if (!inventory_.distro || keys_.ecosystem.empty()) return;
  std::vector<std::string> versions = keys_.releases;
  versions.push_back(inventory_.distro->version);
  for (const std::string& version : versions) {
    if (version.empty()) continue;
    const auto info = lookup_.end_of_life(keys_.ecosystem, version);
    if (!info) continue;
    result_.end_of_life.date = info->date;
    // The day itself is still supported.
    result_.end_of_life.past =
        info->date.empty() ? info->ended : info->date < iso_date(options_.now);
    return;
  }
}

std::string Matching::set_aside(const Package& package) const {
  if (package.type == PackageType::kOther) {
    if (const auto doubt = package.property(kDoubt); !doubt.empty()) return std::string(doubt);
    const auto purl = parse_purl(package.property("purl"));
    return "no feed for package type " + (purl ? purl->type : std::string("unknown"));
  }
  if (keys_.ecosystem.empty()) return standing_.why_not;
  if (own_type_ && *own_type_ != package.type) {
    return "no feed for " + std::string(name_of(package.type)) + " packages in " + keys_.ecosystem;
  }
  return {};
}

void Matching::match_package(std::size_t index) {
  const Package& package = inventory_.packages[index];
  std::string reason = not_a_package(package);
  if (reason.empty()) {
    reason = set_aside(package);
    if (!reason.empty() && !keys_.ecosystem.empty()) foreign_.insert(reason);
    if (reason.empty()) reason = third_party(package, keys_.ecosystem);
  }
  if (!reason.empty()) {
    result_.coverage.push_back({CoverageState::kUnassessed, std::move(reason)});
    return;
  }
  const Subject subject = subject_of(package, keys_.ecosystem, keys_.label);
  const std::uint64_t damaged_before = lookup_.damaged();
  PackageCoverage coverage = coverage_of(add_findings(index, subject));
  if (coverage.state == CoverageState::kClean && subject.source_unknown) {
    coverage = {CoverageState::kUnassessed, "its source package is not known"};
    ++without_source_;
  }
  if (coverage.state == CoverageState::kClean && lookup_.damaged() != damaged_before) {
    coverage = {CoverageState::kUnassessed, "its advisories could not be read"};
  }
  if (coverage.state == CoverageState::kClean) {
    if (std::string why = doubt_about(package, keys_.ecosystem); !why.empty()) {
      coverage = {CoverageState::kUnassessed, std::move(why)};
    }
  }
  result_.coverage.push_back(std::move(coverage));
}

bool Matching::add_findings(std::size_t index, const Subject& subject) {
  if (standing_.own.empty()) return false;
  std::vector<AdvisoryRow> own, unstable;
  for (const std::string& name : subject.names) {
    for (AdvisoryRow& row : lookup_.rows({keys_.ecosystem, standing_.release, name})) {
      if (is_about(row, subject, name)) own.push_back(std::move(row));
    }
    // Products whose name does not say which release they stand on.
    if (decisions_.scope && !decisions_.scope->layered.empty()) {
      for (AdvisoryRow& row : lookup_.rows({keys_.ecosystem, "", name})) {
        if (is_about(row, subject, name)) own.push_back(std::move(row));
      }
    }
    if (!unstable_has_rows_) continue;
    for (AdvisoryRow& row : lookup_.rows({keys_.ecosystem, "sid", name})) {
      unstable.push_back(std::move(row));
    }
  }
  std::vector<IdentifiedRow> rows;
  rows.reserve(own.size() + unstable.size());
  for (const AdvisoryRow& row : own) {
    rows.push_back({weaknesses_.id_of(row.vulnerability), &row, false});
  }
  for (const AdvisoryRow& row : unstable) {
    rows.push_back({weaknesses_.id_of(row.vulnerability), &row, true});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const IdentifiedRow& a, const IdentifiedRow& b) {
    return std::tie(a.id, a.borrowed) < std::tie(b.id, b.borrowed);
  });
  bool matched = false;
  std::vector<const AdvisoryRow*> together;
  for (std::size_t next = 0; next < rows.size();) {
    // Rule 9: unstable, behind the release's own rows, is asked only where there are none.
    const IdentifiedRow first = rows[next];
    together.clear();
    for (; next < rows.size() && rows[next].id == first.id; ++next) {
      if (rows[next].borrowed == first.borrowed) together.push_back(rows[next].row);
    }
    drop_outdated_denials(together);
    matched = add_finding(index, subject, first, together) || matched;
  }
  return matched;
}

// "Not affected" and "undetermined" of a feed that has not been renewed do not silence a current
// feed that speaks of the same weakness: it may have learned better.
void Matching::drop_outdated_denials(std::vector<const AdvisoryRow*>& rows) const {
  if (standing_.stale.empty() || !standing_.current) return;
  const auto outdated = [&](const AdvisoryRow* row) { return standing_.stale.contains(row->feed); };
  if (std::all_of(rows.begin(), rows.end(), outdated)) return;
  std::erase_if(rows, [&](const AdvisoryRow* row) {
    return outdated(row) && row->status != AdvisoryStatus::kAffected;
  });
}

bool Matching::add_finding(std::size_t index, const Subject& subject, const IdentifiedRow& first,
                           const std::vector<const AdvisoryRow*>& rows) {
  Decision decision = decide(rows, subject, decisions_);
  if (decision.kind == Decision::Kind::kNothing) return false;
  if (subject.source_unknown && subject.by_source && decision.kind == Decision::Kind::kAffected) {
    decision.kind = Decision::Kind::kUndetermined;
    decision.judgements.front().reason =
        "the source package is not known; a source of the binary's name is affected";
  }
  if (first.borrowed && decision.kind == Decision::Kind::kUndecided) return false;
  const std::string id(first.id);
  const WeaknessFacts& facts = weaknesses_.facts(id);
  if (facts.rejected) return false;
  result_.findings.push_back(finding_from(id, decision, subject, facts, first.borrowed));
  result_.findings.back().package = index;
  return result_.findings.back().status != FindingStatus::kSuppressed;
}

PackageCoverage Matching::coverage_of(bool matched) const {
  if (matched) return {CoverageState::kMatched, ""};
  if (result_.end_of_life.past) {
    std::string reason = keys_.label + " is past end of life";
    if (!result_.end_of_life.date.empty()) reason += " since " + result_.end_of_life.date;
    return {CoverageState::kUnassessed, std::move(reason)};
  }
  if (!standing_.current) return {CoverageState::kUnassessed, standing_.why_not};
  return {CoverageState::kClean, ""};
}

void Matching::add_problem(const char* code, std::string message) {
  result_.problems.push_back(
      {.path = "", .layer = -1, .step = kStep, .code = code, .message = std::move(message)});
}

void Matching::report_problems() {
  if (!saw_system_package_) {
    std::string message = "no package database was found";
    if (!inventory_.databases.empty()) message = "the package database lists no package";
    if (!inventory_.packages.empty()) message = "no package of an operating system is listed";
    add_problem(problem::kPackageDbMissing, message + ": nothing can be said about this image");
  }
  if (without_source_ > 0) {
    add_problem(problem::kSourceUnknown,
                std::to_string(without_source_) +
                    " packages do not say which source they were built from, by which advisories "
                    "speak; they are not judged");
  }
  for (const std::string& reason : foreign_) add_problem(problem::kNoFeed, reason);
  if (const std::uint64_t damaged = lookup_.damaged(); damaged > 0) {
    add_problem(problem::kDatabaseDamaged,
                std::to_string(damaged) +
                    " values of the advisory database could not be read; import its feeds again");
  }
  if (keys_.ecosystem.empty()) {
    if (!inventory_.packages.empty()) {
      add_problem(problem::kNoFeed, "the distribution is unknown, so its packages are not judged");
    }
    return;
  }
  if (saw_system_package_ && decisions_.scope && !decisions_.scope->caution.empty()) {
    add_problem(problem::kRepositories, decisions_.scope->caution);
  }
  if (!saw_system_package_ || standing_.current) return;
  if (standing_.not_pulled) {
    add_problem(problem::kPartNotPulled, standing_.why_not + "; `seaworthy db pull` fetches it");
    return;
  }
  add_problem(standing_.own.empty() ? problem::kNoFeed : problem::kStaleFeed,
              standing_.own.empty() ? standing_.why_not : keys_.label + ": " + standing_.why_not);
}

}  // namespace

MatchResult match(const Inventory& inventory, const AdvisoryLookup& lookup,
                  const MatchOptions& options) {
  return Matching(inventory, lookup, options).run();
}

CoverageSummary summarize(const MatchResult& result) {
  CoverageSummary summary;
  std::map<std::string, std::uint64_t> reasons;
  for (const PackageCoverage& package : result.coverage) {
    ++summary.packages;
    switch (package.state) {
      case CoverageState::kMatched:
        ++summary.matched;
        break;
      case CoverageState::kClean:
        ++summary.clean;
        break;
      default:
        ++summary.unassessed;
        ++reasons[package.reason];
        break;
    }
  }
  for (const Finding& finding : result.findings) {
    if (finding.status != FindingStatus::kSuppressed &&
        finding.status != FindingStatus::kNotAffected) {
      continue;
    }
    ++summary.suppressed;
  }
  for (const auto& [reason, count] : reasons) summary.reasons.push_back({reason, count});
  std::stable_sort(summary.reasons.begin(), summary.reasons.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  return summary;
}

}  // namespace seaworthy
