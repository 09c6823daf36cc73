// Packages of programming languages: each row one package, what a feed says about its name, and
// what must come out. Rules by their number in docs/reference/matching.md.
#include "scan/match/language.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/digest.h"
#include "scan/match/table_database.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kCve = "CVE-2024-1000";

Package package_of(const std::string& purl) {
  Package package;
  package.type = PackageType::kOther;
  const Purl parsed = *parse_purl(purl);
  package.name = parsed.name;
  package.version = parsed.version;
  package.set_property("purl", purl);
  return package;
}

AdvisoryRow within(std::string introduced, std::string fix, std::string last = "") {
  AdvisoryRow row = unfixed(kCve, FixState::kUnknown);
  row.ranges = {{std::move(introduced), std::move(fix), std::move(last)}};
  return row;
}
AdvisoryRow listed(std::vector<std::string> versions) {
  AdvisoryRow row = unfixed(kCve, FixState::kUnknown);
  row.versions = std::move(versions);
  return row;
}

struct Row {
  const char* name;
  const char* purl;
  const char* ecosystem;
  const char* key;
  std::vector<AdvisoryRow> rows;
  const char* expected;  // status, and the fix where there is one
};

class Languages : public testing::TestWithParam<Row> {};

TEST_P(Languages, Hold) {
  const Row& row = GetParam();
  TableDatabase database;
  database.add_feed("feed", row.ecosystem, "");
  for (const AdvisoryRow& advisory : row.rows) {
    database.add_row({row.ecosystem, "", row.key}, advisory);
  }
  const MatchResult result = run_match(database, image("debian", "12", {package_of(row.purl)}));
  EXPECT_EQ(first_outcome(result), row.expected);
  EXPECT_LE(result.findings.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Languages,
    testing::Values(
        Row{"Rule41_NamesOfPython",
            "pkg:pypi/Zope.Interface@5.0",
            "pypi",
            "zope-interface",
            {within("0", "5.1")},
            "affected 5.1"},
        Row{"Rule41_UnderscoresOfPython",
            "pkg:pypi/ruamel_yaml@0.1",
            "pypi",
            "ruamel-yaml",
            {within("0", "0.2")},
            "affected 0.2"},
        Row{"Rule42_LocalVersionIsNoOther",
            "pkg:pypi/torch@2.0.1%2Bcpu",
            "pypi",
            "torch",
            {within("0", "2.0.1")},
            "none"},
        Row{"Rule42_LocalVersionWhereNamed",
            "pkg:pypi/torch@2.0.1%2Bcpu",
            "pypi",
            "torch",
            {within("0", "2.0.1+local")},
            "affected 2.0.1+local"},
        Row{"Rule42_PostRelease",
            "pkg:pypi/x@1.0.post1",
            "pypi",
            "x",
            {within("0", "1.0")},
            "none"},
        Row{"Rule42_Epoch", "pkg:pypi/x@1%211.0", "pypi", "x", {within("0", "2.0")}, "none"},
        Row{"Rule43_PreReleaseOfNpm",
            "pkg:npm/x@2.0.0-rc.1",
            "npm",
            "x",
            {within("0", "2.0.0")},
            "affected 2.0.0"},
        Row{"Rule43_ScopeOfNpm",
            "pkg:npm/%40babel/traverse@7.0.0",
            "npm",
            "@babel/traverse",
            {within("0", "7.23.2")},
            "affected 7.23.2"},
        Row{"Rule45_FinalOfMaven",
            "pkg:maven/io.netty/netty-codec@4.1.100.Final",
            "maven",
            "io.netty:netty-codec",
            {within("0", "4.1.100")},
            "none"},
        Row{"Rule45_JavaReleaseOfMaven",
            "pkg:maven/com.microsoft/mssql@9.4.0.jre11",
            "maven",
            "com.microsoft:mssql",
            {within("0", "9.4.0.jre8")},
            "none"},
        Row{"Rule45_SnapshotOfMaven",
            "pkg:maven/g/a@1.0-SNAPSHOT",
            "maven",
            "g:a",
            {within("0", "1.0")},
            "affected 1.0"},
        Row{"Rule50_PseudoVersionOfGo",
            "pkg:golang/golang.org/x/crypto@v0.0.0-20200101000000-abcdefabcdef",
            "golang",
            "golang.org/x/crypto",
            {within("0", "0.0.0-20201216223049-8b5274cf687f")},
            "affected 0.0.0-20201216223049-8b5274cf687f"},
        Row{"Rule50_DevelIsUnknown",
            "pkg:golang/example.com/x@(devel)",
            "golang",
            "example.com/x",
            {within("0", "1.2.3")},
            "undetermined"},
        Row{"Rule50_ToolchainOfGo",
            "pkg:golang/stdlib@1.20.5",
            "golang",
            "stdlib",
            {within("0", "1.20.6"), within("1.21.0-0", "1.21.0-rc.3")},
            "affected 1.20.6"},
        Row{"Rule52_PreReleaseOfRuby",
            "pkg:gem/rails@7.0.0.rc1",
            "gem",
            "rails",
            {within("0", "7.0.0")},
            "affected 7.0.0"},
        Row{"Rule53_CaseOfNuget",
            "pkg:nuget/newtonsoft.JSON@12.0.1",
            "nuget",
            "newtonsoft.json",
            {within("0", "13.0.1")},
            "affected 13.0.1"},
        Row{"Rule53_FourNumbersOfNuget",
            "pkg:nuget/x@4.3.0.0",
            "nuget",
            "x",
            {within("0", "4.3.0")},
            "none"},
        Row{"Rule54_LeadingVOfComposer",
            "pkg:composer/symfony/http-kernel@v5.4.20",
            "composer",
            "symfony/http-kernel",
            {within("5.0.0", "5.4.20")},
            "none"},
        Row{"Rule54_BranchOfComposer",
            "pkg:composer/a/b@dev-main",
            "composer",
            "a/b",
            {within("0", "1.0")},
            "undetermined"},
        Row{"Rule55_SecondRange",
            "pkg:npm/x@3.1.0",
            "npm",
            "x",
            {within("0", "2.5.1"), within("3.0.0", "3.1.4")},
            "affected 3.1.4"},
        Row{"Rule55_BetweenTheRanges",
            "pkg:npm/x@2.6.0",
            "npm",
            "x",
            {within("0", "2.5.1"), within("3.0.0", "3.1.4")},
            "none"},
        Row{"Rule55_LastAffected",
            "pkg:npm/x@2.5.1",
            "npm",
            "x",
            {within("0", "", "2.5.1")},
            "affected"},
        Row{"Rule55_BehindTheLastAffected",
            "pkg:npm/x@2.5.2",
            "npm",
            "x",
            {within("0", "", "2.5.1")},
            "none"},
        Row{"Rule55_ListedVersions",
            "pkg:cargo/x@0.3.0",
            "cargo",
            "x",
            {listed({"0.3.0"})},
            "affected"},
        Row{"Rule57_RevisionOfBitnami",
            "pkg:bitnami/nginx@1.25.3-1",
            "bitnami",
            "nginx",
            {within("0", "1.25.3")},
            "none"},
        Row{"VersionUnknown", "pkg:npm/x", "npm", "x", {within("0", "1.0.0")}, "undetermined"},
        Row{"VersionIsNone",
            "pkg:cargo/x@latest",
            "cargo",
            "x",
            {within("0", "1.0.0")},
            "undetermined"},
        Row{"OtherEcosystem", "pkg:gem/x@1.0.0", "npm", "x", {within("0", "2.0.0")}, "none"}),
    [](const auto& test) { return test.param.name; });

std::vector<std::string> coverage_texts(const MatchResult& result) {
  std::vector<std::string> out;
  for (const PackageCoverage& each : result.coverage) {
    out.push_back(std::string(name_of(each.state)) +
                  (each.reason.empty() ? "" : ": " + each.reason));
  }
  return out;
}

TEST(LanguageCoverage, EveryEcosystemHasFeedsOfItsOwn) {
  TableDatabase database;
  database.add_feed("npm-osv", "npm", "");
  const MatchResult result =
      run_match(database, image("debian", "12",
                                {package_of("pkg:npm/a@1.0.0"), package_of("pkg:npm/b"),
                                 package_of("pkg:pypi/c@1.0"), package_of("pkg:generic/d@1.0")}));
  EXPECT_THAT(coverage_texts(result), ElementsAre("clean", "unassessed: its version is not known",
                                                  "unassessed: no feed for PyPI",
                                                  "unassessed: no feed for package type generic"));
  std::vector<std::string> problems;
  for (const Problem& problem : result.problems) problems.push_back(problem.message);
  EXPECT_THAT(problems,
              testing::IsSupersetOf({"no feed for PyPI", "no feed for package type generic"}));
  ASSERT_EQ(result.feeds.size(), 1U);
  EXPECT_EQ(result.feeds[0].name, "npm-osv");
}

TEST(LanguageCoverage, APastEndOfLifeOfTheSystemIsNotTheirs) {
  TableDatabase database;
  database.add_feed("npm-osv", "npm", "");
  database.end_of_life[{"debian", "12"}] = {"2020-01-01", false, "eol"};
  const MatchResult result =
      run_match(database, image("debian", "12", {package_of("pkg:npm/a@1.0.0")}));
  EXPECT_THAT(coverage_texts(result), ElementsAre("clean"));
}

// python3-django of the distribution owns the metadata of Django.
Inventory image_with_owned(const char* distro, const char* release, Package owner) {
  Package django = package_of("pkg:pypi/Django@3.2.1");
  django.path = "usr/lib/python3/dist-packages/Django-3.2.1.egg-info/PKG-INFO";
  Inventory inventory = image(distro, release, {owner, django});
  inventory.owned = {{owner.name, {path_hash(django.path)}, false}};
  return inventory;
}

std::string only_status(const MatchResult& result, std::string_view id) {
  for (const Finding& finding : result.findings) {
    if (finding.id == id)
      return std::string(name_of(finding.status)) + ": " + finding.status_reason;
  }
  return "none";
}

TEST(Ownership, Rule34_DebianJudgesWhatItShips) {
  TableDatabase database;
  database.add_feed("debian", "debian", "12");
  database.add_feed("pypa", "pypi", "");
  database.add_row({"pypi", "", "django"}, within("0", "3.2.5"));
  const MatchResult result = run_match(
      database,
      image_with_owned("debian", "12", deb("python3-django", "3:3.2.1-1", "python-django")));
  EXPECT_EQ(only_status(result, kCve),
            "suppressed: part of the deb package python3-django, which the advisories of debian 12 "
            "judge");
  EXPECT_THAT(coverage_texts(result), ElementsAre("clean", "clean"));
}

TEST(Ownership, WhereTheDistributionIsNotAssessedTheLanguageIs) {
  TableDatabase database;
  database.add_feed("pypa", "pypi", "");
  database.add_row({"pypi", "", "django"}, within("0", "3.2.5"));
  const MatchResult result = run_match(
      database,
      image_with_owned("debian", "12", deb("python3-django", "3:3.2.1-1", "python-django")));
  EXPECT_THAT(only_status(result, kCve), testing::StartsWith("affected"));
  EXPECT_THAT(coverage_texts(result), ElementsAre("unassessed: no feed for debian 12", "matched"));
}

TEST(Ownership, Rule33_NotAffectedSilencesTheSameAndItsAliases) {
  TableDatabase database;
  database.add_feed("alpine", "alpine", "3.18");
  database.add_feed("pypa", "pypi", "");
  AdvisoryRow ghsa = within("0", "3.2.5");
  ghsa.vulnerability = "GHSA-xxxx-xxxx-xxxx";
  database.aliases["GHSA-xxxx-xxxx-xxxx"] = {kCve};
  database.aliases[kCve] = {"GHSA-xxxx-xxxx-xxxx"};
  AdvisoryRow other = within("0", "3.2.5");
  other.vulnerability = "CVE-2024-2000";
  database.add_row({"pypi", "", "django"}, ghsa);
  database.add_row({"pypi", "", "django"}, other);
  database.add_row({"alpine", "3.18", "py3-django"}, fixed_in(kCve, "3.2.1-r3"));
  const MatchResult result = run_match(
      database, image_with_owned("alpine", "3.18.4", apk("py3-django", "3.2.1-r3", "py3-django")));
  EXPECT_EQ(
      only_status(result, kCve),
      "suppressed: part of the apk package py3-django, which alpine 3.18 says is not affected");
  EXPECT_THAT(only_status(result, "CVE-2024-2000"), testing::StartsWith("affected"));
  EXPECT_THAT(coverage_texts(result), ElementsAre("clean", "matched"));
}

TEST(Ownership, MalwareIsNobodysPart) {
  TableDatabase database;
  database.add_feed("debian", "debian", "12");
  database.add_feed("pypa", "pypi", "");
  AdvisoryRow row = within("0", "");
  row.kind = FindingKind::kMalicious;
  database.add_row({"pypi", "", "django"}, row);
  const MatchResult result = run_match(
      database,
      image_with_owned("debian", "12", deb("python3-django", "3:3.2.1-1", "python-django")));
  EXPECT_THAT(only_status(result, kCve), testing::StartsWith("affected"));
}

TEST(Ownership, WhatIsInsideAnArchiveIsItsOwners) {
  TableDatabase database;
  database.add_feed("debian", "debian", "12");
  database.add_feed("maven", "maven", "");
  database.add_row({"maven", "", "g:a"}, within("0", "2.0"));
  Package inner = package_of("pkg:maven/g/a@1.0");
  inner.path = "usr/share/java/x.jar!/lib/a-1.0.jar";
  Inventory inventory = image("debian", "12", {deb("libx-java", "1", "x"), inner});
  inventory.owned = {{"libx-java", {path_hash("usr/share/java/x.jar")}, false}};
  EXPECT_THAT(only_status(run_match(database, inventory), kCve),
              testing::StartsWith("suppressed: part of the deb package libx-java"));
}

TEST(Doubt, RaisesFindingsAndIsNeverClean) {
  TableDatabase database;
  database.add_feed("maven", "maven", "");
  database.add_row({"maven", "", "g:a"}, within("0", "2.0"));
  Package old = package_of("pkg:maven/g/a@1.0"), fixed = package_of("pkg:maven/g/a@2.0");
  for (Package* each : {&old, &fixed}) each->set_property(kDoubt, "known by its classes");
  const MatchResult result = run_match(database, image("debian", "12", {old, fixed}));
  EXPECT_THAT(coverage_texts(result), ElementsAre("matched", "unassessed: known by its classes"));
}

TEST(Log4j, WithoutItsClassIsNotAffected) {
  TableDatabase database;
  database.add_feed("maven", "maven", "");
  const std::string log4j = "org.apache.logging.log4j:log4j-core";
  for (const char* id : {"CVE-2021-44228", "CVE-2021-44832"}) {
    AdvisoryRow row = within("2.0-beta9", "2.17.1");
    row.vulnerability = id;
    database.add_row({"maven", "", log4j}, row);
  }
  Package package = package_of("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1");
  package.set_property(kJndiLookup, "present");
  MatchResult result = run_match(database, image("debian", "12", {package}));
  EXPECT_THAT(only_status(result, "CVE-2021-44228"), testing::StartsWith("affected"));
  package.set_property(kJndiLookup, "absent");
  result = run_match(database, image("debian", "12", {package}));
  EXPECT_EQ(only_status(result, "CVE-2021-44228"),
            "not_affected: the class JndiLookup was removed from the archive");
  EXPECT_THAT(only_status(result, "CVE-2021-44832"), testing::StartsWith("affected"));
}

TEST(LanguageFinding, SaysHowToUpgrade) {
  struct Case {
    const char* purl;
    const char* ecosystem;
    const char* key;
    const char* command;
  };
  for (const Case& one : {
           Case{"pkg:npm/%40a/b@1.0.0", "npm", "@a/b", "npm install @a/b@1.0.1"},
           Case{"pkg:pypi/A_b@1.0.0", "pypi", "a-b", "pip install --upgrade 'a-b>=1.0.1'"},
           Case{"pkg:golang/example.com/x@v1.0.0", "golang", "example.com/x",
                "go get example.com/x@v1.0.1"},
           Case{"pkg:golang/stdlib@1.0.0", "golang", "stdlib", "rebuild with Go 1.0.1"},
           Case{"pkg:maven/g/a@1.0.0", "maven", "g:a", "fixed in 1.0.1"},
           Case{"pkg:cargo/x%20y@1.0.0", "cargo", "x y", "fixed in 1.0.1"},
       }) {
    TableDatabase database;
    database.add_feed("feed", one.ecosystem, "");
    database.add_row({one.ecosystem, "", one.key}, within("0", "1.0.1"));
    const MatchResult result = run_match(database, image("debian", "12", {package_of(one.purl)}));
    ASSERT_EQ(result.findings.size(), 1U) << one.purl;
    EXPECT_THAT(result.findings[0].remediation, testing::StartsWith(one.command)) << one.purl;
    EXPECT_THAT(result.findings[0].rule, HasSubstr("< 1.0.1 (fixed)"));
  }
}

}  // namespace
}  // namespace seaworthy
