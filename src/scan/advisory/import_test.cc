#include "scan/advisory/import.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "core/codec/tar_builder.h"
#include "scan/advisory/database.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace fs = std::filesystem;

constexpr UnixSeconds kNow = 1'795'000'000;  // November 2026

class Import : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "seaworthy-import-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    database_ = root_ + "/db";
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string write(const std::string& name, const std::string& bytes) {
    const std::string path = root_ + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    EXPECT_TRUE(write_file_atomically(path, bytes));
    return path;
  }
  Result<ImportReport> import(const std::vector<std::string>& paths, UnixSeconds now = kNow) {
    ImportOptions options;
    options.now = now;
    return import_feeds(paths, database_, options);
  }
  std::string data_digest() {
    const auto bytes = read_file(database_ + "/data.mdb", 1 * kGiB);
    return bytes ? sha256(*bytes) : "";
  }

  std::string root_, database_;
};

std::string ghsa(const std::string& id, const std::string& cve, const std::string& package,
                 const std::string& fixed, const std::string& extra = "") {
  return R"({"id":")" + id + R"(","modified":"2026-08-01T00:00:00Z","aliases":[")" + cve +
         R"("],)" + extra + R"("affected":[{"package":{"ecosystem":"npm","name":")" + package +
         R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":")" + fixed +
         R"("}]}]}]})";
}

TEST_F(Import, KeepsWhatARepositoryServes) {
  const auto mapping = [&](const std::string& cpes) {
    return write("repository-to-cpe.json",
                 R"({"data":{"rhel-8-for-x86_64-baseos-rpms":{"cpes":[)" + cpes + "]}}}");
  };
  const std::string main = R"("cpe:/o:redhat:enterprise_linux:8::baseos")";
  ASSERT_TRUE(import({mapping(main)}));
  const auto cpes = [&] {
    auto database = AdvisoryDatabase::open(database_);
    EXPECT_TRUE(database);
    EXPECT_THAT(database->repository_cpes("another-rpms"), IsEmpty());
    return database->repository_cpes("rhel-8-for-x86_64-baseos-rpms");
  };
  EXPECT_THAT(cpes(), ElementsAre("cpe:/o:redhat:enterprise_linux:8::baseos"));
  ASSERT_TRUE(import({mapping(R"("cpe:/o:redhat:rhel_eus:8.4::baseos",)" + main)}));
  EXPECT_THAT(cpes(), ElementsAre("cpe:/o:redhat:enterprise_linux:8::baseos",
                                  "cpe:/o:redhat:rhel_eus:8.4::baseos"));
  const auto report = import({mapping(R"("cpe:/o:redhat:rhel_eus:8.4::baseos",)" + main)});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->feeds[0].unchanged);
}

TEST_F(Import, RoundTrips) {
  const std::string osv =
      write("npm-osv.jsonl", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3") + "\n" +
                                 ghsa("GHSA-2", "CVE-2023-2222", "left-pad", "2") + "\n");
  const std::string epss = write("epss.csv", "CVE-2023-1111;0.00120;0.02168\n");
  const std::string kev = write(
      "kev.json",
      R"({"catalogVersion":"1","dateReleased":"2025-08-25","vulnerabilities":[{"cveID":"CVE-2023-1111","dateAdded":"2025-08-25"}]})");
  const std::string eol =
      write("eol/alpine-linux.json", R"([{"cycle":"3.18","eol":"2025-05-09"}])");
  const std::string exploits =
      write("edb.csv", "edb_id,platform,type,cve\n1000,a,b,CVE-2023-1111\n999,a,b,CVE-2023-1111\n");
  const auto report = import({osv, epss, kev, eol, exploits});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_THAT(report->feeds, SizeIs(5));
  EXPECT_EQ(report->feeds[0].name, "npm-osv");
  EXPECT_EQ(report->feeds[0].format, "osv");
  EXPECT_EQ(report->feeds[0].records, 2U);

  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_EQ(database->built_at(), kNow);
  EXPECT_THAT(database->feeds(), SizeIs(5));
  const auto rows = database->rows({"npm", "", "jquery"});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].vulnerability, "CVE-2023-1111");
  EXPECT_EQ(rows[0].advisory_id, "GHSA-1");
  EXPECT_EQ(rows[0].feed, "npm-osv");
  EXPECT_EQ(rows[0].document, "npm-osv.jsonl:1");
  EXPECT_THAT(database->rows({"npm", "", "absent"}), IsEmpty());
  EXPECT_THAT(database->rows({"debian", "12", "jquery"}), IsEmpty());
  EXPECT_THAT(database->details("GHSA-1"), SizeIs(1));
  EXPECT_THAT(database->aliases("CVE-2023-1111"), ElementsAre("GHSA-1"));
  EXPECT_THAT(database->aliases("GHSA-1"), ElementsAre("CVE-2023-1111"));
  EXPECT_DOUBLE_EQ(database->epss("CVE-2023-1111")->score, 0.0012);
  EXPECT_FALSE(database->epss("CVE-2023-2222"));
  EXPECT_EQ(database->kev("CVE-2023-1111")->added, "2025-08-25");
  EXPECT_EQ(database->exploit("CVE-2023-1111")->reference, "EDB-999");
  EXPECT_EQ(database->end_of_life("alpine", "3.18.4")->date, "2025-05-09");
  EXPECT_FALSE(database->end_of_life("alpine", "3.1"));
  EXPECT_THAT(database->search_packages("quer", 10), ElementsAre(PackageKey{"npm", "", "jquery"}));
  EXPECT_THAT(database->search_vulnerabilities("CVE-2023-1", 10), ElementsAre("CVE-2023-1111"));
  EXPECT_EQ(database->damaged(), 0U);
}

