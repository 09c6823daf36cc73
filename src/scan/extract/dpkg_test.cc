#include <map>
#include <set>
#include <sstream>
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

constexpr const char* kStatusPath = "var/lib/dpkg/status";

std::string record(const std::string& name, const std::string& version,
                   const std::string& more = "") {
  return "Package: " + name +
         "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + version + "\n" + more +
         "\n";
}

constexpr const char* kUpdate0 = "var/lib/dpkg/updates/0000";
constexpr const char* kUpdate1 = "var/lib/dpkg/updates/0001";

// What changed since dpkg last wrote the status file as a whole.
TEST(Dpkg, UpdatesHaveTheLastWord) {
  const std::string removed =
      "Package: a\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n";
  std::string other_arch = record("a", "1");
  other_arch.replace(other_arch.find("amd64"), 5, "i386");
  struct Row {
    const char* name;
    std::string status;
    std::vector<std::pair<std::string, std::string>> updates;
    std::vector<std::string> packages;
    std::vector<std::string> problem_paths = {};
  };
  const Row rows[]{
      {"none", record("a", "1"), {}, {"a 1 amd64"}},
      {"newer",
       record("a", "1") + record("b", "1"),
       {{kUpdate0, record("a", "2")}},
       {"b 1 amd64", "a 2 amd64"}},
      {"another package",
       record("a", "1"),
       {{kUpdate0, record("b", "1")}},
       {"a 1 amd64", "b 1 amd64"}},
      {"the later file wins",
       record("a", "1"),
       {{kUpdate0, record("a", "3")}, {kUpdate1, record("a", "2")}},
       {"a 2 amd64"}},
      {"the later paragraph wins",
       record("a", "1"),
       {{kUpdate0, record("a", "3") + record("a", "2")}},
       {"a 2 amd64"}},
      {"removed", record("a", "1"), {{kUpdate0, removed}}, {}},
      {"removed and installed",
       record("a", "1"),
       {{kUpdate0, removed}, {kUpdate1, record("a", "2")}},
       {"a 2 amd64"}},
      {"another architecture",
       record("a", "1") + other_arch,
       {{kUpdate0, record("a", "2")}},
       {"a 1 i386", "a 2 amd64"}},
      {"another case", record("A", "1"), {{kUpdate0, record("a", "2")}}, {"a 2 amd64"}},
      {"empty", record("a", "1"), {{kUpdate0, ""}}, {"a 1 amd64"}},
      {"cut short",
       record("a", "1"),
       {{kUpdate0, "Package: a\nStatus: install ok installed\nVersi"}},
       {"a 1 amd64"},
       {kUpdate0, kUpdate0, kUpdate0}},
      {"no control data",
       record("a", "1"),
       {{kUpdate1,
         "\x7f"
         "ELF\n"}},
       {"a 1 amd64"},
       {kUpdate1, kUpdate1, kUpdate1}},
  };
  for (const Row& row : rows) {
    const Evidence evidence = read_evidence(kStatusPath, row.status, row.updates);
    EXPECT_EQ(names_of(evidence), row.packages) << row.name;
    std::vector<std::string> paths;
    for (const Problem& each : evidence.problems) paths.push_back(each.path);
    EXPECT_EQ(paths, row.problem_paths) << row.name;
  }
}

TEST(Dpkg, AnUpdateAloneSaysNothing) {
  EXPECT_THAT(read_evidence(kUpdate0, record("a", "1")).packages, IsEmpty());
  EXPECT_THAT(read_evidence(kUpdate0, record("a", "1")).problems, IsEmpty());
  const Evidence odd = read_evidence("var/lib/dpkg/updates/12345", record("a", "1"));
  ASSERT_EQ(odd.problems.size(), 1U);
  EXPECT_EQ(odd.problems[0].code, problem::kPackageDbCorrupt);
  EXPECT_EQ(extractor_for({"var/lib/dpkg/updates/tmp.i", 1}), nullptr);
}

TEST(Dpkg, ReadsNamesInLowerCase) {
  EXPECT_THAT(names_of(read_evidence(kStatusPath, record("LibFoo", "1"))),
              ElementsAre("libfoo 1 amd64"));
}

