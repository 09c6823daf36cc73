// Photon OS: cve_metadata/cve_data_photon<release>.json, one array for a release:
//
//   [{"cve_id": "CVE-2021-44228", "pkg": "log4j", "cve_score": 10.0,
//     "aff_ver": "all versions before 2.15.0-1.ph4 are vulnerable", "res_ver": "2.15.0-1.ph4"},
//     ...]
//
// `pkg` is the source package. `aff_ver` "NA" (newer documents: status "Not Affected") means that
// no version ever was affected; `res_ver` "NA" that there is no fix. The release stands in the
// file's name, and in the dist tag of the versions. There is no date: the feed is as old as its
// copy.
#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr const char* kStep = "read photon";

bool recognizes_photon(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '[' && has_keys(front, {"cve_id", "pkg", "res_ver"});
}

// "3.0" of "cve_data_photon3.0.json".
std::string release_in(std::string_view path) {
  const std::string_view name = file_name(path);
  const std::size_t at = name.rfind("photon");
  if (at == name.npos) return {};
  std::string_view rest = name.substr(at + 6);
  const std::size_t end = rest.find_first_not_of("0123456789.");
  rest = rest.substr(0, end);
  while (rest.ends_with('.')) rest.remove_suffix(1);
  return std::string(rest);
}

std::string release_of_version(std::string_view version) {
  const std::size_t at = version.rfind(".ph");
  const std::string_view number = at == version.npos ? "" : version.substr(at + 3);
  if (number.size() != 1 || number[0] < '1' || number[0] > '9') return {};
  return std::string(number) + ".0";
}

bool is_none(std::string_view text) {
  return text.empty() || text == "NA" || text == "N/A" || text == "na";
}

AdvisoryRow row_of(const JsonValue& entry, const FeedDocument& document) {
  AdvisoryRow row;
  row.vulnerability = entry["cve_id"].text();
  row.document = document.path;
  row.severity = severity_of_score(entry["cve_score"].real());
  if (!entry["cve_score"].is_number()) row.severity = Severity::kUnknown;
  const std::string_view fixed = entry["res_ver"].text();
  const std::string_view affected = entry["aff_ver"].text();
  if (lower_case(entry["status"].text()) == "not affected" || is_none(affected)) {
    row.status = AdvisoryStatus::kNotAffected;
  } else if (is_none(fixed)) {
    row.fix_state = FixState::kNotFixed;
  } else {
    row.fix_state = FixState::kFixed;
    row.ranges = {{"0", std::string(fixed), ""}};
  }
  return row;
}

Status parse_photon(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  const std::string named = release_in(document.path);
  bool any = false;
  for (const JsonValue& entry : json.root().elements()) {
    AdvisoryRow row = row_of(entry, document);
    const std::string package(entry["pkg"].text());
    const std::string release = named.empty() ? release_of_version(entry["res_ver"].text()) : named;
    if (row.vulnerability.empty() || package.empty()) {
      sink.problem(unreadable_record(document.path, kStep, "an entry without a CVE or a package"));
      continue;
    }
    if (release.empty()) {
      sink.problem(unreadable_record(
          document.path, kStep,
          row.vulnerability + ": neither the file's name nor a version names a release"));
      continue;
    }
    sink.record();
    if (!any) sink.scope("photon", release);
    any = true;
    sink.row({"photon", release, package}, std::move(row));
  }
  return ok_status();
}

}  // namespace

extern const Feed kPhoton;
const Feed kPhoton{
    .name = "photon",
    .description = "Photon OS CVE metadata",
    .source = "https://packages.vmware.com/photon/photon_cve_metadata",
    .recognizes = recognizes_photon,
    .parse = parse_photon,
};

}  // namespace seaworthy
