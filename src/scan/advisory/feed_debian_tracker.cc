#include "core/codec/json.h"
#include "scan/advisory/debian_urgency.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/releases.h"
#include "scan/advisory/state_mark.h"

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

// False: the status is not known.
bool set_status(const JsonValue& release, AdvisoryRow& row) {
  const std::string_view status = release["status"].text();
  const std::string fixed(release["fixed_version"].text());
  if (status == "undetermined") {
    row.status = AdvisoryStatus::kUndetermined;
  } else if (fixed == "0") {
    row.status = AdvisoryStatus::kNotAffected;
  } else if (status == "resolved") {
    row.fix_state = FixState::kFixed;
    // Without a version the release is clean and nothing says since when.
    if (fixed.empty()) row.status = AdvisoryStatus::kNotAffected;
    if (!fixed.empty()) row.ranges.push_back(VersionRange{"0", fixed, ""});
  } else if (status == "open") {
    row.fix_state = FixState::kNotFixed;
    set_nodsa(release, row);
  } else {
    return false;
  }
  set_debian_urgency(release["urgency"].text(), row);
  return true;
}

void read_issue(std::string_view package, std::string_view id, const JsonValue& issue,
                std::string_view document, FeedSink& sink) {
  sink.record();
  sink.reading(document, std::string(package).append(" ").append(id));
  VulnerabilityDetails details;
  details.id = id;
  details.summary = one_line(issue["description"].text());
  details.document = document;
  const AdvisoryState state = details.state = state_marked_in(details.summary);
  if (!details.summary.empty()) sink.details(std::move(details));
  for (const auto& [codename, release] : issue["releases"].members()) {
    const std::string_view version = debian_version(codename);
    if (version.empty()) {
      sink.skipped("a Debian release that is not known");
      continue;
    }
    AdvisoryRow row;
    row.vulnerability = id;
    row.document = document;
    row.state = state;
    if (!set_status(release, row)) {
      sink.problem(unreadable_record(document, "read debian-tracker",
                                     std::string(package) + " " + std::string(id) +
                                         ": unknown status '" +
                                         std::string(release["status"].text()) + "'"));
      continue;
    }
    sink.scope("debian", version);
    sink.row(PackageKey{"debian", std::string(version), std::string(package)}, std::move(row));
  }
}

Status parse_tracker(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  for (const auto& [package, issues] : json.root().members()) {
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
