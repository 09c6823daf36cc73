// NVD, API 2.0 (https://nvd.nist.gov/developers/vulnerabilities) and its yearly files of the same
// form:
//
//   {"format": "NVD_CVE", "version": "2.0", "timestamp": "...", "vulnerabilities": [{"cve": {"id",
//     "published", "lastModified", "vulnStatus", "cveTags": [{"tags": ["disputed"]}],
//     "descriptions": [{"lang", "value"}], "metrics": {"cvssMetricV31": [{"source", "type",
//     "cvssData": {"vectorString", "baseScore"}}]}, "configurations": [{"operator", "nodes":
//     [{"operator", "negate", "cpeMatch": [{"vulnerable", "criteria", "versionStartIncluding",
//     "versionEndExcluding", ...}]}]}], "references": [{"url"}]}}]}
//
// What a vulnerability is: its state, scores and text. The configurations say which products of the
// world at large are affected, by CPE name. No package manager's package is matched with them: a
// distribution's own statement knows which fixes were put into its build. They are kept as rows of
// the ecosystem "cpe" under "vendor:product", for applications that no package manager installed.
#include <algorithm>

#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/cpe.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/state_mark.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxReferences = 8;
constexpr std::size_t kMaxScores = 12;
constexpr std::size_t kMaxMatches = 20'000;  // of one CVE; routers with a thousand models have some
constexpr const char* kStep = "read nvd";

bool recognizes_nvd(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '{' && has_keys(front, {"vulnerabilities", "cve", "vulnStatus"});
}

AdvisoryState state_of(const JsonValue& cve) {
  if (cve["vulnStatus"].text() == "Rejected") return AdvisoryState::kRejected;
  for (const JsonValue& tags : cve["cveTags"].elements()) {
    for (const JsonValue& tag : tags["tags"].elements()) {
      if (tag.text() == "disputed") return AdvisoryState::kDisputed;
    }
  }
  return AdvisoryState::kActive;
}

void read_scores(const JsonValue& metrics, std::vector<Cvss>& scores) {
  for (const char* key : {"cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"}) {
    for (const JsonValue& metric : metrics[key].elements()) {
      const JsonValue data = metric["cvssData"];
      const std::string_view vector = data["vectorString"].text();
      const double base = data["baseScore"].real();
      if (vector.empty() || vector.size() > 400 || scores.size() == kMaxScores) continue;
      if (!(base >= 0 && base <= 10)) continue;
      scores.push_back({std::string(cvss_version(vector)), std::string(vector), base,
                        std::string(metric["source"].text().substr(0, 200))});
    }
  }
}

VulnerabilityDetails details_of(const JsonValue& cve, const FeedDocument& document) {
  VulnerabilityDetails details;
  details.id = cve["id"].text();
  details.document = document.path;
  details.state = state_of(cve);
  details.published = cve["published"].text();
  details.modified = cve["lastModified"].text();
  for (const JsonValue& text : cve["descriptions"].elements()) {
    if (text["lang"].text() == "en" && details.summary.empty()) {
      details.summary = one_line(text["value"].text());
      if (details.state == AdvisoryState::kActive) details.state = state_marked_in(details.summary);
    }
  }
  read_scores(cve["metrics"], details.cvss);
  for (const Cvss& cvss : details.cvss) {
    if (cvss.version.starts_with('3') && details.severity == Severity::kUnknown) {
      details.severity = severity_of_score(cvss.score);
    }
  }
  for (const JsonValue& reference : cve["references"].elements()) {
    if (details.references.size() == kMaxReferences) break;
    add_reference(details, reference["url"].text());
  }
  return details;
}

// Of a CPE 2.3 name: part, vendor, product, version, update, ..., target software.
constexpr std::size_t kPart = 2, kVendor = 3, kProduct = 4, kVersion = 5, kUpdate = 6,
                      kTargetSoftware = 10;

// The fields of "cpe:2.3:a:vendor:product:...", where a colon inside a field is written "\:".
std::vector<std::string> fields_of(std::string_view name) {
  std::vector<std::string> fields(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '\\' && i + 1 < name.size()) {
      fields.back() += name[++i];
    } else if (name[i] == ':') {
      fields.emplace_back();
    } else {
      fields.back() += name[i];
    }
  }
  return fields;
}

// What else must be there (AND).
struct Beside {
  std::string_view note;
  std::string_view platform;  // where that is an operating system and nothing else
};

