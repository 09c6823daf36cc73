#include "core/codec/json.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

// CISA's catalogue of known exploited vulnerabilities, JSON form. The CSV beside it says the same.

bool recognizes_kev(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '{' && has_keys(front, {"catalogVersion", "vulnerabilities"}) &&
         front.find("\"$schema\"") == std::string_view::npos;
}

Status parse_kev(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  if (const auto time = parse_time(json.root()["dateReleased"].text())) sink.data_as_of(*time);
  for (const JsonValue& entry : json.root()["vulnerabilities"].elements()) {
    const std::string id(trim(entry["cveID"].text()));
    if (!is_cve(id)) {
      sink.problem(unreadable_record(document.path, "read cisa-kev", "an entry without a CVE id"));
      continue;
    }
    Kev kev;
    kev.added = entry["dateAdded"].text();
    kev.due = entry["dueDate"].text();
    kev.ransomware = entry["knownRansomwareCampaignUse"].text() == "Known";
    if (const auto time = parse_time(kev.added)) sink.data_as_of(*time);
    sink.record();
    sink.kev(id, kev);
  }
  return ok_status();
}

}  // namespace

extern const Feed kCisaKev;
const Feed kCisaKev{
    .name = "cisa-kev",
    .description = "CISA's known exploited vulnerabilities",
    .source = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    .recognizes = recognizes_kev,
    .parse = parse_kev,
};

}  // namespace seaworthy
