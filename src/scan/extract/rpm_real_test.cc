#include <algorithm>
#include <string>

#include <gmock/gmock.h>

#include "core/base/byte_view.h"
#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"
#include "scan/extract/rpm_blobs.h"
#include "scan/extract/rpm_header.h"

namespace seaworthy {
namespace {

using test::names_of;
using test::read_evidence;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kBdb = "var/lib/rpm/Packages";
constexpr const char* kSqlite = "var/lib/rpm/rpmdb.sqlite";

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

// One flipped bit anywhere in a record: refused, marked, or a bit that says nothing about the
// package (when it was installed, which key signed it).
TEST(RpmReal, NoBitOfARecordFlipsUnseen) {
  const std::string file = test::unzstd(test::test_data("rpm-4.18.rpmdb.sqlite.zst"));
  std::size_t records = 0, refused = 0, marked = 0;
  const BlobSink sink{.blob =
                          [&](std::string_view blob, const std::string& where) {
                            const Result<RpmRecord> good = read_rpm_header(blob);
                            if (!good.ok() || is_rpm_key(good->package.name)) return good.ok();
                            ++records;
                            EXPECT_EQ(good->package.property(kDoubt), "");
                            std::string flipped(blob);
                            for (std::size_t bit = 0; bit < 8 * blob.size(); ++bit) {
                              char& byte = flipped[bit / 8];
                              byte = static_cast<char>(byte ^ (1 << bit % 8));
                              const Result<RpmRecord> bad = read_rpm_header(flipped);
                              byte = blob[bit / 8];
                              if (!bad.ok()) {
                                ++refused;
                              } else if (!bad->package.property(kDoubt).empty()) {
                                ++marked;
                              } else {
                                EXPECT_EQ(bad->package, good->package) << where << " bit " << bit;
                                EXPECT_EQ(bad->owned, good->owned) << where << " bit " << bit;
                              }
                            }
                            return true;
                          },
                      .damage = [](const std::string& message) { ADD_FAILURE() << message; }};
  ASSERT_TRUE(read_rpm_sqlite(file, {}, sink).ok());
  EXPECT_EQ(records, 2U);
  EXPECT_GT(refused, 100U);
  EXPECT_GT(marked, 10'000U);
}

TEST(RpmReal, ADamagedRecordIsReportedByName) {
  const std::string file = test::unzstd(test::test_data("rpm-4.18.rpmdb.sqlite.zst"));
  const Evidence good = read_evidence(kSqlite, file);
  std::size_t damaged = 0;  // the name stands in indexes and in freed pages, too
  for (std::size_t at = file.find("seaworthy-fixture"); at != std::string::npos;
       at = file.find("seaworthy-fixture", at + 1)) {
    std::string bad = file;
    bad[at] = 'S';
    const Evidence evidence = read_evidence(kSqlite, bad);
    if (evidence.problems.empty()) {
      EXPECT_EQ(evidence, good) << at;
      continue;
    }
    ++damaged;
    EXPECT_EQ(evidence.packages.size(), 2U);
    EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord);
    EXPECT_THAT(evidence.problems[0].message, testing::HasSubstr("is damaged (header digest)"));
    EXPECT_THAT(evidence.problems[0].message, testing::HasSubstr("page "));
  }
  EXPECT_GE(damaged, 2U);
}

}  // namespace
}  // namespace seaworthy
