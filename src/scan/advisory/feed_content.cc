#include "scan/advisory/feed_content.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "scan/advisory/advisory_id.h"
#include "scan/advisory/cpe.h"
#include "scan/advisory/package_name.h"

namespace seaworthy {
namespace {

constexpr std::size_t kKeptProblems = 1000;
// So many vulnerabilities of so many packages of one release are taken for all that its publisher
// has; with fewer a source is more likely a sample, or one document of many.
constexpr std::size_t kWhole = 100;
constexpr std::uint64_t kWholePackages = 10;
constexpr std::size_t kMaxName = 4096;       // bytes of a package name
constexpr std::size_t kMaxText = 16 * kKiB;  // bytes of any other text of a row
constexpr std::size_t kMaxId = 256;
constexpr std::size_t kKeptReasons = 100, kMaxReason = 200;
constexpr std::size_t kKeptSkipped = 1000;

bool plain(std::string_view text, std::size_t most) {
  return text.size() <= most &&
         std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; });
}

std::uint32_t epss_units(double value) {
  if (!(value >= 0) || value > 1) return 0;
  return static_cast<std::uint32_t>(std::lround(value * kEpssUnits));
}

template <class Map>
FeedContent::Pairs moved(Map& map) {
  FeedContent::Pairs pairs;
  pairs.reserve(map.size());
  for (auto& [key, value] : map) pairs.emplace_back(key, std::move(value));
  map.clear();
  return pairs;
}

// "CVE-2023-1", "GO-2023-1", "MAL-2023-1" and vendors' ids name the year they were given in.
int year_in(std::string_view id) {
  const std::size_t dash = id.find("-20");
  if (dash == std::string_view::npos || dash + 6 > id.size() || id[dash + 5] != '-') return 0;
  const char tens = id[dash + 3];
  const char ones = id[dash + 4];
  if (tens < '0' || tens > '9' || ones < '0' || ones > '9') return 0;
  return 2000 + (tens - '0') * 10 + (ones - '0');
}

constexpr std::string_view kExtras = "extras";
// Amazon Linux 2 has dozens of extras, each a repository, and no list of them in any. A source with
// a few has picked some.
constexpr std::ptrdiff_t kManyExtras = 10;

// Alpine's packages come from main and, since 3.3, community; each has a document of its own.
std::vector<std::string_view> repositories_of_release(std::string_view ecosystem,
                                                      std::string_view release) {
  if (ecosystem == "amzn") return {"core", kExtras};
  if (ecosystem != "alpine") return {};
  for (const std::string_view old : {"2.", "3.0", "3.1", "3.2"}) {
    if (release == old || (old == "2." && release.starts_with(old))) return {"main"};
  }
  return {"main", "community"};
}

bool has_repository(const std::set<std::string>& has, std::string_view needed) {
  if (needed != kExtras) return has.contains(std::string(needed));
  return std::count_if(has.begin(), has.end(), [](const std::string& name) {
           return name.starts_with("extra ");
         }) >= kManyExtras;
}

}  // namespace

FeedContent::FeedContent(UnixSeconds now, DocumentLists lists)
    : now_(now), year_(std::atoi(iso_date(now).substr(0, 4).c_str())), lists_(std::move(lists)) {}

// An id of a year that has not begun is a mistake or a lie.
void FeedContent::note_year(std::string_view id) {
  const int year = year_in(id);
  if (year > newest_year_ && year <= year_) newest_year_ = year;
}

void FeedContent::refuse(std::string_view document, std::string_view what) {
  problem(
      Problem{std::string(document), -1, "import", problem::kUnreadableRecord, std::string(what)});
}

