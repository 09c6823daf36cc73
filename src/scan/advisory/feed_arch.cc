// Arch Linux security tracker, https://security.archlinux.org/all.json: vulnerability groups.
//
//   [{"name": "AVG-2843", "packages": ["curl", "libcurl-compat"], "status": "Fixed",
//     "severity": "Medium", "type": "...", "affected": "8.4.0-1", "fixed": "8.5.0-1",
//     "issues": ["CVE-2023-46218"], "advisories": ["ASA-202312-1"]}, ...]
//
// `affected` is the version in which the group was found, not the first that has it, so a package
// is affected below `fixed`. Status "Testing": the fix is in the testing repositories; "Unknown":
// nobody has looked yet. There is no date: the feed is as old as its copy.
#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr const char* kStep = "read arch";
constexpr std::size_t kMaxNames = 2'000;  // packages and issues of one group

bool recognizes_arch(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '[' && has_keys(front, {"name", "packages", "issues", "affected"}) &&
         front.find("\"AVG-") != front.npos;
}

bool set_state(const JsonValue& group, AdvisoryRow& row) {
  const std::string_view status = group["status"].text();
  const std::string_view fixed = group["fixed"].text();
  if (status == "Not affected") {
    row.status = AdvisoryStatus::kNotAffected;
    return true;
  }
  if (status == "Unknown") {
    row.status = AdvisoryStatus::kUnderInvestigation;
    return true;
  }
  if (status != "Fixed" && status != "Vulnerable" && status != "Testing") return false;
  if (status == "Fixed" && fixed.empty()) return false;
  row.fix_state = fixed.empty() ? FixState::kNotFixed : FixState::kFixed;
  if (!fixed.empty()) row.ranges = {{"0", std::string(fixed), ""}};
  if (status == "Testing") row.note = "fixed in testing";
  return true;
}

void read_group(const JsonValue& group, const FeedDocument& document, FeedSink& sink) {
  AdvisoryRow row;
  row.advisory_id = group["name"].text();
  row.document = document.path;
  row.severity = parse_severity(group["severity"].text()).value_or(Severity::kUnknown);
  std::vector<std::string> weaknesses;
  for (const JsonValue& issue : group["issues"].elements()) {
    if (!issue.text().empty() && weaknesses.size() < kMaxNames)
      weaknesses.emplace_back(issue.text());
  }
  if (row.advisory_id.empty() || !set_state(group, row)) {
    sink.problem(unreadable_record(document.path, kStep,
                                   row.advisory_id + ": a group without a name, or whose status '" +
                                       std::string(group["status"].text()) + "' cannot be read"));
    return;
  }
  if (weaknesses.empty()) weaknesses.push_back(row.advisory_id);
  sink.record();
  std::size_t packages = 0;
  for (const JsonValue& package : group["packages"].elements()) {
    if (++packages > kMaxNames) break;
    for (const std::string& weakness : weaknesses) {
      row.vulnerability = weakness;
      sink.row({"arch", "", std::string(package.text())}, row);
    }
  }
}

Status parse_arch(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  sink.scope("arch", "");
  for (const JsonValue& group : json.root().elements()) read_group(group, document, sink);
  return ok_status();
}

}  // namespace

extern const Feed kArch;
const Feed kArch{
    .name = "arch",
    .description = "Arch Linux security tracker",
    .source = "https://security.archlinux.org/all.json",
    .recognizes = recognizes_arch,
    .parse = parse_arch,
};

}  // namespace seaworthy
