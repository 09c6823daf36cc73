// Programs without a package manager: each row one program, what the sources say, and what must
// come out. Rules by their number in docs/reference/matching.md.
#include "scan/match/product.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/digest.h"
#include "core/model/cpe_name.h"
#include "scan/advisory/cpe.h"
#include "scan/match/table_database.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

constexpr const char* kCve = "CVE-2024-1000";

Package program(const std::string& name, const std::string& version, const std::string& cpe) {
  Package package;
  package.type = PackageType::kOther;
  package.name = name;
  package.version = version;
  package.path = "usr/local/bin/" + name;
  Purl purl;
  purl.type = "generic";
  purl.name = name;
  purl.version = version;
  package.set_property("purl", to_text(purl));
  if (!cpe.empty()) {
    package.set_property(kCpe, "cpe:2.3:a:" + cpe + ":" + version + ":*:*:*:*:*:*:*");
  }
  return package;
}

AdvisoryRow within(std::string introduced, std::string fix, std::string last = "") {
  AdvisoryRow row = unfixed(kCve, FixState::kUnknown);
  if (!fix.empty()) row.fix_state = FixState::kFixed;
  row.ranges = {{std::move(introduced), std::move(fix), std::move(last)}};
  return row;
}
AdvisoryRow only(const std::string& version) {
  AdvisoryRow row = unfixed(kCve, FixState::kUnknown);
  row.versions = {version};
  return row;
}
AdvisoryRow every_version() {
  return unfixed(kCve, FixState::kUnknown);
}
AdvisoryRow on(const std::string& platform, AdvisoryRow row) {
  row.channel = platform;
  return row;
}
AdvisoryRow beside_another(AdvisoryRow row) {
  row.note = kBesideAnother;
  return row;
}

struct Row {
  const char* name;
  const char *product, *version, *cpe;
  const char *ecosystem, *key;
  std::vector<AdvisoryRow> rows;
  const char* expected;  // status, and the fix where there is one
};

class Products : public testing::TestWithParam<Row> {};

