#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

// Forms that are recognized so that an import can say what was left out, and why.

std::string_view reason_of(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  const std::string_view name = file_name(document.path);
  const bool of_vex = (name == "index.json" && has_keys(front, {"updated_at", "packages"})) ||
                      (name == "manifest.json" && has_keys(front, {"ID", "Sources"}));
  if (of_vex) return "an index of a VEX repository";
  if (name == "source-index.json" || name == "subpackage-origin.json") {
    return "an index of packages, not of advisories";
  }
  return {};
}

bool recognizes_unread(const FeedDocument& document) {
  return !reason_of(document).empty();
}

Status skip_unread(const FeedDocument& document, const Limits&, FeedSink& sink) {
  sink.skipped(reason_of(document));
  return ok_status();
}

}  // namespace

extern const Feed kUnread;
const Feed kUnread{
    .name = "unread",
    .description = "forms that are known and counted, and not read",
    .source = "",
    .recognizes = recognizes_unread,
    .parse = skip_unread,
};

}  // namespace seaworthy