// The operating system that all the CPE names of the other nodes are of: "windows", "macos"; ""
// none, or several.
std::string_view platform_of(const JsonValue& configuration) {
  std::string_view platform;
  for (const JsonValue& node : configuration["nodes"].elements()) {
    for (const JsonValue& match : node["cpeMatch"].elements()) {
      if (match["vulnerable"].boolean()) continue;
      const std::string_view name = match["criteria"].text();
      const std::string_view own = name.starts_with("cpe:2.3:o:microsoft:") ? "windows"
                                   : name.starts_with("cpe:2.3:o:apple:")   ? "macos"
                                                                            : "";
      if (own.empty() || (!platform.empty() && platform != own)) return {};
      platform = own;
    }
  }
  return platform;
}

class Configurations {
 public:
  Configurations(const VulnerabilityDetails& details, FeedSink& sink)
      : details_(details), sink_(sink) {}

  void read(const JsonValue& configurations);

 private:
  void read_match(const JsonValue& match, const Beside& beside);

  const VulnerabilityDetails& details_;
  FeedSink& sink_;
  std::size_t matches_ = 0;
};

void Configurations::read_match(const JsonValue& match, const Beside& beside) {
  const std::vector<std::string> cpe = fields_of(match["criteria"].text());
  if (cpe.size() != 13 || cpe[0] != "cpe" || !match["vulnerable"].boolean()) return;
  if (cpe[kPart] != "a" || ++matches_ > kMaxMatches) return;
  AdvisoryRow row;
  row.vulnerability = details_.id;
  row.state = details_.state;
  row.document = details_.document;
  row.note = beside.platform.empty() ? beside.note : "";
  row.channel = beside.platform;
  if (cpe[kTargetSoftware] != "*") row.channel = cpe[kTargetSoftware];
  VersionRange range;
  range.introduced = match["versionStartIncluding"].text();
  if (const std::string_view after = match["versionStartExcluding"].text(); !after.empty()) {
    range.introduced = after;
    range.introduced_excluded = true;
  }
  range.fixed = match["versionEndExcluding"].text();
  range.last_affected = match["versionEndIncluding"].text();
  if (range != VersionRange{}) {
    if (range.introduced.empty()) range.introduced = "0";
    row.ranges.push_back(std::move(range));
  } else if (cpe[kVersion] == "-") {
    return;  // "the version does not apply" (matching rule 56)
  } else if (cpe[kVersion] != "*") {
    const bool any_update = cpe[kUpdate] == "*" || cpe[kUpdate] == "-";
    row.versions.push_back(cpe[kVersion] + (any_update ? "" : ":" + cpe[kUpdate]));
  }
  row.fix_state =
      !row.ranges.empty() && !row.ranges[0].fixed.empty() ? FixState::kFixed : FixState::kUnknown;
  sink_.row({std::string(kProductEcosystem), "", cpe[kVendor] + ":" + cpe[kProduct]},
            std::move(row));
}

// With AND, the product is affected only on or with something else, which is not looked at here.
void Configurations::read(const JsonValue& configurations) {
  for (const JsonValue& configuration : configurations.elements()) {
    Beside beside;
    if (configuration["operator"].text() == "AND") {
      beside = {kBesideAnother, platform_of(configuration)};
    }
    const bool negated = configuration["negate"].boolean();
    for (const JsonValue& node : configuration["nodes"].elements()) {
      if (negated || node["negate"].boolean()) {
        sink_.skipped("NVD: a configuration that is negated");
        continue;
      }
      for (const JsonValue& match : node["cpeMatch"].elements()) {
        read_match(match, beside);
      }
    }
  }
  if (matches_ > kMaxMatches) {
    sink_.problem(
        unreadable_record(details_.document, kStep, details_.id + ": more products than are kept"));
  }
}

void read_cve(const JsonValue& cve, const FeedDocument& document, FeedSink& sink) {
  VulnerabilityDetails details = details_of(cve, document);
  if (!is_cve(details.id)) {
    sink.problem(unreadable_record(document.path, kStep, "an entry without a CVE id"));
    return;
  }
  sink.record();
  if (const auto time = parse_time(details.modified)) sink.data_as_of(*time);
  if (details.state != AdvisoryState::kRejected) {
    Configurations(details, sink).read(cve["configurations"]);
  }
  sink.details(std::move(details));
}

Status parse_nvd(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  if (const auto time = parse_time(json.root()["timestamp"].text())) sink.data_as_of(*time);
  sink.mentions(kProductEcosystem, "");
  for (const JsonValue& entry : json.root()["vulnerabilities"].elements()) {
    read_cve(entry["cve"], document, sink);
  }
  return ok_status();
}

}  // namespace

extern const Feed kNvd;
const Feed kNvd{
    .name = "nvd",
    .description = "NVD: state, scores and texts of CVEs, and the products they name",
    .source = "https://services.nvd.nist.gov/rest/json/cves/2.0",
    .recognizes = recognizes_nvd,
    .parse = parse_nvd,
};

}  // namespace seaworthy