TEST_F(Import, UnchangedInputWritesNothing) {
  const std::string osv = write("npm.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3"));
  ASSERT_TRUE(import({osv}));
  const std::string before = data_digest();
  ASSERT_NE(before, "");
  const auto again = import({osv}, kNow + 1000);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->feeds[0].unchanged);
  EXPECT_EQ(data_digest(), before);
}

TEST_F(Import, ChangedInputWritesOnlyTheChange) {
  const std::string one = ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3");
  const std::string two = ghsa("GHSA-2", "CVE-2023-2222", "left-pad", "2");
  const std::string gone = ghsa("GHSA-3", "CVE-2023-3333", "gone", "3");
  write("feed/1.json", one);
  write("feed/2.json", two);
  write("feed/3.json", gone);
  ASSERT_TRUE(import({root_ + "/feed"}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_EQ(database->last_change(), 3U);

  write("feed/2.json", ghsa("GHSA-2", "CVE-2023-2222", "left-pad", "2.1"));
  fs::remove(root_ + "/feed/3.json");
  write("feed/4.json", ghsa("GHSA-4", "CVE-2023-4444", "new", "4"));
  const auto changed = import({root_ + "/feed/"}, kNow + 60);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->feeds[0].name, "feed");
  EXPECT_EQ(changed->feeds[0].keys_written, 4U);  // rows of two packages; details and alias of one
  EXPECT_EQ(changed->feeds[0].keys_removed, 3U);  // row, details and alias of the third

  // The open database sees it.
  EXPECT_THAT(database->rows({"npm", "", "gone"}), IsEmpty());
  EXPECT_EQ(database->rows({"npm", "", "left-pad"}).at(0).ranges.at(0).fixed, "2.1");
  std::vector<std::string> packages;
  for (const DatabaseChange& change : database->changes_since(3, 100)) {
    EXPECT_EQ(change.feed, "feed");
    EXPECT_EQ(change.time, kNow + 60);
    packages.push_back(std::to_string(change.sequence) + change.key.package);
  }
  EXPECT_THAT(packages, ElementsAre("4gone", "5left-pad", "6new"));
  EXPECT_THAT(database->changes_since(4, 1), SizeIs(1));
  EXPECT_EQ(database->changes_since(4, 1).at(0).key.package, "left-pad");
  EXPECT_THAT(database->changes_since(0, 100), SizeIs(6));
  EXPECT_THAT(database->changes_since(6, 100), IsEmpty());
  EXPECT_THAT(database->changes_since(~std::uint64_t{0}, 100), IsEmpty());
}

TEST_F(Import, LongChangeRunsAreReadFromAnyPlace) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) {
    lines += ghsa("GHSA-" + std::to_string(i), "CVE-2023-" + std::to_string(10000 + i),
                  "p" + std::to_string(i), "1") +
             "\n";
  }
  ASSERT_TRUE(import({write("many.jsonl", lines)}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_EQ(database->last_change(), 1000U);
  for (const std::uint64_t from : {0U, 1U, 255U, 256U, 257U, 700U, 999U}) {
    const auto changes = database->changes_since(from, 5000);
    ASSERT_EQ(changes.size(), 1000 - from);
    EXPECT_EQ(changes.front().sequence, from + 1);
    EXPECT_EQ(changes.back().sequence, 1000U);
  }
}

TEST_F(Import, BrokenDocumentsAreProblemsAndStopNothing) {
  write("feed/a.json", R"({"id":"GHSA-0","modified":"2023-01-01","affected":[)");
  write("feed/b.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3"));
  write("feed/c.yaml", "id: X\nmodified: [\n");
  write("feed/d.json", R"({"id":"D","modified":"","affected":)" + std::string(100000, '['));
  write("feed/e.txt", "nothing\n");
  write("feed/f.json", ghsa("GHSA-2", "CVE-2023-2222", std::string(600, 'x'), "1"));
  write("feed/g.json", ghsa("GHSA-3", "CVE-2023-3333", "nul\\u0000name", "1"));
  write("feed/h.json", ghsa("GHSA-4", "CVE-2023-4444", std::string(5000, 'y'), "1"));
  const auto report = import({root_ + "/feed"});
  ASSERT_TRUE(report) << report.error().message;
  const FeedImport& feed = report->feeds[0];
  EXPECT_EQ(feed.documents, 8U);
  EXPECT_EQ(feed.problem_count, 6U);  // one says that these few are not taken for all
  EXPECT_EQ(feed.skipped, 1U);
  EXPECT_EQ(feed.skip_reasons.at("a form that is not read"), 1U);
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_THAT(database->rows({"npm", "", "jquery"}), SizeIs(1));
  EXPECT_THAT(database->rows({"npm", "", std::string(600, 'x')}), SizeIs(1));  // a hashed key
  EXPECT_THAT(database->rows({"npm", "", std::string(601, 'x')}), IsEmpty());
  EXPECT_THAT(database->search_packages("xxx", 9),
              ElementsAre(PackageKey{"npm", "", std::string(600, 'x')}));
}

TEST_F(Import, ADamagedOrEmptyInputLeavesTheOldFeed) {
  const std::string path = write("npm.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3"));
  const std::string other = write("other.json", ghsa("GHSA-9", "CVE-2023-9999", "other", "1"));
  ASSERT_TRUE(import({path, other}));
  for (const std::string& bad :
       {std::string(), std::string("\x28\xb5\x2f\xfd\x00 truncated", 15), std::string("{}")}) {
    write("npm.json", bad);
    const auto report = import({path, other});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_FALSE(report->feeds[0].unchanged);
    EXPECT_EQ(report->feeds[0].records, 0U);
    EXPECT_EQ(report->feeds[0].keys_removed, 0U);
    const auto database = AdvisoryDatabase::open(database_);
    ASSERT_TRUE(database);
    EXPECT_THAT(database->rows({"npm", "", "jquery"}), SizeIs(1));
  }
}