TEST(Dpkg, ReadsEveryField) {
  const Evidence evidence =
      read_evidence(kStatusPath,
                    "Package: libc6\n"
                    "Status: install ok installed\n"
                    "Priority: optional\n"
                    "Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>\n"
                    "Architecture: amd64\n"
                    "Multi-Arch: same\n"
                    "Source: glibc (2.36-9)\n"
                    "Origin: Debian\n"
                    "Version: 2.36-9+b1\n"
                    "Conffiles:\n"
                    " /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab\n"
                    "Description: GNU C Library: Shared libraries\n"
                    " Package: not a field, a continuation\n"
                    " .\n");
  ASSERT_EQ(evidence.packages.size(), 1U);
  const Package& package = evidence.packages[0];
  EXPECT_EQ(package.type, PackageType::kDeb);
  EXPECT_EQ(package.name, "libc6");
  EXPECT_EQ(package.version, "2.36-9+b1");
  EXPECT_EQ(package.arch, "amd64");
  EXPECT_EQ(package.source_name, "glibc");
  EXPECT_EQ(package.source_version, "2.36-9");
  EXPECT_EQ(package.property(kMaintainer), "GNU Libc Maintainers <debian-glibc@lists.debian.org>");
  EXPECT_EQ(package.property(kOrigin), "Debian");
  EXPECT_EQ(package.property(kStatus), "");
  EXPECT_EQ(package.path, kStatusPath);
  EXPECT_EQ(evidence.extractor, "os/dpkg");
  EXPECT_THAT(evidence.problems, IsEmpty());
}

struct StatusRow {
  const char* status;
  bool counts;
  const char* property;
};

class DpkgStatus : public testing::TestWithParam<StatusRow> {};

TEST_P(DpkgStatus, Rule03_ThirdWordDecides) {
  const Evidence evidence = read_evidence(
      kStatusPath, std::string("Package: a\nStatus: ") + GetParam().status + "\nVersion: 1\n");
  ASSERT_EQ(evidence.packages.size(), GetParam().counts ? 1U : 0U);
  EXPECT_THAT(evidence.problems, IsEmpty());
  if (GetParam().counts) {
    EXPECT_EQ(evidence.packages[0].property(kStatus), GetParam().property);
  }
}

INSTANTIATE_TEST_SUITE_P(
    States, DpkgStatus,
    testing::Values(StatusRow{"install ok installed", true, ""},
                    StatusRow{"hold ok installed", true, ""},
                    StatusRow{"deinstall ok installed", true, ""},
                    StatusRow{"install reinstreq half-installed", true, "half-installed"},
                    StatusRow{"install ok unpacked", true, "unpacked"},
                    StatusRow{"install ok half-configured", true, "half-configured"},
                    StatusRow{"install ok triggers-awaited", true, "triggers-awaited"},
                    StatusRow{"install ok triggers-pending", true, "triggers-pending"},
                    StatusRow{"deinstall ok config-files", false, ""},
                    StatusRow{"purge ok not-installed", false, ""}));

TEST(Dpkg, SourceForms) {
  struct Row {
    const char *field, *name, *version;
  };
  for (const Row& row :
       {Row{"Source: util-linux (2.37.2-4)\n", "util-linux", "2.37.2-4"},
        Row{"Source: zlib\n", "zlib", ""}, Row{"", "", ""},
        Row{"Source: a ( 1:1.0 )\n", "a", "1:1.0"}, Row{"source: low (1)\n", "low", "1"}}) {
    const Evidence evidence = read_evidence(kStatusPath, record("b", "9", row.field));
    ASSERT_EQ(evidence.packages.size(), 1U) << row.field;
    EXPECT_EQ(evidence.packages[0].source_name, row.name) << row.field;
    EXPECT_EQ(evidence.packages[0].source_version, row.version) << row.field;
    EXPECT_EQ(evidence.packages[0].property(kDoubt), "") << row.field;
    EXPECT_THAT(evidence.problems, IsEmpty()) << row.field;
  }
}