bool FeedContent::usable_key(const PackageKey& key, const AdvisoryRow& row) {
  if (key.package.empty() || !plain(key.package, kMaxName)) {
    refuse(row.document, "a package name that is empty, too long or not text");
    return false;
  }
  if (!plain(key.ecosystem, kMaxId) || !plain(key.release, kMaxId)) {
    refuse(row.document, "an ecosystem or release that is too long or not text");
    return false;
  }
  if (row.vulnerability.empty() || !plain(row.vulnerability, kMaxId) ||
      !plain(row.advisory_id, kMaxId)) {
    refuse(row.document, "an id that is empty, too long or not text");
    return false;
  }
  return true;
}

void FeedContent::begin_document(std::string_view path, UnixSeconds modified) {
  begin_entry();
  document_ = path;
  place_ = path;
  member_date_ = modified;
}

void FeedContent::begin_entry() {
  for (PlaceFacts* place : touched_) {
    place->data = std::max(place->data, entry_date_);
    place->member = std::max(place->member, member_date_);
  }
  touched_.clear();
  entry_date_ = 0;
  ++entry_;
}

// Rows of one place come in runs.
FeedContent::PlaceFacts& FeedContent::touch(std::string_view ecosystem, std::string_view release) {
  if (last_place_ == nullptr || last_place_->first.first != ecosystem ||
      last_place_->first.second != release) {
    last_place_ = &*places_.try_emplace(Place(ecosystem, release)).first;
  }
  PlaceFacts& place = last_place_->second;
  if (place.entry != entry_) touched_.push_back(&place);
  place.entry = entry_;
  return place;
}

void FeedContent::row(const PackageKey& key, AdvisoryRow row) {
  if (!usable_key(key, row)) return;
  if (row.note.size() > kMaxText) row.note.resize(kMaxText);
  for (const VersionRange& range : row.ranges) {
    if (!plain(range.introduced, kMaxText) || !plain(range.fixed, kMaxText) ||
        !plain(range.last_affected, kMaxText)) {
      refuse(row.document, key.package + ": a version that is too long or not text");
      return;
    }
  }
  const std::string package = normalized_package(key.ecosystem, key.package);
  std::string& rows = rows_[join_key({key.ecosystem, key.release, package})];
  PlaceFacts& place = touch(key.ecosystem, key.release);
  if (rows.empty()) ++place.packages;
  ++place.rows;
  if (place.weaknesses.size() < kWhole) {
    place.weaknesses.insert(std::hash<std::string_view>{}(row.vulnerability));
  }
  has_malicious_ = has_malicious_ || row.kind == FindingKind::kMalicious;
  note_year(row.vulnerability);
  const int year = year_in(row.vulnerability);
  if (year <= year_) place.newest_year = std::max(place.newest_year, year);
  append_row(rows, row, strings_);
}

void FeedContent::details(VulnerabilityDetails details) {
  if (details.id.empty() || !plain(details.id, kMaxId)) {
    refuse(details.document, "an id that is empty, too long or not text");
    return;
  }
  std::erase_if(details.aliases, [&](const std::string& alias) {
    return alias.empty() || alias == details.id || !plain(alias, kMaxId) || is_advisory_id(alias);
  });
  std::sort(details.aliases.begin(), details.aliases.end());
  details.aliases.erase(std::unique(details.aliases.begin(), details.aliases.end()),
                        details.aliases.end());
  for (const std::string& alias : details.aliases) aliases_[alias].insert(details.id);
  details_[details.id] = pack_details(details);
}

void FeedContent::epss(std::string_view cve, double score, double percentile,
                       std::string_view date) {
  const auto parts = parse_cve(cve);
  if (!parts || parts->number > 0xffffffff) return;
  note_year(cve);
  epss_[parts->year].push_back(EpssScore{static_cast<std::uint32_t>(parts->number),
                                         epss_units(score), epss_units(percentile)});
  if (date > epss_date_) epss_date_ = date;
}

void FeedContent::kev(std::string_view cve, const Kev& kev) {
  note_year(cve);
  kev_[std::string(cve)] = pack_kev(kev);
}

