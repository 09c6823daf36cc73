#include "scan/update/update_changes.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/codec/json.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxPath = 300;

using ReadLine = std::function<bool(const std::vector<std::string>& fields, DocumentChange& out)>;

Result<std::vector<DocumentChange>> parse(std::string_view csv, const ReadLine& read_line) {
  std::vector<DocumentChange> changes;
  std::size_t bad = 0;
  while (!csv.empty()) {
    const std::vector<std::string> fields = take_csv_record(csv, ',');
    if (fields.empty() || (fields.size() == 1 && trim(fields[0]).empty())) continue;
    DocumentChange change;
    if (fields.size() >= 2 && read_line(fields, change) && is_safe_path(change.path)) {
      changes.push_back(std::move(change));
    } else {
      ++bad;
    }
  }
  if (bad > 0 && bad >= changes.size()) {
    return Error{ErrorCode::kInvalidInput,
                 std::to_string(bad) + " lines of the list of changes cannot be read"};
  }
  return changes;
}

bool set_time(std::string_view text, DocumentChange& out) {
  const auto time = parse_time(trim(text));
  if (time) out.time = *time;
  return time.has_value();
}

}  // namespace

bool is_safe_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxPath) return false;
  char before = '/';
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == ':' || c == '+' || c == '/';
    if (!plain || (before == '/' && (c == '/' || c == '.'))) return false;
    before = c;
  }
  return before != '/';
}

Result<std::vector<DocumentChange>> parse_osv_changes(std::string_view csv) {
  return parse(csv, [](const std::vector<std::string>& fields, DocumentChange& out) {
    const std::string_view id = trim(fields[1]);
    if (id.find('/') != std::string_view::npos) return false;
    out.path = std::string(id) + ".json";
    return !id.empty() && set_time(fields[0], out);
  });
}

Result<std::vector<DocumentChange>> parse_csaf_changes(std::string_view csv, bool removed) {
  return parse(csv, [removed](const std::vector<std::string>& fields, DocumentChange& out) {
    out.path = trim(fields[0]);
    out.removed = removed;
    return set_time(fields[1], out);
  });
}

bool is_osv_document(std::string_view path, std::string_view text) {
  JsonDocument json;
  if (!json.parse(text, Limits{})) return false;
  return path == std::string(json.root()["id"].text()) + ".json";
}

bool is_csaf_document(std::string_view path, std::string_view text) {
  JsonDocument json;
  if (!json.parse(text, Limits{})) return false;
  // CSAF 2.0, 5.1: in lower case, and whatever is neither a letter, a digit, + nor - as one _.
  std::string name;
  for (const char c : json.root()["document"]["tracking"]["id"].text()) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool plain =
        (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '+' || low == '-';
    if (plain || name.empty() || name.back() != '_') name += plain ? low : '_';
  }
  return file_name(path) == name + ".json";
}

std::vector<DocumentChange> changes_since(std::vector<DocumentChange> changes, UnixSeconds since) {
  std::erase_if(changes, [&](const DocumentChange& change) { return change.time <= since; });
  return changes_beyond(std::move(changes), {});
}

std::vector<DocumentChange> changes_beyond(std::vector<DocumentChange> changes,
                                           const std::vector<DocumentChange>& before) {
  std::set<std::pair<std::string_view, UnixSeconds>> known;
  for (const DocumentChange& change : before) known.emplace(change.path, change.time);
  std::map<std::string, DocumentChange> last;
  for (DocumentChange& change : changes) {
    if (known.contains({change.path, change.time})) continue;
    const std::string path = change.path;
    const auto [at, added] = last.emplace(path, change);
    if (!added && change.time > at->second.time) at->second = std::move(change);
  }
  std::vector<DocumentChange> found;
  for (auto& [path, change] : last) found.push_back(std::move(change));
  std::stable_sort(
      found.begin(), found.end(),
      [](const DocumentChange& a, const DocumentChange& b) { return a.time < b.time; });
  return found;
}

}  // namespace seaworthy