TEST(Dpkg, AMalformedFieldIsReportedAndMarksThePackage) {
  struct Row {
    const char *name, *version, *more, *source, *malformed, *message;
  };
  for (const Row& row :
       {Row{"b", "9", "Source: zl ib (x y\n", "zl", "Source", "line 11: Source of b is no source"},
        Row{"b", "9", "Source:\n", "", "Source", "line 11: Source of b"},
        Row{"b", "9", "Source: a ()\n", "a", "Source", "line 11: Source of b"},
        Row{"b", "9", "Source: a (1.0\n", "a", "Source", "line 11: Source of b"},
        Row{"b", "9", "Source: a (one)\n", "a", "Source", "line 11: Source of b"},
        Row{"b", "9", "Source: a 1.0\n", "a", "Source", "line 11: Source of b"},
        Row{"b", "9", "Source: a/b\n", "", "Source", "line 11: Source of b"},
        Row{"b", "9", "Source: (1.0)\n", "", "Source", "line 11: Source of b"},
        Row{"b$c", "9", "", "", "Package", "line 7: Package of b$c is no name"},
        Row{"b", "v9", "", "", "Version", "line 10: Version of b is no Debian version"},
        Row{"b", "1:", "", "", "Version", "line 10: Version of b"},
        Row{"b", "x:1", "", "", "Version", "line 10: Version of b"},
        Row{"b", "1-", "", "", "Version", "line 10: Version of b"},
        Row{"b", "1_2", "", "", "Version", "line 10: Version of b"},
        Row{"b", "1-2:3", "", "", "Version", "line 10: Version of b"}}) {
    const Evidence evidence =
        read_evidence(kStatusPath, record("a", "1") + "\n" +
                                       record(row.name, row.version, row.more) + record("c", "1"));
    ASSERT_EQ(evidence.packages.size(), 3U) << row.message;
    EXPECT_EQ(evidence.packages[1].source_name, row.source) << row.more;
    EXPECT_EQ(evidence.packages[1].source_version, "") << row.more;
    EXPECT_EQ(evidence.packages[1].property(kDoubt),
              "its record is malformed (" + std::string(row.malformed) + ")")
        << row.message;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.message;
    EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord);
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message));
  }
}

TEST(Dpkg, WhatDpkgInstallsIsNotMalformed) {
  for (const char* version : {"1", "0", "1:0", "2.36-9+deb12u14", "1.0-2-3", "1:2:3-4", "1.0~rc1",
                              "20230311+dfsg1-1+b1", "1+really0.9"}) {
    for (const char* name : {"b", "libstdc++6", "Xorg", "my_app", "python3.11", "0ad"}) {
      const Evidence evidence = read_evidence(kStatusPath, record(name, version));
      ASSERT_EQ(evidence.packages.size(), 1U) << name << " " << version;
      EXPECT_THAT(evidence.problems, IsEmpty()) << name << " " << version;
    }
  }
}

TEST(Dpkg, AStatusFileThatEndsInsideALineWasCut) {
  const std::string whole = record("a", "1") + record("b", "1.2.3");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const Result<Evidence> evidence = run_extractor(kStatusPath, cut);
    if (!evidence.ok() || cut.ends_with('\n')) continue;
    EXPECT_THAT(test::codes_of(*evidence), testing::Contains(problem::kPackageDbCorrupt)) << size;
  }
  const Evidence evidence = read_evidence(kStatusPath, whole.substr(0, whole.size() - 3));
  EXPECT_THAT(names_of(evidence), ElementsAre("a 1 amd64", "b 1.2. amd64"));
  EXPECT_THAT(evidence.problems.at(0).message, HasSubstr("ends inside line 9"));
}

