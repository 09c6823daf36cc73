#include "scan/advisory/feed_date.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

UnixSeconds at(std::string_view date) {
  return parse_time(date).value_or(-1);
}

TEST(FeedDate, TheBestWitnessIsBelieved) {
  const UnixSeconds now = at("2026-11-23T08:00:00Z");
  const struct {
    const char* name;
    DateWitnesses known;  // without `now`
    const char* date;
    DatedBy by;
  } rows[] = {
      {"nothing known", {}, "2026-11-23T08:00:00Z", DatedBy::kImport},
      {"the data's own date outweighs the file's",
       {.data = at("2025-01-02"), .file = at("2026-11-20")},
       "2025-01-02",
       DatedBy::kData},
      {"an id of a later year proves that year",
       {.data = at("2025-01-02"), .newest_year = 2026},
       "2026-01-01",
       DatedBy::kData},
      {"an id of a year that has not begun proves nothing",
       {.data = at("2025-01-02"), .newest_year = 2027},
       "2025-01-02",
       DatedBy::kData},
      {"a given date is believed",
       {.given = at("2026-11-01"), .file = at("2026-11-20")},
       "2026-11-01",
       DatedBy::kGiven},
      {"also behind the data's",
       {.data = at("2025-01-02"), .given = at("2026-11-01")},
       "2026-11-01",
       DatedBy::kGiven},
      {"but not where the data is younger",
       {.data = at("2025-01-02"), .given = at("2024-11-01")},
       "2025-01-02",
       DatedBy::kData},
      {"members before the file",
       {.archive = at("2024-05-06"), .file = at("2026-11-20")},
       "2024-05-06",
       DatedBy::kArchive},
      {"members of a reproducible tar have no time",
       {.archive = 0, .file = at("2026-11-20")},
       "2026-11-20",
       DatedBy::kFile},
      {"members of a reproducible zip neither",
       {.archive = at("1980-01-01"), .file = at("2026-11-20")},
       "2026-11-20",
       DatedBy::kFile},
      {"a file of the future",
       {.file = at("2027-11-20")},
       "2026-11-23T08:00:00Z",
       DatedBy::kImport},
      {"a clock that is a little ahead",
       {.file = at("2026-11-23T20:00:00Z")},
       "2026-11-23T08:00:00Z",
       DatedBy::kFile},
      {"an old collection copied today",
       {.file = at("2026-11-23"), .newest_year = 2023, .records = 1000},
       "2024-02-01",
       DatedBy::kIds},
      {"a few old records copied today",
       {.file = at("2026-11-23"), .newest_year = 2023, .records = 999},
       "2026-11-23",
       DatedBy::kFile},
      {"an old collection, and its file is older still",
       {.file = at("2023-06-01"), .newest_year = 2023, .records = 5000},
       "2023-06-01",
       DatedBy::kFile},
      {"a collection of this year",
       {.file = at("2026-11-22"), .newest_year = 2026, .records = 5000},
       "2026-11-22",
       DatedBy::kFile},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    DateWitnesses known = row.known;
    known.now = now;
    const FeedDate date = date_of_feed(known);
    EXPECT_EQ(rfc3339(date.time), rfc3339(at(row.date)));
    EXPECT_EQ(name_of(date.by), name_of(row.by));
  }
}

}  // namespace
}  // namespace seaworthy
