#include "scan/advisory/database_file.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "scan/advisory/database.h"
#include "scan/advisory/import.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

class DatabaseFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "seaworthy-file-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    std::string lines;
    for (int i = 0; i < 150; ++i) {
      const std::string n = std::to_string(10000 + i);
      lines += R"({"id":"GHSA-)" + n + R"(","modified":"2026-01-01T00:00:00Z","summary":")" +
               std::string(i == 7 ? 9000 : 30, 's') + R"(","aliases":["CVE-2023-)" + n +
               R"("],"affected":[{"package":{"ecosystem":"npm","name":"p)" + n +
               R"("},"versions":[")" + std::string(i == 9 ? 9000 : 3, '1') + R"("]}]})" + "\n";
    }
    ASSERT_TRUE(write_file_atomically(root_ + "/npm.jsonl", lines));
    ImportOptions options;
    options.now = 1'795'000'000;
    const auto report = import_feeds({root_ + "/npm.jsonl"}, root_ + "/db", options);
    ASSERT_TRUE(report) << report.error().message;
    bytes_ = *read_file(root_ + "/db/data.mdb", 1 * kGiB);
  }
  void TearDown() override { fs::remove_all(root_); }

  // Opens the bytes as a database in a directory of its own and asks it everything.
  bool use(const std::string& bytes) {
    const std::string directory = root_ + "/copy" + std::to_string(++copies_);
    fs::create_directories(directory);
    EXPECT_TRUE(write_file_atomically(directory + "/data.mdb", bytes));
    bool opened = false;
    if (const auto database = AdvisoryDatabase::open(directory)) {
      opened = true;
      database->feeds();
      for (const PackageKey& key : database->search_packages("", 1000)) database->rows(key);
      for (const std::string& id : database->search_vulnerabilities("", 1000)) {
        database->details(id);
        database->aliases(id);
      }
      database->changes_since(0, 1000);
    }
    fs::remove_all(directory);
    return opened;
  }

  std::string root_, bytes_;
  int copies_ = 0;
};

TEST_F(DatabaseFile, AcceptsWhatAnImportWrote) {
  const auto status = check_database_file(root_ + "/db/data.mdb");
  EXPECT_TRUE(status) << status.error().message;
  EXPECT_TRUE(use(bytes_));
}

TEST_F(DatabaseFile, RefusesWhatIsCutShort) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{4096}, std::size_t{8192},
        bytes_.size() / 2, bytes_.size() - 4096, bytes_.size() - 1}) {
    EXPECT_FALSE(use(bytes_.substr(0, size))) << size;
  }
  EXPECT_FALSE(use(std::string(100'000, '\0')));
  EXPECT_FALSE(use(std::string(100'000, '\xff')));
}

// A flipped bit is refused or, in the content of a value, read around; nothing crashes.
TEST_F(DatabaseFile, SurvivesFlippedBits) {
  std::uint32_t state = 12345;
  const auto next = [&state] { return (state = state * 1664525U + 1013904223U) >> 4; };
  int refused = 0;
  constexpr int kRounds = 400;
  for (int i = 0; i < kRounds; ++i) {
    std::string flipped = bytes_;
    // Page headers and node headers are where it hurts: half of the rounds aim at page fronts.
    const std::size_t page = next() % (bytes_.size() / 4096);
    const std::size_t at = page * 4096 + next() % (i % 2 == 0 ? 160U : 4096U);
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (next() % 8)));
    refused += use(flipped) ? 0 : 1;
  }
  EXPECT_GT(refused, kRounds / 20);
}

}  // namespace
}  // namespace seaworthy
