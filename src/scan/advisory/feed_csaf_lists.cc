// changes.csv and deletions.csv beside a CSAF directory: a path and a time in each record.
//
//   "2024/cve-2024-0217.json","2026-11-20T08:01:02+00:00"
//
// The newest change dates the whole directory: documents themselves carry the date of their own
// last change only. A removed document is gone from the directory and from the next archive; an
// older archive still has it, which is said rather than repaired.
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

bool recognizes_lists(const FeedDocument& document) {
  const std::string_view name = file_name(document.path);
  if (name != "changes.csv" && name != "deletions.csv") return false;
  const std::string_view front = front_of(document);
  return front.empty() || front.substr(0, front.find('\n')).find(".json") != front.npos;
}

Status parse_lists(const FeedDocument& document, const Limits&, FeedSink& sink) {
  const bool deletions = file_name(document.path) == "deletions.csv";
  std::string_view rest = document.bytes;
  std::uint64_t unreadable = 0;
  while (!rest.empty()) {
    const std::vector<std::string> fields = take_csv_record(rest, ',');
    if (fields.empty() || (fields.size() == 1 && fields[0].empty())) continue;
    const auto time = fields.size() < 2 ? std::nullopt : parse_time(fields[1]);
    if (!time) {
      ++unreadable;
    } else if (deletions) {
      sink.skipped("CSAF: a document that was removed; an archive older than that still has it");
    } else {
      sink.data_as_of(*time);
    }
  }
  if (unreadable != 0) {
    sink.problem(unreadable_record(document.path, "read csaf-lists",
                                   std::to_string(unreadable) + " records without path and time"));
  }
  if (!deletions) sink.skipped("CSAF: a list of changes, read for its newest date");
  return ok_status();
}

}  // namespace

extern const Feed kCsafLists;
const Feed kCsafLists{
    .name = "csaf-lists",
    .description = "lists of changed and removed documents beside a CSAF directory",
    .source = "https://security.access.redhat.com/data/csaf/v2/vex/changes.csv",
    .recognizes = recognizes_lists,
    .parse = parse_lists,
};

}  // namespace seaworthy
