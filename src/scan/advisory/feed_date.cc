#include "scan/advisory/feed_date.h"

#include <algorithm>
#include <array>
#include <string>

namespace seaworthy {
namespace {

constexpr UnixSeconds kDay = 86'400;
constexpr UnixSeconds kFirstCopy = 315'705'600;  // 1980-01-03

UnixSeconds start_of_year(int year) {
  if (year < 1990 || year > 9999) return 0;
  return parse_time(std::to_string(year) + "-01-01").value_or(0);
}

}  // namespace

std::string_view name_of(DatedBy by) {
  constexpr std::array<std::string_view, static_cast<std::size_t>(DatedBy::kEnd)> kNames{
      "unknown", "data", "given", "archive", "file", "ids", "import"};
  return by < DatedBy::kEnd ? kNames[static_cast<std::size_t>(by)] : "unknown";
}

bool is_plausible_copy_time(UnixSeconds time, UnixSeconds now) {
  return time >= kFirstCopy && time <= now + kDay;
}

FeedDate date_of_feed(const DateWitnesses& known) {
  // An id of this year was given this year.
  const UnixSeconds by_ids = start_of_year(known.newest_year);
  const UnixSeconds proven =
      known.data == 0 ? 0 : std::max(known.data, by_ids <= known.now ? by_ids : 0);
  if (known.given != 0 && known.given >= proven) return {known.given, DatedBy::kGiven};
  if (proven != 0) return {proven, DatedBy::kData};
  FeedDate date{known.now, DatedBy::kImport};
  if (is_plausible_copy_time(known.archive, known.now)) {
    date = {known.archive, DatedBy::kArchive};
  } else if (is_plausible_copy_time(known.file, known.now)) {
    date = {known.file, DatedBy::kFile};
  }
  date.time = std::min(date.time, known.now);
  const UnixSeconds latest = start_of_year(known.newest_year + 1) + 31 * kDay;
  if (known.newest_year != 0 && known.records >= known.telling && date.time > latest) {
    date = {latest, DatedBy::kIds};
  }
  return date;
}

}  // namespace seaworthy
