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

constexpr const char* kDatabase = "lib/apk/db/installed";

TEST(Apk, ReadsPackagesAndFiles) {
  const Evidence evidence = read_evidence(kDatabase,
                                          "C:Q1abc=\n"
                                          "P:libcrypto3\n"
                                          "V:3.1.4-r5\n"
                                          "A:x86_64\n"
                                          "S:1\n"
                                          "T:Crypto library: from openssl\n"
                                          "L:Apache-2.0\n"
                                          "o:openssl\n"
                                          "m:Ariadne <a@example.org>\n"
                                          "F:etc\n"
                                          "F:etc/ssl\n"
                                          "M:0:0:755\n"
                                          "R:openssl.cnf\n"
                                          "Z:Q1x=\n"
                                          "F:lib\n"
                                          "R:libcrypto.so.3\n"
                                          "a:0:0:555\n"
                                          "F:\n"
                                          "R:top\n"
                                          "\n"
                                          "P:busybox\n"
                                          "V:1.36.1-r15\n"
                                          "A:x86_64\n\n");
  ASSERT_EQ(evidence.packages.size(), 2U);
  const Package& package = evidence.packages[0];
  EXPECT_EQ(package.type, PackageType::kApk);
  EXPECT_EQ(package.name, "libcrypto3");
  EXPECT_EQ(package.version, "3.1.4-r5");
  EXPECT_EQ(package.arch, "x86_64");
  EXPECT_EQ(package.source_name, "openssl");
  EXPECT_EQ(package.property(kMaintainer), "Ariadne <a@example.org>");
  EXPECT_THAT(package.licenses, ElementsAre("Apache-2.0"));
  EXPECT_EQ(package.files, 3U);
  EXPECT_EQ(evidence.packages[1].name, "busybox");
  EXPECT_EQ(evidence.packages[1].source_name, "");
  ASSERT_EQ(evidence.owned.size(), 1U);
  EXPECT_EQ(evidence.owned[0].package, "libcrypto3");
  EXPECT_THAT(evidence.owned[0].path_hashes,
              ElementsAre(path_hash("etc/ssl/openssl.cnf"), path_hash("lib/libcrypto.so.3"),
                          path_hash("top")));
  EXPECT_THAT(evidence.problems, IsEmpty());
}

TEST(Apk, ABadRecordIsReportedAndTheRestIsRead) {
  struct Row {
    const char *name, *text, *message;
  };
  for (const Row& row :
       {Row{"no version", "P:x\nA:noarch\n\n", "line 5: record without a usable version (V:) of x"},
        Row{"no name", "V:1\n\n", "line 5: record without a usable name"},
        Row{"no field", "P\n\n", "line 5: "},
        Row{"blank in name", "P:a b\nV:1\n\n", "line 5: record"}}) {
    const Evidence evidence = read_evidence(
        kDatabase, std::string("P:a\nV:1-r0\nA:x\n\n") + row.text + "P:b\nV:2-r0\nA:x\n\n");
    EXPECT_THAT(names_of(evidence), ElementsAre("a 1-r0 x", "b 2-r0 x")) << row.name;
    ASSERT_FALSE(evidence.problems.empty()) << row.name;
    EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Apk, LineEndsAndRepeatedFields) {
  EXPECT_THAT(names_of(read_evidence(kDatabase, "P:a\r\nV:1\r\nA:x\r\n\r\nP:b\r\nV:2\r\nA:x\r\n")),
              ElementsAre("a 1 x", "b 2 x"));
  // Two records that lost the empty line between them: the second package is not known.
  const Evidence merged = read_evidence(kDatabase, "P:a\nV:1\nA:x\nP:hidden\nV:2\n\n");
  EXPECT_THAT(names_of(merged), ElementsAre("a 1 x"));
  EXPECT_THAT(test::codes_of(merged),
              ElementsAre(problem::kUnreadableRecord, problem::kUnreadableRecord));
  EXPECT_THAT(merged.problems[0].message, HasSubstr("line 4: P: again"));
}

TEST(Apk, AMalformedFieldIsReportedAndMarksThePackage) {
  struct Row {
    const char *text, *malformed, *message;
  };
  for (const Row& row :
       {Row{"P:b\nV:1-r0\no:zl ib\n", "origin", "line 4: o: of b is no origin"},
        Row{"P:b\nV:1-r0\no:z\x1blib\n", "origin", "line 4: o: of b is no origin"},
        Row{"P:b\nV:1=r0\n", "version", "line 4: V: of b is no version"},
        Row{"P:b$\nV:1-r0\n", "name", "line 4: P: of b$ is no name"},
        Row{"P:b\nV:1-r0\nA:x 86\n", "architecture", "line 4: A: of b is no architecture"}}) {
    const Evidence evidence =
        read_evidence(kDatabase, std::string("P:a\nV:1-r0\n\n") + row.text + "\nP:c\nV:1-r0\n\n");
    ASSERT_EQ(evidence.packages.size(), 3U) << row.message;
    EXPECT_EQ(evidence.packages[1].property(kDoubt),
              "its record is malformed (" + std::string(row.malformed) + ")")
        << row.message;
    EXPECT_EQ(evidence.packages[1].source_name, "") << row.message;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.message;
    EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord);
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message));
  }
}

