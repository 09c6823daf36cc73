// Inventory + advisories = findings + coverage. The walk, for every package:
//   1. is it one that advisories of the distribution, of a language or
//      of applications speak about?                                   (subject, third_party,
//      language, product)
//   2. which rows does the database have for it?                      (rows_for)
//   3. rows of one weakness together: affected, undetermined, nothing (decision)
//   4. written down as a finding                                      (finding)
//   5. what is said of it where nothing was found                     (coverage)
// "Clean" is a statement that needs a current feed which speaks for this very release; whatever
// falls short of that is unassessed, with the reason.
#include "scan/match/match.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "scan/match/decision.h"
#include "scan/match/feed_age.h"
#include "scan/match/finding.h"
#include "scan/match/language.h"
#include "scan/match/linked_symbols.h"
#include "scan/match/ownership.h"
#include "scan/match/product.h"
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

// Where packages of one kind are looked up: the distribution's advisories, or those of a language.
struct Domain {
  ReleaseKeys keys;
  FeedStanding standing;
  bool unstable_has_rows = false;  // Debian: rule 9 can be asked
};

// Package managers of whole systems that have no PackageType: an SBOM of other tools lists their
// packages without their databases.
bool is_of_system(const Package& package) {
  constexpr std::array<std::string_view, 4> kPurls{"pkg:ebuild/", "pkg:guix/", "pkg:nix/",
                                                   "pkg:opkg/"};
  const std::string_view purl = package.property("purl");
  return std::any_of(kPurls.begin(), kPurls.end(),
                     [&](std::string_view front) { return purl.starts_with(front); });
}

class Matching {
 public:
  Matching(const Inventory& inventory, const AdvisoryLookup& lookup, const MatchOptions& options)
      : inventory_(inventory),
        lookup_(lookup),
        options_(options),
        weaknesses_(lookup),
        owners_(inventory) {}

  MatchResult run() {
    find_feeds();
    find_end_of_life();
    result_.coverage.resize(inventory_.packages.size());
    // What belongs to a system's package needs to know how that one was judged.
    match_packages([](const Package& package) { return package.type != PackageType::kOther; });
    match_packages([](const Package& package) { return package.type == PackageType::kOther; });
    // Only registries of languages let anybody publish.
    if (languages_.empty()) result_.missing.malicious.clear();
    std::stable_sort(result_.findings.begin(), result_.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.package < b.package; });
    std::vector<const FeedStanding*> standings{&system_.standing};
    for (const auto* domains : {&languages_, &sources_}) {
      for (const auto& [ecosystem, domain] : *domains) standings.push_back(&domain.standing);
    }
    result_.feeds = consulted_feeds(standings, feeds_);
    report_problems();
    sort_problems(result_.problems);
    return std::move(result_);
  }

 private:
  void find_feeds();
  void find_end_of_life();
  template <class Belongs>
  void match_packages(Belongs belongs) {
    for (std::size_t i = 0; i < inventory_.packages.size(); ++i) {
      if (belongs(inventory_.packages[i])) result_.coverage[i] = coverage_of(i);
    }
  }
  PackageCoverage coverage_of(std::size_t index);
  PackageCoverage cover_system_package(std::size_t index);
  PackageCoverage cover_language_package(std::size_t index);
  PackageCoverage cover(std::size_t index, const Subject& subject, const Domain& domain);
  PackageCoverage cover_product(std::size_t index, const std::vector<ProductName>& names);
  bool add_product_findings(std::size_t index, const std::vector<ProductName>& names);
  PackageCoverage product_without_finding(const Package& package,
                                          const std::vector<ProductName>& names);
  // A language's package that the system's package `owner` installed; its findings are those from
  // `first` on.
  PackageCoverage attribute(std::size_t owner, std::size_t first, PackageCoverage coverage);
  // The weaknesses that the distribution says this package does not have, or has no longer.
  const std::set<std::string>& denied_for(std::size_t owner);
  const Domain& domain_of(std::map<std::string, Domain>& domains, std::string_view ecosystem,
                          std::string_view label);
  // Why a package of a system's package manager is not looked at at all; "" where it is.
  std::string set_aside(const Package& package) const;
  std::vector<AdvisoryRow> rows_about(const Subject& subject, const Domain& domain) const;
  // True where one of them makes the package matched.
  bool add_findings(std::size_t index, const Subject& subject, const Domain& domain);
  bool add_finding(std::size_t index, const Subject& subject, Decision decision,
                   const std::string& id, bool borrowed);
  PackageCoverage without_finding(const Domain& domain) const;
  void report_problems();
  void report_standing(const Domain& domain);
  void add_problem(const char* code, std::string message);

  const Inventory& inventory_;
  const AdvisoryLookup& lookup_;
  const MatchOptions& options_;
  Weaknesses weaknesses_;
  const Owners owners_;
  std::map<std::size_t, std::set<std::string>> denied_;  // by index of the owner
  std::vector<FeedInfo> feeds_;
  Domain system_;                            // no ecosystem where the distribution is unknown
  std::map<std::string, Domain> languages_;  // by ecosystem, those that the image has packages of
  std::map<std::string, Domain> sources_;    // likewise, about programs without a package manager
  std::optional<PackageType> own_type_;
  DecisionOptions decisions_;
  bool saw_system_package_ = false;
  std::size_t without_source_ = 0;  // packages unassessed because their source is not known
  std::set<std::string> foreign_;   // reasons why whole kinds of packages were not looked at
  MatchResult result_;
};

