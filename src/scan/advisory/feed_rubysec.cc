// RubySec's advisory database (https://github.com/rubysec/ruby-advisory-db, "Data format"): a YAML
// file per advisory, gems/NAME/CVE-2023-1.yml and rubies/ENGINE/CVE-2023-1.yml:
//
//   gem: resque                      or engine: jruby, or library: rubygems
//   cve: 2023-50725                  ids without their prefix; also ghsa, osvdb
//   date: 2023-12-18
//   cvss_v3: 6.3                     the score alone
//   unaffected_versions: ["< 1.0"]   requirements, any of which clears a version
//   patched_versions: ["~> 2.1.4", ">= 2.2.1"]
//
// What is affected is every other version; without patched versions there is no fix.
#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/affected_versions.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr const char* kStep = "read rubysec";

bool recognizes_rubysec(const FeedDocument& document) {
  if (!document.path.ends_with(".yml") && !document.path.ends_with(".yaml")) return false;
  std::string_view front = trim(front_of(document));
  if (front.starts_with("---")) front = trim(front.substr(3));
  return front.starts_with("gem:") || front.starts_with("engine:") || front.starts_with("library:");
}

// "50725" of a number, "2023-50725" of text.
std::string text_of(const JsonValue& value) {
  return value.is_number() ? value.raw() : std::string(trim(value.text()));
}

std::vector<std::string> ids_of(const JsonValue& advisory) {
  std::vector<std::string> ids;
  for (const auto& [key, prefix] :
       {std::pair{"cve", "CVE-"}, {"ghsa", "GHSA-"}, {"osvdb", "OSVDB-"}}) {
    std::string id = text_of(advisory[key]);
    if (id.empty()) continue;
    ids.push_back(id.starts_with(prefix) ? id : prefix + id);
  }
  for (const JsonValue& related : advisory["related"]["cve"].elements()) {
    // Beside an advisory's own id these are other weaknesses; it has none of its own without them.
    if (ids.empty()) ids.push_back("CVE-" + text_of(related));
  }
  return ids;
}

void read_details(const JsonValue& advisory, const std::vector<std::string>& ids,
                  std::string_view document, FeedSink& sink) {
  VulnerabilityDetails details;
  details.id = ids.front();
  details.aliases.assign(ids.begin() + 1, ids.end());
  details.summary = one_line(advisory["title"].text());
  details.state = AdvisoryState::kActive;
  details.published = advisory["date"].text();
  details.document = document;
  for (const char* version : {"4", "3", "2"}) {
    const JsonValue score = advisory[std::string("cvss_v") + version];
    if (!score.is_number() || score.real() < 0 || score.real() > 10) continue;
    details.cvss.push_back({version, "", score.real(), ids.front()});
    if (details.severity == Severity::kUnknown) {
      details.severity = severity_of_score(score.real());
    }
  }
  add_reference(details, advisory["url"].text());
  sink.details(std::move(details));
}

// The engines (ruby, jruby, mruby) and RubyGems itself are no gems.
PackageKey key_of(const JsonValue& advisory) {
  const std::string gem(advisory["gem"].text());
  if (!gem.empty()) return {"gem", "", gem};
  const std::string engine(advisory["engine"].text());
  return {"generic", "", engine.empty() ? std::string(advisory["library"].text()) : engine};
}

std::vector<std::string> requirements_of(const JsonValue& advisory) {
  std::vector<std::string> out;
  for (const char* key : {"patched_versions", "unaffected_versions"}) {
    for (const JsonValue& requirement : advisory[key].elements()) {
      out.push_back(text_of(requirement));
    }
  }
  return out;
}

Status parse_rubysec(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  ASSIGN_OR_RETURN(const std::string text, yaml_to_json(document.bytes, limits));
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(text, limits));
  const JsonValue advisory = json.root();
  const PackageKey key = key_of(advisory);
  const std::vector<std::string> ids = ids_of(advisory);
  if (key.package.empty() || ids.empty()) {
    return Error{ErrorCode::kInvalidInput, "an advisory without a gem or an id"};
  }
  ASSIGN_OR_RETURN(
      const VersionSet affected,
      versions_beside(ConstraintSyntax::kGem, requirements_of(advisory), kGemVersions));
  sink.record();
  if (const auto time = parse_time(advisory["date"].text())) sink.data_as_of(*time);
  read_details(advisory, ids, document.path, sink);
  if (key.ecosystem == "gem") sink.mentions("gem", "");
  if (affected.empty()) {
    sink.problem(unreadable_record(document.path, kStep, "its versions exclude each other"));
    return ok_status();
  }
  AdvisoryRow row;
  row.vulnerability = ids.front();
  row.advisory_id = ids.size() > 1 ? ids[1] : ids.front();
  row.ranges = ranges_of(affected);
  row.fix_state = fix_state_of(row.ranges);
  row.document = document.path;
  sink.row(key, std::move(row));
  return ok_status();
}

}  // namespace

extern const Feed kRubySec;
const Feed kRubySec{
    .name = "rubysec",
    .description = "RubySec advisories: gems, and the engines of Ruby",
    .source = "https://github.com/rubysec/ruby-advisory-db/archive/refs/heads/master.tar.gz",
    .recognizes = recognizes_rubysec,
    .parse = parse_rubysec,
};

}  // namespace seaworthy
