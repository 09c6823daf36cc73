#include <algorithm>
#include <array>

#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

// Alpine's secdb and its relatives (Wolfi, Chainguard, MinimOS, Echo):
// {"distroversion": "v3.18", "reponame": "main", "urlprefix": ..., "packages": [{"pkg": {"name":
// ...,
//  "secfixes": {"1.2.3-r0": ["CVE-2023-1", "CVE-2023-2 XSA-1"], "0": ["CVE-2023-3"]}}}]}
//
// It lists fixes only; a package that is not there may be affected (matching rule 17). Version "0"
// means never affected (rule 15). One string may carry several ids and remarks (rule 16).

bool recognizes_secdb(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  if (first_char(front) != '{' || !has_keys(front, {"packages"})) return false;
  return has_keys(front, {"secfixes"}) || has_keys(front, {"reponame", "urlprefix"}) ||
         has_keys(front, {"apkurl"});
}

struct Where {
  std::string ecosystem, release;
};

// Distributions with one release: what their documents say of themselves, in addresses or names.
struct Rolling {
  std::string_view word, ecosystem;
};
constexpr std::array kRolling{Rolling{"wolfi", "wolfi"},           Rolling{"cgr.dev", "chainguard"},
                              Rolling{"chainguard", "chainguard"}, Rolling{"mini.dev", "minimos"},
                              Rolling{"minimos", "minimos"},       Rolling{"minimus", "minimos"},
                              Rolling{"echohq", "echo"},           Rolling{"echo-", "echo"}};

std::string_view rolling_in(const std::string& text) {
  for (const Rolling& row : kRolling) {
    if (text.find(row.word) != std::string::npos) return row.ecosystem;
  }
  return {};
}

Where where_of(const JsonValue& root, std::string_view path) {
  const std::string address =
      lower_case(std::string(root["urlprefix"].text()) + std::string(root["apkurl"].text()));
  if (const auto known = rolling_in(address); !known.empty()) return {std::string(known), ""};
  std::string release(root["distroversion"].text());
  const std::string name = lower_case(root["name"].text()) + " " + lower_case(path);
  if (release.empty()) {
    if (const auto known = rolling_in(name); !known.empty()) return {std::string(known), ""};
  }
  if (release.starts_with('v')) release.erase(0, 1);
  for (const std::string_view part : path_parts(path)) {
    const bool is_release = part == "edge" || (part.size() > 2 && part[0] == 'v' && part[1] == '3');
    if (release.empty() && is_release) release = part == "edge" ? part : part.substr(1);
  }
  return release.empty() ? Where{} : Where{"alpine", release};
}

std::string repository_of(const JsonValue& root, std::string_view path) {
  if (!root["reponame"].text().empty()) return std::string(root["reponame"].text());
  const std::string_view name = file_name(path);
  return std::string(name.substr(0, name.find('.')));
}

// "CVE-2023-1 / GHSA-x" names one weakness twice; an advisory (XSA) may name several, and so is no
// alias, like anything beside two CVE ids.
void add_alias(const IdsInText& ids, std::string_view document, FeedSink& sink) {
  if (ids.cves.size() != 1) return;
  VulnerabilityDetails details;
  details.id = ids.cves[0];
  details.document = document;
  for (const std::string& other : ids.others) {
    if (other.starts_with("GHSA-")) details.aliases.push_back(other);
  }
  if (!details.aliases.empty()) sink.details(std::move(details));
}

void read_fix(const PackageKey& key, std::string_view version, std::string_view text,
              std::string_view document, FeedSink& sink) {
  const IdsInText ids = ids_in(text);
  const std::vector<std::string>& weaknesses = ids.cves.empty() ? ids.others : ids.cves;
  if (weaknesses.empty()) {
    sink.skipped("a secfixes entry without an id");
    return;
  }
  add_alias(ids, document, sink);
  for (const std::string& weakness : weaknesses) {
    AdvisoryRow row;
    row.vulnerability = weakness;
    row.document = document;
    if (version == "0") {
      row.status = AdvisoryStatus::kNotAffected;
    } else {
      row.fix_state = FixState::kFixed;
      row.ranges.push_back(VersionRange{"0", std::string(version), ""});
    }
    sink.record();
    sink.row(key, std::move(row));
  }
}

Status parse_secdb(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  const Where where = where_of(json.root(), document.path);
  if (where.ecosystem.empty()) {
    return Error{ErrorCode::kInvalidInput, "neither 'distroversion' nor the path names a release"};
  }
  if (where.ecosystem == "alpine") {
    sink.repository_of(where.ecosystem, where.release, repository_of(json.root(), document.path));
  } else {
    sink.scope(where.ecosystem, where.release);
  }
  for (const JsonValue& entry : json.root()["packages"].elements()) {
    const JsonValue package = entry["pkg"];
    const PackageKey key{where.ecosystem, where.release, std::string(package["name"].text())};
    if (key.package.empty()) {
      sink.problem(unreadable_record(document.path, "read secdb", "a package without a name"));
      continue;
    }
    for (const auto& [version, ids] : package["secfixes"].members()) {
      for (const JsonValue& id : ids.elements()) {
        read_fix(key, version, id.text(), document.path, sink);
      }
    }
  }
  return ok_status();
}

}  // namespace

extern const Feed kSecdb;
const Feed kSecdb{
    .name = "secdb",
    .description = "fixed versions of Alpine, Wolfi, Chainguard, MinimOS and Echo packages",
    .source = "https://secdb.alpinelinux.org",
    .recognizes = recognizes_secdb,
    .parse = parse_secdb,
};

}  // namespace seaworthy
