#include <string>

#include <gmock/gmock.h>

#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"
#include "scan/extract/rpm_test_data.h"

namespace seaworthy {
namespace {

using test::bdb_file;
using test::header_blob;
using test::names_of;
using test::ndb_file;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kBdb = "var/lib/rpm/Packages";
constexpr const char* kNdb = "usr/lib/sysimage/rpm/Packages.db";

TEST(RpmBdb, Rule30_ReadsBothByteOrders) {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    const Evidence evidence =
        read_evidence(kBdb, bdb_file({header_blob("a", "1"), header_blob("gpg-pubkey", "k"),
                                      header_blob("b", "2", 5000)},
                                     order));
    EXPECT_THAT(names_of(evidence), ElementsAre("a 1-1 x86_64", "b 2-1 x86_64"));
    EXPECT_THAT(evidence.problems, IsEmpty());
    EXPECT_EQ(evidence.packages[0].path, kBdb);
    EXPECT_EQ(evidence.packages[1].licenses.at(0).size(), 5000U);  // eleven overflow pages
  }
}

constexpr std::size_t kBdbPage = 512;

TEST(RpmBdb, DamageCostsOneRecord) {
  // Pages: 0 meta, 1 counter, 2 hash of a, 3 overflow of a, 4 hash of b, 5 to 15 overflow of b,
  // 16 hash of c, 17 overflow of c.
  const std::string good =
      bdb_file({header_blob("a", "1"), header_blob("b", "2", 5000), header_blob("c", "3")},
               ByteOrder::kLittle);
  ASSERT_EQ(good.size(), 18 * kBdbPage);
  struct Row {
    const char* name;
    std::size_t at;
    std::uint64_t value;
    unsigned bytes;
    const char* message;
  };
  for (const Row& row :
       {Row{"chain loops", 6 * kBdbPage + 16, 5, 4, "used twice"},
        Row{"chain leaves the file", 6 * kBdbPage + 16, 999, 4, "page 999 is none"},
        Row{"chain ends", 6 * kBdbPage + 16, 0, 4, "page 0 is none"},
        Row{"chain enters a hash page", 6 * kBdbPage + 16, 4, 4, "page 4 is none"},
        Row{"too much on a page", 7 * kBdbPage + 22, 500, 2, "wrong length"},
        Row{"nothing on a page", 7 * kBdbPage + 22, 0, 2, "wrong length"},
        Row{"item outside its page", 4 * kBdbPage + 28, 600, 2, "outside its place"},
        Row{"odd number of items", 4 * kBdbPage + 20, 3, 2, "number of items"},
        Row{"too many items", 4 * kBdbPage + 20, 60000, 2, "number of items"},
        Row{"wrong page number", 4 * kBdbPage + 8, 9, 4, "number of another page"}}) {
    std::string bad = good;
    test::put_at(bad, row.at, row.value, row.bytes, ByteOrder::kLittle);
    const Evidence evidence = read_evidence(kBdb, bad);
    EXPECT_THAT(names_of(evidence), ElementsAre("a 1-1 x86_64", "c 3-1 x86_64")) << row.name;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.name;
    EXPECT_EQ(evidence.problems[0].code, problem::kPackageDbCorrupt) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
}

TEST(RpmBdb, ATruncatedFileIsSaidToBeOne) {
  const std::string good =
      bdb_file({header_blob("a", "1"), header_blob("b", "2", 5000)}, ByteOrder::kBig);
  const Evidence evidence = read_evidence(kBdb, good.substr(0, 6 * kBdbPage + 100));
  EXPECT_THAT(names_of(evidence), ElementsAre("a 1-1 x86_64"));
  ASSERT_EQ(evidence.problems.size(), 2U);
  EXPECT_EQ(evidence.problems[0].message, "the file ends after 6 of 16 pages");
}

TEST(RpmBdb, RefusesWhatIsNone) {
  const std::string good = bdb_file({header_blob("a", "1")}, ByteOrder::kLittle);
  struct Row {
    const char* name;
    std::string bytes;
    ErrorCode code;
  };
  std::string encrypted = good, checksums = good, page_size = good, btree = good;
  encrypted[24] = 1;
  checksums[26] = 1;
  test::put_at(page_size, 20, 513, 4, ByteOrder::kLittle);
  btree[25] = 9;
  for (const Row& row : {Row{"empty", "", ErrorCode::kInvalidInput},
                         Row{"short", good.substr(0, 40), ErrorCode::kInvalidInput},
                         Row{"text", std::string(600, 'x'), ErrorCode::kInvalidInput},
                         Row{"not a hash", btree, ErrorCode::kInvalidInput},
                         Row{"page size", page_size, ErrorCode::kInvalidInput},
                         Row{"encrypted", encrypted, ErrorCode::kUnsupported},
                         Row{"checksums", checksums, ErrorCode::kUnsupported}}) {
    const Result<Evidence> result = run_extractor(kBdb, row.bytes);
    ASSERT_FALSE(result.ok()) << row.name;
    EXPECT_EQ(result.error().code, row.code) << row.name;
  }
}

TEST(RpmBdb, AnUnreadableHeaderIsARecordProblem) {
  const Evidence evidence = read_evidence(
      kBdb, bdb_file({header_blob("a", "1"), std::string(40, 'x')}, ByteOrder::kLittle));
  EXPECT_THAT(names_of(evidence), ElementsAre("a 1-1 x86_64"));
  EXPECT_THAT(test::codes_of(evidence), ElementsAre(problem::kUnreadableRecord));
}

TEST(RpmNdb, Rule30_ReadsPackages) {
  const Evidence evidence = read_evidence(
      kNdb,
      ndb_file({header_blob("a", "1"), header_blob("b", "2", 70000), header_blob("c", "3", 3)}));
  EXPECT_THAT(names_of(evidence), ElementsAre("a 1-1 x86_64", "b 2-1 x86_64", "c 3-1 x86_64"));
  EXPECT_THAT(evidence.problems, IsEmpty());
}

TEST(RpmNdb, AnEmptyDatabaseIsReadable) {
  const Evidence evidence = read_evidence(kNdb, ndb_file({}));
  EXPECT_THAT(evidence.packages, IsEmpty());
  EXPECT_THAT(evidence.problems, IsEmpty());
}

TEST(RpmNdb, DamageCostsOneRecord) {
  const std::string good =
      ndb_file({header_blob("a", "1"), header_blob("b", "2"), header_blob("c", "3")});
  constexpr std::size_t kSlotOfB = 64;  // slot 3 is free
  const std::size_t blob_of_b = 16 * ByteView(good, ByteOrder::kLittle).u32(kSlotOfB + 8);
  struct Row {
    const char* name;
    std::size_t at;
    std::uint64_t value;
    const char* message;
  };
  for (const Row& row : {Row{"slot magic", kSlotOfB, 0, "slot 4 is damaged"},
                         Row{"outside", kSlotOfB + 8, 0x0fffffff, "outside the file"},
                         Row{"no blocks", kSlotOfB + 12, 0, "outside the file"},
                         Row{"huge", kSlotOfB + 12, 0xffffffff, "outside the file"},
                         Row{"another package", kSlotOfB + 4, 9, "no head"},
                         Row{"the same package", kSlotOfB + 4, 1, "second slot"},
                         Row{"length", blob_of_b + 12, 3, "does not fit"},
                         Row{"content", blob_of_b + 40, 0x12345678, "wrong checksum"}}) {
    std::string bad = good;
    test::put_at(bad, row.at, row.value, 4, ByteOrder::kLittle);
    const Evidence evidence = read_evidence(kNdb, bad);
    EXPECT_THAT(names_of(evidence), ElementsAre("a 1-1 x86_64", "c 3-1 x86_64")) << row.name;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.name;
    EXPECT_EQ(evidence.problems[0].code, problem::kPackageDbCorrupt) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
}

TEST(RpmNdb, RefusesWhatIsNone) {
  std::string version = ndb_file({}), pages = ndb_file({});
  version[4] = 1;
  pages[12] = 2;
  for (const std::string& bytes : {std::string(), std::string("RpmP"), version, pages,
                                   std::string(5000, '\0'), ndb_file({}).substr(0, 4000)}) {
    EXPECT_FALSE(run_extractor(kNdb, bytes).ok()) << bytes.size();
  }
}

TEST(RpmManifest, ReadsLines) {
  const Evidence evidence =
      read_evidence("var/lib/rpmmanifest/container-manifest-2",
                    "openssl\t1.1.1k-21.cm2\t1672000000\t1671000000\tMicrosoft "
                    "Corporation\t(none)\t1234\tx86_64\t"
                    "0\topenssl-1.1.1k-21.cm2.src.rpm\n"
                    "broken\t1.0\n"
                    "shadow\t4.9-1\t1\t1\t(none)\t2\t1\tx86_64\t2\tshadow-utils-4.9-1.src.rpm\n");
  EXPECT_THAT(names_of(evidence),
              ElementsAre("openssl 1.1.1k-21.cm2 x86_64", "shadow 2:4.9-1 x86_64"));
  EXPECT_EQ(evidence.packages[1].source_name, "shadow-utils");
  ASSERT_EQ(evidence.problems.size(), 1U);
  EXPECT_THAT(evidence.problems[0].message, HasSubstr("line 2"));
}

TEST(RpmManifest, AFileOfOtherLinesIsAnError) {
  EXPECT_FALSE(run_extractor("var/lib/rpmmanifest/container-manifest-2", "a b c\n").ok());
}

}  // namespace
}  // namespace seaworthy