TEST_P(Products, Hold) {
  const Row& row = GetParam();
  TableDatabase database;
  database.add_feed("feed", row.ecosystem, "");
  for (const AdvisoryRow& advisory : row.rows) {
    database.add_row({row.ecosystem, "", row.key}, advisory);
  }
  const MatchResult result =
      run_match(database, image("debian", "12", {program(row.product, row.version, row.cpe)}));
  EXPECT_EQ(first_outcome(result), row.expected);
  EXPECT_LE(result.findings.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Rules, Products,
                         testing::Values(Row{"BitnamiByName",
                                             "redis",
                                             "6.2.5",
                                             "redis:redis",
                                             "bitnami",
                                             "redis",
                                             {within("6.0.0", "6.2.6")},
                                             "affected 6.2.6"},
                                         Row{"BitnamiFixInstalled",
                                             "redis",
                                             "6.2.6",
                                             "redis:redis",
                                             "bitnami",
                                             "redis",
                                             {within("6.0.0", "6.2.6")},
                                             "none"},
                                         Row{"BitnamiUnderAnotherName",
                                             "httpd",
                                             "2.4.49",
                                             "apache:http_server",
                                             "bitnami",
                                             "apache",
                                             {within("2.4.49", "2.4.50")},
                                             "affected 2.4.50"},
                                         Row{"BitnamiTwoNumbers",
                                             "postgresql",
                                             "16.3",
                                             "postgresql:postgresql",
                                             "bitnami",
                                             "postgresql",
                                             {within("16.0.0", "16.4.0")},
                                             "affected 16.4.0"},
                                         Row{"BitnamiTwoNumbersFixed",
                                             "postgresql",
                                             "16.4",
                                             "postgresql:postgresql",
                                             "bitnami",
                                             "postgresql",
                                             {within("16.0.0", "16.4.0")},
                                             "none"},
                                         Row{"BitnamiPreRelease",
                                             "php",
                                             "8.3.0RC1",
                                             "php:php",
                                             "bitnami",
                                             "php",
                                             {within("8.0.0", "8.3.0")},
                                             "affected 8.3.0"},
                                         Row{"Rule57_BitnamiRevisionIsBehind",
                                             "wordpress",
                                             "6.8.2",
                                             "wordpress:wordpress",
                                             "bitnami",
                                             "wordpress",
                                             {within("0", "6.8.2-1")},
                                             "affected 6.8.2-1"},
                                         Row{"Rule49_JavaEightAtBitnami",
                                             "temurin",
                                             "8.0.302+8",
                                             "eclipse:temurin",
                                             "bitnami",
                                             "java",
                                             {{within("0", "1.8.0")}, {within("1.9.0", "8.0.491")}},
                                             "affected 8.0.491"},
                                         Row{"Rule49_JavaAtBitnamiFixed",
                                             "temurin",
                                             "17.0.19+3",
                                             "eclipse:temurin",
                                             "bitnami",
                                             "java",
                                             {within("12.0.0", "17.0.19")},
                                             "none"},
                                         Row{"JavaBuildIsNoLaterVersion",
                                             "temurin",
                                             "17.0.18+3",
                                             "eclipse:temurin",
                                             "bitnami",
                                             "java",
                                             {within("12.0.0", "", "17.0.18")},
                                             "affected"},
                                         Row{"NodeOfItsSecurityGroup",
                                             "node",
                                             "18.16.0",
                                             "nodejs:node.js",
                                             "generic",
                                             "node",
                                             {within("18.0.0", "18.16.1")},
                                             "affected 18.16.1"},
                                         Row{"RubyOfRubysec",
                                             "ruby",
                                             "3.0.2",
                                             "ruby-lang:ruby",
                                             "generic",
                                             "ruby",
                                             {within("3.0.0", "3.0.3")},
                                             "affected 3.0.3"},
                                         Row{"RustOfRustsec",
                                             "rust",
                                             "1.77.1",
                                             "rust-lang:rust",
                                             "generic",
                                             "rust",
                                             {within("0", "1.77.2")},
                                             "affected 1.77.2"},
                                         Row{"GoUnderBitnamisName",
                                             "go",
                                             "1.21.8",
                                             "golang:go",
                                             "bitnami",
                                             "golang",
                                             {within("1.21.0", "1.21.9")},
                                             "affected 1.21.9"},
                                         Row{"NodeOnWindowsOnly",
                                             "node",
                                             "18.16.0",
                                             "nodejs:node.js",
                                             "generic",
                                             "node",
                                             {on("windows", within("18.0.0", "18.16.1"))},
                                             "none"},
                                         Row{"Rule56_RangeOfNvd",
                                             "openssl",
                                             "1.1.1v",
                                             "openssl:openssl",
                                             "cpe",
                                             "openssl:openssl",
                                             {within("1.1.1", "1.1.1w")},
                                             "affected 1.1.1w"},
                                         Row{"Rule56_EndOfTheRangeOfNvd",
                                             "openssl",
                                             "1.1.1w",
                                             "openssl:openssl",
                                             "cpe",
                                             "openssl:openssl",
                                             {within("1.1.1", "1.1.1w")},
                                             "none"},
                                         Row{"Rule56_TwoLettersAreBehindOne",
                                             "openssl",
                                             "1.0.2zh",
                                             "openssl:openssl",
                                             "cpe",
                                             "openssl:openssl",
                                             {within("1.0.2", "1.0.2zi")},
                                             "affected 1.0.2zi"},
                                         Row{"Rule56_AnyVersion",
                                             "xz",
                                             "5.6.0",
                                             "tukaani:xz",
                                             "cpe",
                                             "tukaani:xz",
                                             {every_version()},
                                             "affected"},
                                         Row{"Rule56_OneVersion",
                                             "xz",
                                             "5.6.0",
                                             "tukaani:xz",
                                             "cpe",
                                             "tukaani:xz",
                                             {only("5.6.0")},
                                             "affected"},
                                         Row{"Rule56_AnotherVersion",
                                             "xz",
                                             "5.6.2",
                                             "tukaani:xz",
                                             "cpe",
                                             "tukaani:xz",
                                             {only("5.6.0"), only("5.6.1")},
                                             "none"},
                                         Row{"Rule56_UpdateIsPartOfTheVersion",
                                             "python",
                                             "3.13.0",
                                             "python:python",
                                             "cpe",
                                             "python:python",
                                             {only("3.13.0:alpha1"), only("3.13.0:rc1")},
                                             "none"},
                                         Row{"Rule56_UpdateThatIsInstalled",
                                             "python",
                                             "3.13.0rc1",
                                             "python:python",
                                             "cpe",
                                             "python:python",
                                             {only("3.13.0:alpha1"), only("3.13.0:rc1")},
                                             "affected"},
                                         Row{"Rule56_UpdateOfJava",
                                             "openjdk",
                                             "8.0.302+8",
                                             "oracle:openjdk",
                                             "cpe",
                                             "oracle:openjdk",
                                             {only("8:update292"), only("8:update302")},
                                             "affected"},
                                         Row{"Rule56_AnotherUpdateOfJava",
                                             "openjdk",
                                             "8.0.312+7",
                                             "oracle:openjdk",
                                             "cpe",
                                             "oracle:openjdk",
                                             {only("8:update292"), only("8:update302")},
                                             "none"},
                                         Row{"Rule56_OldFormOfJava",
                                             "jdk",
                                             "8.0.301",
                                             "oracle:jdk",
                                             "cpe",
                                             "oracle:jdk",
                                             {only("1.8.0:update301")},
                                             "affected"},
                                         Row{"Rule56_PluginForWordpress",
                                             "curl",
                                             "8.0.0",
                                             "haxx:curl",
                                             "cpe",
                                             "haxx:curl",
                                             {on("wordpress", every_version())},
                                             "none"},
                                         Row{"Rule56_BuildForWindows",
                                             "curl",
                                             "8.0.0",
                                             "haxx:curl",
                                             "cpe",
                                             "haxx:curl",
                                             {on("windows", every_version())},
                                             "none"},
                                         Row{"Rule56_NoPlatform",
                                             "curl",
                                             "8.0.0",
                                             "haxx:curl",
                                             "cpe",
                                             "haxx:curl",
                                             {on("-", within("0", "8.1.0"))},
                                             "affected 8.1.0"},
                                         Row{"Rule56_BesideAnother",
                                             "curl",
                                             "8.0.0",
                                             "haxx:curl",
                                             "cpe",
                                             "haxx:curl",
                                             {beside_another(every_version())},
                                             "undetermined"},
                                         Row{"Rule56_FormerNameOfNvd",
                                             "nginx",
                                             "1.20.0",
                                             "f5:nginx",
                                             "cpe",
                                             "nginx:nginx",
                                             {within("0.6.18", "1.20.1")},
                                             "affected 1.20.1"},
                                         Row{"Rule56_AnotherVendor",
                                             "redis",
                                             "6.0.0",
                                             "redis:redis",
                                             "cpe",
                                             "other:redis",
                                             {every_version()},
                                             "none"},
                                         Row{"Rule56_WithoutACpeName",
                                             "redis",
                                             "6.0.0",
                                             "",
                                             "bitnami",
                                             "redis",
                                             {within("0", "6.2.6")},
                                             "none"},
                                         Row{"VersionThatDoesNotCompare",
                                             "redis",
                                             "unstable",
                                             "redis:redis",
                                             "bitnami",
                                             "redis",
                                             {within("0", "6.2.6")},
                                             "undetermined"}),
                         [](const auto& test) { return test.param.name; });

std::string coverage_text(const MatchResult& result, std::size_t index = 0) {
  const PackageCoverage& each = result.coverage.at(index);
  return std::string(name_of(each.state)) + (each.reason.empty() ? "" : ": " + each.reason);
}

// Rule 56: what a package manager installed is its distribution's, or its registry's, to judge.
TEST(ProductPackages, Rule56_NoPackageManagersPackageIsMatchedByCpe) {
  TableDatabase database;
  database.add_feed("debian", "debian", "12");
  database.add_feed("alpine", "alpine", "3.18");
  database.add_feed("npm-osv", "npm", "");
  database.add_feed("nvd", "cpe", "");
  database.add_row({"cpe", "", "openssl:openssl"}, every_version());
  Package npm = program("openssl", "1.1.1v", "openssl:openssl");
  npm.set_property("purl", "pkg:npm/openssl@1.1.1");
  Package of_debian = deb("openssl", "1.1.1v-1"), of_alpine = apk("openssl", "1.1.1v-r0");
  for (Package* each : {&of_debian, &of_alpine}) {
    each->set_property(kCpe, "cpe:2.3:a:openssl:openssl:1.1.1v:*:*:*:*:*:*:*");
    each->set_property("purl", "pkg:generic/openssl@1.1.1v");
  }
  EXPECT_THAT(run_match(database, image("debian", "12", {of_debian, npm})).findings,
              testing::IsEmpty());
  EXPECT_THAT(run_match(database, image("alpine", "3.18", {of_alpine})).findings,
              testing::IsEmpty());
  const Package bare = program("openssl", "1.1.1v", "openssl:openssl");
  EXPECT_THAT(run_match(database, image("debian", "12", {bare})).findings, testing::SizeIs(1));
}

TEST(ProductPackages, WhatASystemsPackageOwnsIsItsPart) {
  TableDatabase database;
  database.add_feed("alpine", "alpine", "3.18");
  database.add_feed("nvd", "cpe", "");
  database.add_row({"cpe", "", "oracle:openjdk"}, every_version());
  const Package java = program("openjdk", "17.0.1", "oracle:openjdk");
  Inventory inventory = image("alpine", "3.18", {apk("openjdk17", "17.0.1-r0"), java});
  inventory.owned = {{"openjdk17", {path_hash(java.path)}, false}};
  const MatchResult result = run_match(database, inventory);
  EXPECT_THAT(result.findings, testing::IsEmpty());
  EXPECT_EQ(coverage_text(result, 1), "clean");
}

TEST(ProductPackages, SourcesOfOneWeaknessAreOneFinding) {
  TableDatabase database;
  database.add_feed("bitnami-vulndb", "bitnami", "");
  database.add_feed("nodejs-security-wg", "generic", "");
  database.add_feed("nvd", "cpe", "");
  const auto add = [&](const char* ecosystem, const char* name, const char* feed, const char* id,
                       const char* fix) {
    AdvisoryRow row = within("18.0.0", fix);
    row.feed = feed;
    row.vulnerability = id;
    database.add_row({ecosystem, "", name}, row);
  };
  add("generic", "node", "nodejs-security-wg", kCve, "18.16.1");
  add("bitnami", "node", "bitnami-vulndb", "BIT-node-2024-1000", "18.16.2");
  add("cpe", "nodejs:node.js", "nvd", kCve, "18.16.1");
  database.aliases["BIT-node-2024-1000"] = {kCve};
  database.aliases[kCve] = {"BIT-node-2024-1000"};
  const MatchResult result =
      run_match(database, image("debian", "12", {program("node", "18.16.0", "nodejs:node.js")}));
  ASSERT_EQ(result.findings.size(), 1U);
  const Finding& finding = result.findings[0];
  EXPECT_EQ(finding.id, kCve);
  EXPECT_THAT(finding.fix_versions, testing::ElementsAre("18.16.2"));
  EXPECT_EQ(finding.rule,
            "Node.js product node 18.16.0 < 18.16.1 (fixed); also by bitnami-vulndb, nvd");
  EXPECT_EQ(finding.remediation, "replace the binary node by 18.16.2 or later  (fixed in 18.16.2)");
  EXPECT_EQ(result.coverage[0].state, CoverageState::kMatched);
}

TEST(ProductPackages, WhatTheVendorSaysIsOfWindowsOnlyIsNotAffected) {
  TableDatabase database;
  database.add_feed("bitnami-vulndb", "bitnami", "");
  database.add_feed("nodejs-security-wg", "generic", "");
  AdvisoryRow row = on("windows", within("18.0.0", "18.16.1"));
  row.feed = "nodejs-security-wg";
  database.add_row({"generic", "", "node"}, row);
  database.add_row({"bitnami", "", "node"}, within("18.0.0", "18.16.1"));
  const MatchResult result =
      run_match(database, image("debian", "12", {program("node", "18.16.0", "nodejs:node.js")}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].status, FindingStatus::kNotAffected);
  EXPECT_EQ(result.findings[0].status_reason, "only on windows, says nodejs-security-wg");
  EXPECT_EQ(coverage_text(result), "clean");
}

TEST(ProductPackages, JavaAndWordpressAreRepairedOtherwise) {
  TableDatabase database;
  database.add_feed("bitnami-vulndb", "bitnami", "");
  database.add_row({"bitnami", "", "java"}, within("12.0.0", "17.0.19"));
  database.add_row({"bitnami", "", "wordpress"}, within("6.0.0", "6.1.1"));
  const MatchResult result =
      run_match(database, image("debian", "12",
                                {program("temurin", "17.0.1", "eclipse:temurin"),
                                 program("wordpress", "6.1.0", "wordpress:wordpress")}));
  ASSERT_EQ(result.findings.size(), 2U);
  EXPECT_THAT(result.findings[0].remediation,
              HasSubstr("replace the Java runtime temurin by 17.0.19 or later"));
  EXPECT_THAT(result.findings[1].remediation, HasSubstr("update WordPress to 6.1.1 or later"));
}

TEST(ProductCoverage, CleanIsOnlyWhatACurrentSourceKnows) {
  const Package redis = program("redis", "7.2.6", "redis:redis");
  const Package bash = program("bash", "5.2.15", "gnu:bash");
  const auto run = [&](const TableDatabase& database) {
    return run_match(database, image("debian", "12", {redis, bash}));
  };
  TableDatabase none;
  MatchResult result = run(none);
  const std::string reason =
      "unassessed: a program without a package manager: no feed for Bitnami, no feed for NVD";
  EXPECT_EQ(coverage_text(result), reason);
  EXPECT_THAT(result.problems,
              testing::Contains(testing::Field(&Problem::message,
                                               HasSubstr("a program without a package manager"))));

  TableDatabase bitnami;
  bitnami.add_feed("bitnami-vulndb", "bitnami", "");
  bitnami.add_row({"bitnami", "", "redis"}, within("6.0.0", "6.2.6"));
  result = run(bitnami);
  EXPECT_EQ(coverage_text(result), "clean");
  EXPECT_EQ(coverage_text(result, 1),
            "unassessed: a program without a package manager: Bitnami does not know bash, no feed "
            "for NVD");
  EXPECT_THAT(result.problems, testing::Not(testing::Contains(testing::Field(
                                   &Problem::message, HasSubstr("without a package manager")))));

  TableDatabase old = bitnami;
  old.feeds[0].data_as_of = old.feeds[0].scopes[0].data_as_of = kTestNow - 90 * 86'400;
  EXPECT_EQ(coverage_text(run(old)), "unassessed: feed bitnami-vulndb is 90 days old");

  // NVD that is not whole raises findings, and clears nothing.
  TableDatabase nvd;
  nvd.add_feed("nvd", "cpe", "");
  nvd.add_row({"cpe", "", "gnu:bash"}, within("0", "4.3"));
  EXPECT_EQ(coverage_text(run(nvd), 1), "clean");
  nvd.feeds[0].partial = {{nvd.feeds[0].scopes[0], "nvd has a part", {}}};
  nvd.feeds[0].scopes.clear();
  EXPECT_EQ(coverage_text(run(nvd), 1), "unassessed: no feed for NVD (nvd has a part)");
}

TEST(ProductCoverage, DoubtsAndUnknownVersionsAreNeverClean) {
  TableDatabase database;
  database.add_feed("bitnami-vulndb", "bitnami", "");
  database.add_row({"bitnami", "", "redis"}, within("6.0.0", "6.2.6"));
  Package doubtful = program("redis", "7.2.6", "redis:redis");
  doubtful.set_property(kDoubt, "its text is cut");
  const MatchResult result = run_match(database, image("debian", "12", {doubtful}));
  EXPECT_EQ(coverage_text(result), "unassessed: its text is cut");
  database.unreadable.insert({"bitnami", "", "redis"});
  const MatchResult damaged =
      run_match(database, image("debian", "12", {program("redis", "7.2.6", "redis:redis")}));
  EXPECT_EQ(coverage_text(damaged), "unassessed: its advisories could not be read");
}

// Severities come from NVD's details although its products are not asked.
TEST(ProductCoverage, NvdIsAlwaysConsulted) {
  TableDatabase database;
  database.add_feed("debian", "debian", "12");
  database.add_feed("nvd", "cpe", "");
  const MatchResult result = run_match(database, image("debian", "12", {deb("bash", "5.2-1")}));
  ASSERT_EQ(result.feeds.size(), 2U);
  EXPECT_EQ(result.feeds[1].name, "nvd");
}

}  // namespace
}  // namespace seaworthy