void Matching::find_feeds() {
  feeds_ = lookup_.feeds();
  if (inventory_.distro && !inventory_.distro->id.empty()) {
    system_.keys = release_keys(*inventory_.distro);
    system_.standing = standing_of(system_.keys, feeds_, options_);
    own_type_ = package_type_of(system_.keys.ecosystem);
  } else {
    system_.standing.why_not = "distribution unknown";
  }
  if (system_.keys.ecosystem == "debian" && system_.standing.release != "sid") {
    const ReleaseKeys unstable{"debian", {"sid"}, "debian sid"};
    system_.unstable_has_rows = !standing_of(unstable, feeds_, options_).own.empty();
    if (!system_.standing.not_pulled && is_not_pulled(feeds_, "debian", "sid")) {
      system_.standing.not_pulled = true;
      system_.standing.current = false;
      system_.standing.why_not = not_pulled_reason(unstable.label);
    }
  }
  if (system_.keys.ecosystem == "rhel") {
    decisions_.scope = product_scope(*inventory_.distro, lookup_);
  }
  // A package manager whose packages no feed judges (Nix, opkg) is a package manager.
  for (const Inventory::Database& database : inventory_.databases) {
    if (database.packages > 0) saw_system_package_ = true;
  }
  for (const Package& package : inventory_.packages) {
    if (package.type != PackageType::kOther || is_of_system(package)) saw_system_package_ = true;
    if (package.type == PackageType::kDeb && has_esm_mark(package.version)) decisions_.pro = true;
  }
}

void Matching::find_end_of_life() {
  result_.missing = missing_facts(feeds_, options_);
  if (!inventory_.distro || system_.keys.ecosystem.empty()) {
    result_.missing.end_of_life = "the distribution is unknown";
    return;
  }
  std::vector<std::string> versions = system_.keys.releases;
  // A release image whose packages come from edge has no end, and one whose packages come from
  // another branch has that branch's.
  const std::string& branch = inventory_.distro->repository_branch;
  const bool is_own_branch = branch.empty() || inventory_.distro->version.starts_with(branch);
  if (!is_rolling(system_.keys) && is_own_branch) versions.push_back(inventory_.distro->version);
  for (const std::string& version : versions) {
    if (version.empty()) continue;
    const auto info = lookup_.end_of_life(system_.keys.ecosystem, version);
    if (!info) continue;
    result_.end_of_life.date = info->date;
    // The day itself is still supported.
    result_.end_of_life.past =
        info->date.empty() ? info->ended : info->date < iso_date(options_.now);
    return;
  }
  if (!is_rolling(system_.keys)) {
    result_.missing.end_of_life = "no end-of-life data for " + system_.keys.label;
  }
}

std::string Matching::set_aside(const Package& package) const {
  if (system_.keys.ecosystem.empty()) return system_.standing.why_not;
  if (own_type_ && *own_type_ != package.type) {
    return "no feed for " + std::string(name_of(package.type)) + " packages in " +
           system_.keys.ecosystem;
  }
  return {};
}

