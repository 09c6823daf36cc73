// RustSec's advisory database (https://github.com/RustSec/advisory-db, "Advisory Format"): Markdown
// with TOML in front, crates/NAME/RUSTSEC-2026-0208.md and rust/{std,cargo,rustdoc}/*.md:
//
//   ```toml
//   [advisory]
//   id = "RUSTSEC-2026-0208"
//   package = "libcrux-sha3"
//   date = "2026-05-21"
//   aliases = ["CVE-2026-1"]          also cvss, withdrawn, informational
//   [versions]
//   patched = [">= 0.0.10"]           requirements as in Cargo.toml, any of which clears a version
//   unaffected = ["< 0.0.2"]
//   ```
//   # Title
//
// "informational" marks remarks: "unmaintained" and "notice" are no vulnerabilities, "unsound" is a
// defect of memory safety and is one. Which functions are affected is not read: what a Rust binary
// keeps of them cannot be relied upon.
#include <algorithm>

#include "core/codec/json.h"
#include "core/codec/toml.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/affected_versions.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr const char* kStep = "read rustsec";
constexpr std::string_view kFence = "```toml";

bool recognizes_rustsec(const FeedDocument& document) {
  const std::string_view front = trim(front_of(document));
  return document.path.ends_with(".md") && file_name(document.path).starts_with("RUSTSEC-") &&
         front.starts_with(kFence) && front.find("[advisory]") != front.npos;
}

struct Parts {
  std::string_view toml, title;
};

Result<Parts> split(std::string_view text) {
  text = trim(text);
  text.remove_prefix(std::min(kFence.size(), text.size()));
  const std::size_t end = text.find("\n```");
  if (end == text.npos) return Error{ErrorCode::kInvalidInput, "its TOML has no end"};
  std::string_view title = trim(text.substr(end + 4));
  title = title.substr(0, title.find('\n'));
  while (title.starts_with('#') || title.starts_with(' ')) title.remove_prefix(1);
  return Parts{text.substr(0, end), title};
}

std::vector<std::string> texts_of(const JsonValue& list, std::size_t most = 200) {
  std::vector<std::string> out;
  for (const JsonValue& value : list.elements()) {
    if (out.size() < most) out.emplace_back(value.text());
  }
  return out;
}

// The id under which the weakness is known: its CVE id where it has one.
std::string weakness_of(const JsonValue& advisory) {
  for (const JsonValue& alias : advisory["aliases"].elements()) {
    if (is_cve(alias.text())) return std::string(alias.text());
  }
  return std::string(advisory["id"].text());
}

void read_details(const JsonValue& advisory, std::string_view title, std::string_view document,
                  FeedSink& sink) {
  VulnerabilityDetails details;
  details.id = advisory["id"].text();
  details.aliases = texts_of(advisory["aliases"]);
  details.summary = one_line(title);
  details.published = advisory["date"].text();
  details.document = document;
  if (!advisory["withdrawn"].text().empty()) details.state = AdvisoryState::kWithdrawn;
  if (const std::string vector(advisory["cvss"].text()); !vector.empty() && vector.size() < 400) {
    const double score = cvss_base_score(vector).value_or(0);
    details.cvss.push_back({std::string(cvss_version(vector)), vector, score, details.id});
    if (score > 0) details.severity = severity_of_score(score);
  }
  for (const std::string& url : texts_of(advisory["references"], 8)) add_reference(details, url);
  add_reference(details, advisory["url"].text());
  sink.details(std::move(details));
}

Result<VersionSet> affected_of(const JsonValue& versions) {
  std::vector<std::string> safe = texts_of(versions["patched"]);
  const std::vector<std::string> unaffected = texts_of(versions["unaffected"]);
  safe.insert(safe.end(), unaffected.begin(), unaffected.end());
  return versions_beside(ConstraintSyntax::kCargo, safe, kCargoVersions);
}

Status parse_rustsec(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  ASSIGN_OR_RETURN(const Parts parts, split(front_of({document.path, document.bytes})));
  ASSIGN_OR_RETURN(const std::string text, toml_to_json(parts.toml, limits));
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(text, limits));
  const JsonValue advisory = json.root()["advisory"];
  const std::string package(advisory["package"].text());
  if (advisory["id"].text().empty() || package.empty()) {
    return Error{ErrorCode::kInvalidInput, "an advisory without an id or a package"};
  }
  if (const auto time = parse_time(advisory["date"].text())) sink.data_as_of(*time);
  const std::string_view kind = advisory["informational"].text();
  if (kind == "unmaintained" || kind == "notice") {
    sink.skipped("a remark about a crate that is no vulnerability");
    return ok_status();
  }
  ASSIGN_OR_RETURN(const VersionSet affected, affected_of(json.root()["versions"]));
  sink.record();
  read_details(advisory, parts.title, document.path, sink);
  // The toolchain's own parts are no crates.
  const std::vector<std::string_view> folders = path_parts(document.path);
  const bool crate = std::find(folders.begin(), folders.end(), "rust") == folders.end();
  if (crate) sink.mentions("cargo", "");
  if (affected.empty()) {
    sink.problem(unreadable_record(document.path, kStep, "its versions exclude each other"));
    return ok_status();
  }
  AdvisoryRow row;
  row.vulnerability = weakness_of(advisory);
  row.advisory_id = advisory["id"].text();
  row.ranges = ranges_of(affected);
  row.fix_state = fix_state_of(row.ranges);
  if (!advisory["withdrawn"].text().empty()) row.state = AdvisoryState::kWithdrawn;
  row.document = document.path;
  sink.row(crate ? PackageKey{"cargo", "", package} : PackageKey{"generic", "", "rust"},
           std::move(row));
  return ok_status();
}

}  // namespace

extern const Feed kRustSec;
const Feed kRustSec{
    .name = "rustsec",
    .description = "RustSec advisories: crates, and Rust's own tools and library",
    .source = "https://github.com/RustSec/advisory-db/archive/refs/heads/main.tar.gz",
    .recognizes = recognizes_rustsec,
    .parse = parse_rustsec,
};

}  // namespace seaworthy
