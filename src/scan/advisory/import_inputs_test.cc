#include "scan/advisory/import_inputs.h"

#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "scan/advisory/database.h"

namespace seaworthy {
namespace {

using ::testing::SizeIs;
namespace fs = std::filesystem;

class Inputs : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "seaworthy-inputs-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    database_ = root_ + "/db";
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& bytes) {
    const std::string path = root_ + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    EXPECT_TRUE(write_file_atomically(path, bytes));
  }
  Result<ImportReport> import(const std::vector<std::string>& paths) {
    ImportOptions options;
    options.now = 1'795'000'000;  // November 2026
    return import_feeds(paths, database_, options);
  }

  std::string root_, database_;
};

std::string ghsa(const std::string& id, const std::string& fixed) {
  return R"({"id":")" + id +
         R"(","modified":"2026-08-01T00:00:00Z","affected":[{"package":)"
         R"({"ecosystem":"npm","name":"jquery"},"ranges":[{"type":"SEMVER","events":[)"
         R"({"introduced":"0"},{"fixed":")" +
         fixed + R"("}]}]}]})";
}

struct InputRow {
  const char* name;
  std::vector<const char*> files;
  std::vector<std::string> feeds;  // by path
};

class ImportInputs : public Inputs, public ::testing::WithParamInterface<InputRow> {};

TEST_P(ImportInputs, AreFeeds) {
  for (const char* file : GetParam().files) write("flat/" + std::string(file), "x");
  const auto sources = sources_of({root_ + "/flat"}, "");
  ASSERT_TRUE(sources) << sources.error().message;
  std::vector<std::string> feeds;
  for (const FeedSource& source : *sources) {
    std::string text = source.feed;
    for (const std::string& file : source.files) text += " " + fs::path(file).filename().string();
    for (const std::string& list : source.lists) text += " +" + fs::path(list).filename().string();
    feeds.push_back(text);
  }
  EXPECT_EQ(feeds, GetParam().feeds);
  EXPECT_EQ(static_cast<bool>(sources_of({root_ + "/flat"}, "ff")), feeds.size() == 1);
  const auto with_slash = sources_of({root_ + "/flat/"}, "");
  ASSERT_TRUE(with_slash);
  EXPECT_EQ(with_slash->front().feed, sources->front().feed);
}

INSTANTIATE_TEST_SUITE_P(
    Directories, ImportInputs,
    ::testing::Values(
        InputRow{"Documents", {"a.json", "b.json"}, {"flat"}},
        InputRow{"CompressedDocumentIsADocument", {"a.json", "g.json.gz", "u.xml.zst"}, {"flat"}},
        InputRow{"Archives", {"a.tar.zst", "b.zip", "c.tgz"}, {"a", "b", "c"}},
        InputRow{"AnythingCompressed", {"a.gz"}, {"a"}},
        InputRow{"ArchiveBesideDocuments",
                 {"a.tar.zst", "b.json", "c.json.gz"},
                 {"flat b.json c.json.gz", "a"}},
        InputRow{"ArchiveBesideADirectory", {"a.tar.zst", "d/b.json"}, {"a", "d"}},
        InputRow{"ACopyOfOsvsBucket",
                 {"Debian/all.zip", "GitHub Actions/all.zip", "npm/GHSA-1.json"},
                 {"Debian-all", "GitHub-Actions-all", "npm"}},
        InputRow{"ArchivesAtTwoDepths", {"a.zip", "sub/all.zip"}, {"a", "sub-all"}},
        InputRow{"Lists",
                 {"a.tar.zst", "b.json", "deletions.csv"},
                 {"flat b.json +deletions.csv", "a +deletions.csv"}},
        InputRow{"Hidden", {".a.tar", "b.json"}, {"flat"}}),
    [](const auto& row) { return row.param.name; });

TEST_F(Inputs, TheWorkingDirectoryIsADirectory) {
  write("flat/a.json", ghsa("GHSA-1", "1.6.3"));
  const fs::path before = fs::current_path();
  fs::current_path(root_ + "/flat");
  const auto here = import({"."});
  const auto below = import({"./"});
  fs::current_path(before);
  ASSERT_TRUE(here) << here.error().message;
  ASSERT_TRUE(below) << below.error().message;
  EXPECT_EQ(here->feeds.at(0).name, "flat");
  EXPECT_EQ(here->feeds.at(0).records, 1U);
  EXPECT_TRUE(below->feeds.at(0).unchanged);
}

TEST_F(Inputs, DocumentsBesideAnArchiveAreTheFeedTheyWereWithoutIt) {
  write("flat/a.json", ghsa("GHSA-1", "1.6.3"));
  write("flat/b.json", ghsa("GHSA-2", "1.6.4"));
  ASSERT_TRUE(import({root_ + "/flat"}));
  write("flat/more.zip", "PK\x05\x06" + std::string(18, '\0'));
  const auto report = import({root_ + "/flat"});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_THAT(report->feeds, SizeIs(2));
  EXPECT_EQ(report->feeds[0].name, "flat");
  EXPECT_EQ(report->feeds[0].records, 2U);
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_THAT(database->feeds(), SizeIs(1));
  EXPECT_THAT(database->rows({"npm", "", "jquery"}), SizeIs(2));
  EXPECT_TRUE(import({root_ + "/flat"})->feeds[0].unchanged);
  write("flat/b.json", ghsa("GHSA-2", "1.6.5"));
  EXPECT_FALSE(import({root_ + "/flat"})->feeds[0].unchanged);
}

}  // namespace
}  // namespace seaworthy