TEST_F(Import, SaysWhatIsWrongWithTheCall) {
  EXPECT_EQ(import({root_ + "/absent"}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(import({}).error().code, ErrorCode::kInvalidInput);
  const std::string words = write("words.txt", "nothing");
  EXPECT_EQ(import({words}).error().code, ErrorCode::kInvalidInput);
  ImportOptions options;
  options.feed_name = "with space";
  EXPECT_EQ(import_feeds({words}, database_, options).error().code, ErrorCode::kUsage);
  const auto none = AdvisoryDatabase::open(root_ + "/nothing");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(none.error().message, ::testing::HasSubstr("seaworthy db update"));
}

TEST_F(Import, WithdrawnAdvisoriesStayAsWithdrawn) {
  const std::string path = write("npm.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3"));
  ASSERT_TRUE(import({path}));
  write("npm.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3",
                         R"("withdrawn":"2026-01-01T00:00:00Z",)"));
  ASSERT_TRUE(import({path}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_EQ(database->rows({"npm", "", "jquery"}).at(0).state, AdvisoryState::kWithdrawn);
}

TEST_F(Import, ACollectionOfEcosystemsSpeaksForNone) {
  const auto document = [](const std::string& id, const std::string& ecosystem) {
    return R"({"id":")" + id +
           R"(","modified":"2026-08-01T00:00:00Z","upstream":["CVE-2023-1111"],)" +
           R"("affected":[{"package":{"ecosystem":")" + ecosystem +
           R"(","name":"curl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},)" +
           R"({"fixed":"8"}]}]}]})";
  };
  const std::string one = write("one.jsonl", document("DSA-1-1", "Debian:11") + "\n" +
                                                 document("DSA-2-1", "Debian:12") + "\n");
  const std::string mixed =
      write("mixed.jsonl", document("DSA-1-1", "Debian:11") + "\n" +
                               document("RLSA-2023:1", "Rocky Linux:8") + "\n");
  const auto report = import({one, mixed});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->feeds[0].problem_count, 1U);  // two advisories are not taken for all
  EXPECT_EQ(report->feeds[1].problem_count, 1U);
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database) << database.error().message;
  const auto feeds = database->feeds();
  ASSERT_THAT(feeds, SizeIs(2));
  EXPECT_THAT(feeds[0].scopes, IsEmpty());  // mixed
  EXPECT_THAT(feeds[1].scopes, IsEmpty());
  ASSERT_THAT(feeds[0].partial, SizeIs(2));
  EXPECT_EQ(feeds[0].partial[0].why,
            "mixed is a collection of several ecosystems: not taken for all advisories of debian");
  EXPECT_THAT(database->rows({"rocky", "8", "curl"}), SizeIs(1));  // findings all the same
}

// The vulnerabilities of one release are spread over `packages` of them.
std::string debian_osv(int number, const std::string& release, const std::string& date,
                       int packages = 20) {
  return R"({"id":"DSA-)" + std::to_string(number) + R"(-1","modified":")" + date +
         R"(T00:00:00Z","upstream":["CVE-2026-)" + std::to_string(1000 + number) +
         R"("],"affected":[{"package":{"ecosystem":"Debian:)" + release + R"(","name":"p)" +
         std::to_string(number % packages) +
         R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},)"
         R"({"fixed":"8"}]}]}]})" +
         "\n";
}

// A hundred vulnerabilities of a distribution are taken for all; of all the world's products not.
TEST_F(Import, ProductsOfNvdAreWholeByTheUsersWordOnly) {
  const auto stored = [&] { return AdvisoryDatabase::open(database_)->feeds().at(0); };
  std::string text = R"({"format":"NVD_CVE","timestamp":"2026-08-01T00:00:00","vulnerabilities":[)";
  for (int i = 0; i < 200; ++i) {
    text += std::string(i == 0 ? "" : ",") + R"({"cve":{"id":"CVE-2026-)" +
            std::to_string(1000 + i) +
            R"(","vulnStatus":"Analyzed","configurations":[{"nodes":[{"cpeMatch":[{"vulnerable":)" +
            R"(true,"criteria":"cpe:2.3:a:v:p)" + std::to_string(i % 50) +
            R"(:*:*:*:*:*:*:*:*"}]}]}]}})";
  }
  const std::string path = write("nvd.json", text + "]}");
  const auto part = import({path});
  ASSERT_TRUE(part);
  EXPECT_THAT(stored().scopes, IsEmpty());
  ASSERT_THAT(stored().partial, SizeIs(1));
  EXPECT_EQ(stored().partial[0].why,
            "nvd has products by their CPE names: not taken for all of them");
  ImportOptions options;
  options.now = kNow;
  options.complete = true;
  ASSERT_TRUE(import_feeds({path}, database_, options));
  EXPECT_THAT(stored().scopes, SizeIs(1));
}