PackageCoverage Matching::coverage_of(std::size_t index) {
  const Package& package = inventory_.packages[index];
  if (std::string reason = not_a_package(package); !reason.empty()) {
    return {CoverageState::kUnassessed, std::move(reason)};
  }
  return package.type == PackageType::kOther ? cover_language_package(index)
                                             : cover_system_package(index);
}

PackageCoverage Matching::cover_system_package(std::size_t index) {
  const Package& package = inventory_.packages[index];
  std::string reason = set_aside(package);
  if (!reason.empty() && !system_.keys.ecosystem.empty()) foreign_.insert(reason);
  if (reason.empty()) reason = third_party(package, system_.keys.ecosystem);
  if (!reason.empty()) return {CoverageState::kUnassessed, std::move(reason)};
  const Subject subject = subject_of(package, system_.keys.ecosystem, system_.keys.label);
  PackageCoverage coverage = cover(index, subject, system_);
  if (coverage.state == CoverageState::kClean) {
    const auto is_known = [&] {
      return lookup_.knows(system_.keys.ecosystem, subject.names.front());
    };
    std::string why = doubt_about(package, subject, *inventory_.distro, is_known);
    if (!why.empty()) coverage = {CoverageState::kUnassessed, std::move(why)};
  }
  return coverage;
}

PackageCoverage Matching::cover_language_package(std::size_t index) {
  const Package& package = inventory_.packages[index];
  const std::string_view doubt = package.property(kDoubt);
  const auto purl = parse_purl(package.property("purl"));
  const Language* language = purl ? language_of(purl->type) : nullptr;
  if (language == nullptr) {
    const auto names = purl ? product_names(package, *purl) : std::vector<ProductName>();
    if (!names.empty() && !owners_.of(package)) return cover_product(index, names);
    if (!doubt.empty()) return {CoverageState::kUnassessed, std::string(doubt)};
    if (const auto owner = owners_.of(package)) {
      const std::string part = "part of the package " + inventory_.packages[*owner].name;
      if (result_.coverage[*owner].state != CoverageState::kUnassessed) {
        return {CoverageState::kClean, ""};
      }
      return {CoverageState::kUnassessed, part + ", which is not assessed"};
    }
    std::string reason = "no feed for package type " + (purl ? purl->type : std::string("unknown"));
    if (!system_.keys.ecosystem.empty()) foreign_.insert(reason);
    return {CoverageState::kUnassessed, std::move(reason)};
  }
  const Domain& domain = domain_of(languages_, language->ecosystem, language->label);
  const Subject subject = language_subject(package, *language, *purl);
  const std::size_t first = result_.findings.size();
  PackageCoverage coverage = cover(index, subject, domain);
  if (const auto owner = owners_.of(package)) {
    coverage = attribute(*owner, first, std::move(coverage));
  }
  if (coverage.state != CoverageState::kClean) return coverage;
  if (!doubt.empty()) return {CoverageState::kUnassessed, std::string(doubt)};
  if (subject.version.empty()) return {CoverageState::kUnassessed, "its version is not known"};
  return coverage;
}

PackageCoverage Matching::attribute(std::size_t owner, std::size_t first,
                                    PackageCoverage coverage) {
  const Package& package = inventory_.packages[owner];
  const std::string part =
      "part of the " + std::string(name_of(package.type)) + " package " + package.name + ", ";
  const bool judged = judges_all_it_ships(system_.keys.ecosystem) &&
                      result_.coverage[owner].state != CoverageState::kUnassessed;
  bool matched = false;
  for (std::size_t i = first; i < result_.findings.size(); ++i) {
    Finding& finding = result_.findings[i];
    if (finding.kind != FindingKind::kMalicious && is_raised(finding)) {
      if (judged) {
        finding.status = FindingStatus::kSuppressed;
        finding.status_reason = part + "which the advisories of " + system_.keys.label + " judge";
      } else if (denied_for(owner).contains(finding.id)) {
        finding.status = FindingStatus::kSuppressed;
        finding.status_reason = part + "which " + system_.keys.label + " says is not affected";
      }
    }
    matched = matched || is_raised(finding);
  }
  if (matched || coverage.state == CoverageState::kUnassessed) {
    return matched  ? PackageCoverage{CoverageState::kMatched, ""}
           : judged ? PackageCoverage{CoverageState::kClean, ""}
                    : std::move(coverage);
  }
  return {CoverageState::kClean, ""};
}

