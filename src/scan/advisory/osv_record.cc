#include "scan/advisory/osv_record.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "scan/advisory/advisory_id.h"
#include "scan/advisory/affected_versions.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/osv_affected.h"
#include "scan/advisory/releases.h"
#include "scan/advisory/state_mark.h"

namespace seaworthy {
namespace {

// From an OSV record to rows.
//
// The record is either about one weakness (GHSA, PYSEC, GO, RUSTSEC, CVE: its `aliases` are other
// names of it) or a vendor's advisory (DSA, ALSA, RLSA, CGA: it speaks about the CVE ids in
// `upstream`, `aliases` and `related`, and each of them is a finding of its own). The fields are
// used as feeds use them, not as the schema wishes: AlmaLinux has its CVE ids in `related` only.

constexpr std::size_t kMaxReferences = 12;
constexpr std::size_t kMaxAliases = 200;
constexpr std::size_t kMaxCves = 5'000;  // of one advisory; the kernel's reach some hundreds

std::vector<std::string> strings_of(const JsonValue& list, std::size_t most) {
  std::vector<std::string> out;
  for (const JsonValue& value : list.elements()) {
    if (out.size() == most) break;
    if (!value.text().empty()) out.emplace_back(value.text());
  }
  return out;
}

void add_cves(const JsonValue& list, std::vector<std::string>& out, std::set<std::string>& seen) {
  for (const JsonValue& value : list.elements()) {
    for (std::string& cve : cve_ids_in(value.text())) {
      if (out.size() < kMaxCves && seen.insert(cve).second) out.push_back(std::move(cve));
    }
  }
}

// The weaknesses that the record's rows are about; its own id where it names no CVE.
std::vector<std::string> weaknesses_of(const JsonValue& record, const std::string& id) {
  if (is_cve(id)) return {id};
  std::vector<std::string> cves;
  std::set<std::string> seen;
  const bool advisory = is_advisory_id(id);
  add_cves(record[advisory ? "upstream" : "aliases"], cves, seen);
  if (advisory) {
    add_cves(record["aliases"], cves, seen);
    add_cves(record["related"], cves, seen);
    if (cves.empty()) cves = cve_ids_in(id);
  } else if (cves.empty()) {
    add_cves(record["upstream"], cves, seen);
  }
  if (cves.empty()) cves.push_back(id);
  return cves;
}

// "Important: kernel security update".
Severity severity_of_summary(std::string_view summary) {
  const std::size_t colon = summary.find(':');
  if (colon == std::string_view::npos || colon > 12) return Severity::kUnknown;
  return parse_severity(summary.substr(0, colon)).value_or(Severity::kUnknown);
}

Severity severity_in(const JsonValue& object) {
  return parse_severity(object["severity"].text()).value_or(Severity::kUnknown);
}

// Adds CVSS vectors; a vendor's own scale ("Ubuntu": "medium") goes to `own`.
void read_severities(const JsonValue& list, std::string_view source, std::vector<Cvss>& cvss,
                     Severity& own) {
  for (const JsonValue& entry : list.elements()) {
    const std::string vector(entry["score"].text());
    if (!entry["type"].text().starts_with("CVSS")) {
      own = std::max(own, parse_severity(vector).value_or(Severity::kUnknown));
      continue;
    }
    const bool known = std::any_of(cvss.begin(), cvss.end(),
                                   [&](const Cvss& other) { return other.vector == vector; });
    if (vector.empty() || vector.size() > 300 || known || cvss.size() >= 16) continue;
    cvss.push_back(Cvss{std::string(cvss_version(vector)), vector,
                        cvss_base_score(vector).value_or(0), std::string(source)});
  }
}

AdvisoryState state_of(const JsonValue& record) {
  if (!record["withdrawn"].text().empty()) return AdvisoryState::kWithdrawn;
  const AdvisoryState state = state_marked_in(record["details"].text());
  return state != AdvisoryState::kActive ? state : state_marked_in(record["summary"].text());
}

class Reader {
 public:
  Reader(const JsonValue& record, std::string_view document, FeedSink& sink)
      : record_(record), document_(document), sink_(sink), id_(record["id"].text()) {}

