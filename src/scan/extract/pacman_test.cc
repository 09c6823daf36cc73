#include <string>

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/extract_test_support.h"

namespace seaworthy {
namespace {

using test::names_of;
using test::read_directory;
using test::read_evidence;
using test::run_extractor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kLocal = "var/lib/pacman/local/";

std::string desc(const std::string& name, const std::string& version,
                 const std::string& more = "") {
  return "%NAME%\n" + name + "\n\n%VERSION%\n" + version + "\n\n" + more;
}

TEST(Pacman, ReadsEveryField) {
  const Evidence evidence = read_evidence(
      kLocal + "lib32-glibc-1:2.40-1/desc",
      desc("lib32-glibc", "1:2.40-1",
           "%BASE%\nglibc\n\n%DESC%\nGNU C Library\n\n%URL%\nhttps://example.org\n\n"
           "%ARCH%\nx86_64\n\n%PACKAGER%\nA Packager <p@archlinux.org>\n\n"
           "%LICENSE%\nGPL-2.0-or-later\nLGPL-2.1-or-later\n\n%VALIDATION%\npgp\n\n"));
  ASSERT_EQ(evidence.packages.size(), 1U);
  const Package& package = evidence.packages[0];
  EXPECT_EQ(package.type, PackageType::kAlpm);
  EXPECT_THAT(names_of(evidence), ElementsAre("lib32-glibc 1:2.40-1 x86_64"));
  EXPECT_EQ(package.source_name, "glibc");
  EXPECT_EQ(package.property(kMaintainer), "A Packager <p@archlinux.org>");
  EXPECT_THAT(package.licenses, ElementsAre("GPL-2.0-or-later", "LGPL-2.1-or-later"));
  EXPECT_EQ(package.property(kDoubt), "");
  EXPECT_THAT(evidence.problems, IsEmpty());
  Distro arch;
  arch.id = "arch";
  EXPECT_EQ(purl_of(package, &arch),
            "pkg:alpm/arch/lib32-glibc@1:2.40-1?arch=x86_64&distro=arch&upstream=glibc");
}

TEST(Pacman, ReadsFilesWithoutDirectories) {
  const Evidence evidence =
      read_evidence(kLocal + "a-b-1.0-1/files",
                    "%FILES%\nusr/\nusr/bin/\nusr/bin/a\nopt/x\n\n%BACKUP%\netc/a.conf\tabc\n");
  EXPECT_THAT(evidence.packages, IsEmpty());
  ASSERT_EQ(evidence.owned.size(), 1U);
  EXPECT_EQ(evidence.owned[0].package, "a-b");
  EXPECT_THAT(evidence.owned[0].path_hashes,
              ElementsAre(path_hash("usr/bin/a"), path_hash("opt/x")));
  EXPECT_THAT(read_evidence(kLocal + "a-1-1/files", "").owned, IsEmpty());
  EXPECT_THAT(read_evidence(kLocal + "odd/files", "%FILES%\nx\n").owned, IsEmpty());
}

TEST(Pacman, ADirectoryAloneGivesThePackageWithADoubt) {
  struct Row {
    const char *entry, *package;
  };
  for (const Row& row : {Row{"lib32-glibc-1:2.40-1", "lib32-glibc 1:2.40-1"},
                         Row{"bash-5.2.037-1", "bash 5.2.037-1"}}) {
    const auto evidence = read_directory(kLocal + row.entry);
    ASSERT_TRUE(evidence) << evidence.error().message;
    ASSERT_EQ(evidence->packages.size(), 1U) << row.entry;
    EXPECT_EQ(evidence->packages[0].name + " " + evidence->packages[0].version, row.package);
    EXPECT_EQ(evidence->packages[0].property(kDoubt), kRecordMissing);
  }
  for (const char* odd : {"odd", "a-1", "-1-1", "b$-1-1"}) {
    const auto evidence = read_directory(kLocal + odd);
    ASSERT_FALSE(evidence) << odd;
    EXPECT_EQ(evidence.error().code, ErrorCode::kInvalidInput) << odd;
  }
  EXPECT_EQ(extractor_for_directory("var/lib/pacman/local"), nullptr);
  EXPECT_EQ(extractor_for_directory(kLocal + "bash-5.2-1/more"), nullptr);
}

TEST(Pacman, ADamagedRecordIsReportedAndMarked) {
  struct Row {
    const char *entry, *text, *doubt, *message;
  };
  for (const Row& row :
       {Row{"bash-5.2-1", "%NAME%\nbash\n\n%VERSION%\n5.3-1\n\n", "VERSION", "5.3-1 is not what"},
        Row{"bash-5.2-1", "%NAME%\nbasi\n\n%VERSION%\n5.2-1\n\n", "VERSION",
            "of basi 5.2-1 is not"},
        Row{"b$-5.2-1", "%NAME%\nb$\n\n%VERSION%\n5.2-1\n\n", "NAME", "NAME of b$ is no name"},
        Row{"b-5-1", "%NAME%\nb\n\n%VERSION%\n5-1\n\n%BASE%\na b\n\n", "BASE",
            "BASE of b is no name"},
        Row{"b-5-1", "%NAME%\nb\n\n%VERSION%\n5-1\n\n%ARCH%\nx 86\n\n", "ARCH",
            "ARCH of b is no"}}) {
    const Evidence evidence = read_evidence(kLocal + row.entry + "/desc", row.text);
    ASSERT_EQ(evidence.packages.size(), 1U) << row.message;
    EXPECT_EQ(evidence.packages[0].property(kDoubt),
              "its record is malformed (" + std::string(row.doubt) + ")");
    ASSERT_EQ(evidence.problems.size(), 1U) << row.message;
    EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord);
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message));
  }
  const Evidence outside = read_evidence(kLocal + "b-5-1/desc", "rubbish\n" + desc("b", "5-1"));
  EXPECT_THAT(names_of(outside), ElementsAre("b 5-1 "));
  EXPECT_THAT(outside.problems.at(0).message, HasSubstr("line 1: in no section"));
}

TEST(Pacman, WhatGivesNoPackageIsAnError) {
  for (const std::string& text :
       std::vector<std::string>{"", "%NAME%\n", "%NAME%\nb\n\n", "%VERSION%\n5-1\n",
                                "%NAME%\na b\n\n%VERSION%\n5-1\n", "\x80\x81\x82"}) {
    const Result<Evidence> result = run_extractor(kLocal + "b-5-1/desc", text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_THAT(result.error().message, HasSubstr("no usable %")) << text;
  }
}

TEST(Pacman, ATruncatedRecordIsNeverSilent) {
  const std::string whole = desc("bash", "5.2.037-1", "%ARCH%\nx86_64\n\n");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = run_extractor(kLocal + "bash-5.2.037-1/desc", whole.substr(0, size));
    if (!cut.ok() || whole[size - 1] == '\n') continue;
    EXPECT_THAT(cut->problems, testing::Not(IsEmpty())) << size;
  }
}

TEST(Pacman, HostileSectionsAreBounded) {
  std::string text = desc("b", "5-1", "%LICENSE%\n");
  for (int i = 0; i < 100'000; ++i) text += "MIT\n";
  EXPECT_EQ(read_evidence(kLocal + "b-5-1/desc", text).packages.at(0).licenses.size(), 100U);
  std::string loose;
  for (int i = 0; i < 1000; ++i) loose += "%%\n";
  EXPECT_LT(read_evidence(kLocal + "b-5-1/desc", loose + "\n" + desc("b", "5-1")).problems.size(),
            100U);
}

}  // namespace
}  // namespace seaworthy
