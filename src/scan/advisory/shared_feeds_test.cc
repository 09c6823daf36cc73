#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/lines.h"
#include "core/codec/archive.h"
#include "scan/advisory/database.h"
#include "scan/advisory/import.h"

namespace seaworthy {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
namespace fs = std::filesystem;

const AdvisoryRow* find(const std::vector<AdvisoryRow>& rows, std::string_view id,
                        std::string_view feed, std::string_view channel = "") {
  for (const AdvisoryRow& row : rows) {
    if (row.vulnerability == id && row.feed == feed && row.channel == channel) return &row;
  }
  return nullptr;
}

const FeedImport* find(const ImportReport& report, std::string_view name) {
  for (const FeedImport& feed : report.feeds) {
    if (feed.name == name) return &feed;
  }
  return nullptr;
}

void check_rows(const AdvisoryDatabase& database) {
  const auto curl = database.rows({"debian", "11", "xorg-server"});
  const AdvisoryRow* dsa = find(curl, "CVE-2023-1393", "debian-osv");
  ASSERT_NE(dsa, nullptr);
  EXPECT_EQ(dsa->advisory_id, "DSA-5380-1");
  EXPECT_EQ(dsa->ranges.at(0).fixed, "2:1.20.11-1+deb11u6");
  EXPECT_NE(find(curl, "CVE-2023-1393", "debian-security-tracker-2023"), nullptr);

  const auto buildah = database.rows({"almalinux", "8", "buildah"});
  EXPECT_THAT(buildah, Contains(::testing::Field(&AdvisoryRow::module, "container-tools:4.0")));

  const auto gcc = database.rows({"ubuntu", "14.04", "gcc-4.7"});
  const AdvisoryRow* esm = find(gcc, "CVE-2002-2439", "ubuntu-cve-jsonl", "esm-infra");
  ASSERT_NE(esm, nullptr);
  EXPECT_EQ(esm->fix_state, FixState::kNotFixed);
  EXPECT_EQ(find(gcc, "CVE-2002-2439", "ubuntu-cve-jsonl")->fix_state, FixState::kEndOfLife);

  const auto oath = database.rows({"azurelinux", "3.0", "oath-toolkit"});
  EXPECT_EQ(find(oath, "CVE-2024-47191", "azurelinux-oval")->ranges.at(0).fixed, "2.6.7-3.azl3");
  const auto syslinux = database.rows({"mariner", "1.0", "syslinux"});
  EXPECT_EQ(find(syslinux, "CVE-2022-3857", "azurelinux-oval")->fix_state, FixState::kNotFixed);
  EXPECT_NE(find(database.rows({"alpine", "3.17", "aom"}), "CVE-2021-30473", "alpine-secdb"),
            nullptr);
  EXPECT_NE(find(database.rows({"pypi", "", "ZSTD"}), "CVE-2022-4899", "pypa"), nullptr);
  EXPECT_THAT(database.rows({"rocky", "8", "ant"}), Not(IsEmpty()));  // from the mixed fixtures
}

void check_facts(const AdvisoryDatabase& database) {
  EXPECT_DOUBLE_EQ(database.epss("CVE-2021-47987")->score, 0.0012);
  EXPECT_EQ(database.kev("CVE-2025-48384")->due, "2025-09-15");
  EXPECT_EQ(database.exploit("CVE-2013-4011")->reference, "EDB-28507");
  EXPECT_EQ(database.end_of_life("debian", "12")->date, "2028-06-30");
  EXPECT_EQ(database.end_of_life("alpine", "3.24.1")->date, "2028-06-01");
  EXPECT_TRUE(database.end_of_life("amzn", "2023"));
  EXPECT_THAT(database.aliases("CVE-2023-27589"), Contains("BIT-minio-2023-27589"));
  const auto statements = database.vex("CVE-2019-13209");
  ASSERT_THAT(statements, Not(IsEmpty()));
  EXPECT_EQ(statements[0].feed, "aqua-vexhub");
  EXPECT_EQ(statements[0].status, VexStatus::kNotAffected);
  EXPECT_EQ(database.damaged(), 0U);
}

// An unoptimized build takes half a minute for Ubuntu's 140 MB: it reads every eighth line of them.
constexpr std::string_view kUbuntu = "ubuntu-cve-jsonl";
#ifdef NDEBUG
constexpr std::size_t kUbuntuStep = 1;
#else
constexpr std::size_t kUbuntuStep = 8;
#endif

// Of all feeds in the directory; `lines`: how many of Ubuntu's there are.
std::vector<std::string> paths_of(const std::string& feeds, const std::string& work,
                                  std::size_t& lines) {
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(feeds)) {
    if (entry.path().filename().string().starts_with(kUbuntu)) continue;
    paths.push_back(entry.path());
  }
  std::string sample;
  const auto keep = [&](const ArchiveMember& member) -> Status {
    for_each_line(member.bytes, [&](std::string_view line, std::uint64_t number) {
      if ((number - 1) % kUbuntuStep != 0) return;
      sample.append(line).append("\n");
      ++lines;
    });
    return ok_status();
  };
  const auto fail = [](const std::string& path, const Error& error) {
    ADD_FAILURE() << path << ": " << error.message;
  };
  EXPECT_TRUE(
      for_each_document(feeds + "/" + std::string(kUbuntu) + ".tar.zst", Limits{}, keep, fail));
  paths.push_back(work + "/" + std::string(kUbuntu) + ".jsonl");
  EXPECT_TRUE(write_file_atomically(paths.back(), sample));
  return paths;
}