// Several exploits of one weakness: the first that was seen counts.
void FeedContent::exploit(std::string_view cve, const Exploit& exploit) {
  note_year(cve);
  const auto [at, added] = exploits_.emplace(cve, exploit);
  if (added) return;
  Exploit& kept = at->second;
  const bool earlier = !exploit.first_seen.empty() &&
                       (kept.first_seen.empty() || exploit.first_seen < kept.first_seen);
  const auto before = [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;  // EDB-999 before EDB-1000
  };
  if (earlier ||
      (exploit.first_seen == kept.first_seen && before(exploit.reference, kept.reference))) {
    kept = exploit;
  }
}

void FeedContent::end_of_life(std::string_view product, std::string_view cycle,
                              std::string_view date, bool ended) {
  if (!plain(product, kMaxId) || !plain(cycle, kMaxId) || product.empty() || cycle.empty()) return;
  end_of_life_[join_key({product, cycle})] =
      pack_end_of_life(EndOfLifeInfo{std::string(date), ended, {}});
}

void FeedContent::vex(VexStatement statement) {
  if (!plain(statement.vulnerability, kMaxId) || statement.vulnerability.empty()) {
    refuse(statement.document, "an id that is empty, too long or not text");
    return;
  }
  vex_[statement.vulnerability].push_back(std::move(statement));
}

void FeedContent::repository(std::string_view name, const std::vector<std::string>& cpes) {
  if (name.empty() || !plain(name, kMaxId)) return;
  repositories_[std::string(name)] = pack_texts(cpes);
}

bool FeedContent::archive(std::string_view sha1, std::string_view coordinates) {
  return archives_.add(sha1, coordinates);
}

void FeedContent::scope(std::string_view ecosystem, std::string_view release) {
  if (!plain(ecosystem, kMaxId) || !plain(release, kMaxId)) return;
  touch(ecosystem, release);
  scopes_.emplace(ecosystem, release);
}

void FeedContent::mentions(std::string_view ecosystem, std::string_view release) {
  if (!plain(ecosystem, kMaxId) || !plain(release, kMaxId)) return;
  touch(ecosystem, release);
  mentioned_.emplace(ecosystem, release);
}

void FeedContent::piece_of(std::string_view ecosystem, std::string_view release) {
  if (!plain(ecosystem, kMaxId) || !plain(release, kMaxId)) return;
  touch(ecosystem, release);
  pieces_.emplace(ecosystem, release);
}

void FeedContent::repository_of(std::string_view ecosystem, std::string_view release,
                                std::string_view repository) {
  if (!plain(ecosystem, kMaxId) || !plain(release, kMaxId) || !plain(repository, kMaxId)) return;
  touch(ecosystem, release);
  release_repositories_[Place(ecosystem, release)].emplace(repository);
}

// Sets are sorted: all is one ecosystem where the first and the last are.
void FeedContent::settle_mentions(const std::string& feed) {
  if (mentioned_.empty()) return;
  if (mentioned_.begin()->first == mentioned_.rbegin()->first) {
    pieces_.insert(mentioned_.begin(), mentioned_.end());
    return;
  }
  problem({feed, -1, "read scope", problem::kDocument,
           "a collection of several ecosystems: it raises findings, but no package is called clean "
           "because of it; if it has all advisories of each, import it with --complete"});
  for (const Place& place : mentioned_) {
    gaps_[place] = {feed +
                        " is a collection of several ecosystems: not taken for all advisories of " +
                        place.first,
                    {}};
  }
}

void FeedContent::settle_pieces(const std::string& feed) {
  const auto number = [](std::uint64_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
  };
  std::string_view told;
  for (const Place& place : pieces_) {
    const PlaceFacts& facts = places_[place];
    // Of all products of the world a hundred vulnerabilities are nothing.
    const bool countable = place.first != kProductEcosystem;
    if (countable && facts.weaknesses.size() >= kWhole && facts.packages >= kWholePackages) {
      scopes_.insert(place);
      continue;
    }
    const std::string few = "holds only " +
                            number(facts.weaknesses.size(), "vulnerability", "vulnerabilities") +
                            " of " + number(facts.packages, "package", "packages") + " of " +
                            place.first + (place.second.empty() ? "" : " " + place.second);
    const std::string holds = countable ? few : "has products by their CPE names";
    gaps_[place] = {feed + " " + holds + ": not taken for all of them", {}};
    if (told == place.first) continue;
    told = place.first;
    problem({feed, -1, "read scope", problem::kDocument,
             "it " + holds +
                 ": it raises findings, but no package is called clean because of it; if these "
                 "are all there are, import it with --complete"});
  }
}