TEST_F(Import, FewAdvisoriesAreNotTakenForAll) {
  const auto stored = [&] { return AdvisoryDatabase::open(database_)->feeds().at(0); };
  std::string lines;
  for (int i = 0; i < 99; ++i) lines += debian_osv(i, "12", "2026-08-01");
  const std::string path = write("osv.jsonl", lines);
  const auto few = import({path});
  ASSERT_TRUE(few);
  EXPECT_THAT(stored().scopes, IsEmpty());
  ASSERT_THAT(stored().partial, SizeIs(1));
  EXPECT_EQ(stored().partial[0].why,
            "osv holds only 99 vulnerabilities of 20 packages of debian 12: not taken for all of "
            "them");
  ASSERT_THAT(few->feeds[0].problems, SizeIs(1));
  EXPECT_THAT(few->feeds[0].problems[0].message, ::testing::HasSubstr("--complete"));
  // The same bytes under the user's word are another import.
  ImportOptions options;
  options.now = kNow;
  options.complete = true;
  EXPECT_FALSE(import_feeds({path}, database_, options)->feeds[0].unchanged);
  EXPECT_THAT(stored().scopes, SizeIs(1));
  EXPECT_THAT(stored().partial, IsEmpty());
  write("osv.jsonl", lines + debian_osv(99, "12", "2026-08-01"));
  EXPECT_EQ(import({path})->feeds[0].problem_count, 0U);
  EXPECT_THAT(stored().scopes, SizeIs(1));
}

// What another release has, what is said twice and what is about one package do not count.
TEST_F(Import, AReleaseIsWholeByItsOwnVulnerabilities) {
  std::string other = debian_osv(500, "13", "2026-08-01");
  std::string repeated, one_package;
  for (int i = 0; i < 120; ++i) {
    other += debian_osv(i, "12", "2026-08-01");
    repeated += debian_osv(i % 20, "12", "2026-08-01");
    one_package += debian_osv(i, "12", "2026-08-01", 1);
  }
  const auto scopes = [&](const std::string& name, const std::string& lines) {
    EXPECT_TRUE(import({write(name + ".jsonl", lines)}));
    std::vector<std::string> releases;
    for (const FeedInfo& feed : AdvisoryDatabase::open(database_)->feeds()) {
      if (feed.name != name) continue;
      for (const FeedScope& scope : feed.scopes) releases.push_back(scope.release);
    }
    return releases;
  };
  EXPECT_THAT(scopes("other", other), ElementsAre("12"));
  EXPECT_THAT(scopes("repeated", repeated), IsEmpty());
  EXPECT_THAT(scopes("one-package", one_package), IsEmpty());
}

TEST_F(Import, AFeedOfAnotherEcosystemDoesNotReplaceOneOfItsName) {
  ASSERT_TRUE(import({write("a/osv.jsonl", debian_osv(1, "12", "2026-08-01"))}));
  const std::string other =
      write("b/osv.jsonl", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3"));
  const auto refused = import({other});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              ::testing::HasSubstr("it is about npm, and the feed osv in the database is about "
                                   "debian"));
  const auto rows = [&](const PackageKey& key) {
    return AdvisoryDatabase::open(database_)->rows(key).size();
  };
  EXPECT_EQ(rows({"debian", "12", "p1"}), 1U);
  EXPECT_EQ(rows({"npm", "", "jquery"}), 0U);
  ImportOptions options;
  options.now = kNow;
  options.refuse_empty = false;
  ASSERT_TRUE(import_feeds({other}, database_, options));
  EXPECT_EQ(rows({"debian", "12", "p1"}), 0U);
  EXPECT_EQ(rows({"npm", "", "jquery"}), 1U);
}

