#include "scan/advisory/document_lists.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/tar_builder.h"
#include "scan/advisory/database.h"
#include "scan/advisory/import.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
namespace fs = std::filesystem;

constexpr UnixSeconds kNow = 1'795'000'000;  // November 2026

struct Case {
  const char* name;
  UnixSeconds changed, removed;  // as listed; 0: not listed
  const char* path;
  UnixSeconds date;  // the document's own
  bool is_removed;
};

class Lists : public ::testing::TestWithParam<Case> {};

TEST_P(Lists, Remove) {
  const Case& given = GetParam();
  DocumentLists lists;
  // The newest time of each kind counts.
  for (const UnixSeconds removed : {given.removed, given.removed / 2}) {
    EXPECT_TRUE(lists.add("2026/cve-1.json", removed, true));
  }
  EXPECT_TRUE(lists.add("2026/cve-1.json", given.changed, false));
  EXPECT_EQ(lists.removes(given.path, given.date), given.is_removed);
}

INSTANTIATE_TEST_SUITE_P(
    Documents, Lists,
    ::testing::Values(Case{"Removed", 0, 50, "2026/cve-1.json", 40, true},
                      Case{"NotListed", 0, 0, "2026/cve-1.json", 40, false},
                      Case{"OnlyChanged", 50, 0, "2026/cve-1.json", 40, false},
                      Case{"ChangedThenRemoved", 45, 50, "2026/cve-1.json", 40, true},
                      Case{"RemovedThenPutBack", 60, 50, "2026/cve-1.json", 40, false},
                      Case{"PutBackAtOnce", 50, 50, "2026/cve-1.json", 40, false},
                      Case{"YoungerThanItsRemoval", 0, 50, "2026/cve-1.json", 51, false},
                      Case{"WithoutADate", 0, 50, "2026/cve-1.json", 0, true},
                      Case{"DeeperInAnArchive", 0, 50, "x/vex/2026/cve-1.json", 40, true},
                      Case{"AnotherName", 0, 50, "2026/other-cve-1.json", 40, false},
                      Case{"AnotherYear", 0, 50, "2025/cve-1.json", 40, false},
                      Case{"Empty", 0, 50, "", 40, false}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(DocumentLists, AreBounded) {
  DocumentLists lists;
  std::size_t kept = 0;
  while (kept < 2'000'000 && lists.add(std::to_string(kept), 1, true)) ++kept;
  EXPECT_EQ(kept, 1'000'000U);
  EXPECT_TRUE(lists.add("7", 2, true));  // one that is there already
}

class Removed : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "seaworthy-lists-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string write(const std::string& name, const std::string& bytes) {
    const std::string path = root_ + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    EXPECT_TRUE(write_file_atomically(path, bytes));
    return path;
  }
  FeedImport import(const std::vector<std::string>& paths) {
    ImportOptions options;
    options.now = kNow;
    auto report = import_feeds(paths, root_ + "/db", options);
    if (!report) {
      ADD_FAILURE() << report.error().message;
      return {};
    }
    EXPECT_EQ(report->feeds.size(), 1U);
    return report->feeds.front();
  }
  // The weaknesses that have a row.
  std::vector<std::string> known() {
    const auto database = AdvisoryDatabase::open(root_ + "/db");
    if (!database) return {database.error().message};
    std::vector<std::string> ids;
    for (const AdvisoryRow& row : database->rows(PackageKey{"debian", "12", "libbar"})) {
      ids.push_back(row.vulnerability);
    }
    return ids;
  }

  std::string root_;
};

std::string vex(const std::string& cve, const std::string& date) {
  return R"({"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"namespace":)"
         R"("https://vendor.example"},"tracking":{"id":"X","current_release_date":")" +
         date +
         R"("}},"product_tree":{"branches":[{"category":"product_version","name":"b","product":)"
         R"({"name":"b","product_id":"b","product_identification_helper":)"
         R"({"purl":"pkg:deb/debian/libbar?distro=debian-12"}}}]},"vulnerabilities":[{"cve":")" +
         cve + R"(","product_status":{"known_affected":["b"]}}]})";
}