  void read();

 private:
  void note_dates();
  void read_details();
  void read_affected(const JsonValue& affected);
  void add_rows(const PackageKey& key, const Ecosystem& where, const AdvisoryRow& row);
  void add_suse_binaries(const JsonValue& affected, const Ecosystem& where, const AdvisoryRow& row);
  AdvisoryRow row_of(const JsonValue& affected, const OsvVersions& versions) const;

  const JsonValue record_;
  const std::string_view document_;
  FeedSink& sink_;
  const std::string id_;
  std::vector<std::string> weaknesses_;
  AdvisoryState state_ = AdvisoryState::kActive;
  Severity severity_ = Severity::kUnknown;
};

void Reader::read() {
  if (id_.empty() || !record_.is_object()) {
    sink_.problem(unreadable_record(document_, "read osv", "a record without an id"));
    return;
  }
  if (is_maintenance_advisory(id_)) {
    sink_.skipped("a bug-fix or enhancement advisory");
    return;
  }
  sink_.begin_entry();
  sink_.record();
  note_dates();
  state_ = state_of(record_);
  weaknesses_ = weaknesses_of(record_, id_);
  read_details();
  for (const JsonValue& affected : record_["affected"].elements()) read_affected(affected);
}

// Some records (most of the Go database) have no date, or the year 1 for one.
void Reader::note_dates() {
  for (const char* key : {"published", "modified"}) {
    const auto time = parse_time(record_[key].text());
    if (time && *time > 0) sink_.data_as_of(*time);
  }
}

void Reader::read_details() {
  VulnerabilityDetails details;
  details.id = id_;
  details.summary = one_line(record_["summary"].text());
  if (details.summary.empty()) details.summary = one_line(record_["details"].text());
  if (!is_advisory_id(id_)) details.aliases = strings_of(record_["aliases"], kMaxAliases);
  details.state = state_;
  details.published = record_["published"].text();
  details.modified = record_["modified"].text();
  details.document = document_;
  for (const JsonValue& reference : record_["references"].elements()) {
    if (details.references.size() == kMaxReferences) break;
    add_reference(details, reference["url"].text());
  }
  Severity own = severity_in(record_["database_specific"]);
  read_severities(record_["severity"], id_, details.cvss, own);
  for (const JsonValue& affected : record_["affected"].elements()) {
    Severity ignored = Severity::kUnknown;
    read_severities(affected["severity"], id_, details.cvss, ignored);
  }
  if (own == Severity::kUnknown && is_advisory_id(id_)) {
    own = severity_of_summary(record_["summary"].text());
  }
  if (is_malicious_id(id_)) own = Severity::kCritical;
  severity_ = own;
  details.severity = own;
  for (const Cvss& cvss : details.cvss) {
    if (own == Severity::kUnknown && cvss.version.starts_with('3')) {
      details.severity = std::max(details.severity, severity_of_score(cvss.score));
    }
  }
  sink_.details(std::move(details));
}

// "windows|darwin"
std::string joined(const JsonValue& texts) {
  std::string out;
  for (const JsonValue& text : texts.elements()) {
    if (!out.empty()) out += '|';
    out += text.text();
  }
  return out;
}

// The Go vulnerability database names packages and, where it knows them, their vulnerable symbols.
// A list that is cut would clear binaries by what is missing in it: rather none at all.
std::vector<AffectedImport> imports_of(const JsonValue& specific) {
  constexpr std::size_t kMaxTexts = 5'000;
  std::vector<AffectedImport> out;
  std::size_t texts = 0;
  for (const JsonValue& import : specific["imports"].elements()) {
    AffectedImport one;
    one.path = import["path"].text();
    one.goos = joined(import["goos"]);
    one.goarch = joined(import["goarch"]);
    const auto symbols = import["symbols"].elements();
    texts += 1 + symbols.size();
    if (one.path.empty() || texts > kMaxTexts) return {};
    for (const JsonValue& symbol : symbols) one.symbols.emplace_back(symbol.text());
    out.push_back(std::move(one));
  }
  return out;
}

// RustSec also publishes remarks about crates: "unmaintained" and "notice" are no vulnerabilities,
// "unsound" is one of memory safety.
bool is_remark(const JsonValue& affected) {
  const std::string_view kind = affected["database_specific"]["informational"].text();
  return kind == "unmaintained" || kind == "notice";
}

AdvisoryRow Reader::row_of(const JsonValue& affected, const OsvVersions& versions) const {
  AdvisoryRow row;
  row.advisory_id = id_;
  row.ranges = versions.ranges;
  row.versions = versions.versions;
  row.state = state_;
  row.severity = severity_;
  row.document = document_;
  const JsonValue specific = affected["ecosystem_specific"];
  if (row.severity == Severity::kUnknown) row.severity = severity_in(specific);
  if (row.severity == Severity::kUnknown) row.severity = severity_in(affected["database_specific"]);
  row.imports = imports_of(specific);
  if (specific["urgency"].text() == "unimportant") row.unimportant = true;
  if (is_malicious_id(id_)) row.kind = FindingKind::kMalicious;
  row.fix_state = fix_state_of(row.ranges);
  return row;
}

void Reader::add_rows(const PackageKey& key, const Ecosystem& where, const AdvisoryRow& row) {
  std::vector<std::string> modules{""};
  const bool modular = std::any_of(row.ranges.begin(), row.ranges.end(), [](const auto& range) {
    return is_module_build(range.fixed) || is_module_build(range.last_affected);
  });
  if (modular) modules = module_streams(record_["summary"].text());
  for (const std::string& weakness : weaknesses_) {
    for (const std::string& module : modules) {
      AdvisoryRow one = row;
      one.vulnerability = weakness;
      one.module = module;
      one.channel = where.channel;
      sink_.row(key, std::move(one));
    }
  }
}

// SUSE names the source package and lists the binaries, which may have versions of their own
// (matching rule 28): {"libqt4": "4.8.6-7.1", "libqt4-devel": ...}.
void Reader::add_suse_binaries(const JsonValue& affected, const Ecosystem& where,
                               const AdvisoryRow& row) {
  for (const JsonValue& binaries : affected["ecosystem_specific"]["binaries"].elements()) {
    for (const auto& [name, version] : binaries.members()) {
      if (name == affected["package"]["name"].text() || version.text().empty()) continue;
      AdvisoryRow one = row;
      one.ranges = {VersionRange{"0", std::string(version.text()), ""}};
      one.fix_state = FixState::kFixed;
      add_rows(PackageKey{where.name, where.release, std::string(name)}, where, one);
    }
  }
}

void Reader::read_affected(const JsonValue& affected) {
  const JsonValue package = affected["package"];
  if (package["ecosystem"].text().empty()) {
    sink_.skipped("an affected part without a package (commits of a repository)");
    return;
  }
  const Ecosystem where = map_osv_ecosystem(package["ecosystem"].text());
  if (where.name.empty()) {
    std::string why(where.skip);
    sink_.skipped(why.append(": '").append(package["ecosystem"].text()).append("'"));
    return;
  }
  if (is_remark(affected)) {
    sink_.skipped("a remark about a crate that is no vulnerability");
    return;
  }
  const OsvVersions versions = read_osv_versions(affected);
  if (versions.git_only) {
    sink_.skipped("an affected part with commits and no versions");
    return;
  }
  if (versions.ranges.empty() && versions.versions.empty()) {
    sink_.skipped("an affected part without versions");
    return;
  }
  sink_.mentions(where.name, where.release);
  const AdvisoryRow row = row_of(affected, versions);
  add_rows(PackageKey{where.name, where.release, std::string(package["name"].text())}, where, row);
  if (where.name.starts_with("sl") || where.name.starts_with("opensuse")) {
    add_suse_binaries(affected, where, row);
  }
}

}  // namespace

void read_osv_record(const JsonValue& record, std::string_view document, FeedSink& sink) {
  Reader(record, document, sink).read();
}

}  // namespace seaworthy
