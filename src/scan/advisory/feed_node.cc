// The Node.js security working group's database (https://github.com/nodejs/security-wg, vuln/). Its
// core part is where every vulnerability of Node.js itself is recorded by release line; the npm
// part ended in 2021 and still has a few that no other source has.
//
//   core/42.json  {"cve": ["CVE-2022-35255"], "vulnerable": "16.x || 18.x",
//                  "patched": "^16.17.1 || ^18.9.1", "overview": "...", "severity": "high"}
//   npm/379.json  {"id": 379, "module_name": "anywhere", "cves": [], "vulnerable_versions":
//                  "<1.5.0", "patched_versions": ">=1.5.0", "cvss_vector": "CVSS:3.0/..."}
//
// Affected is what is vulnerable and not patched; both are npm's ranges. index.json repeats the
// other files of its folder.
#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/affected_versions.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

// deps/7.json says why Node.js is not affected by a vulnerability of something that it contains.
bool is_remark(std::string_view front) {
  return has_keys(front, {"cve", "description", "overview", "reason"});
}

bool recognizes_node(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  if (first_char(front) != '{') return false;
  return has_keys(front, {"module_name", "vulnerable_versions"}) ||
         has_keys(front, {"vulnerable", "patched", "affectedEnvironments"}) || is_remark(front);
}

// Ids of the two parts as others cite them.
std::string own_id(const JsonValue& entry, bool core, std::string_view path) {
  const std::string_view name = file_name(path);
  if (core) return "NSWG-CORE-" + std::string(name.substr(0, name.find('.')));
  return "NSWG-ECO-" + std::to_string(entry["id"].integer());
}

std::vector<std::string> cves_of(const JsonValue& list) {
  std::vector<std::string> out;
  for (const JsonValue& value : list.elements()) {
    if (is_cve(value.text()) && out.size() < 50) out.emplace_back(value.text());
  }
  return out;
}

Result<VersionSet> affected_versions(const JsonValue& entry, bool core) {
  const std::string_view vulnerable = entry[core ? "vulnerable" : "vulnerable_versions"].text();
  const std::string_view patched = entry[core ? "patched" : "patched_versions"].text();
  if (trim(vulnerable).empty()) {
    return Error{ErrorCode::kInvalidInput, "it does not say which versions are vulnerable"};
  }
  ASSIGN_OR_RETURN(VersionSet affected,
                   parse_constraint(ConstraintSyntax::kNpm, vulnerable, kNpmVersions));
  // "<0.0.0" is how the npm part says that there is no patch.
  if (trim(patched).empty()) return affected;
  ASSIGN_OR_RETURN(const VersionSet fixed,
                   parse_constraint(ConstraintSyntax::kNpm, patched, kNpmVersions));
  return intersection(affected, complement(fixed, kNpmVersions), kNpmVersions);
}

Severity severity_of(const JsonValue& entry, const std::string& vector) {
  if (const auto own = parse_severity(entry["severity"].text())) return *own;
  const auto score = cvss_base_score(vector);
  return score ? severity_of_score(*score) : Severity::kUnknown;
}

void read_details(const JsonValue& entry, const std::string& id, std::string_view document,
                  FeedSink& sink) {
  VulnerabilityDetails details;
  details.id = id;
  const std::string_view title = entry["title"].text();
  details.summary = one_line(title.empty() ? entry["overview"].text() : title);
  if (details.summary.empty()) details.summary = one_line(entry["description"].text());
  details.published = entry["publish_date"].text();
  details.document = document;
  const std::string vector(entry["cvss_vector"].text().substr(0, 400));
  if (const auto score = cvss_base_score(vector)) {
    details.cvss.push_back({std::string(cvss_version(vector)), vector, *score, id});
  }
  details.severity = severity_of(entry, vector);
  add_reference(details, entry["ref"].text());
  sink.details(std::move(details));
}

// "windows" where only that system's builds of Node.js are affected; "" all are.
std::string platform_of(const JsonValue& entry) {
  std::string only;
  for (const JsonValue& system : entry["affectedEnvironments"].elements()) {
    const std::string_view name = system.text() == "win32" ? "windows" : system.text();
    if (name == "all" || (!only.empty() && only != name)) return {};
    only = name;
  }
  return only.size() < 64 ? only : "";
}

Status parse_node(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  if (file_name(document.path) == "index.json") {
    sink.skipped("an index that repeats the files beside it");
    return ok_status();
  }
  if (is_remark(front_of(document))) {
    sink.skipped("a remark on why Node.js is not affected");
    return ok_status();
  }
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  const JsonValue entry = json.root();
  const bool core = entry["module_name"].text().empty();
  const std::string id = own_id(entry, core, document.path);
  ASSIGN_OR_RETURN(const VersionSet affected, affected_versions(entry, core));
  sink.record();
  if (const auto time = parse_time(entry["updated_at"].text())) sink.data_as_of(*time);
  if (const auto time = parse_time(entry["publish_date"].text())) sink.data_as_of(*time);
  AdvisoryRow row;
  row.advisory_id = id;
  row.ranges = ranges_of(affected);
  row.fix_state = fix_state_of(row.ranges);
  row.severity = severity_of(entry, std::string(entry["cvss_vector"].text().substr(0, 400)));
  row.document = document.path;
  if (core) row.channel = platform_of(entry);
  if (row.ranges.empty()) {
    sink.skipped("an entry whose every vulnerable version is patched");
    return ok_status();
  }
  std::vector<std::string> weaknesses = cves_of(entry[core ? "cve" : "cves"]);
  if (weaknesses.empty()) weaknesses.push_back(id);
  for (const std::string& weakness : weaknesses) {
    read_details(entry, weakness, document.path, sink);
    AdvisoryRow one = row;
    one.vulnerability = weakness;
    sink.row(core ? PackageKey{"generic", "", "node"}
                  : PackageKey{"npm", "", std::string(entry["module_name"].text())},
             std::move(one));
  }
  if (!core) sink.mentions("npm", "");
  return ok_status();
}

}  // namespace

extern const Feed kNodeWorkingGroup;
const Feed kNodeWorkingGroup{
    .name = "nodejs-security-wg",
    .description = "Node.js security working group: Node.js itself, and old advisories of npm",
    .source = "https://github.com/nodejs/security-wg/archive/refs/heads/main.tar.gz",
    .recognizes = recognizes_node,
    .parse = parse_node,
};

}  // namespace seaworthy
