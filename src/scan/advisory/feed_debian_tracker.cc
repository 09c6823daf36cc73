#include "core/codec/json.h"
#include "scan/advisory/debian_urgency.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/releases.h"
#include "scan/advisory/state_mark.h"
#include "scan/advisory/unreadable_row.h"

namespace seaworthy {
namespace {

// The Debian security tracker's JSON: source package → CVE → {description, debianbug, scope,
// releases: {codename: {status, fixed_version, urgency, nodsa, nodsa_reason, repositories}}}.
//
// The tracker has already compared: "resolved" says that the release holds the fix, "open" that it
// does not. A fixed version "0" means that the package never was affected (matching rule 6);
// "unimportant" issues have no security impact in the vendor's eyes (rule 7); "nodsa" issues get no
// advisory of their own, now ("postponed") or at all ("ignored"), and may have a fix nevertheless.
// The document has no date of its own (feed_date.h).
//
// A record that does not say what the form wants is a problem, and a row that decides nothing: one
// that was left out would look like a package without the vulnerability.

bool recognizes_tracker(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '{' && has_keys(front, {"releases", "repositories", "status"});
}

void set_nodsa(const JsonValue& release, AdvisoryRow& row) {
  const std::string_view reason = release["nodsa_reason"].text();
  if (release["nodsa"].text().empty() && reason.empty()) return;
  if (reason == "postponed") row.fix_state = FixState::kDeferred;
  if (reason == "ignored") row.fix_state = FixState::kWontFix;
  row.note = reason.empty() ? "no advisory" : std::string(reason);
  if (!release["nodsa"].text().empty()) row.note.append(": ").append(release["nodsa"].text());
}

// What is wrong with the record; "" nothing.
std::string set_status(const JsonValue& release, AdvisoryRow& row) {
  const std::string_view status = release["status"].text();
  const std::string fixed(release["fixed_version"].text());
  if (status == "undetermined") {
    row.status = AdvisoryStatus::kUndetermined;
  } else if (fixed == "0") {
    row.status = AdvisoryStatus::kNotAffected;
  } else if (status == "resolved") {
    if (fixed.empty()) return "resolved without a fixed version";
    row.fix_state = FixState::kFixed;
    row.ranges.push_back(VersionRange{"0", fixed, ""});
  } else if (status == "open") {
    row.fix_state = FixState::kNotFixed;
    set_nodsa(release, row);
  } else {
    return release.is_object() ? "unknown status '" + std::string(status.substr(0, 100)) + "'"
                               : "not an object";
  }
  set_debian_urgency(release["urgency"].text(), row);
  return {};
}

// One package, or one vulnerability of it.
class Record {
 public:
  Record(std::string_view package, std::string_view id, std::string_view document, FeedSink& sink)
      : package_(package), id_(id), document_(document), sink_(sink) {}

  AdvisoryRow row() const {
    AdvisoryRow row;
    row.vulnerability = id_;
    row.document = document_;
    return row;
  }
  void put(std::string_view release, AdvisoryRow row) const {
    sink_.row(PackageKey{"debian", std::string(release), std::string(package_)}, std::move(row));
  }
  void report(std::string_view what) const {
    std::string name(package_);
    if (!id_.empty()) name.append(" ").append(id_);
    sink_.problem(unreadable_record(document_, "read debian-tracker",
                                    std::move(name).append(": ").append(what)));
  }
  // The row of a release that decides nothing.
  void put_unreadable(std::string_view release, std::string_view what) const {
    AdvisoryRow unreadable = row();
    unreadable.status = AdvisoryStatus::kUnderInvestigation;
    unreadable.note = std::string(kUnreadableNote).append(what);
    put(release, std::move(unreadable));
  }
  // Nothing says which releases it was about.
  void put_unreadable(std::string_view what) const {
    report(what);
    for (const ReleaseName& release : debian_releases()) put_unreadable(release.version, what);
  }

 private:
  const std::string_view package_, id_, document_;
  FeedSink& sink_;
};

void read_issue(std::string_view package, std::string_view id, const JsonValue& issue,
                std::string_view document, FeedSink& sink) {
  sink.record();
  sink.reading(document, std::string(package).append(" ").append(id));
  const Record record(package, id, document, sink);
  if (!issue.is_object()) return record.put_unreadable("not an object");
  const JsonValue releases = issue["releases"];
  if (!releases.is_object()) return record.put_unreadable("its releases are no object");
  VulnerabilityDetails details;
  details.id = id;
  details.summary = one_line(issue["description"].text());
  details.document = document;
  const AdvisoryState state = details.state = state_marked_in(details.summary);
  if (!details.summary.empty()) sink.details(std::move(details));
  for (const auto& [codename, release] : releases.members()) {
    const std::string_view version = debian_version(codename);
    if (version.empty()) {
      sink.skipped("a Debian release that is not known");
      continue;
    }
    AdvisoryRow row = record.row();
    row.state = state;
    sink.scope("debian", version);
    if (const std::string wrong = set_status(release, row); !wrong.empty()) {
      record.report(std::string(codename) + ": " + wrong);
      record.put_unreadable(version, wrong);
      continue;
    }
    record.put(version, std::move(row));
  }
}

Status parse_tracker(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  for (const auto& [package, issues] : json.root().members()) {
    if (!issues.is_object()) {
      sink.reading(document.path, package);
      Record(package, "", document.path, sink).report("not an object");
    }
    for (const auto& [id, issue] : issues.members()) {
      read_issue(package, id, issue, document.path, sink);
    }
  }
  return ok_status();
}

}  // namespace

extern const Feed kDebianTracker;
const Feed kDebianTracker{
    .name = "debian-tracker",
    .description = "the Debian security tracker: status of every source package in every release",
    .source = "https://security-tracker.debian.org/tracker/data/json",
    .recognizes = recognizes_tracker,
    .parse = parse_tracker,
};

}  // namespace seaworthy