TEST(Apk, ADatabaseThatEndsInsideALineWasCut) {
  const Evidence evidence = read_evidence(kDatabase, "P:a\nV:1-r0\n\nP:b\nV:1.2");
  EXPECT_THAT(names_of(evidence), ElementsAre("a 1-r0 ", "b 1.2 "));
  EXPECT_THAT(test::codes_of(evidence), ElementsAre(problem::kPackageDbCorrupt));
  EXPECT_THAT(evidence.problems[0].message, HasSubstr("ends inside line 5"));
}

TEST(Apk, EmptyIsNoErrorAndOtherFormatsAre) {
  EXPECT_THAT(read_evidence(kDatabase, "").packages, IsEmpty());
  const Result<Evidence> binary = run_extractor(kDatabase, std::string("ADB.\0\0\0", 7));
  ASSERT_FALSE(binary.ok());
  EXPECT_EQ(binary.error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(run_extractor("usr/lib/apk/db/installed", "rubbish\n").ok());
}

TEST(Apk, LongPathsAreNotHashed) {
  const Evidence evidence =
      read_evidence(kDatabase, "P:a\nV:1\nF:" + std::string(5000, 'd') + "\nR:x\nF:etc\nR:y\n\n");
  ASSERT_EQ(evidence.owned.size(), 1U);
  EXPECT_THAT(evidence.owned[0].path_hashes, ElementsAre(path_hash("etc/y")));
  EXPECT_EQ(evidence.packages[0].files, 2U);
}

struct BranchRow {
  const char *name, *text, *branch;
  const char* others = "";
};

class ApkBranch : public testing::TestWithParam<BranchRow> {};

TEST_P(ApkBranch, OfRepositories) {
  const Evidence evidence = read_evidence("etc/apk/repositories", GetParam().text);
  EXPECT_EQ(evidence.distro ? evidence.distro->repository_branch : "", GetParam().branch);
  EXPECT_EQ(evidence.distro ? evidence.distro->other_repositories : "", GetParam().others);
  EXPECT_EQ(evidence.distro.has_value(), *GetParam().branch != '\0' || *GetParam().others != '\0');
  if (evidence.distro) {
    EXPECT_EQ(evidence.distro->id, "");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, ApkBranch,
    testing::Values(
        BranchRow{"release",
                  "https://dl-cdn.alpinelinux.org/alpine/v3.18/main\n"
                  "https://dl-cdn.alpinelinux.org/alpine/v3.18/community\n",
                  "3.18"},
        BranchRow{"edge", "http://dl-cdn.alpinelinux.org/alpine/edge/main", "edge"},
        BranchRow{"comment and tag first",
                  "# https://x/alpine/v3.1/main\n@edge https://x/alpine/edge/main\n"
                  "https://x/alpine/v3.20/main\r\n",
                  "3.20"},
        BranchRow{"local path first", "/media/cdrom/v3.9/main\nhttps://x/alpine/v3.19/main/\n",
                  "3.19"},
        BranchRow{"blanks", "\n\t https://x/alpine/v3.17/main \n", "3.17"},
        BranchRow{"postmarketOS before Alpine",
                  "http://mirror.postmarketos.org/postmarketos/v23.06\n"
                  "http://dl-cdn.alpinelinux.org/alpine/v3.18/main\n",
                  "3.18", "mirror.postmarketos.org/postmarketos/v23.06"},
        BranchRow{"Wolfi", "https://packages.wolfi.dev/os\n", "", "packages.wolfi.dev/os"},
        BranchRow{"testing has no advisories",
                  "https://x/alpine/v3.22/main\n@edge https://x/alpine/edge/testing\n"
                  "@e https://x/alpine/edge/community\n",
                  "3.22", "x/alpine/edge/testing"},
        BranchRow{"latest-stable", "https://x/alpine/latest-stable/main\n", ""},
        BranchRow{"not a version", "https://x/alpine/v3.x/main\nhttps://x/alpine/3.18/main\n", "",
                  "x/alpine/v3.x/main, x/alpine/3.18/main"},
        BranchRow{"no path", "https://x\nhttps://\n://\n", "", "x"}, BranchRow{"empty", "", ""}),
    [](const auto& row) {
      std::string name;
      for (const char c : std::string_view(row.param.name)) name += c == ' ' || c == '-' ? '_' : c;
      return name;
    });

}  // namespace
}  // namespace seaworthy