const std::set<std::string>& Matching::denied_for(std::size_t owner) {
  const auto [at, is_new] = denied_.try_emplace(owner);
  if (!is_new) return at->second;
  const Subject subject =
      subject_of(inventory_.packages[owner], system_.keys.ecosystem, system_.keys.label);
  const std::vector<AdvisoryRow> rows = rows_about(subject, system_);
  std::map<std::string, std::vector<const AdvisoryRow*>> by_weakness;
  for (const AdvisoryRow& row : rows) {
    if (row.state == AdvisoryState::kActive) {
      by_weakness[weaknesses_.id_of(row.vulnerability)].push_back(&row);
    }
  }
  for (const auto& [id, together] : by_weakness) {
    if (decide(together, subject, decisions_).kind == Decision::Kind::kNothing) {
      at->second.insert(id);
    }
  }
  return at->second;
}

const Domain& Matching::domain_of(std::map<std::string, Domain>& domains,
                                  std::string_view ecosystem, std::string_view label) {
  const auto [at, is_new] = domains.try_emplace(std::string(ecosystem));
  if (is_new) {
    at->second.keys = {std::string(ecosystem), {""}, std::string(label)};
    at->second.standing = standing_of(at->second.keys, feeds_, options_);
  }
  return at->second;
}

PackageCoverage Matching::cover(std::size_t index, const Subject& subject, const Domain& domain) {
  const std::uint64_t damaged_before = lookup_.damaged();
  if (add_findings(index, subject, domain)) return {CoverageState::kMatched, ""};
  PackageCoverage coverage = without_finding(domain);
  if (coverage.state != CoverageState::kClean) return coverage;
  if (subject.source_unknown) {
    ++without_source_;
    return {CoverageState::kUnassessed, "its source package is not known"};
  }
  if (lookup_.damaged() != damaged_before) {
    return {CoverageState::kUnassessed, "its advisories could not be read"};
  }
  return coverage;
}

std::vector<AdvisoryRow> Matching::rows_about(const Subject& subject, const Domain& domain) const {
  std::vector<AdvisoryRow> rows;
  const auto add = [&](const std::string& release, const std::string& name) {
    for (AdvisoryRow& row : lookup_.rows({domain.keys.ecosystem, release, name})) {
      if (is_about(row, subject, name)) rows.push_back(std::move(row));
    }
  };
  for (const std::string& name : subject.names) {
    add(domain.standing.release, name);
    // Products whose name does not say which release they stand on, and advisories about every
    // release.
    const bool layered =
        decisions_.scope && !decisions_.scope->layered.empty() && &domain == &system_;
    if (layered || domain.standing.of_all_releases) add("", name);
  }
  return rows;
}

// "Not affected" and "undetermined" of a feed that has not been renewed do not silence a current
// feed that speaks of the same weakness: it may have learned better.
void drop_outdated_denials(std::vector<const AdvisoryRow*>& rows, const FeedStanding& standing) {
  if (standing.stale.empty() || !standing.current) return;
  const auto outdated = [&](const AdvisoryRow* row) { return standing.stale.contains(row->feed); };
  if (std::all_of(rows.begin(), rows.end(), outdated)) return;
  std::erase_if(rows, [&](const AdvisoryRow* row) {
    return outdated(row) && row->status != AdvisoryStatus::kAffected;
  });
}

