#include <algorithm>
#include <string>

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"
#include "scan/extract/rpm_header.h"
#include "scan/extract/rpm_test_data.h"

namespace seaworthy {
namespace {

using test::bdb_file;
using test::header_blob;
using test::HeaderWriter;
using test::names_of;
using test::ndb_file;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kBdb = "var/lib/rpm/Packages";
constexpr const char* kNdb = "usr/lib/sysimage/rpm/Packages.db";
constexpr const char* kSqlite = "var/lib/rpm/rpmdb.sqlite";

TEST(RpmHeader, ReadsEveryField) {
  const std::string blob = HeaderWriter()
                               .text(1000, "nodejs")
                               .text(1001, "12.18.4")
                               .text(1002, "2.module_el8")
                               .numbers(1003, {1})
                               .text(1011, "CentOS")
                               .text(1014, "MIT and BSD")
                               .text(1022, "aarch64")
                               .numbers(1030, {0100755, 0040755, 0120777}, 2)
                               .text(1044, "nodejs-12.18.4-2.module_el8.src.rpm")
                               .numbers(1116, {0, 1, 0})
                               .texts(1117, {"node", "node_modules", "nodejs"})
                               .texts(1118, {"/usr/bin/", "/usr/lib/"})
                               .text(5096, "nodejs:12:8030020201124152102:229f0a1c")
                               .blob();
  const Result<RpmRecord> record = read_rpm_header(blob);
  ASSERT_TRUE(record.ok()) << record.error().message;
  const Package& package = record->package;
  EXPECT_EQ(package.type, PackageType::kRpm);
  EXPECT_EQ(package.name, "nodejs");
  EXPECT_EQ(package.version, "1:12.18.4-2.module_el8");
  EXPECT_EQ(package.arch, "aarch64");
  EXPECT_EQ(package.source_name, "nodejs");
  EXPECT_EQ(package.source_version, "12.18.4-2.module_el8");  // the source's epoch is unknown
  EXPECT_THAT(package.licenses, ElementsAre("MIT and BSD"));
  EXPECT_EQ(package.property(kVendor), "CentOS");
  EXPECT_EQ(package.property(kModularity), "nodejs:12:8030020201124152102:229f0a1c");
  EXPECT_EQ(package.property(kSourceRpm), "nodejs-12.18.4-2.module_el8.src.rpm");
  EXPECT_EQ(package.files, 2U);
  EXPECT_EQ(record->owned.package, "nodejs");
  EXPECT_THAT(record->owned.path_hashes,
              ElementsAre(path_hash("usr/bin/node"), path_hash("usr/bin/nodejs")));
}

TEST(RpmHeader, OldPackagesHaveWholePaths) {
  const Result<RpmRecord> record = read_rpm_header(HeaderWriter()
                                                       .text(1000, "a")
                                                       .text(1001, "1")
                                                       .text(1002, "2")
                                                       .texts(1027, {"/bin/a", "/etc/a.conf"})
                                                       .blob());
  ASSERT_TRUE(record.ok());
  EXPECT_THAT(record->owned.path_hashes, ElementsAre(path_hash("bin/a"), path_hash("etc/a.conf")));
}

TEST(RpmHeader, SourceRpmForms) {
  struct Row {
    const char *text, *name, *version;
  };
  for (const Row& row :
       {Row{"perl-5.26.3-419.el8.src.rpm", "perl", "5.26.3-419.el8"},
        Row{"java-1.8.0-openjdk-1.8.0.302-8.el8.src.rpm", "java-1.8.0-openjdk", "1.8.0.302-8.el8"},
        Row{"driver-1-2.nosrc.rpm", "driver", "1-2"}, Row{"(none)", "", ""},
        Row{"odd.src.rpm", "", ""}, Row{"odd-1.src.rpm", "", ""}, Row{"-1-2.src.rpm", "", ""},
        Row{"a-1-2.rpm", "", ""}, Row{"", "", ""}}) {
    Package package;
    set_source_rpm(row.text, package);
    EXPECT_EQ(package.source_name, row.name) << row.text;
    EXPECT_EQ(package.source_version, row.version) << row.text;
  }
}

TEST(RpmHeader, EpochZeroIsOmitted) {
  EXPECT_EQ(rpm_version(0, "1", "2"), "1-2");
  EXPECT_EQ(rpm_version(3, "1", "2"), "3:1-2");
}

TEST(RpmHeader, RefusesWhatIsNoHeader) {
  struct Row {
    const char* name;
    std::string blob;
    const char* message;
  };
  const std::string good = header_blob("bash", "5");
  const std::vector<Row> rows{
      {"empty", "", "header of 0 entries"},
      {"no entries", std::string(8, '\0'), "header of 0 entries"},
      {"truncated data", good.substr(0, good.size() - 1), "data bytes in"},
      {"truncated index", good.substr(0, 20), "data bytes in"},
      {"huge counts", std::string(64, '\xff'), "header of 4294967295 entries"},
      {"no name", HeaderWriter().text(1001, "1").text(1002, "2").blob(), "no usable name"},
      {"no version", HeaderWriter().text(1000, "a").text(1002, "2").blob(), "version of a"},
      {"no release", HeaderWriter().text(1000, "a").text(1001, "2").blob(), "release of a"},
      {"escape in name", header_blob("a\x1b[2J", "1"), "no usable name"},
      {"blank in version", header_blob("a", "1 2"), "version of a"}};
  for (const Row& row : rows) {
    const Result<RpmRecord> record = read_rpm_header(row.blob);
    ASSERT_FALSE(record.ok()) << row.name;
    EXPECT_EQ(record.error().code, ErrorCode::kInvalidInput) << row.name;
    EXPECT_THAT(record.error().message, HasSubstr(row.message)) << row.name;
  }
}

TEST(RpmHeader, FileListsThatDoNotFitTogetherAreCutShort) {
  const Result<RpmRecord> record = read_rpm_header(HeaderWriter()
                                                       .text(1000, "a")
                                                       .text(1001, "1")
                                                       .text(1002, "2")
                                                       .numbers(1116, {0, 7, 0xffffffff})
                                                       .texts(1117, {"x", "y", "z", "w"})
                                                       .texts(1118, {"/d/"})
                                                       .blob());
  ASSERT_TRUE(record.ok());
  EXPECT_THAT(record->owned.path_hashes, ElementsAre(path_hash("d/x")));
}

TEST(RpmBdb, ReadsBothByteOrders) {
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

TEST(RpmNdb, ReadsPackages) {
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

TEST(RpmReal, BerkeleyDb) {
  SHARED_FILE_OR_SKIP(path, "corpora/rpmdb/libuuid.bdb.Packages");
  const Evidence evidence = read_evidence(kBdb, test::file_bytes(path));
  EXPECT_THAT(names_of(evidence), ElementsAre("libuuid 2.32.1-42.el8_8 x86_64"));
  EXPECT_THAT(evidence.problems, IsEmpty());
  EXPECT_EQ(evidence.packages[0].source_name, "util-linux");
  EXPECT_EQ(evidence.packages[0].property(kVendor), "Red Hat, Inc.");
}

// Turns the structures of a little-endian hash file that reading takes into big-endian ones.
std::string byte_swapped(std::string file) {
  const auto swap = [&](std::size_t at, std::size_t bytes) {
    std::reverse(file.begin() + static_cast<std::ptrdiff_t>(at),
                 file.begin() + static_cast<std::ptrdiff_t>(at + bytes));
  };
  const ByteView old(file, ByteOrder::kLittle);
  const std::size_t page_bytes = old.u32(20);
  for (const std::size_t at : {8, 12, 16, 20, 32}) swap(at, 4);
  for (std::size_t at = page_bytes; at < file.size(); at += page_bytes) {
    const std::string page = file.substr(at, page_bytes);
    const ByteView view(page, ByteOrder::kLittle);
    for (const std::size_t field : {8, 12, 16}) swap(at + field, 4);
    for (const std::size_t field : {20, 22}) swap(at + field, 2);
    if (view.u8(25) != 2 && view.u8(25) != 13) continue;
    for (unsigned item = 0; item < view.u16(20); ++item) {
      const std::size_t offset = view.u16(26 + 2 * item);
      swap(at + 26 + 2 * item, 2);
      if (item % 2 == 0) swap(at + offset + 1, 4);
      if (view.u8(offset) == 3) {
        swap(at + offset + 4, 4);
        swap(at + offset + 8, 4);
      }
    }
  }
  return file;
}

TEST(RpmReal, BerkeleyDbOfAnotherByteOrder) {
  SHARED_FILE_OR_SKIP(path, "corpora/rpmdb/libuuid.bdb.Packages");
  const std::string little = test::file_bytes(path);
  EXPECT_EQ(read_evidence(kBdb, byte_swapped(little)), read_evidence(kBdb, little));
}

// `rpm -qa` of rpm 4.18 lists 129 packages and 6298 files that are no directories; the digest is of
// its sorted listing in the form of names_of().
TEST(RpmReal, MarinerSqlite) {
  SHARED_FILE_OR_SKIP(path, "corpora/rpmdb/mariner-2.0.rpmdb.sqlite.zst");
  const Evidence evidence = read_evidence(kSqlite, test::unzstd(test::file_bytes(path)));
  EXPECT_THAT(evidence.problems, IsEmpty());
  std::vector<std::string> names = names_of(evidence);
  EXPECT_EQ(names.size(), 129U);
  std::sort(names.begin(), names.end());
  std::string listing;
  for (const std::string& name : names) listing += name + "\n";
  EXPECT_EQ(sha256(listing),
            "sha256:d9181f1be95411f6ebbebd9fbee9c083248339dbe467312dc13515a26dd5f053");
  std::size_t files = 0;
  for (const OwnedFiles& owned : evidence.owned) files += owned.path_hashes.size();
  EXPECT_EQ(files, 6298U);
}

// Written by rpm 4.18 from two packages and a signing key.
TEST(RpmReal, DatabaseOfRpmItself) {
  const Evidence evidence =
      read_evidence(kSqlite, test::unzstd(test::test_data("rpm-4.18.rpmdb.sqlite.zst")));
  EXPECT_THAT(evidence.problems, IsEmpty());
  EXPECT_THAT(names_of(evidence), ElementsAre("seaworthy-fixture 2:1.0~rc1-3.el9 x86_64",
                                              "fixture-doc 1.0~rc1-3.el9 noarch"));
  const Package& package = evidence.packages.at(0);
  EXPECT_EQ(package.property(kModularity), "fixture:1:8030020201124152102:229f0a1c");
  EXPECT_EQ(package.source_name, "seaworthy-fixture");
  EXPECT_EQ(package.source_version, "1.0~rc1-3.el9");
  EXPECT_THAT(evidence.owned.at(0).path_hashes,
              ElementsAre(path_hash("usr/bin/fixture"), path_hash("usr/bin/fixture-link")));
}

TEST(RpmManifest, ReadsLines) {
  const Evidence evidence =
      read_evidence("var/lib/rpmmanifest/container-manifest-2",
                    "openssl\t1.1.1k-21.cm2\t1672000000\t1671000000\tMicrosoft "
                    "Corporation\t(none)\t1234\tx86_64\t"
                    "0\topenssl-1.1.1k-21.cm2.src.rpm\n"
                    "broken\t1.0\n"
                    "shadow\t4.9-1\t1\t1\t(none)\t2\t1\tx86_64\t2\tshadow-utils-4.9-1.src.rpm");
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
