// changes.csv and deletions.csv beside a CSAF directory: a path and a time in each record.
//
//   "2024/cve-2024-0217.json","2026-11-20T08:01:02+00:00"
//
// A removed document is gone from the directory and from the next archive; an older archive, and a
// mirror that only adds, still have it. What it says no longer holds, so it is left out
// (document_lists.h) unless it was changed after its removal. The lists do not date the feed: they
// may be newer than the documents beside them.
#include "scan/advisory/document_lists.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr const char* kStep = "read csaf-lists";

bool recognizes_lists(const FeedDocument& document) {
  if (!is_document_list(document.path)) return false;
  const std::string_view front = front_of(document);
  return front.empty() || front.substr(0, front.find('\n')).find(".json") != front.npos;
}

Status parse_lists(const FeedDocument& document, const Limits&, FeedSink& sink) {
  const std::string_view name = file_name(document.path);
  const bool removed = name == "deletions.csv";
  const std::string directory(document.path.substr(0, document.path.size() - name.size()));
  std::string_view rest = document.bytes;
  std::uint64_t unreadable = 0, beyond = 0;
  while (!rest.empty()) {
    const std::vector<std::string> fields = take_csv_record(rest, ',');
    if (fields.empty() || (fields.size() == 1 && fields[0].empty())) continue;
    const auto time = fields.size() < 2 ? std::nullopt : parse_time(fields[1]);
    if (!time || fields[0].empty()) {
      ++unreadable;
    } else if (!sink.listed(directory + fields[0], *time, removed)) {
      ++beyond;
    }
  }
  if (unreadable != 0) {
    sink.problem(unreadable_record(document.path, kStep,
                                   std::to_string(unreadable) + " records without path and time"));
  }
  if (beyond != 0) {
    sink.problem({std::string(document.path), -1, kStep, problem::kLimit,
                  std::to_string(beyond) + " records more than are kept were left out"});
  }
  sink.skipped(removed ? "CSAF: a list of removed documents" : "CSAF: a list of changed documents");
  return ok_status();
}

}  // namespace

extern const Feed kCsafLists;
const Feed kCsafLists{
    .name = "csaf-lists",
    .description = "lists of changed and removed documents beside a CSAF directory or archive",
    .source = "https://security.access.redhat.com/data/csaf/v2/vex/deletions.csv",
    .recognizes = recognizes_lists,
    .parse = parse_lists,
};

}  // namespace seaworthy
