#include <string>

#include <gmock/gmock.h>

#include "core/base/byte_view.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"
#include "scan/extract/rpm_test_data.h"
#include "scan/extract/sqlite_wal.h"

namespace seaworthy {
namespace {

using test::names_of;
using test::read_evidence;
using test::run_extractor;
using test::test_data;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kDatabase = "usr/lib/sysimage/rpm/rpmdb.sqlite";
constexpr const char* kLog = "usr/lib/sysimage/rpm/rpmdb.sqlite-wal";
constexpr std::size_t kPage = 512, kFrame = 24 + kPage, kWalHeader = 32;

// "p<begin> 1-1 x86_64" to p<end - 1>.
std::vector<std::string> packages(const std::string& prefix, int begin, int end) {
  std::vector<std::string> out;
  for (int i = begin; i < end; ++i) out.push_back(prefix + std::to_string(i) + " 1-1 x86_64");
  return out;
}

// What the log of logged.rpmdb.sqlite makes of it (testdata/make_rpmdb.py).
std::vector<std::string> logged_packages() {
  std::vector<std::string> out{"p2 9-1 x86_64"};
  for (const auto& list : {packages("p", 3, 30), packages("q", 0, 10)}) {
    out.insert(out.end(), list.begin(), list.end());
  }
  return out;
}

// Computes the checksums of a log anew, in the byte order that its magic number names.
std::string with_checksums(std::string wal) {
  const ByteOrder order =
      (ByteView(wal, ByteOrder::kBig).u32(0) & 1) != 0 ? ByteOrder::kBig : ByteOrder::kLittle;
  std::uint32_t a = 0, b = 0;
  const auto add = [&](std::size_t begin, std::size_t size) {
    const ByteView view(wal, order);
    for (std::size_t at = begin; at < begin + size; at += 8) {
      a += view.u32(at) + b;
      b += view.u32(at + 4) + a;
    }
  };
  const auto put_sum = [&](std::size_t at) {
    test::put_at(wal, at, a, 4, ByteOrder::kBig);
    test::put_at(wal, at + 4, b, 4, ByteOrder::kBig);
  };
  add(0, 24);
  put_sum(24);
  for (std::size_t at = kWalHeader; at + kFrame <= wal.size(); at += kFrame) {
    add(at, 8);
    add(at + 24, kPage);
    put_sum(at + 16);
  }
  return wal;
}

TEST(RpmSqlite, ReadsPagesAndOverflowPages) {
  const Evidence evidence = read_evidence(kDatabase, test_data("typical.rpmdb.sqlite"));
  EXPECT_THAT(names_of(evidence), ElementsAreArray(packages("p", 0, 30)));
  EXPECT_THAT(evidence.problems, IsEmpty());
  for (std::size_t i = 1; i < evidence.packages.size(); ++i) {
    EXPECT_EQ(evidence.packages[i].licenses.at(0), std::string(i * 97, 'L'));
  }
}

TEST(RpmSqlite, WithoutItsLogTheDatabaseIsTheOldOne) {
  EXPECT_THAT(names_of(read_evidence(kDatabase, test_data("logged.rpmdb.sqlite"))),
              ElementsAreArray(packages("p", 0, 30)));
}

TEST(RpmSqlite, Rule30_AppliesCommittedFramesOnly) {
  const std::string wal = test_data("logged.rpmdb.sqlite-wal");
  ASSERT_THAT(wal, HasSubstr("lost"));  // the frames that were never committed are there
  const Evidence evidence =
      read_evidence(kDatabase, test_data("logged.rpmdb.sqlite"), {{kLog, wal}});
  EXPECT_THAT(names_of(evidence), ElementsAreArray(logged_packages()));
  EXPECT_THAT(evidence.problems, IsEmpty());
}

TEST(RpmSqlite, ChecksumsOfBothByteOrders) {
  std::string wal = test_data("logged.rpmdb.sqlite-wal");
  // The test computes checksums as SQLite does. It left those of the uncommitted frames for later;
  // here they get right ones, and still must not count.
  const std::size_t compared = kWalHeader + 20 * kFrame;
  ASSERT_TRUE(with_checksums(wal).substr(0, compared) == wal.substr(0, compared));
  const std::string database = test_data("logged.rpmdb.sqlite");
  EXPECT_THAT(names_of(read_evidence(kDatabase, database, {{kLog, with_checksums(wal)}})),
              ElementsAreArray(logged_packages()));
  wal[3] = static_cast<char>(wal[3] ^ 1);
  EXPECT_EQ(read_wal(wal).page_bytes, 0U);
  EXPECT_THAT(names_of(read_evidence(kDatabase, database, {{kLog, with_checksums(wal)}})),
              ElementsAreArray(logged_packages()));
}

TEST(RpmSqlite, ADatabaseWhosePagesAreAllInTheLog) {
  for (const std::string& database : {test_data("only-log.rpmdb.sqlite"), std::string()}) {
    const Evidence evidence =
        read_evidence(kDatabase, database, {{kLog, test_data("only-log.rpmdb.sqlite-wal")}});
    EXPECT_THAT(names_of(evidence), ElementsAreArray(packages("w", 0, 3)));
  }
}

TEST(RpmSqlite, ALogAloneIsNoDatabase) {
  const Evidence evidence = read_evidence(kLog, test_data("logged.rpmdb.sqlite-wal"));
  EXPECT_THAT(evidence.packages, IsEmpty());
  EXPECT_THAT(evidence.problems, IsEmpty());
}

// Ways in which SQLite itself takes a log for empty: the database is what it was without.
TEST(RpmSqlite, IgnoresALogThatDoesNotCount) {
  const std::string good = test_data("logged.rpmdb.sqlite-wal");
  struct Row {
    const char* name;
    std::string wal;
  };
  std::string salt = good, magic = good, version = good, checksum = good, size = good;
  salt[kWalHeader + 8] = static_cast<char>(salt[kWalHeader + 8] ^ 1);
  magic[0] = 0;
  version[7] = static_cast<char>(version[7] ^ 1);
  checksum[kWalHeader + 100] = static_cast<char>(checksum[kWalHeader + 100] ^ 1);
  test::put_at(size, 8, 500, 4, ByteOrder::kBig);
  for (const Row& row :
       {Row{"empty", ""}, Row{"zeros", std::string(good.size(), '\0')},
        Row{"header only", good.substr(0, kWalHeader)}, Row{"short", good.substr(0, 20)},
        Row{"cut in the first frame", good.substr(0, kWalHeader + 100)},
        Row{"salt of an older log", salt}, Row{"salt, checksums right", with_checksums(salt)},
        Row{"magic", magic}, Row{"version", with_checksums(version)}, Row{"checksum", checksum},
        Row{"page size", with_checksums(size)}}) {
    EXPECT_EQ(read_wal(row.wal).page_bytes, 0U) << row.name;
    const Evidence evidence =
        read_evidence(kDatabase, test_data("logged.rpmdb.sqlite"), {{kLog, row.wal}});
    EXPECT_THAT(names_of(evidence), ElementsAreArray(packages("p", 0, 30))) << row.name;
  }
}

TEST(RpmSqlite, ReservedBytesNeedNotBeZero) {
  std::string bytes = test_data("typical.rpmdb.sqlite");
  bytes[18] = bytes[19] = 2;  // WAL mode without a log
  EXPECT_EQ(read_evidence(kDatabase, bytes).packages.size(), 30U);
}

TEST(RpmSqlite, ATruncatedFileIsDamage) {
  const std::string bytes = test_data("typical.rpmdb.sqlite");
  const Evidence evidence = read_evidence(kDatabase, bytes.substr(0, bytes.size() / 2));
  EXPECT_LT(evidence.packages.size(), 30U);
  EXPECT_GT(evidence.packages.size(), 5U);
  ASSERT_THAT(evidence.problems, Not(IsEmpty()));
  EXPECT_EQ(evidence.problems[0].code, problem::kPackageDbCorrupt);
}

// Every pointer of the file led astray in turn: no page is read twice, nothing is lost silently.
TEST(RpmSqlite, AStrayPageNumberIsDamage) {
  const std::string good = test_data("typical.rpmdb.sqlite");
  const ByteView view(good, ByteOrder::kBig);
  int roots = 0;
  for (std::size_t page = 1; page * kPage < good.size(); ++page) {
    if (view.u8(page * kPage) != 5) continue;  // interior page of a table
    ++roots;
    for (const std::uint32_t target : {0U, 1U, static_cast<std::uint32_t>(page + 1), 0xffffffffU}) {
      std::string bad = good;
      test::put_at(bad, page * kPage + 8, target, 4, ByteOrder::kBig);
      const Evidence evidence = read_evidence(kDatabase, bad);
      EXPECT_LT(evidence.packages.size(), 30U) << page << " to " << target;
      EXPECT_THAT(test::codes_of(evidence), testing::Contains(problem::kPackageDbCorrupt))
          << page << " to " << target;
    }
  }
  EXPECT_GT(roots, 0);
}

TEST(RpmSqlite, RefusesWhatIsNone) {
  const std::string good = test_data("typical.rpmdb.sqlite");
  std::string page_size = good, reserved = good, utf16 = good, table = good;
  page_size[17] = 3;
  reserved[20] = 100;
  utf16[59] = 2;
  table.replace(table.find("Packages"), 8, "Packagez");
  table.replace(table.find("Packages"), 8, "Packagez");
  struct Row {
    const char* name;
    std::string bytes;
    const char* message;
  };
  for (const Row& row :
       {Row{"empty", "", "no SQLite header"}, Row{"short", good.substr(0, 99), "no SQLite header"},
        Row{"text", std::string(1000, 'x'), "no SQLite header"},
        Row{"page size", page_size, "page size"}, Row{"reserved", reserved, "page size"},
        Row{"UTF-16", utf16, "UTF-8"}, Row{"no table", table, "without a table Packages"}}) {
    const Result<Evidence> result = run_extractor(kDatabase, row.bytes);
    ASSERT_FALSE(result.ok()) << row.name;
    EXPECT_THAT(result.error().message, HasSubstr(row.message)) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
