#include <string>

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::names_of;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kStatusPath = "usr/lib/opkg/status";

std::string record(const std::string& name, const std::string& version) {
  return "Package: " + name + "\nVersion: " + version +
         "\nDepends: libc\nStatus: install user installed\nArchitecture: x86_64\n"
         "Installed-Time: 1700000000\n\n";
}

TEST(Opkg, ReadsStatus) {
  const Evidence evidence = read_evidence(
      kStatusPath, record("busybox", "1.36.1-1") + record("luci", "git-23.118.7-1") +
                       "Package: gone\nVersion: 1\nStatus: deinstall user not-installed\n\n");
  EXPECT_THAT(names_of(evidence),
              ElementsAre("busybox 1.36.1-1 x86_64", "luci git-23.118.7-1 x86_64"));
  EXPECT_THAT(evidence.problems, IsEmpty());
  EXPECT_EQ(evidence.packages[0].type, PackageType::kOther);
  EXPECT_EQ(purl_of(evidence.packages[0], nullptr), "pkg:opkg/busybox@1.36.1-1?arch=x86_64");
}

TEST(Opkg, ReadsTheOtherFiles) {
  const std::string control =
      "Package: libopenssl3\nVersion: 3.0.13-1\nSource: package/libs/openssl\n"
      "SourceName: openssl\nLicense: Apache-2.0\nMaintainer: A Person <a@example.org>\n"
      "Architecture: aarch64_cortex-a53";
  for (const char* path :
       {"usr/lib/opkg/info/libopenssl3.control", "var/lib/opkg/info/libopenssl3.control",
        "usr/lib/opkg/status.d/libopenssl3", "var/lib/opkg/status.d/libopenssl3"}) {
    const Evidence evidence = read_evidence(path, control);
    EXPECT_THAT(names_of(evidence), ElementsAre("libopenssl3 3.0.13-1 aarch64_cortex-a53")) << path;
    EXPECT_EQ(evidence.packages[0].source_name, "openssl");
    EXPECT_THAT(evidence.packages[0].licenses, ElementsAre("Apache-2.0"));
    EXPECT_EQ(evidence.packages[0].property(kMaintainer), "A Person <a@example.org>");
    EXPECT_THAT(evidence.problems, IsEmpty()) << path;
  }
  const Evidence files = read_evidence("usr/lib/opkg/info/busybox.list",
                                       "/bin/busybox\n/bin/sh\t0120777\tbusybox\n\n");
  ASSERT_EQ(files.owned.size(), 1U);
  EXPECT_EQ(files.owned[0].package, "busybox");
  EXPECT_THAT(files.owned[0].path_hashes,
              ElementsAre(path_hash("bin/busybox"), path_hash("bin/sh")));
}

TEST(Opkg, ABadRecordIsReportedAndTheRestIsRead) {
  struct Row {
    const char *name, *text, *message;
  };
  for (const Row& row :
       {Row{"no version", "Package: x\n\n", "line 9: record without a usable version of x"},
        Row{"no name", "Version: 1\n\n", "line 9: record without a usable package name"},
        Row{"escape in name", "Package: \x1b[1mx\nVersion: 1\n\n", "line 9: record without"},
        Row{"blank in version", "Package: x\nVersion: 1 2\n\n", "line 9: record without"}}) {
    const Evidence evidence =
        read_evidence(kStatusPath, record("a", "1") + "\n" + row.text + record("b", "2"));
    EXPECT_THAT(names_of(evidence), ElementsAre("a 1 x86_64", "b 2 x86_64")) << row.name;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.name;
    EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Opkg, OddRecordsAreMarkedOrReported) {
  const Evidence odd = read_evidence(kStatusPath, "Package: a$\nVersion: 1\nSourceName: b c\n\n");
  ASSERT_EQ(odd.packages.size(), 1U);
  EXPECT_EQ(odd.packages[0].property(kDoubt), "its record is malformed (Package, SourceName)");
  EXPECT_THAT(test::codes_of(odd), ElementsAre(problem::kUnreadableRecord));
  const Evidence twice =
      read_evidence(kStatusPath, "Package: a\nPackage: b\nrubbish\nVersion: 1\n");
  EXPECT_THAT(names_of(twice), ElementsAre("a 1 "));
  EXPECT_THAT(test::codes_of(twice),
              ElementsAre(problem::kUnreadableRecord, problem::kUnreadableRecord));
}

TEST(Opkg, EmptyTruncatedAndHostile) {
  EXPECT_THAT(read_evidence(kStatusPath, "").packages, IsEmpty());
  EXPECT_FALSE(run_extractor(kStatusPath, std::string(3000, '\x80')).ok());
  EXPECT_THAT(test::codes_of(read_evidence(kStatusPath, "Package: a\nVersion: 1.")),
              ElementsAre(problem::kPackageDbCorrupt));
}

}  // namespace
}  // namespace seaworthy
