#include <algorithm>

#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/state_mark.h"
#include "scan/advisory/ubuntu_status.h"

namespace seaworthy {
namespace {

// The Ubuntu CVE tracker as JSON Lines: one CVE per line,
// {"id", "state", "published", "priority", "cvss": [[source, vector]], "usn": [...], "description",
//  "packages": [{"release", "package", "status", "detail"}]}.
// "state" is the tracker's own: "retired" is where it moves a CVE that needs no more work, and its
// statuses stay true. Whether a CVE is rejected or disputed stands in the description.

bool recognizes_ubuntu_lines(const FeedDocument& document) {
  const std::string_view front = front_of(document).substr(0, 300);
  return first_char(front) == '{' && has_keys(front, {"id", "state", "priority"});
}

void read_cve(const JsonValue& record, const std::string& where, FeedSink& sink) {
  UbuntuCve cve;
  cve.id = record["id"].text();
  sink.reading(where, cve.id);
  if (record["placeholder"].boolean()) {
    sink.skipped("a placeholder without a CVE id");
    return;
  }
  if (!is_cve(cve.id)) {
    sink.problem(unreadable_record(where, "read ubuntu cve", "a record without a CVE id"));
    return;
  }
  sink.record();
  cve.document = where;
  cve.severity = ubuntu_severity(record["priority"].text());
  cve.state = record["state"].text() == "rejected" ? AdvisoryState::kRejected
                                                   : state_marked_in(record["description"].text());
  VulnerabilityDetails details;
  details.id = cve.id;
  details.summary = one_line(record["description"].text());
  details.severity = cve.severity;
  details.state = cve.state;
  details.published = record["published"].text();
  details.document = where;
  for (const JsonValue& pair : record["cvss"].elements()) {
    const std::vector<JsonValue> parts = pair.elements();
    if (parts.size() < 2 || parts[1].text().empty() || details.cvss.size() == 8) continue;
    const std::string vector(parts[1].text());
    details.cvss.push_back(Cvss{std::string(cvss_version(vector)), vector,
                                cvss_base_score(vector).value_or(0), std::string(parts[0].text())});
  }
  for (const JsonValue& usn : record["usn"].elements()) {
    if (details.references.size() == 12) break;
    if (usn.text().starts_with("USN-")) {
      details.references.push_back("https://ubuntu.com/security/notices/" +
                                   std::string(usn.text()));
    }
  }
  if (const auto time = parse_time(details.published)) sink.data_as_of(*time);
  sink.details(std::move(details));
  for (const JsonValue& package : record["packages"].elements()) {
    add_ubuntu_row(cve,
                   UbuntuStatus{package["release"].text(), package["package"].text(),
                                package["status"].text(), package["detail"].text()},
                   sink);
  }
}

Status parse_ubuntu_lines(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  for_each_line(document.bytes, [&](std::string_view line, std::uint64_t number) {
    if (trim(line).empty()) return;
    const std::string where = at_line(document.path, number);
    if (auto status = json.parse(line, limits); !status) {
      sink.problem(unreadable_record(where, "read ubuntu cve", status.error().message));
      return;
    }
    read_cve(json.root(), where, sink);
  });
  return ok_status();
}

}  // namespace

extern const Feed kUbuntuLines;
const Feed kUbuntuLines{
    .name = "ubuntu-cve",
    .description = "the Ubuntu CVE tracker as JSON Lines, all releases and ESM",
    .source = "",
    .recognizes = recognizes_ubuntu_lines,
    .parse = parse_ubuntu_lines,
};

}  // namespace seaworthy
