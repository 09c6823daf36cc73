#include "scan/advisory/csaf_statements.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scan/advisory/advisory_id.h"
#include "scan/advisory/csaf_remarks.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxNote = 200;

struct StatusList {
  std::string_view name;
  AdvisoryStatus status;
  bool fixed;
};
constexpr std::array kStatusLists{
    StatusList{"fixed", AdvisoryStatus::kAffected, true},
    StatusList{"first_fixed", AdvisoryStatus::kAffected, true},
    StatusList{"recommended", AdvisoryStatus::kAffected, true},
    StatusList{"known_affected", AdvisoryStatus::kAffected, false},
    StatusList{"known_not_affected", AdvisoryStatus::kNotAffected, false},
    StatusList{"under_investigation", AdvisoryStatus::kUnderInvestigation, false},
};
constexpr std::array<std::string_view, 2> kUnreadLists{"first_affected", "last_affected"};

std::string short_note(std::string_view text) {
  std::string note = one_line(text);
  if (note.size() <= kMaxNote) return note;
  std::size_t end = kMaxNote;
  while (end > 0 && (static_cast<unsigned char>(note[end]) & 0xc0) == 0x80) --end;
  note.resize(end);
  return note;
}

// What is said beside "affected": "Will not fix", "workaround: ...".
std::string note_of(const CsafRemarks& remarks) {
  if (!remarks.workaround.empty()) return "workaround: " + short_note(remarks.workaround);
  return remarks.reason == "Affected" ? std::string() : short_note(remarks.reason);
}

class Statements {
 public:
  Statements(const JsonValue& vulnerability, const CsafProducts& products, const CsafVendor& vendor,
             const CsafSubject& subject, FeedSink& sink)
      : vulnerability_(vulnerability),
        products_(products),
        vendor_(vendor),
        subject_(subject),
        sink_(sink),
        remarks_(read_csaf_remarks(vulnerability, products)) {}

  void read();

 private:
  struct Collected {
    PackageKey key;
    AdvisoryRow row;
    std::set<std::string> archs;
    std::string line;  // product, module and erratum: where a source build stands for binary ones
  };
  void read_id(std::string_view id, const StatusList& list);
  AdvisoryRow row_of(const CsafPackage& package, const CsafRemarks& remarks,
                     const StatusList& list) const;
  void collect(PackageKey key, AdvisoryRow row, const std::string& arch);
  void give();

  const JsonValue vulnerability_;
  const CsafProducts& products_;
  const CsafVendor& vendor_;
  const CsafSubject& subject_;
  FeedSink& sink_;
  const CsafRemarksById remarks_;
  std::vector<Collected> collected_;
  std::unordered_map<std::string, std::size_t> known_;
  std::set<std::string> lines_with_builds_;
  std::size_t undefined_ = 0;
  std::string first_undefined_;
};

void Statements::read() {
  const JsonValue status = vulnerability_["product_status"];
  for (const StatusList& list : kStatusLists) {
    for (const JsonValue& id : status[list.name].elements()) read_id(id.text(), list);
  }
  for (const std::string_view list : kUnreadLists) {
    if (!status[list].elements().empty()) {
      sink_.skipped("CSAF: a list of the first or last affected builds");
    }
  }
  if (undefined_ != 0) {
    sink_.problem(
        unreadable_record(subject_.document, "read csaf",
                          subject_.vulnerability + ": " + std::to_string(undefined_) +
                              " product ids are not defined by the product tree, the first is '" +
                              first_undefined_ + "'"));
  }
  give();
}