const std::string kOne = vex("CVE-2026-1", "2026-09-01T00:00:00Z");
const std::string kTwo = vex("CVE-2026-2", "2026-09-01T00:00:00Z");
const std::string kThree = vex("CVE-2026-3", "2026-09-01T00:00:00Z");
constexpr const char* kDeletions =
    "\"2026/cve-2026-1.json\",\"2026-10-01T00:00:00+00:00\"\n"
    "\"2026/cve-2026-2.json\",\"2026-10-01T00:00:00+00:00\"\n";
constexpr const char* kChanges = "\"2026/cve-2026-2.json\",\"2026-10-02T00:00:00+00:00\"\n";
constexpr const char* kReason = "CSAF: a document that its publisher removed after its last change";

std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files) {
  TarBuilder tar;
  for (const auto& [name, bytes] : files) tar.file(name, bytes);
  return tar.finish();
}

TEST_F(Removed, MakeNoRowsInADirectory) {
  write("vex/2026/cve-2026-1.json", kOne);
  write("vex/2026/cve-2026-2.json", kTwo);
  write("vex/2026/cve-2026-3.json", kThree);
  write("vex/changes.csv", kChanges);
  write("vex/deletions.csv", kDeletions);
  const FeedImport out = import({root_ + "/vex"});
  EXPECT_THAT(known(), ElementsAre("CVE-2026-2", "CVE-2026-3"));
  EXPECT_THAT(out.skip_reasons, ::testing::Contains(Pair(kReason, 1)));
  EXPECT_EQ(out.records, 2U);
  EXPECT_EQ(out.documents, 5U);
}

TEST_F(Removed, MakeNoRowsWhereTheListIsBehindThem) {
  const std::string path = write("vex.tar", tar_of({{"vex/2026/cve-2026-1.json", kOne},
                                                    {"vex/2026/cve-2026-2.json", kTwo},
                                                    {"vex/2026/cve-2026-3.json", kThree},
                                                    {"vex/changes.csv", kChanges},
                                                    {"vex/deletions.csv", kDeletions}}));
  const FeedImport out = import({path});
  EXPECT_THAT(known(), ElementsAre("CVE-2026-2", "CVE-2026-3"));
  EXPECT_EQ(out.records, 2U);
  EXPECT_EQ(out.documents, 5U);
  EXPECT_THAT(out.problems, IsEmpty());
}

TEST_F(Removed, MakeNoRowsWhereTheListIsBesideTheArchive) {
  write("feeds/vex.tar", tar_of({{"2026/cve-2026-1.json", kOne},
                                 {"2026/cve-2026-2.json", kTwo},
                                 {"2026/cve-2026-3.json", kThree}}));
  EXPECT_EQ(import({root_ + "/feeds"}).name, "vex");
  EXPECT_THAT(known(), ElementsAre("CVE-2026-1", "CVE-2026-2", "CVE-2026-3"));
  // A list that comes later is a change of the feed, and a removed document's rows go.
  write("feeds/changes.csv", kChanges);
  write("feeds/deletions.csv", kDeletions);
  EXPECT_FALSE(import({root_ + "/feeds"}).unchanged);
  EXPECT_THAT(known(), ElementsAre("CVE-2026-2", "CVE-2026-3"));
  EXPECT_TRUE(import({root_ + "/feeds"}).unchanged);
}

TEST_F(Removed, GoWithAnArchiveThatIsNamedWithItsList) {
  const std::string archive =
      write("vex.tar", tar_of({{"2026/cve-2026-1.json", kOne}, {"2026/cve-2026-3.json", kThree}}));
  import({write("deletions.csv", kDeletions), archive});
  EXPECT_THAT(known(), ElementsAre("CVE-2026-3"));
}

TEST_F(Removed, AreNotDatedByTheirLists) {
  write("vex/2026/cve-2026-3.json", kThree);
  write("vex/changes.csv", "\"2026/cve-2026-9.json\",\"2026-11-01T00:00:00+00:00\"\n");
  import({root_ + "/vex"});
  const auto database = AdvisoryDatabase::open(root_ + "/db");
  ASSERT_TRUE(database);
  ASSERT_EQ(database->feeds().size(), 1U);
  EXPECT_EQ(database->feeds()[0].data_as_of, 1'788'220'800);  // the document's own
}

}  // namespace
}  // namespace seaworthy
