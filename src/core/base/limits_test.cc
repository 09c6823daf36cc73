#include "core/base/limits.h"

#include <limits>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using testing::HasSubstr;

TEST(SetLimit, ReadsNumbersWithBinaryUnits) {
  struct Row {
    const char* name;
    std::string_view assignment;
    std::uint64_t Limits::*field;
    std::uint64_t value;
  };
  const Row rows[] = {
      {"plain", "entries=12", &Limits::entries, 12},
      {"zero", "feed-age=0", &Limits::feed_age_days, 0},
      {"kibibytes", "path-length=4K", &Limits::path_length, 4096},
      {"mebibytes", "file-bytes=64M", &Limits::file_bytes, 64 * kMiB},
      {"gibibytes", "layer-bytes=2G", &Limits::layer_bytes, 2 * kGiB},
      {"largest", "spool=18446744073709551615", &Limits::spool_bytes,
       std::numeric_limits<std::uint64_t>::max()},
      {"largest with a unit", "spool=17179869183G", &Limits::spool_bytes, 17179869183ULL * kGiB},
  };
  for (const Row& row : rows) {
    Limits limits;
    EXPECT_TRUE(set_limit(limits, row.assignment).ok()) << row.name;
    EXPECT_EQ(limits.*row.field, row.value) << row.name;
  }
}

TEST(SetLimit, RefusesTheRestAndChangesNothing) {
  struct Row {
    const char* name;
    std::string_view assignment, said;
  };
  const Row rows[] = {
      {"unknown name", "speed=1", "no limit is named 'speed'; the limits are feed-age, "},
      {"empty", "", "no limit is named ''"},
      {"no value", "entries", "limit 'entries'"},
      {"empty value", "entries=", "'' is not a whole number"},
      {"only a unit", "entries=K", "not a whole number"},
      {"negative", "entries=-1", "not a whole number"},
      {"plus sign", "entries=+1", "not a whole number"},
      {"fraction", "entries=1.5", "not a whole number"},
      {"space", "entries= 1", "not a whole number"},
      {"unknown unit", "entries=1T", "not a whole number"},
      {"two units", "entries=1KK", "not a whole number"},
      {"hexadecimal", "entries=0x10", "not a whole number"},
      {"past 64 bits", "entries=18446744073709551616", "not a whole number"},
      {"past 64 bits by its unit", "entries=17179869184G", "not a whole number"},
      {"name in capitals", "ENTRIES=1", "no limit is named"},
  };
  for (const Row& row : rows) {
    Limits limits;
    const Status status = set_limit(limits, row.assignment);
    ASSERT_FALSE(status.ok()) << row.name;
    EXPECT_EQ(status.error().code, ErrorCode::kUsage) << row.name;
    EXPECT_THAT(status.error().message, HasSubstr(row.said)) << row.name;
    for (const LimitRow& known : limit_rows()) {
      EXPECT_EQ(limits.*known.field, Limits{}.*known.field) << row.name << " " << known.name;
    }
  }
}

TEST(FileLimit, IsTheReadersOwnUnlessItWasGiven) {
  Limits limits;
  EXPECT_EQ(file_limit(limits, 10), 10U);
  EXPECT_EQ(file_limit(limits, 1 * kGiB), limits.file_bytes);
  ASSERT_TRUE(set_limit(limits, "file-bytes=2G"));
  EXPECT_EQ(file_limit(limits, 10), 2 * kGiB);
  ASSERT_TRUE(set_limit(limits, "file-bytes=5"));
  EXPECT_EQ(file_limit(limits, 10), 5U);
}

TEST(OverLimit, NamesTheLimitAsTheCommandLineDoes) {
  for (const LimitRow& row : limit_rows()) {
    const Error error = over_limit(Limits{}, row.field, "read");
    EXPECT_EQ(error.code, ErrorCode::kLimitExceeded) << row.name;
    EXPECT_THAT(error.message, HasSubstr("read: over the limit " + std::string(row.name) + " of "));
    EXPECT_THAT(error.message, HasSubstr("--limit " + std::string(row.name) + "=N")) << row.name;
  }
  EXPECT_THAT(over_limit(7, &Limits::file_bytes, "read").message,
              HasSubstr("file-bytes of 7 bytes"));
}

TEST(LimitRows, NameEveryFieldOnce) {
  std::set<std::string_view> names;
  Limits limits;
  for (const LimitRow& row : limit_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.unit.empty()) << row.name;
    EXPECT_FALSE(row.help.empty()) << row.name;
    limits.*row.field = 0;  // a field listed twice leaves another one at its default
  }
  // And file_bytes_given, which takes a whole word with its padding.
  EXPECT_EQ((limit_rows().size() + 1) * sizeof(std::uint64_t), sizeof(Limits));
  for (const LimitRow& row : limit_rows()) EXPECT_EQ(limits.*row.field, 0u) << row.name;
}

}  // namespace
}  // namespace seaworthy
