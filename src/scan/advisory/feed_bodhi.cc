// Fedora's update system Bodhi, https://bodhi.fedoraproject.org/docs/server_api: pages of updates.
//
//   {"updates": [{"alias": "FEDORA-2024-1a2b3c", "type": "security", "status": "stable",
//      "severity": "high", "date_stable": "2024-05-01 01:02:03", "notes": "...", "title": "...",
//      "release": {"name": "F40", "version": "40", "id_prefix": "FEDORA"},
//      "builds": [{"nvr": "curl-8.6.0-8.fc40", "epoch": 0, "type": "rpm"}],
//      "bugs": [{"title": "CVE-2024-2004 curl: ...", "security": true}]}], "page": 1, "pages": 7}
//
// Builds are source packages, so a row is about every package that was built from one (arch "src").
// Only updates that reached the stable repository are a fix; one in testing says that something is
// affected, which its predecessor in stable does not deny, but its version may still change.
#include <algorithm>

#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr const char* kStep = "read bodhi";
constexpr std::size_t kMaxCves = 5'000;  // of one update

bool recognizes_bodhi(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '{' && has_keys(front, {"builds", "nvr"}) &&
         (has_keys(front, {"updates"}) || has_keys(front, {"update"}));
}

void add_cves(std::string_view text, std::vector<std::string>& cves) {
  for (std::string& cve : cve_ids_in(text)) {
    if (cves.size() < kMaxCves && std::find(cves.begin(), cves.end(), cve) == cves.end()) {
      cves.push_back(std::move(cve));
    }
  }
}

std::vector<std::string> weaknesses_of(const JsonValue& update, const std::string& id) {
  std::vector<std::string> cves;
  for (const JsonValue& bug : update["bugs"].elements()) add_cves(bug["title"].text(), cves);
  for (const JsonValue& cve : update["cves"].elements()) add_cves(cve["cve_id"].text(), cves);
  if (cves.empty()) add_cves(update["notes"].text(), cves);
  if (cves.empty()) add_cves(update["title"].text(), cves);
  if (cves.empty()) cves.push_back(id);
  return cves;
}

struct Build {
  std::string name, version;
};

// "java-17-openjdk-17.0.9.0.9-3.fc40": name, version and release have no other separator.
Build build_of(const JsonValue& build) {
  const std::string_view nvr = build["nvr"].text();
  const std::size_t release = nvr.rfind('-');
  const std::size_t version =
      release == nvr.npos || release == 0 ? nvr.npos : nvr.rfind('-', release - 1);
  if (version == nvr.npos || version == 0) return {};
  Build out{std::string(nvr.substr(0, version)), std::string(nvr.substr(version + 1))};
  const std::int64_t epoch = build["epoch"].integer();
  if (epoch > 0) out.version.insert(0, std::to_string(epoch) + ":");
  return out;
}

void read_update(const JsonValue& update, const FeedDocument& document, FeedSink& sink) {
  sink.begin_entry();
  const std::string id(update["alias"].text());
  const JsonValue release = update["release"];
  const std::string version(release["version"].text());
  if (id.empty() || version.empty()) {
    sink.problem(unreadable_record(document.path, kStep, id + ": no alias or no release"));
    return;
  }
  for (const char* key : {"date_submitted", "date_stable", "date_modified"}) {
    if (const auto time = parse_time(update[key].text())) sink.data_as_of(*time);
  }
  if (update["type"].text() != "security") {
    sink.skipped("Bodhi: an update that is no security update");
    return;
  }
  if (update["status"].text() != "stable") {
    sink.skipped("Bodhi: an update that is not in the stable repository");
    return;
  }
  if (release["id_prefix"].text() != "FEDORA") {
    sink.skipped("Bodhi: a product other than Fedora Linux");
    return;
  }
  sink.record();
  sink.piece_of("fedora", version);
  AdvisoryRow row;
  row.advisory_id = id;
  row.document = document.path;
  row.arch = "src";
  row.fix_state = FixState::kFixed;
  row.severity = parse_severity(update["severity"].text()).value_or(Severity::kUnknown);
  const std::vector<std::string> weaknesses = weaknesses_of(update, id);
  for (const JsonValue& entry : update["builds"].elements()) {
    if (const std::string_view type = entry["type"].text(); !type.empty() && type != "rpm") {
      sink.skipped("Bodhi: a build that is no rpm");
      continue;
    }
    const Build build = build_of(entry);
    if (build.name.empty()) {
      sink.problem(unreadable_record(document.path, kStep, id + ": a build without a version"));
      continue;
    }
    row.ranges = {{"0", build.version, ""}};
    for (const std::string& weakness : weaknesses) {
      row.vulnerability = weakness;
      sink.row({"fedora", version, build.name}, row);
    }
  }
}

Status parse_bodhi(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  if (json.root()["update"].is_object()) read_update(json.root()["update"], document, sink);
  for (const JsonValue& update : json.root()["updates"].elements()) {
    read_update(update, document, sink);
  }
  return ok_status();
}

}  // namespace

extern const Feed kBodhi;
const Feed kBodhi{
    .name = "bodhi",
    .description = "Fedora security updates, by source package",
    .source = "https://bodhi.fedoraproject.org/updates/?type=security",
    .recognizes = recognizes_bodhi,
    .parse = parse_bodhi,
};

}  // namespace seaworthy