// The whole of the shared feeds: within a minute (unoptimized builds and sanitizers get more) and
// 250 MB, and nothing at all is written the second time.
TEST(SharedFeeds, ImportsThemAll) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "one thread only: five minutes under ThreadSanitizer would show nothing";
#endif
  const std::string feeds = std::string(SHARED_DATA) + "/feeds";
  if (!fs::exists(feeds)) GTEST_SKIP() << "no shared data: feeds";
  std::string root = (fs::temp_directory_path() / "seaworthy-shared-XXXXXX").string();
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  ImportOptions options;
  options.now = 1'795'000'000;
  std::size_t ubuntu_lines = 0;
  const std::vector<std::string> paths = paths_of(feeds, root, ubuntu_lines);
  const std::string db = root + "/db";
  const auto begin = std::chrono::steady_clock::now();
  const auto report = import_feeds(paths, db, options);
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  ASSERT_TRUE(report) << report.error().message;
  RecordProperty("seconds", static_cast<int>(seconds));
  EXPECT_LT(fs::file_size(db + "/data.mdb"), 250'000'000U);
#ifdef NDEBUG
  EXPECT_LT(seconds, 60);
#endif
  // Nine of its 46,773 are of no package.
  EXPECT_GE(find(*report, kUbuntu)->records, ubuntu_lines - 9);
  EXPECT_LE(find(*report, kUbuntu)->records, ubuntu_lines);
  EXPECT_EQ(ubuntu_lines, (46'773U + kUbuntuStep - 1) / kUbuntuStep);
  EXPECT_EQ(find(*report, "almalinux-osv")->records, 4'480U);
  EXPECT_EQ(find(*report, "epss")->records, 360'142U);
  // 1,222 definitions of azurelinux 3.0 and 2,252 of mariner 1.0: all that the two documents have.
  EXPECT_EQ(find(*report, "azurelinux-oval")->records, 3'474U);
  EXPECT_EQ(find(*report, "aqua-vexhub")->records, 15'304U);
  // Two of RubySec's advisories clear every version there is, and say that there is one affected.
  EXPECT_EQ(find(*report, "rubysec")->records, 1'381U);
  EXPECT_EQ(find(*report, "rubysec")->problem_count, 2U);
  EXPECT_EQ(find(*report, "rustsec")->records, 932U);
  EXPECT_EQ(find(*report, "nodejs-security-wg")->records, 638U);
  for (const FeedImport& feed : report->feeds) {
    // The one collection of many ecosystems says that it speaks for none of them, Alpine's that it
    // lacks a repository of one old release.
    const bool says_what_it_lacks =
        feed.name == "osv-from-peer-fixtures" || feed.name == "alpine-secdb";
    if (feed.name == "rubysec") continue;
    EXPECT_EQ(feed.problem_count, says_what_it_lacks ? 1U : 0U) << feed.name;
  }
  {
    const auto database = AdvisoryDatabase::open(db);
    ASSERT_TRUE(database) << database.error().message;
    check_rows(*database);
    check_facts(*database);
    const auto again = import_feeds(paths, db, options);
    ASSERT_TRUE(again);
    for (const FeedImport& feed : again->feeds) EXPECT_EQ(feed.keys_written, 0U) << feed.name;
    EXPECT_TRUE(find(*again, kUbuntu)->unchanged);
  }
  fs::remove_all(root);
}

}  // namespace
}  // namespace seaworthy
