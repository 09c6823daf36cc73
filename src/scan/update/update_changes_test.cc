#include "scan/update/update_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> paths_of(const std::vector<DocumentChange>& changes) {
  std::vector<std::string> paths;
  for (const DocumentChange& change : changes) {
    paths.push_back(change.path + (change.removed ? " removed" : ""));
  }
  return paths;
}

TEST(UpdateChanges, OnlyPlainPathsBelowADirectoryAreSafe) {
  const struct {
    const char* path;
    bool safe;
  } rows[] = {{"GHSA-xxxx-yyyy-zzzz.json", true},
              {"2026/cve-2026-1.json", true},
              {"ALSA-2023:6938.json", true},
              {"", false},
              {"/etc/passwd", false},
              {"../state.json", false},
              {"2026/../../state.json", false},
              {"2026/.hidden", false},
              {".hidden", false},
              {"2026//x.json", false},
              {"2026/", false},
              {"a b.json", false},
              {"a\\b.json", false},
              {"a\nb.json", false},
              {"%2e%2e/x.json", false},
              {"a?b.json", false}};
  for (const auto& row : rows) EXPECT_EQ(is_safe_path(row.path), row.safe) << row.path;
  EXPECT_FALSE(is_safe_path(std::string(301, 'a')));
  EXPECT_FALSE(is_safe_path(std::string("a\0b", 3)));
}

TEST(UpdateChanges, ReadsTheListOfOsv) {
  const auto changes = parse_osv_changes(
      "2026-11-23T08:00:00.123456Z,GHSA-3\r\n2026-11-22T08:00:00Z,GHSA-2\n"
      "2026-11-21T08:00:00Z,GHSA-1\nno time,GHSA-0\n\n");
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_THAT(paths_of(*changes), ElementsAre("GHSA-3.json", "GHSA-2.json", "GHSA-1.json"));
  const UnixSeconds since = parse_time("2026-11-22T08:00:00Z").value_or(0);
  EXPECT_THAT(paths_of(changes_since(*changes, since)), ElementsAre("GHSA-3.json"));
  EXPECT_THAT(paths_of(changes_since(*changes, since - 1)),
              ElementsAre("GHSA-2.json", "GHSA-3.json"));
}

TEST(UpdateChanges, WhatTheLastListDidNotNameIsAChangeHoweverOld) {
  const auto before = parse_osv_changes("2026-11-23T08:00:00Z,A\n2026-11-22T08:00:00Z,B\n");
  const auto now = parse_osv_changes(
      "2026-11-23T08:00:00Z,A\n2026-11-22T09:00:00Z,B\n2026-11-20T08:00:00Z,MAL-1\n");
  ASSERT_TRUE(before && now);
  EXPECT_THAT(paths_of(changes_beyond(*now, *before)), ElementsAre("MAL-1.json", "B.json"));
  EXPECT_THAT(paths_of(changes_beyond(*now, *now)), IsEmpty());
}

TEST(UpdateChanges, ReadsTheListsOfACsafDirectory) {
  const auto changed = parse_csaf_changes(
      "\"2026/cve-2026-1.json\",\"2026-11-23T08:00:00+00:00\"\n"
      "\"2026/cve-2026-2.json\",\"2026-11-22T08:00:00+00:00\"\n",
      false);
  const auto removed =
      parse_csaf_changes("\"2026/cve-2026-2.json\",\"2026-11-23T09:00:00+00:00\"\n", true);
  ASSERT_TRUE(changed && removed);
  std::vector<DocumentChange> all = *changed;
  all.insert(all.end(), removed->begin(), removed->end());
  EXPECT_THAT(paths_of(changes_since(all, 0)),
              ElementsAre("2026/cve-2026-1.json", "2026/cve-2026-2.json removed"));
}

TEST(UpdateChanges, AListThatIsNoneIsRefused) {
  EXPECT_THAT(parse_osv_changes("").ok() ? *parse_osv_changes("") : std::vector<DocumentChange>(1),
              IsEmpty());
  EXPECT_FALSE(parse_osv_changes("<html>maintenance</html>"));
  EXPECT_FALSE(parse_osv_changes("2026-11-23T08:00:00Z,../../x\n"));
  EXPECT_FALSE(parse_osv_changes("2026-11-23T08:00:00Z,a/b\n"));
  EXPECT_FALSE(parse_osv_changes("2026-11-23T08:00:00Z,\n"));
  EXPECT_FALSE(parse_csaf_changes("\"2026/x.json\"\n", false));
  // One bad line among good ones is no reason to fetch everything.
  const auto mostly = parse_osv_changes("2026-11-23T08:00:00Z,A\n2026-11-23T08:00:00Z,B\nbad\n");
  ASSERT_TRUE(mostly);
  EXPECT_THAT(*mostly, SizeIs(2));
}

}  // namespace
}  // namespace seaworthy