TEST_F(Import, AReleaseIsAsOldAsTheDocumentsAboutIt) {
  std::string lines = debian_osv(200, "13", "2026-08-01");
  for (int i = 0; i < 100; ++i) lines += debian_osv(i, "11", "2024-01-01");
  ASSERT_TRUE(import({write("osv.jsonl", lines)}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  const FeedInfo feed = database->feeds().at(0);
  EXPECT_EQ(iso_date(feed.data_as_of), "2026-08-01");
  ASSERT_THAT(feed.scopes, SizeIs(1));
  EXPECT_EQ(iso_date(feed.scopes[0].data_as_of), "2026-01-01") << "its newest id is of 2026";
  ASSERT_THAT(feed.partial, SizeIs(1));
  EXPECT_EQ(iso_date(feed.partial[0].scope.data_as_of), "2026-08-01");
}

std::string secdb(const std::string& release, const std::string& repository, int year) {
  std::string ids;
  for (int i = 0; i < 120; ++i) {
    ids += (i == 0 ? "\"CVE-" : ",\"CVE-") + std::to_string(year) + "-" + std::to_string(1000 + i) +
           "\"";
  }
  return R"({"distroversion":")" + release + R"(","reponame":")" + repository +
         R"(","urlprefix":"x","packages":[{"pkg":{"name":"curl","secfixes":{"8-r0":[)" + ids +
         "]}}}]}";
}

TEST_F(Import, AlpineNeedsMainAndCommunity) {
  write("secdb/edge/main.json", secdb("edge", "main", 2026));
  write("secdb/edge/community.json", secdb("edge", "community", 2026));
  write("secdb/v3.2/main.json", secdb("v3.2", "main", 2018));
  write("secdb/v3.18/main.json", secdb("v3.18", "main", 2026));
  const auto report = import({root_ + "/secdb"});
  ASSERT_TRUE(report) << report.error().message;
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  const FeedInfo feed = database->feeds().at(0);
  ASSERT_THAT(feed.scopes, SizeIs(2));  // 3.2 has main alone, edge has both
  EXPECT_EQ(feed.scopes[0].release, "3.2");
  EXPECT_EQ(iso_date(feed.scopes[0].data_as_of), "2019-02-01") << "edge is no witness for it";
  EXPECT_EQ(feed.scopes[0].dated_by, DatedBy::kIds);
  ASSERT_THAT(feed.partial, SizeIs(1));
  EXPECT_EQ(feed.partial[0].why, "secdb lacks community of alpine 3.18");
  EXPECT_TRUE(database->knows("alpine", "curl"));
  EXPECT_FALSE(database->knows("alpine", "wget"));
}

TEST_F(Import, AnEcosystemWithoutAReleaseIsKept) {
  std::string line = debian_osv(1, "12", "2026-08-01");
  line.replace(line.find("Debian:12"), 9, "Debian");
  ASSERT_TRUE(import({write("osv.json", line)}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_THAT(database->rows({"debian", "", "p1"}), SizeIs(1));
}

TEST_F(Import, ExploitsAreAsOldAsTheirNewestIds) {
  std::string table = "edb_id,platform,type,cve\n";
  for (int i = 0; i < 1000; ++i) {
    table +=
        std::to_string(50'000 + i) + ",linux,local,CVE-2022-" + std::to_string(1000 + i) + "\n";
  }
  ASSERT_TRUE(import({write("exploits.csv", table)}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_EQ(iso_date(database->feeds().at(0).data_as_of), "2023-02-01");
  EXPECT_TRUE(database->feeds().at(0).has_exploit);
}

TEST_F(Import, DatesBehindNowAreNotBelieved) {
  ASSERT_TRUE(import(
      {write("npm.jsonl", R"({"id":"GHSA-1","modified":"2020-01-01T00:00:00Z","affected":[]})"
                          "\n"
                          R"({"id":"GHSA-2","modified":"2038-01-01T00:00:00Z","affected":[]})"
                          "\n")}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_EQ(rfc3339(database->feeds().at(0).data_as_of), "2020-01-01T00:00:00Z");
}

std::string tracker(const std::string& cve) {
  return R"({"openssl":{")" + cve + R"(":{"releases":{"bookworm":{"status":"resolved",)" +
         R"("repositories":{"bookworm":"3.0.9-1"},"fixed_version":"3.0.9-1"}}}}})";
}

void set_time(const std::string& path, UnixSeconds time) {
  const timespec times[2]{{time, 0}, {time, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

TEST_F(Import, AFeedWithoutDatesIsAsOldAsItsCopy) {
  constexpr UnixSeconds kDay = 86'400;
  const std::string path = write("debian.json", tracker("CVE-2026-1111"));
  const auto stored = [&] {
    const auto database = AdvisoryDatabase::open(database_);
    return database ? database->feeds().at(0) : FeedInfo{};
  };
  set_time(path, kNow - 5 * kDay);
  ASSERT_TRUE(import({path}));
  EXPECT_EQ(stored().data_as_of, kNow - 5 * kDay);
  EXPECT_EQ(stored().dated_by, DatedBy::kFile);
  EXPECT_EQ(stored().fetched_at, kNow);

  // The same bytes again, under an older time, then under a younger one.
  set_time(path, kNow - 9 * kDay);
  EXPECT_TRUE(import({path})->feeds[0].unchanged);
  EXPECT_EQ(stored().data_as_of, kNow - 5 * kDay);
  set_time(path, kNow - 1 * kDay);
  EXPECT_FALSE(import({path})->feeds[0].unchanged);
  EXPECT_EQ(stored().data_as_of, kNow - 1 * kDay);

  ImportOptions options;
  options.now = kNow;
  options.as_of = kNow - 3 * kDay;  // the user knows better
  ASSERT_TRUE(import_feeds({path}, database_, options));
  EXPECT_EQ(stored().data_as_of, kNow - 3 * kDay);
  EXPECT_EQ(stored().dated_by, DatedBy::kGiven);
  EXPECT_TRUE(import_feeds({path}, database_, options)->feeds[0].unchanged);
}

TEST_F(Import, ScoresWithoutADateHaveThatOfTheirCopy) {
  struct Row {
    const char *name, *front, *date;
    UnixSeconds as_of;
  };
  const Row rows[]{
      {"a date of their own", "#model_version:v1,score_date:2026-08-01T00:00:00+0000\n",
       "2026-08-01", 0},
      {"a date that the user gave", "cve,epss,percentile\n", "2026-08-02",
       *parse_time("2026-08-02")},
      {"the time of the file", "", "2026-08-03", 0},
  };
  for (const Row& row : rows) {
    const std::string path =
        write("epss.csv", row.front + std::string("CVE-2023-1111,0.00120,0.0216\n"));
    set_time(path, *parse_time("2026-08-03"));
    ImportOptions options;
    options.now = *parse_time("2026-11-20");
    options.as_of = row.as_of;
    ASSERT_TRUE(import_feeds({path}, database_, options)) << row.name;
    const auto database = AdvisoryDatabase::open(database_);
    ASSERT_TRUE(database) << row.name;
    EXPECT_EQ(database->epss("CVE-2023-1111")->date, row.date) << row.name;
  }
  ImportOptions no_witness;
  no_witness.now = *parse_time("2026-11-20");
  const std::string path = write("epss.csv", "CVE-2023-1111,0.00120,0.02168\n");
  set_time(path, 0);
  ASSERT_TRUE(import_feeds({path}, database_, no_witness));
  EXPECT_EQ(AdvisoryDatabase::open(database_)->epss("CVE-2023-1111")->date, "");
}

TEST_F(Import, TheTimeOfAnArchivesMembersIsThatOfItsDocuments) {
  const std::string document = tracker("CVE-2026-1111");
  std::string header = TarBuilder::header({.name = "data/json", .size = document.size()});
  header.replace(136, 12, TarBuilder::octal(kNow - 86'400, 11) + '\0');
  header.replace(148, 8, "        ");
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 8, TarBuilder::octal(sum, 6) + std::string("\0 ", 2));
  std::string tar = header + document;
  tar.resize((tar.size() + 511) / 512 * 512 + 1024, '\0');
  ASSERT_TRUE(import({write("debian.tar", tar)}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_EQ(database->feeds().at(0).data_as_of, kNow - 86'400);
  EXPECT_EQ(database->feeds().at(0).dated_by, DatedBy::kArchive);
}

TEST_F(Import, SkippedAndBrokenDocumentsHaveNames) {
  write("feed/a/broken.json", R"({"key": [1, 2)");
  write("feed/b/broken.yaml", "key: [\n");
  write("feed/c/empty.json", "");
  write("feed/d/other.json", R"({"key": 1})");
  write("feed/e/README", "{{ nothing }}");
  write("feed/f/unknown.json",
        R"({"id":"X-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":)"
        R"({"ecosystem":"Atlantis","name":"p"},"versions":["1"]},{"package":)"
        R"({"ecosystem":"Atlantis","name":"q"},"versions":["1"]}]})");
  write("feed/g/good.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3"));
  const auto report = import({root_ + "/feed"});
  ASSERT_TRUE(report) << report.error().message;
  const FeedImport& feed = report->feeds[0];
  std::vector<std::string> broken, skipped;
  for (const Problem& problem : feed.problems) broken.push_back(problem.path);
  for (const SkippedDocument& document : feed.skipped_documents) {
    skipped.push_back(document.path + ": " + document.reason + " x" +
                      std::to_string(document.count));
  }
  EXPECT_THAT(broken, ElementsAre("a/broken.json", "b/broken.yaml", "c/empty.json", "feed"));
  EXPECT_THAT(skipped,
              ElementsAre("d/other.json: a form that is not read x1",
                          "e/README: a form that is not read x1",
                          "f/unknown.json: an ecosystem that is not known: 'Atlantis' x2"));
  EXPECT_EQ(feed.skipped, 4U);
}

TEST_F(Import, ReasonsAndNamesOfWhatIsSkippedAreBounded) {
  std::string lines;
  for (int i = 0; i < 3000; ++i) {
    lines += R"({"id":"X-1","modified":"2026-01-01","affected":[{"package":{"ecosystem":"E)" +
             std::to_string(i) + R"(","name":"p"}}]})" + "\n";
  }
  const auto report = import({write("x.jsonl", lines)});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->feeds[0].skipped, 3000U);
  EXPECT_LE(report->feeds[0].skip_reasons.size(), 101U);
  EXPECT_LE(report->feeds[0].skipped_documents.size(), 1000U);
}

TEST_F(Import, RecordsOfJsonLinesAreNamed) {
  const std::string unknown =
      R"(,"modified":"2026-01-01","affected":[{"package":{"ecosystem":"Atlantis","name":"p"}}]})";
  const std::string path =
      write("x.jsonl", R"({"id":"X-1")" + unknown + "\n" + R"({"id":"X-2")" + unknown +
                           "\n{broken\n" + R"({"modified":"2026-01-01","affected":[]})" + "\n");
  const auto report = import({path});
  ASSERT_TRUE(report) << report.error().message;
  std::vector<std::string> named;
  for (const auto& one : report->feeds[0].skipped_documents) named.push_back(one.path);
  for (const auto& one : report->feeds[0].problems) named.push_back(one.path);
  EXPECT_THAT(named, ElementsAre("x.jsonl:1 X-1", "x.jsonl:2 X-2", "x.jsonl:3", "x.jsonl:4"));
  const auto ubuntu = import({write(
      "u.jsonl",
      R"({"id":"CVE-2024-1000","state":"active","priority":"low","packages":[{"release":"jammy",)"
      R"("package":"a","status":"odd"},{"release":"nowhere","package":"a","status":"needed"}]})"
      "\n\n")});
  ASSERT_TRUE(ubuntu) << ubuntu.error().message;
  ASSERT_THAT(ubuntu->feeds[0].problems, SizeIs(1));
  EXPECT_EQ(ubuntu->feeds[0].problems[0].path, "u.jsonl:1 CVE-2024-1000");
  ASSERT_THAT(ubuntu->feeds[0].skipped_documents, SizeIs(1));
  EXPECT_EQ(ubuntu->feeds[0].skipped_documents[0].path, "u.jsonl:1 CVE-2024-1000");
}

TEST_F(Import, AnUnchangedFeedStillHasItsProblems) {
  write("npm/good.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3"));
  write("npm/bad.json", "{");
  ImportOptions options;
  options.now = kNow;
  options.complete = true;
  ASSERT_TRUE(import_feeds({root_ + "/npm"}, database_, options));
  const std::string before = data_digest();
  const auto again = import_feeds({root_ + "/npm"}, database_, options);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->feeds[0].unchanged);
  EXPECT_EQ(again->feeds[0].problem_count, 1U);
  EXPECT_THAT(again->feeds[0].problems, IsEmpty());
  options.name_old_problems = true;
  const auto named = import_feeds({root_ + "/npm"}, database_, options);
  ASSERT_TRUE(named);
  EXPECT_TRUE(named->feeds[0].unchanged);
  EXPECT_EQ(named->feeds[0].problem_count, 1U);
  ASSERT_THAT(named->feeds[0].problems, SizeIs(1));
  EXPECT_EQ(named->feeds[0].problems[0].path, "bad.json");
  EXPECT_EQ(data_digest(), before);
}

TEST_F(Import, ADocumentBeyondItsLimitNamesTheLimit) {
  ImportOptions options;
  options.now = kNow;
  options.complete = true;
  options.limits.document_bytes = 500;
  write("npm/good.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1.6.3"));
  write("npm/large.json", std::string(600, ' '));
  const auto report = import_feeds({root_ + "/npm"}, database_, options);
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_THAT(report->feeds[0].problems, SizeIs(1));
  EXPECT_EQ(report->feeds[0].problems[0].path, "large.json");
  EXPECT_THAT(report->feeds[0].problems[0].message,
              ::testing::HasSubstr("--limit document-bytes=N"));
}

TEST_F(Import, AnOverlayReplacesAndTakesAwayDocuments) {
  const std::string base = write("npm/GHSA-1.json", ghsa("GHSA-1", "CVE-2023-1111", "one", "1"));
  write("npm/GHSA-2.json", ghsa("GHSA-2", "CVE-2023-2222", "two", "2"));
  const FeedSource source{"npm", root_ + "/npm", root_ + "/over"};
  write("over/GHSA-1.json", ghsa("GHSA-1", "CVE-2023-1111", "one", "1.1"));
  write("over/GHSA-3.json", ghsa("GHSA-3", "CVE-2023-3333", "three", "3"));
  ImportOptions options;
  options.now = kNow;
  const auto first = import_feed(source, database_, options);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->records, 3U);
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_EQ(database->rows({"npm", "", "one"}).at(0).ranges.at(0).fixed, "1.1");
  EXPECT_TRUE(import_feed(source, database_, options)->unchanged);
  write("over/GHSA-2.json", "");
  const auto second = import_feed(source, database_, options);
  ASSERT_TRUE(second && !second->unchanged);
  EXPECT_THAT(database->rows({"npm", "", "two"}), IsEmpty());
  EXPECT_THAT(database->rows({"npm", "", "three"}), SizeIs(1));
}

TEST_F(Import, AFeedThatShrinksIsLeftAsItWas) {
  std::string lines;
  for (int i = 0; i < 10; ++i) {
    lines +=
        ghsa("GHSA-" + std::to_string(i), "CVE-2023-" + std::to_string(1000 + i), "p", "1") + "\n";
  }
  const FeedSource source{"npm", write("npm.jsonl", lines), ""};
  ImportOptions options;
  options.now = kNow;
  options.refuse_shrinking = true;
  ASSERT_TRUE(import_feed(source, database_, options));
  write("npm.jsonl", ghsa("GHSA-1", "CVE-2023-1001", "p", "1"));
  const auto refused = import_feed(source, database_, options);
  ASSERT_TRUE(refused);
  EXPECT_TRUE(refused->refused);
  EXPECT_EQ(refused->problem_count, 2U);  // and that one is not taken for all
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_THAT(database->rows({"npm", "", "p"}), SizeIs(10));
  options.refuse_shrinking = false;
  EXPECT_FALSE(import_feed(source, database_, options)->refused);
  EXPECT_THAT(database->rows({"npm", "", "p"}), SizeIs(1));
}

TEST_F(Import, AFeedThatHasNoRecordLeftStaysUntilThatIsWanted) {
  constexpr const char* kNothing = nullptr;
  constexpr const char* kNoEntry =
      R"({"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"1",)"
      R"("dateReleased":"2026-09-01T00:00:00Z","vulnerabilities":[]})";
  constexpr const char* kPage = "<html>maintenance</html>";
  const std::string none = "holds no records, and the database has 1";
  const std::string strange = "nothing in it could be read";
  const struct {
    const char *name, *left;  // in the only document
    bool allowed, written;
    std::string message;
  } cases[] = {
      {"no entry", kNoEntry, false, false, none},
      {"no document", kNothing, false, false, none},
      {"no entry, by permission", kNoEntry, true, true, ""},
      {"no document, by permission", kNothing, true, true, ""},
      {"a page instead", kPage, false, false, strange},
      {"a page instead, by permission", kPage, true, false, strange},
  };
  for (const auto& one : cases) {
    fs::remove_all(root_ + "/npm");
    fs::remove_all(database_);
    const std::string document = write("npm/GHSA-1.json", ghsa("GHSA-1", "CVE-2023-1", "one", "1"));
    write("other.json", ghsa("GHSA-2", "CVE-2023-2", "two", "1"));
    const std::vector<std::string> paths{root_ + "/npm", root_ + "/other.json"};
    ASSERT_TRUE(import(paths)) << one.name;
    fs::remove(document);
    if (one.left != nullptr) write("npm/all.json", one.left);
    ImportOptions options;
    options.now = kNow;
    options.refuse_empty = !one.allowed;
    const auto report = import_feeds(paths, database_, options);
    ASSERT_TRUE(report) << one.name << ": " << report.error().message;
    const FeedImport& feed = report->feeds.at(0);
    EXPECT_EQ(feed.written, one.written) << one.name;
    EXPECT_EQ(feed.refused, !one.written) << one.name;
    const auto database = AdvisoryDatabase::open(database_);
    ASSERT_TRUE(database);
    EXPECT_THAT(database->rows({"npm", "", "one"}), SizeIs(one.written ? 0 : 1)) << one.name;
    EXPECT_THAT(database->rows({"npm", "", "two"}), SizeIs(1)) << one.name;
    if (!one.written) {
      ASSERT_FALSE(feed.problems.empty()) << one.name;
      EXPECT_THAT(feed.problems.back().message, testing::HasSubstr(one.message)) << one.name;
      EXPECT_THAT(feed.problems.back().message, testing::HasSubstr("left as it was")) << one.name;
    }
  }
  // Alone it is an error.
  fs::remove_all(database_);
  ASSERT_TRUE(import({write("solo/GHSA-1.json", ghsa("GHSA-1", "CVE-2023-1", "one", "1"))}));
  fs::remove(root_ + "/solo/GHSA-1.json");
  EXPECT_FALSE(import({root_ + "/solo"}));
}

TEST_F(Import, TwoWritersTakeTurns) {
  std::vector<std::thread> writers;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 4; ++i) {
    const std::string name = "feed" + std::to_string(i);
    const std::string path =
        write(name + ".json", ghsa("GHSA-" + std::to_string(i), "CVE-2023-1", name, "1"));
    writers.emplace_back([this, name, path, &failed] {
      ImportOptions options;
      options.now = kNow;
      const auto written = import_feed({name, path, ""}, database_, options);
      if (!written || !written->written) ++failed;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failed, 0);
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_THAT(database->feeds(), SizeIs(4));
}

TEST_F(Import, RowsAreFoundByEveryIdThatNamesThem) {
  ASSERT_TRUE(import({write("npm.jsonl", ghsa("GHSA-1", "CVE-2023-1111", "one", "1") + "\n" +
                                             ghsa("GHSA-2", "CVE-2023-1111", "two", "2") + "\n" +
                                             ghsa("GHSA-3", "CVE-2023-11112", "three", "3"))}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  EXPECT_THAT(database->rows_about({"CVE-2023-1111"}, 10).rows, SizeIs(2));
  EXPECT_THAT(database->rows_about({"GHSA-2"}, 10).rows, SizeIs(1));
  EXPECT_EQ(database->rows_about({"GHSA-2"}, 10).rows[0].key.package, "two");
  EXPECT_THAT(database->rows_about({"CVE-2023-11112", "GHSA-1"}, 10).rows, SizeIs(2));
  EXPECT_EQ(database->rows_about({"CVE-2023-1111"}, 1).left_out, 1U);
  EXPECT_THAT(database->rows_about({"CVE-2023-111"}, 10).rows, IsEmpty());
  EXPECT_THAT(database->rows_about({""}, 10).rows, IsEmpty());
  EXPECT_THAT(database->rows_about({}, 10).rows, IsEmpty());
}

TEST_F(Import, PeopleAskInAnyCaseAndByReference) {
  ASSERT_TRUE(import({write(
      "npm.json", ghsa("GHSA-1", "CVE-2023-1111", "jQuery", "1.6.3",
                       R"("references":[{"url":"https://example.org/notices/USN-1234-1"}],)"))}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  for (const char* part : {"jquery", "JQUERY", "Query"}) {
    EXPECT_THAT(database->search_packages(part, 10), SizeIs(1)) << part;
  }
  EXPECT_THAT(database->search_packages("jquery2", 10), IsEmpty());
  EXPECT_THAT(database->referring_to("USN-1234-1", 10), ElementsAre("GHSA-1"));
  for (const char* none : {"", "USN-1234", "34-1", "USN-1234-10"}) {
    EXPECT_THAT(database->referring_to(none, 10), IsEmpty()) << none;
  }
  EXPECT_THAT(database->referring_to("USN-1234-1", 0), IsEmpty());
}

TEST_F(Import, NotesThatTheDatabaseWasFoundSound) {
  const std::string path = write("npm.json", ghsa("GHSA-1", "CVE-2023-1111", "one", "1"));
  ASSERT_TRUE(import({path}));
  const std::string note = database_ + "/checked";
  ASSERT_TRUE(fs::exists(note));
  fs::remove(note);
  ASSERT_TRUE(AdvisoryDatabase::open(database_));
  EXPECT_FALSE(fs::exists(note));  // readers write nothing
  EXPECT_TRUE(import({path})->feeds[0].unchanged);
  EXPECT_TRUE(fs::exists(note));
}

TEST_F(Import, ReadersGoOnWhileAnImportRuns) {
  const std::string path = write("npm.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1"));
  ASSERT_TRUE(import({path}));
  const auto database = AdvisoryDatabase::open(database_);
  ASSERT_TRUE(database);
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        // One state or the other, never none and never both.
        if (database->rows({"npm", "", "jquery"}).size() != 1) ++wrong;
        if (database->feeds().size() != 1 || database->aliases("GHSA-1").size() != 1) ++wrong;
      }
    });
  }
  for (int round = 2; round < 20; ++round) {
    write("npm.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", std::to_string(round)));
    const auto report = import({path});
    EXPECT_TRUE(report && !report->feeds[0].unchanged);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(database->rows({"npm", "", "jquery"}).at(0).ranges.at(0).fixed, "19");
}

TEST_F(Import, ReadsFromAReadOnlyDirectory) {
  ASSERT_TRUE(import({write("npm.json", ghsa("GHSA-1", "CVE-2023-1111", "jquery", "1"))}));
  fs::remove(database_ + "/lock.mdb");
  fs::permissions(database_ + "/data.mdb", fs::perms(0444));
  fs::permissions(database_, fs::perms(0555));
  fs::permissions(root_, fs::perms(0755));
  // Root may write everywhere, so another user looks.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    constexpr unsigned kNobody = 65534;
    if (::getuid() == 0 && ::setresuid(kNobody, kNobody, kNobody) != 0) ::_exit(10);
    if (::access(database_.c_str(), W_OK) == 0) ::_exit(11);
    const auto database = AdvisoryDatabase::open(database_);
    if (!database) ::_exit(12);
    ::_exit(database->rows({"npm", "", "jquery"}).size() == 1 ? 0 : 13);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  fs::permissions(database_, fs::perms(0755));
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace seaworthy
