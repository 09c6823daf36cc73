#include <map>

#include "scan/advisory/advisory_id.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/state_mark.h"
#include "scan/advisory/ubuntu_status.h"

namespace seaworthy {
namespace {

// One file of the Ubuntu CVE tracker (its README describes the form): "Key: value" lines, a value
// going on in lines that begin with a space, and one line per package and release,
//
//   jammy_openssl: released (3.0.2-0ubuntu1.1)
//   esm-infra/xenial_openssl: needed
//
// The package's own line is split at the first "_" behind the release: codenames have none, and a
// package name can have none either (Debian Policy 5.6.1).
//
// "Priority: high" holds where nothing more particular is said: "Priority_tar: low" of a package,
// "Priority_tar_jammy: negligible" (or "Priority_tar/jammy") of a package in one release.

bool recognizes_uct(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  const std::string_view name = file_name(document.path);
  if (!name.starts_with("CVE-") || name.find('.') != std::string_view::npos) return false;
  return front.find("Candidate:") != std::string_view::npos;
}

// A release line's key has a "_" and a known release in front of it.
bool is_release_key(std::string_view key) {
  const std::size_t bar = key.find('_');
  return bar != std::string_view::npos && bar > 0 && bar + 1 < key.size() &&
         key.find(' ') == std::string_view::npos && !key.starts_with("Patches") &&
         !key.starts_with("Priority") && !key.starts_with("Tags") && !key.starts_with("Assigned");
}

struct Field {
  std::string_view key, value;
  std::string more;  // the lines that go on
  std::uint64_t line = 0;
};

std::vector<Field> fields_of(std::string_view text) {
  std::vector<Field> fields;
  for_each_line(text, [&](std::string_view line, std::uint64_t number) {
    if (line.starts_with('#')) return;
    if (line.starts_with(' ') || line.starts_with('\t')) {
      if (!fields.empty()) fields.back().more.append(" ").append(trim(line));
      return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    fields.push_back(Field{trim(line.substr(0, colon)), trim(line.substr(colon + 1)), {}, number});
  });
  return fields;
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find(' '));
}

// "released (3.0.2-0ubuntu1.1)" is a word and the detail in its brackets.
UbuntuStatus status_of(const Field& field) {
  UbuntuStatus status;
  const std::size_t bar = field.key.find('_');
  status.release = field.key.substr(0, bar);
  status.package = field.key.substr(bar + 1);
  const std::size_t space = std::min(field.value.find_first_of(" ("), field.value.size());
  status.status = field.value.substr(0, space);
  std::string_view detail = trim(field.value.substr(space));
  if (detail.starts_with('(')) detail.remove_prefix(1);
  if (detail.ends_with(')')) detail.remove_suffix(1);
  if (detail.starts_with('[')) detail.remove_prefix(1);
  if (detail.ends_with(']')) detail.remove_suffix(1);
  status.detail = trim(detail);
  return status;
}

// Priorities by what stands behind "Priority_": "tar", "tar_jammy", "tar_esm-infra/xenial".
using Priorities = std::map<std::string, Severity>;

Priorities particular_priorities(const std::vector<Field>& fields) {
  constexpr std::string_view kFront = "Priority_";
  Priorities priorities;
  for (const Field& field : fields) {
    if (!field.key.starts_with(kFront)) continue;
    std::string of(field.key.substr(kFront.size()));
    const std::size_t end = std::min(of.find_first_of("_/"), of.size());
    if (end < of.size()) of[end] = '_';
    priorities[of] = ubuntu_severity(first_word(field.value));
  }
  return priorities;
}

Severity priority_of(const UbuntuStatus& status, const Priorities& priorities, Severity general) {
  const std::string package(status.package);
  auto at = priorities.find(package + "_" + std::string(status.release));
  if (at == priorities.end()) at = priorities.find(package);
  return at == priorities.end() ? general : at->second;
}

void read_header(const Field& field, UbuntuCve& cve, VulnerabilityDetails& details) {
  if (field.key == "Candidate") {
    cve.id = field.value;
  } else if (field.key == "PublicDate") {
    details.published = field.value.substr(0, field.value.find(' '));
  } else if (field.key == "Priority") {
    cve.severity = ubuntu_severity(first_word(field.value));
  } else if (field.key == "Description") {
    details.summary = one_line(std::string(field.value) + field.more);
    cve.state = state_marked_in(details.summary);
  } else if (field.key == "CVSS") {
    // " nvd: CVSS:3.1/AV:N/... [9.8 CRITICAL]"
    const std::string text = std::string(field.value) + field.more;
    const std::size_t at = text.find("CVSS:");
    if (at == std::string::npos) return;
    const std::string vector = text.substr(at, text.find_first_of(" [", at) - at);
    const std::string source(trim(std::string_view(text).substr(0, text.find(':'))));
    details.cvss.push_back(Cvss{std::string(cvss_version(vector)), vector,
                                cvss_base_score(vector).value_or(0), source});
  }
}

Status parse_uct(const FeedDocument& document, const Limits&, FeedSink& sink) {
  const std::vector<Field> fields = fields_of(document.bytes);
  UbuntuCve cve;
  VulnerabilityDetails details;
  for (const Field& field : fields) read_header(field, cve, details);
  if (!is_cve(cve.id)) {
    return Error{ErrorCode::kInvalidInput, "no CVE id behind 'Candidate:'"};
  }
  sink.record();
  if (const auto time = parse_time(details.published)) sink.data_as_of(*time);
  details.id = cve.id;
  details.severity = cve.severity;
  details.state = cve.state;
  details.document = document.path;
  sink.details(std::move(details));
  const Priorities priorities = particular_priorities(fields);
  const Severity general = cve.severity;
  for (const Field& field : fields) {
    if (!is_release_key(field.key)) continue;
    const UbuntuStatus status = status_of(field);
    cve.document = at_line(document.path, field.line);
    cve.severity = priority_of(status, priorities, general);
    add_ubuntu_row(cve, status, sink);
  }
  return ok_status();
}

}  // namespace

extern const Feed kUbuntuUct;
const Feed kUbuntuUct{
    .name = "ubuntu-uct",
    .description = "files of the Ubuntu CVE tracker in its own text form",
    .source = "https://git.launchpad.net/ubuntu-cve-tracker",
    .recognizes = recognizes_uct,
    .parse = parse_uct,
};

}  // namespace seaworthy