void FeedContent::settle_repositories(const std::string& feed) {
  for (const auto& [place, has] : release_repositories_) {
    Gap gap;
    for (const std::string_view needed : repositories_of_release(place.first, place.second)) {
      if (!has_repository(has, needed)) gap.lacks.emplace_back(needed);
    }
    if (gap.lacks.empty()) {
      scopes_.insert(place);
      continue;
    }
    gap.why = feed + " lacks";
    for (const std::string& name : gap.lacks) {
      gap.why += (&name == &gap.lacks.front() ? " " : " and ") + name;
    }
    gap.why += " of " + place.first + " " + place.second;
    problem({feed, -1, "read scope", problem::kDocument,
             gap.why + ": it raises findings, but no package of that release is called clean "
                       "because of it; if it has all advisories, import it with --complete"});
    gaps_[place] = std::move(gap);
  }
}

void FeedContent::settle_scopes(std::string_view feed, bool complete) {
  begin_entry();
  const std::string name(feed);
  if (complete) {
    scopes_.insert(mentioned_.begin(), mentioned_.end());
    scopes_.insert(pieces_.begin(), pieces_.end());
    for (const auto& [place, has] : release_repositories_) scopes_.insert(place);
  } else {
    settle_mentions(name);
    settle_pieces(name);
    settle_repositories(name);
  }
  for (const Place& place : scopes_) gaps_.erase(place);
}

void FeedContent::data_as_of(UnixSeconds time) {
  constexpr UnixSeconds kDay = 86400;
  if (time > now_ + kDay) return;
  data_as_of_ = std::max(data_as_of_, time);
  entry_date_ = std::max(entry_date_, time);
}

bool FeedContent::listed(std::string_view path, UnixSeconds time, bool removed) {
  lists_came_late_ = lists_came_late_ || asked_of_lists_;
  return lists_.add(path, time, removed);
}

bool FeedContent::is_removed(std::string_view path, UnixSeconds date) {
  asked_of_lists_ = true;
  return lists_.removes(path, date);
}

void FeedContent::reading(std::string_view where, std::string_view id) {
  place_ = where;
  if (!id.empty()) place_.append(" ").append(id.substr(0, kMaxId));
}

// Reasons name foreign words (an ecosystem), so their number is bounded like everything else.
void FeedContent::skipped(std::string_view why) {
  std::string reason(why.substr(0, kMaxReason));
  if (skipped_.size() >= kKeptReasons && !skipped_.contains(reason)) reason = "other reasons";
  ++skipped_[reason];
  if (!skipped_documents_.empty()) {
    SkippedDocument& last = skipped_documents_.back();
    if (last.path == place_ && last.reason == reason) {
      ++last.count;
      return;
    }
  }
  if (skipped_documents_.size() < kKeptSkipped) {
    skipped_documents_.push_back(SkippedDocument{place_, std::move(reason), 1});
  }
}

void FeedContent::problem(Problem problem) {
  ++problem_count_;
  if (place_.starts_with(problem.path + " ")) problem.path = place_;
  if (problems_.size() < kKeptProblems) problems_.push_back(std::move(problem));
}

