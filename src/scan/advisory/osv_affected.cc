#include "scan/advisory/osv_affected.h"

#include <algorithm>

#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxVersions = 20'000;
constexpr std::size_t kMaxRanges = 2'000;

// Events of one range, in the order in which they stand. "introduced" opens a range unless one is
// open; "fixed" and "last_affected" close the open one. A range that never opens begins at the
// first version, as the schema says of a missing "introduced".
void read_events(const JsonValue& range, std::vector<VersionRange>& out) {
  VersionRange open;
  bool is_open = false;
  bool any_introduced = false;
  const auto close = [&] {
    if (out.size() < kMaxRanges) out.push_back(open);
    is_open = false;
  };
  for (const JsonValue& event : range["events"].elements()) {
    for (const auto& [key, value] : event.members()) {
      const std::string version(value.is_number() ? value.raw() : std::string(value.text()));
      if (version.empty()) continue;
      if (key == "introduced" && !is_open) {
        open = VersionRange{version, "", ""};
        is_open = any_introduced = true;
      } else if (key == "fixed" || key == "last_affected") {
        if (!is_open && any_introduced) continue;
        if (!is_open) open = VersionRange{"0", "", ""};
        any_introduced = true;
        (key == "fixed" ? open.fixed : open.last_affected) = version;
        close();
      }
    }
  }
  if (is_open) close();
}

// GitHub's "<= 1.1.10.0" closes a range that its events leave open. "< 1.2" is left alone: it is
// the fixed version where the events have none for a reason.
void close_by_known_range(const JsonValue& affected, std::vector<VersionRange>& ranges) {
  const std::string_view known =
      affected["database_specific"]["last_known_affected_version_range"].text();
  if (!known.starts_with("<=") || ranges.empty()) return;
  VersionRange& last = ranges.back();
  if (last.fixed.empty() && last.last_affected.empty()) last.last_affected = trim(known.substr(2));
}

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '+' || c == ':';
}

}  // namespace

OsvVersions read_osv_versions(const JsonValue& affected) {
  OsvVersions out;
  bool git = false;
  for (const JsonValue& range : affected["ranges"].elements()) {
    if (range["type"].text() == "GIT") {
      git = true;
    } else {
      read_events(range, out.ranges);
    }
  }
  close_by_known_range(affected, out.ranges);
  if (!out.ranges.empty()) return out;
  if (git) {
    // Listed "versions" beside commit ranges are tags of that repository, in no ecosystem's order,
    // but they are versions of the package where the ecosystem is one that is kept.
    out.git_only = affected["versions"].elements().empty();
  }
  for (const JsonValue& version : affected["versions"].elements()) {
    if (out.versions.size() == kMaxVersions) break;
    std::string text(version.is_number() ? version.raw() : std::string(version.text()));
    if (!text.empty()) out.versions.push_back(std::move(text));
  }
  return out;
}

std::vector<std::string> module_streams(std::string_view summary) {
  std::vector<std::string> streams;
  const std::size_t severity = summary.find(": ");
  if (severity != std::string_view::npos) summary.remove_prefix(severity + 2);
  std::string_view first;
  while (!summary.empty()) {
    const std::size_t begin = static_cast<std::size_t>(
        std::find_if(summary.begin(), summary.end(), is_word_char) - summary.begin());
    summary.remove_prefix(begin);
    const std::size_t size = static_cast<std::size_t>(
        std::find_if_not(summary.begin(), summary.end(), is_word_char) - summary.begin());
    const std::string_view word = summary.substr(0, size);
    summary.remove_prefix(size);
    if (word == "security" || word == "bug" || word == "update" || word == "enhancement") break;
    if (first.empty()) first = word;
    const std::size_t colon = word.find(':');
    if (colon != std::string_view::npos && colon > 0 && colon + 1 < word.size()) {
      streams.emplace_back(word);
    }
  }
  if (streams.empty()) streams.push_back((first.empty() ? "?" : std::string(first)) + ":?");
  return streams;
}

bool is_module_build(std::string_view version) {
  return version.find(".module_el") != std::string_view::npos ||
         version.find(".module+el") != std::string_view::npos;
}

}  // namespace seaworthy
