#include "core/base/clock.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

TEST(ParseTime, ReadsTheFormsFeedsUse) {
  struct Row {
    const char* name;
    std::string_view text;
    UnixSeconds time;
  };
  const Row rows[] = {
      {"epoch", "1970-01-01", 0},
      {"date", "2026-11-23", 1795392000},
      {"time in UTC", "2026-11-23T08:00:00Z", 1795420800},
      {"lower case", "2026-11-23t08:00:00z", 1795420800},
      {"space for T", "2026-11-23 08:00:00", 1795420800},
      {"no zone is UTC", "2026-11-23T08:00:00", 1795420800},
      {"no seconds", "2026-11-23T08:00Z", 1795420800},
      {"fraction is dropped", "2026-11-23T08:00:00.987654321Z", 1795420800},
      {"east of Greenwich", "2026-11-23T10:30:00+02:30", 1795420800},
      {"west of Greenwich", "2026-11-23T03:00:00-0500", 1795420800},
      {"leap day", "2024-02-29", 1709164800},
      {"leap second", "2016-12-31T23:59:60Z", 1483228800},
      {"before the epoch", "1969-12-31T23:59:59Z", -1},
  };
  for (const Row& row : rows) EXPECT_EQ(parse_time(row.text), row.time) << row.name;
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  struct Row {
    const char* name;
    std::string_view text;
  };
  const Row rows[] = {
      {"empty", ""},
      {"words", "yesterday"},
      {"year alone", "2026"},
      {"month alone", "2026-11"},
      {"one digit", "2026-1-2"},
      {"month 13", "2026-13-01"},
      {"day 0", "2026-01-00"},
      {"a day that does not exist", "2026-02-30"},
      {"no leap year", "2023-02-29"},
      {"hour 24", "2026-01-01T24:00:00Z"},
      {"minute 60", "2026-01-01T00:60:00Z"},
      {"second 61", "2026-01-01T00:00:61Z"},
      {"nothing behind T", "2026-01-01T"},
      {"cut in the time", "2026-01-01T00:0"},
      {"something behind", "2026-01-01T00:00:00Zx"},
      {"something behind a date", "2026-01-01x"},
      {"signed year", "-026-01-01"},
      {"letters for digits", "2o26-01-01"},
      {"offset cut short", "2026-01-01T00:00:00+0"},
  };
  for (const Row& row : rows) EXPECT_EQ(parse_time(row.text), std::nullopt) << row.name;
}

TEST(Rfc3339, WritesWhatParseTimeReads) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(rfc3339(1795420800), "2026-11-23T08:00:00Z");
  EXPECT_EQ(iso_date(1795420800), "2026-11-23");
  for (const UnixSeconds time :
       {UnixSeconds{1}, UnixSeconds{951782400}, UnixSeconds{253402300799}}) {
    EXPECT_EQ(parse_time(rfc3339(time)), time);
  }
}

TEST(Now, IsReplacedBySourceDateEpoch) {
  const char* before = std::getenv("SOURCE_DATE_EPOCH");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
  EXPECT_EQ(now(), 1700000000);
  ::setenv("SOURCE_DATE_EPOCH", "", 1);
  EXPECT_GT(now(), 1700000000);
  if (before == nullptr) {
    ::unsetenv("SOURCE_DATE_EPOCH");
  } else {
    ::setenv("SOURCE_DATE_EPOCH", saved.c_str(), 1);
  }
}

}  // namespace
}  // namespace seaworthy