FeedRecord FeedContent::record_of(const DateWitnesses& copy) const {
  FeedRecord record;
  record.info.records = records_;
  record.info.problems = problem_count_;
  const auto scope_at = [&](const Place& place) {
    const auto at = places_.find(place);
    const PlaceFacts facts = at == places_.end() ? PlaceFacts{} : at->second;
    DateWitnesses known = copy;
    known.data = facts.data;
    known.archive = facts.member == copy.file ? 0 : facts.member;
    known.newest_year = facts.newest_year;
    known.records = facts.rows;
    known.telling = kTellingOfRelease;
    const FeedDate date = date_of_feed(known);
    return FeedScope{place.first, place.second, facts.packages, date.time, date.by};
  };
  for (const Place& place : scopes_) record.info.scopes.push_back(scope_at(place));
  for (const auto& [place, gap] : gaps_) {
    record.info.partial.push_back({scope_at(place), gap.why, gap.lacks});
  }
  for (const auto& [place, facts] : places_) {
    if (facts.rows > 0) record.row_scopes.push_back(place);
  }
  record.has_details = !details_.empty();
  record.info.has_epss = !epss_.empty();
  record.info.has_kev = !kev_.empty();
  record.info.has_exploit = !exploits_.empty();
  record.info.has_eol = !end_of_life_.empty();
  record.info.has_malicious = has_malicious_;
  record.has_repositories = !repositories_.empty();
  record.has_vex = !vex_.empty();
  record.has_archives = !archives_.empty();
  return record;
}

DateWitnesses FeedContent::witnesses() const {
  DateWitnesses known;
  known.now = now_;
  known.data = data_as_of_;
  known.newest_year = newest_year_;
  known.records = records_;
  return known;
}

void FeedContent::report(FeedImport& out) const {
  out.records = records_;
  out.skip_reasons = skipped_;
  for (const auto& [why, count] : skipped_) out.skipped += count;
  out.skipped_documents = skipped_documents_;
  out.problems = problems_;
  out.problem_count = problem_count_;
}

FeedContent::Pairs FeedContent::take_rows() {
  RowPacker packer(strings_);
  std::uint64_t repeats = 0;
  Pairs pairs;
  pairs.reserve(rows_.size());
  for (auto& [key, collected] : rows_) {
    pairs.emplace_back(key, packer.pack(collected, repeats));
    std::string().swap(collected);
  }
  rows_.clear();
  return pairs;
}

FeedContent::Pairs FeedContent::take_details() {
  return moved(details_);
}

FeedContent::Pairs FeedContent::take_aliases() {
  Pairs pairs;
  for (const auto& [alias, ids] : aliases_) {
    pairs.emplace_back(alias, pack_texts(std::vector<std::string>(ids.begin(), ids.end())));
  }
  aliases_.clear();
  return pairs;
}

FeedContent::Pairs FeedContent::take_epss() {
  Pairs pairs;
  for (auto& [year, scores] : epss_) {
    std::stable_sort(scores.begin(), scores.end(),
                     [](const EpssScore& a, const EpssScore& b) { return a.number < b.number; });
    const auto end = std::unique(scores.begin(), scores.end(),
                                 [](const auto& a, const auto& b) { return a.number == b.number; });
    scores.erase(end, scores.end());
    pairs.emplace_back(std::to_string(year), pack_epss_year(epss_date_, scores));
  }
  epss_.clear();
  return pairs;
}

FeedContent::Pairs FeedContent::take_kev() {
  return moved(kev_);
}

FeedContent::Pairs FeedContent::take_exploits() {
  Pairs pairs;
  for (const auto& [cve, exploit] : exploits_) pairs.emplace_back(cve, pack_exploit(exploit));
  exploits_.clear();
  return pairs;
}

FeedContent::Pairs FeedContent::take_end_of_life() {
  return moved(end_of_life_);
}

FeedContent::Pairs FeedContent::take_repositories() {
  return moved(repositories_);
}

FeedContent::Pairs FeedContent::take_vex() {
  Pairs pairs;
  for (const auto& [id, statements] : vex_) pairs.emplace_back(id, pack_vex(statements));
  vex_.clear();
  return pairs;
}

}  // namespace seaworthy
