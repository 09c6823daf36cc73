#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace seaworthy {

// One line of a list of changes.
struct DocumentChange {
  UnixSeconds time = 0;
  std::string path;  // from the source's directory; safe to be one below a local directory
  bool removed = false;
};

// osv.dev's modified_id.csv: "2026-11-23T08:00:00.123456Z,GHSA-...", newest first.
// Red Hat's changes.csv and deletions.csv: "2026/cve-2026-1.json","2026-11-23T08:00:00+00:00".
// kInvalidInput: half of the lines or more are no such lines.
Result<std::vector<DocumentChange>> parse_osv_changes(std::string_view csv);
Result<std::vector<DocumentChange>> parse_csaf_changes(std::string_view csv, bool removed);

// The last change of each path that is newer than `since`, oldest first.
std::vector<DocumentChange> changes_since(std::vector<DocumentChange> changes, UnixSeconds since);

// The last change of each path that is not in `before`, oldest first: publishers add documents that
// are stamped earlier than others which they have listed already.
std::vector<DocumentChange> changes_beyond(std::vector<DocumentChange> changes,
                                           const std::vector<DocumentChange>& before);

// Whether a text that was fetched as the document of that path is it: a page of a proxy, or another
// advisory, must not take its place.
bool is_osv_document(std::string_view path, std::string_view text);
bool is_csaf_document(std::string_view path, std::string_view text);

// True where a path from a list may be used below a directory: plain characters, no "..", not
// absolute, not hidden.
bool is_safe_path(std::string_view path);

}  // namespace seaworthy
