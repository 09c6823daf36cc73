#include "scan/advisory/ubuntu_status.h"

#include "scan/advisory/feed_text.h"
#include "scan/advisory/releases.h"

namespace seaworthy {
namespace {

struct Pocket {
  std::string_view version;  // "" where the release is not known
  std::string channel;
};

// "jammy" is 22.04; "esm-infra/bionic" is 18.04 in the channel esm-infra; "trusty/esm" is the same
// said the older way. Any other word beside a codename (fips, ros-esm, realtime) is its channel.
Pocket pocket_of(std::string_view release) {
  const std::size_t slash = release.find('/');
  if (slash == std::string_view::npos) return Pocket{ubuntu_version(release), ""};
  const std::string_view front = release.substr(0, slash);
  const std::string_view back = release.substr(slash + 1);
  if (const std::string_view version = ubuntu_version(front); !version.empty()) {
    return Pocket{version, back == "esm" ? "esm-infra" : std::string(back)};
  }
  return Pocket{ubuntu_version(back), std::string(front)};
}

bool set_status(const UbuntuStatus& status, AdvisoryRow& row) {
  const std::string_view word = status.status;
  if (word == "released") {
    row.fix_state = FixState::kFixed;
    if (status.detail.empty()) {
      row.status = AdvisoryStatus::kUndetermined;
      row.note = "released; the tracker does not say in which version";
    } else {
      row.ranges.push_back(VersionRange{"0", std::string(status.detail), ""});
    }
    return true;
  }
  if (word == "not-affected") {
    row.status = AdvisoryStatus::kNotAffected;
    return true;
  }
  row.note = word;
  if (!status.detail.empty()) row.note.append(": ").append(status.detail);
  if (word == "needed" || word == "needs-triage" || word == "pending" || word == "active") {
    row.fix_state = FixState::kNotFixed;
  } else if (word == "deferred") {
    row.fix_state = FixState::kDeferred;
  } else if (word == "ignored") {
    const bool ended = status.detail.find("end of life") != std::string_view::npos ||
                       status.detail.find("end of standard support") != std::string_view::npos;
    row.fix_state = ended ? FixState::kEndOfLife : FixState::kWontFix;
  } else {
    return false;
  }
  return true;
}

}  // namespace

void add_ubuntu_row(const UbuntuCve& cve, const UbuntuStatus& status, FeedSink& sink) {
  if (status.status == "DNE" || status.release == "upstream" || status.release == "snap") return;
  const Pocket pocket = pocket_of(status.release);
  if (pocket.version.empty()) {
    sink.skipped("an Ubuntu release that is not known");
    return;
  }
  AdvisoryRow row;
  if (!set_status(status, row)) {
    sink.problem(unreadable_record(
        cve.document, "read ubuntu status",
        std::string(status.package) + ": unknown status '" + std::string(status.status) + "'"));
    return;
  }
  row.vulnerability = cve.id;
  row.severity = cve.severity;
  row.state = cve.state;
  row.channel = pocket.channel;
  row.document = cve.document;
  sink.piece_of("ubuntu", pocket.version);
  sink.row(PackageKey{"ubuntu", std::string(pocket.version), std::string(status.package)},
           std::move(row));
}

Severity ubuntu_severity(std::string_view priority) {
  if (priority == "untriaged") return Severity::kUnknown;
  return parse_severity(priority).value_or(Severity::kUnknown);
}

}  // namespace seaworthy