void Statements::read_id(std::string_view id, const StatusList& list) {
  const auto item = products_.resolve(id);
  if (!item) {
    if (undefined_++ == 0) first_undefined_ = short_note(id);
    return;
  }
  const CsafPlace place = vendor_.place(*item);
  if (!place.skip.empty()) {
    sink_.skipped(place.skip);
    return;
  }
  const CsafPackage package = vendor_.package(*item, list.fixed);
  if (!package.skip.empty() || (list.fixed && package.version.empty())) {
    sink_.skipped(package.skip.empty() ? "CSAF: a fixed package without a version" : package.skip);
    return;
  }
  const auto remarks = remarks_.find(id);
  AdvisoryRow row =
      row_of(package, remarks == remarks_.end() ? CsafRemarks{} : remarks->second, list);
  row.channel = place.channel;
  if (vendor_.speaks_for_releases && place.channel.empty()) {
    sink_.piece_of(place.ecosystem, place.release);
  }
  collect({place.ecosystem, place.release, package.name}, std::move(row), package.arch);
}

AdvisoryRow Statements::row_of(const CsafPackage& package, const CsafRemarks& remarks,
                               const StatusList& list) const {
  AdvisoryRow row;
  row.vulnerability = subject_.vulnerability;
  row.status = list.status;
  row.state = subject_.state;
  row.module = package.module;
  row.severity = remarks.severity == Severity::kUnknown ? subject_.severity : remarks.severity;
  row.document = subject_.document;
  if (list.fixed) {
    const std::string_view advisory =
        remarks.advisory.empty() ? subject_.advisory : remarks.advisory;
    // A fix may come with a bug-fix erratum; its id alone would say that this is none.
    if (is_maintenance_advisory(advisory)) {
      row.note = "fixed by " + std::string(advisory);
    } else {
      row.advisory_id = advisory;
    }
    row.fix_state = FixState::kFixed;
    row.ranges = {VersionRange{"0", package.version, ""}};
    return row;
  }
  if (!package.version.empty()) row.versions = {package.version};
  if (list.status == AdvisoryStatus::kNotAffected) {
    row.note = short_note(remarks.justification);
  } else if (list.status == AdvisoryStatus::kAffected) {
    row.fix_state = remarks.state == FixState::kUnknown ? FixState::kNotFixed : remarks.state;
    row.note = note_of(remarks);
  }
  return row;
}

void Statements::collect(PackageKey key, AdvisoryRow row, const std::string& arch) {
  std::string line;
  for (const std::string_view part :
       {std::string_view(key.ecosystem), std::string_view(key.release),
        std::string_view(row.channel), std::string_view(row.module),
        std::string_view(row.advisory_id)}) {
    line.append(part).append(1, '\0');
  }
  const bool fixed = row.fix_state == FixState::kFixed;
  if (fixed && arch != "src") lines_with_builds_.insert(line);
  std::string identity = line;
  for (const std::string_view part :
       {std::string_view(key.package), std::string_view(row.note),
        fixed ? std::string_view(row.ranges[0].fixed) : std::string_view(),
        row.versions.empty() ? std::string_view() : std::string_view(row.versions[0])}) {
    identity.append(part).append(1, '\0');
  }
  for (const int fact : {static_cast<int>(row.status), static_cast<int>(row.fix_state),
                         static_cast<int>(row.severity), arch == "src" ? 1 : 0}) {
    identity.append(1, static_cast<char>('a' + fact));
  }
  const auto [at, added] = known_.try_emplace(std::move(identity), collected_.size());
  if (added) collected_.push_back({std::move(key), std::move(row), {}, std::move(line)});
  collected_[at->second].archs.insert(arch);
}

void Statements::give() {
  for (Collected& one : collected_) {
    // Where the binary builds of an erratum are listed, its source packages add nothing.
    const bool source_fix = one.row.fix_state == FixState::kFixed && *one.archs.begin() == "src";
    if (source_fix && lines_with_builds_.contains(one.line)) continue;
    if (!one.archs.contains("")) {
      for (const std::string& arch : one.archs) {
        one.row.arch += (one.row.arch.empty() ? "" : "|") + arch;
      }
    }
    sink_.row(one.key, std::move(one.row));
  }
}

}  // namespace

void read_csaf_statements(const JsonValue& vulnerability, const CsafProducts& products,
                          const CsafVendor& vendor, const CsafSubject& subject, FeedSink& sink) {
  Statements(vulnerability, products, vendor, subject, sink).read();
}

}  // namespace seaworthy
