// FriendsOfPHP's security advisories (https://github.com/FriendsOfPHP/security-advisories): a YAML
// file per advisory, VENDOR/PACKAGE/CVE-2026-1.yaml:
//
//   title: ...
//   link: https://...
//   cve: CVE-2026-1                  missing or ~ where there is none
//   branches:
//     "1.x":
//       time: 2026-01-02 10:00:00    of the fix; ~ where there is none
//       versions: ['>=1.0.0', '<1.2.3']   all of them hold for an affected version
//   reference: composer://vendor/package
#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/affected_versions.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr std::string_view kComposer = "composer://";

bool recognizes_friends_of_php(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return document.path.ends_with(".yaml") && front.find("\nreference:") != front.npos &&
         front.find(kComposer) != front.npos && front.find("branches:") != front.npos;
}

// "VENDOR/PACKAGE/2016-01-02" where the advisory has no CVE id: the database's own way to name it.
std::string id_of(const JsonValue& advisory, const std::string& package, std::string_view path) {
  std::string cve(advisory["cve"].text());
  if (is_cve(cve)) return cve;
  const std::string_view name = file_name(path);
  return package + "/" + std::string(name.substr(0, name.rfind('.')));
}

Result<VersionSet> affected_of(const JsonValue& branch) {
  std::string all;
  for (const JsonValue& version : branch["versions"].elements()) {
    all += (all.empty() ? "" : ",") + std::string(version.text());
  }
  if (all.empty()) return Error{ErrorCode::kInvalidInput, "a branch without versions"};
  return parse_constraint(ConstraintSyntax::kComparators, all, kComposerVersions);
}

Status parse_friends_of_php(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  ASSIGN_OR_RETURN(const std::string text, yaml_to_json(document.bytes, limits));
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(text, limits));
  const JsonValue advisory = json.root();
  const std::string_view reference = advisory["reference"].text();
  if (!reference.starts_with(kComposer) || reference.size() == kComposer.size()) {
    return Error{ErrorCode::kInvalidInput, "an advisory without a package of Composer"};
  }
  const std::string package(reference.substr(kComposer.size()));
  VersionSet affected;
  for (const auto& [name, branch] : advisory["branches"].members()) {
    ASSIGN_OR_RETURN(const VersionSet one, affected_of(branch));
    affected.insert(affected.end(), one.begin(), one.end());
    if (const auto time = parse_time(branch["time"].text().substr(0, 10))) sink.data_as_of(*time);
  }
  if (affected.empty()) return Error{ErrorCode::kInvalidInput, "no version is affected"};
  sink.record();
  sink.mentions("composer", "");
  VulnerabilityDetails details;
  details.id = id_of(advisory, package, document.path);
  details.summary = one_line(advisory["title"].text());
  details.document = document.path;
  add_reference(details, advisory["link"].text());
  AdvisoryRow row;
  row.vulnerability = details.id;
  row.ranges = ranges_of(affected);
  row.fix_state = fix_state_of(row.ranges);
  row.document = document.path;
  sink.details(std::move(details));
  sink.row({"composer", "", package}, std::move(row));
  return ok_status();
}

}  // namespace

extern const Feed kFriendsOfPhp;
const Feed kFriendsOfPhp{
    .name = "friends-of-php",
    .description = "FriendsOfPHP security advisories for Composer packages",
    .source =
        "https://github.com/FriendsOfPHP/security-advisories/archive/refs/heads/master.tar.gz",
    .recognizes = recognizes_friends_of_php,
    .parse = parse_friends_of_php,
};

}  // namespace seaworthy