bool Matching::add_findings(std::size_t index, const Subject& subject, const Domain& domain) {
  // What has only a part speaks for nothing, but what it says is heard.
  const FeedStanding& standing = domain.standing;
  const bool is_heard =
      !standing.own.empty() || !standing.heard.empty() || standing.of_all_releases;
  if (!is_heard && &domain == &system_) return false;
  const std::vector<AdvisoryRow> own = rows_about(subject, domain);
  std::vector<AdvisoryRow> unstable;
  for (const std::string& name : subject.names) {
    if (!domain.unstable_has_rows) break;
    for (AdvisoryRow& row : lookup_.rows({domain.keys.ecosystem, "sid", name})) {
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
  const DecisionOptions decisions = &domain == &system_ ? decisions_ : DecisionOptions{};
  bool matched = false;
  std::vector<const AdvisoryRow*> together;
  for (std::size_t next = 0; next < rows.size();) {
    // Rule 9: unstable, behind the release's own rows, is asked only where there are none.
    const IdentifiedRow first = rows[next];
    together.clear();
    for (; next < rows.size() && rows[next].id == first.id; ++next) {
      if (rows[next].borrowed == first.borrowed) together.push_back(rows[next].row);
    }
    drop_outdated_denials(together, domain.standing);
    Decision decision = decide(together, subject, decisions);
    if (first.borrowed && decision.kind == Decision::Kind::kUndecided) continue;
    matched =
        add_finding(index, subject, std::move(decision), std::string(first.id), first.borrowed) ||
        matched;
  }
  return matched;
}

// Without JndiLookup log4j-core has neither of these: removing it was the vendor's advice for those
// who could not upgrade.
bool lacks_vulnerable_class(const Package& package, std::string_view id) {
  return package.property(kJndiLookup) == "absent" &&
         (id == "CVE-2021-44228" || id == "CVE-2021-45046");
}

bool Matching::add_finding(std::size_t index, const Subject& subject, Decision decision,
                           const std::string& id, bool borrowed) {
  if (decision.kind == Decision::Kind::kNothing) return false;
  if (subject.source_unknown && subject.by_source && decision.kind == Decision::Kind::kAffected) {
    decision.kind = Decision::Kind::kUndetermined;
    decision.judgements.front().reason =
        "the source package is not known; a source of the binary's name is affected";
  }
  const WeaknessFacts& facts = weaknesses_.facts(id);
  if (facts.rejected) return false;
  result_.findings.push_back(finding_from(id, decision, subject, facts, borrowed));
  Finding& finding = result_.findings.back();
  finding.package = index;
  if (lacks_vulnerable_class(*subject.package, id)) {
    finding.status = FindingStatus::kNotAffected;
    finding.status_reason = "the class JndiLookup was removed from the archive";
    finding.justification = kCodeNotPresent;
  }
  judge_linked_symbols(finding, decision, inventory_, *subject.package);
  return is_raised(finding);
}

PackageCoverage Matching::cover_product(std::size_t index, const std::vector<ProductName>& names) {
  const Package& package = inventory_.packages[index];
  const std::uint64_t damaged_before = lookup_.damaged();
  if (add_product_findings(index, names)) return {CoverageState::kMatched, ""};
  if (lookup_.damaged() != damaged_before) {
    return {CoverageState::kUnassessed, "its advisories could not be read"};
  }
  PackageCoverage coverage = product_without_finding(package, names);
  if (coverage.state != CoverageState::kClean) return coverage;
  if (const std::string_view doubt = package.property(kDoubt); !doubt.empty()) {
    return {CoverageState::kUnassessed, std::string(doubt)};
  }
  if (names.front().subject.version.empty()) {
    return {CoverageState::kUnassessed, "its version is not known"};
  }
  return coverage;
}

bool Matching::add_product_findings(std::size_t index, const std::vector<ProductName>& names) {
  std::vector<std::vector<AdvisoryRow>> rows;  // by source
  for (const ProductName& name : names) {
    const Subject& subject = name.subject;
    rows.push_back(rows_about(subject, domain_of(sources_, subject.ecosystem, subject.label)));
  }
  const std::string_view system = inventory_.distro ? std::string_view(inventory_.distro->id) : "";
  bool matched = false;
  for (ProductDecision& each : judge_product(names, rows, weaknesses_, system)) {
    const std::size_t count = result_.findings.size();
    bool raised = add_finding(index, *each.subject, std::move(each.decision), each.id, false);
    if (result_.findings.size() == count) continue;
    Finding& finding = result_.findings.back();
    finding.rule += each.others;
    if (raised && !each.denied.empty()) {
      finding.status = FindingStatus::kNotAffected;
      finding.status_reason = each.denied;
      raised = false;
    }
    matched = matched || raised;
  }
  return matched;
}

// Clean only where a current source knows the program and has all that is known of it.
PackageCoverage Matching::product_without_finding(const Package& package,
                                                  const std::vector<ProductName>& names) {
  std::string why, known_but;
  bool any_current = false;
  for (const ProductName& name : names) {
    const Subject& subject = name.subject;
    if (!name.may_clear) continue;
    const FeedStanding& standing = domain_of(sources_, subject.ecosystem, subject.label).standing;
    any_current = any_current || standing.current;
    const bool known = std::any_of(
        subject.names.begin(), subject.names.end(),
        [&](const std::string& each) { return lookup_.knows(subject.ecosystem, each); });
    if (known && standing.current) return {CoverageState::kClean, ""};
    if (known && known_but.empty()) known_but = standing.why_not;
    why += (why.empty() ? "" : ", ") +
           (standing.current ? subject.label + " does not know " + package.name : standing.why_not);
  }
  std::string reason =
      known_but.empty() ? "a program without a package manager: " + why : known_but;
  if (!any_current && !system_.keys.ecosystem.empty()) foreign_.insert(reason);
  return {CoverageState::kUnassessed, std::move(reason)};
}

PackageCoverage Matching::without_finding(const Domain& domain) const {
  if (result_.end_of_life.past && &domain == &system_) {
    std::string reason = domain.keys.label + " is past end of life";
    if (!result_.end_of_life.date.empty()) reason += " since " + result_.end_of_life.date;
    return {CoverageState::kUnassessed, std::move(reason)};
  }
  if (!domain.standing.current) return {CoverageState::kUnassessed, domain.standing.why_not};
  return {CoverageState::kClean, ""};
}

void Matching::add_problem(const char* code, std::string message) {
  result_.problems.push_back(
      {.path = "", .layer = -1, .step = kStep, .code = code, .message = std::move(message)});
}

void Matching::report_problems() {
  // An SBOM may have said so already.
  const bool told = std::any_of(
      inventory_.problems.begin(), inventory_.problems.end(),
      [](const Problem& problem) { return problem.code == problem::kPackageDbMissing; });
  if (!saw_system_package_ && !told) {
    std::string message = "no package database was found";
    if (!inventory_.databases.empty()) message = "the package database lists no package";
    if (!inventory_.packages.empty()) message = "no package of an operating system is listed";
    add_problem(problem::kPackageDbMissing, message + ": nothing can be said about this image");
  }
  if (without_source_ > 0) {
    const bool one = without_source_ == 1;
    add_problem(problem::kSourceUnknown,
                std::to_string(without_source_) +
                    (one ? " package does not say which source it was built from"
                         : " packages do not say which source they were built from") +
                    ", by which advisories speak; " + (one ? "it is" : "they are") + " not judged");
  }
  for (const std::string& reason : foreign_) add_problem(problem::kNoFeed, reason);
  if (const std::uint64_t damaged = lookup_.damaged(); damaged > 0) {
    add_problem(problem::kDatabaseDamaged,
                std::to_string(damaged) +
                    " values of the advisory database could not be read; import its feeds again");
  }
  for (const auto& [ecosystem, domain] : languages_) report_standing(domain);
  if (system_.keys.ecosystem.empty()) {
    if (saw_system_package_) {
      add_problem(problem::kNoFeed, "the distribution is unknown, so its packages are not judged");
    }
    return;
  }
  if (!saw_system_package_) return;
  if (decisions_.scope && !decisions_.scope->caution.empty()) {
    add_problem(problem::kRepositories, decisions_.scope->caution);
  }
  report_standing(system_);
}

void Matching::report_standing(const Domain& domain) {
  const FeedStanding& standing = domain.standing;
  if (standing.current) return;
  if (standing.not_pulled) {
    add_problem(problem::kPartNotPulled, standing.why_not + "; `seaworthy db pull` fetches it");
    return;
  }
  add_problem(
      standing.own.empty() ? problem::kNoFeed : problem::kStaleFeed,
      standing.own.empty() ? standing.why_not : domain.keys.label + ": " + standing.why_not);
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
  summary.suppressed = static_cast<std::uint64_t>(
      std::count_if(result.findings.begin(), result.findings.end(),
                    [](const Finding& finding) { return !is_raised(finding); }));
  for (const auto& [reason, count] : reasons) summary.reasons.push_back({reason, count});
  std::stable_sort(summary.reasons.begin(), summary.reasons.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  return summary;
}

}  // namespace seaworthy