TEST(Dpkg, LineEndsAndBlankLines) {
  struct Row {
    const char* name;
    std::string text;
  };
  for (const Row& row :
       {Row{"CRLF",
            "Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n\r\nPackage: "
            "b\r\nStatus: install ok installed\r\nVersion: 2\r\n"},
        Row{"blanks between",
            "\n\n  \nPackage: a\nStatus: install ok installed\nVersion: 1\n \t\n\n"
            "Package: b\nStatus: install ok installed\nVersion: 2\n\n\n"}}) {
    const Evidence evidence = read_evidence(kStatusPath, row.text);
    EXPECT_THAT(names_of(evidence), ElementsAre("a 1 ", "b 2 ")) << row.name;
    EXPECT_THAT(evidence.problems, IsEmpty()) << row.name;
  }
}

TEST(Dpkg, OneNameOfTwoArchitecturesIsTwoPackages) {
  const std::string i386 =
      "Package: libc6\nStatus: install ok installed\nArchitecture: i386\nVersion: 2\n\n";
  EXPECT_THAT(names_of(read_evidence(kStatusPath, record("libc6", "2") + i386)),
              ElementsAre("libc6 2 amd64", "libc6 2 i386"));
}

TEST(Dpkg, ABadRecordIsReportedAndTheRestIsRead) {
  struct Row {
    const char *name, *text, *message;
  };
  for (const Row& row :
       {Row{"no version", "Package: x\nStatus: install ok installed\n\n",
            "line 6: record without a usable version of x"},
        Row{"no name", "Status: install ok installed\nVersion: 1\n\n",
            "line 6: record without a usable package name"},
        Row{"escape in name", "Package: \x1b[31mx\nStatus: install ok installed\nVersion: 1\n\n",
            "line 6: record without"},
        Row{"blank in version", "Package: x\nStatus: install ok installed\nVersion: 1 2\n\n",
            "line 6: record without"}}) {
    const Evidence evidence =
        read_evidence(kStatusPath, record("a", "1") + row.text + record("b", "2"));
    EXPECT_THAT(names_of(evidence), ElementsAre("a 1 amd64", "b 2 amd64")) << row.name;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.name;
    EXPECT_EQ(evidence.problems[0].code, problem::kUnreadableRecord) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Dpkg, OddRecordsStillCount) {
  struct Row {
    const char *name, *text, *message;
  };
  for (const Row& row :
       {Row{"twice", "Package: x\nStatus: install ok installed\nVersion: 1\nVersion: 2\n",
            "line 4: field Version again"},
        Row{"no field", "Package: x\nStatus: install ok installed\nrubbish\nVersion: 1\n",
            "line 3: no field"},
        Row{"no state", "Package: x\nStatus: install\nVersion: 1\n",
            "line 1: Status has no third word"},
        Row{"no status", "Package: x\nVersion: 1\n", "line 1: Status has no third word"}}) {
    const Evidence evidence = read_evidence(kStatusPath, row.text);
    EXPECT_THAT(names_of(evidence), ElementsAre("x 1 ")) << row.name;
    ASSERT_EQ(evidence.problems.size(), 1U) << row.name;
    EXPECT_THAT(evidence.problems[0].message, HasSubstr(row.message)) << row.name;
  }
}

TEST(Dpkg, EmptyIsNoErrorAndRubbishIs) {
  EXPECT_THAT(read_evidence(kStatusPath, "").packages, IsEmpty());
  const Result<Evidence> rubbish = run_extractor(kStatusPath, std::string(3000, '\x80'));
  ASSERT_FALSE(rubbish.ok());
  EXPECT_EQ(rubbish.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(rubbish.error().message, HasSubstr("line 1"));
}

TEST(Dpkg, HostileFilesAreBounded) {
  std::string many;
  for (int i = 0; i < 210'000; ++i) many += "Package: a\nStatus: a b c\nVersion: 1\n\n";
  const Evidence full = read_evidence(kStatusPath, many);
  EXPECT_EQ(full.packages.size(), 200'000U);
  EXPECT_THAT(test::codes_of(full), ElementsAre(problem::kLimit));

  std::string broken = record("a", "1");
  for (int i = 0; i < 1000; ++i) broken += "Package: x\n\n";
  const Evidence problems = read_evidence(kStatusPath, broken);
  EXPECT_LT(problems.problems.size(), 100U);
  EXPECT_THAT(problems.problems.back().message, HasSubstr("more of this kind"));
}

TEST(DpkgDistroless, Rule04_ARecordWithoutStatusIsInstalled) {
  const Evidence evidence = read_evidence(
      "var/lib/dpkg/status.d/base",
      "Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\nMaintainer: M\n");
  EXPECT_EQ(evidence.extractor, "os/dpkg-distroless");
  EXPECT_THAT(names_of(evidence), ElementsAre("base-files 12.4+deb12u5 amd64"));
  EXPECT_THAT(evidence.problems, IsEmpty());
  EXPECT_EQ(evidence.packages[0].property(kStatus), "");
}

TEST(DpkgFiles, ListsFilesWithoutTheirDirectories) {
  const Evidence evidence =
      read_evidence("var/lib/dpkg/info/libfoo1:amd64.list",
                    "/.\n/usr\n/usr/lib\n/usr/lib/libfoo.so.1\n"
                    "/usr/lib/libfoo.so.1.2\n/usr/share\n/usr/share/doc\n"
                    "/usr/share/doc/libfoo1\n/usr/share/doc/libfoo1/copyright\n");
  ASSERT_EQ(evidence.owned.size(), 1U);
  EXPECT_EQ(evidence.owned[0].package, "libfoo1");
  EXPECT_THAT(evidence.owned[0].path_hashes,
              ElementsAre(path_hash("usr/lib/libfoo.so.1"), path_hash("usr/lib/libfoo.so.1.2"),
                          path_hash("usr/share/doc/libfoo1/copyright")));
}

TEST(DpkgFiles, ReadsSumsOfDistrolessImages) {
  const Evidence evidence =
      read_evidence("var/lib/dpkg/status.d/tzdata.md5sums",
                    "0f3a1b2c3d4e5f60718293a4b5c6d7e8  usr/share/zoneinfo/UTC\n"
                    "short\n"
                    "0f3a1b2c3d4e5f60718293a4b5c6d7e8  ./etc/default/tz\n");
  ASSERT_EQ(evidence.owned.size(), 1U);
  EXPECT_EQ(evidence.owned[0].package, "tzdata");
  EXPECT_THAT(evidence.owned[0].path_hashes,
              ElementsAre(path_hash("usr/share/zoneinfo/UTC"), path_hash("etc/default/tz")));
}

TEST(DpkgFiles, NothingOwnedIsNoList) {
  for (const char* text : {"", "/.\n", "\n\n", "/"}) {
    EXPECT_THAT(read_evidence("var/lib/dpkg/info/a.list", text).owned, IsEmpty()) << text;
  }
}

// A second, independent reading: records are split at empty lines, fields found by their start.
std::set<std::string> plain_reading(const std::string& text) {
  std::set<std::string> out;
  std::map<std::string, std::string> fields;
  std::istringstream lines(text + "\n");
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() && !fields.empty()) {
      const std::string& status = fields["Status"];
      const bool is_there = !status.ends_with("config-files") && !status.ends_with("not-installed");
      if (is_there)
        out.insert(fields["Package"] + " " + fields["Version"] + " " + fields["Architecture"]);
      fields.clear();
    }
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos && line[0] != ' ') {
      fields[line.substr(0, colon)] = line.substr(colon + 2);
    }
  }
  return out;
}

TEST(DpkgReal, UbuntuMinimalRoot) {
  SHARED_FILE_OR_SKIP(path, "corpora/ubuntu-jammy-minbase.status");
  const std::string text = test::file_bytes(path);
  const Evidence evidence = read_evidence(kStatusPath, text);
  const std::vector<std::string> names = names_of(evidence);
  EXPECT_EQ(names.size(), 101U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), plain_reading(text));
  EXPECT_THAT(evidence.problems, IsEmpty());
}

TEST(DpkgReal, ThisMachine) {
  const std::string path = "/var/lib/dpkg/status";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const std::string text = test::file_bytes(path);
  const Evidence evidence = read_evidence(kStatusPath, text);
  const std::vector<std::string> names = names_of(evidence);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), plain_reading(text));
  EXPECT_THAT(evidence.problems, IsEmpty());
}

}  // namespace
}  // namespace seaworthy
