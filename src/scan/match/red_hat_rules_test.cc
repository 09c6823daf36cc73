// The rules about Red Hat, from the documents to the finding: the CSAF fixtures are read as an
// import reads them, and one package of an image meets them.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "scan/advisory/recording_sink.h"
#include "scan/match/product_scope.h"
#include "scan/match/table_database.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const char* const kMapping = R"({"data":{
  "rhel-8-for-x86_64-baseos-rpms":{"cpes":["cpe:/o:redhat:enterprise_linux:8::baseos"]},
  "rhel-9-for-x86_64-baseos-rpms":{"cpes":["cpe:/o:redhat:enterprise_linux:9::baseos"]},
  "rhel-8-for-x86_64-baseos-eus-rpms":{"cpes":["cpe:/o:redhat:rhel_eus:8.4::baseos",
    "cpe:/o:redhat:rhel_eus:8.6::baseos","cpe:/o:redhat:rhel_eus:8.8::baseos"]},
  "rhel-8-for-x86_64-baseos-aus-rpms":{"cpes":["cpe:/o:redhat:rhel_aus:8.4::baseos"]},
  "rhel-7-server-els-rpms":{"cpes":["cpe:/o:redhat:rhel_els:7"]},
  "jb-coreservices-1-for-rhel-8-x86_64-rpms":{"cpes":["cpe:/a:redhat:jboss_core_services:1::el8"]}}})";

// The fixtures of scan/advisory, imported.
const TableDatabase& database() {
  static const TableDatabase made = [] {
    TableDatabase tables;
    RecordingSink sink;
    const std::string directory =
        std::filesystem::path(TESTDATA).parent_path().parent_path() / "advisory/testdata/csaf/";
    for (const char* name :
         {"cve-2026-10001", "cve-2026-10002", "cve-2026-10003", "cve-2026-10004", "cve-2026-10005",
          "cve-2026-10006", "rhsa-2026_7001", "suse-cve-2026-10009"}) {
      const auto bytes = read_file(directory + name + ".json", 1 * kMiB);
      EXPECT_TRUE(bytes) << name;
      if (bytes) parse_document(name, *bytes, sink);
    }
    parse_document("repository-to-cpe.json", kMapping, sink);
    for (auto& row : sink.rows) tables.add_row(row.key, row.row);
    for (const auto& [name, cpes] : sink.repositories) tables.repositories[name] = cpes;
    for (const auto& [scope, count] : sink.scopes) {
      const auto space = scope.find(' ');
      tables.add_feed("csaf", scope.substr(0, space), scope.substr(space + 1));
    }
    return tables;
  }();
  return made;
}

const std::vector<std::string> kMain8{"rhel-8-for-x86_64-baseos-rpms"};
const std::vector<std::string> kMain9{"rhel-9-for-x86_64-baseos-rpms"};
const std::vector<std::string> kEus{"rhel-8-for-x86_64-baseos-eus-rpms"};
const std::vector<std::string> kAus{"rhel-8-for-x86_64-baseos-aus-rpms"};
const std::vector<std::string> kJbcs{"rhel-8-for-x86_64-baseos-rpms",
                                     "jb-coreservices-1-for-rhel-8-x86_64-rpms"};

Package el(std::string name, std::string version, std::string source, std::string module = "",
           std::string arch = "x86_64") {
  Package package = rpm(std::move(name), std::move(version), std::move(module));
  package.source_name = std::move(source);
  package.arch = std::move(arch);
  return package;
}

struct Row {
  const char* name;
  const char* version;  // VERSION_ID
  std::vector<std::string> content_sets;
  Package package;
  std::string expected;  // "status fix-state fix-version", or "none"
  const char* id = "rhel";
};

std::string outcome_of(const MatchResult& result) {
  if (result.findings.empty()) return "none";
  const Finding& finding = result.findings[0];
  std::string text =
      std::string(name_of(finding.status)) + " " + std::string(name_of(finding.fix_state));
  for (const std::string& version : finding.fix_versions) text += " " + version;
  return text;
}

MatchResult match_row(const Row& row) {
  Inventory inventory = image(row.id, row.version, {row.package});
  inventory.distro->content_sets = row.content_sets;
  return run_match(database(), inventory);
}

class RedHatRules : public testing::TestWithParam<Row> {};

TEST_P(RedHatRules, Hold) {
  EXPECT_EQ(outcome_of(match_row(GetParam())), GetParam().expected);
}

const std::string kNone = "none";
constexpr const char* kFix8 = "affected fixed 4.18.0-553.22.1.el8_10";

INSTANTIATE_TEST_SUITE_P(
    Lines, RedHatRules,
    testing::Values(
        Row{"Rule21_BinaryNameBelowTheFix", "8.10", kMain8,
            el("kernel-core", "4.18.0-553.el8_10", "kernel"), kFix8},
        Row{"Rule21_AtTheFix", "8.10", kMain8,
            el("kernel-core", "4.18.0-553.22.1.el8_10", "kernel"), kNone},
        Row{"Rule21_ABinaryThatNoErratumLists", "8.10", kMain8,
            el("kernel-modules", "4.18.0-553.el8_10", "kernel"), kNone},
        Row{"Rule21_AFixOfOneArchitecture", "8.10", kMain8,
            el("kernel-zfcpdump", "4.18.0-553.el8_10", "kernel", "", "s390x"), kFix8},
        Row{"Rule21_AFixOfAnotherArchitecture", "8.10", kMain8,
            el("kernel-zfcpdump", "4.18.0-553.el8_10", "kernel", "", "x86_64"), kNone},
        Row{"Rule21_AnUnfixedSourceMeetsItsBinaries", "9.4", kMain9,
            el("kernel-core", "5.14.0-427.el9", "kernel"), "affected not_fixed"},
        Row{"Rule21_AnUnfixedSourceIsNotABinaryOfThatName", "9.4", kMain9,
            el("kernel", "1-1.el9", "something-else"), kNone},
        Row{"Rule21_TheRealTimeKernelIsAnother", "9.4", kMain9,
            el("kernel-rt-core", "5.14.0-427.el9", "kernel-rt"), "affected deferred"},
        Row{"Rule20_EpochsCompareFirst", "9.4", kMain9,
            el("nodejs", "1:20.11.0-1.module+el9.4.0+1+a", "nodejs", "nodejs:20:9:x"),
            "affected fixed 1:20.19.5-1.module+el9.4.0+30002+bbbb2222"},
        Row{"Rule22_NotAffectedVetoesForOneBinary", "9.4", kMain9,
            el("openssl-libs", "1:3.0.7-27.el9", "openssl"), kNone},
        Row{"Rule22_TheOtherBinariesStayAffected", "9.4", kMain9,
            el("openssl", "1:3.0.7-27.el9", "openssl"), "affected not_fixed"},
        Row{"Rule22_NotAffectedForTheSource", "8.10", kMain8,
            el("openssl-libs", "1:1.1.1k-12.el8", "openssl"), kNone},
        Row{"Rule22_WillNotFix", "8.10", kMain8, el("libxml2", "2.9.7-18.el8", "libxml2"),
            "affected wont_fix"},
        Row{"Rule22_OutOfSupport",
            "7.9",
            {},
            el("libxml2", "2.9.1-6.el7", "libxml2"),
            "affected end_of_life"},
        Row{"Rule22_StillInvestigatedIsUndetermined", "9.4", kMain9,
            el("libcurl", "7.76.1-29.el9", "curl"), "undetermined unknown"},
        Row{"Rule23_AFixHoldsForItsStream", "8.10", kMain8,
            el("npm", "1:10.5.0-1.18.19.1.1.module+el8.9.0+1+a", "nodejs", "nodejs:18:8090020:x"),
            "affected fixed 1:10.8.2-1.18.20.9.1.module+el8.10.0+30001+aaaa1111"},
        Row{"Rule23_NotForAnotherStream", "8.10", kMain8,
            el("npm", "1:8.19.4-1.16.20.2.4.module+el8.9.0+1+a", "other", "nodejs:14:8090020:x"),
            kNone},
        Row{"Rule23_AStreamThatGetsNoFix", "8.10", kMain8,
            el("npm", "1:8.19.4-1.16.20.2.4.module+el8.9.0+1+a", "nodejs", "nodejs:16:8090020:x"),
            "affected wont_fix"},
        Row{"Rule23_NotAffectedOutsideOfModulesSaysNothingOfAModule", "9.4", kMain9,
            el("nodejs", "1:22.1.0-1.module+el9.4.0+1+a", "nodejs", "nodejs:22:9040020:x"),
            "affected not_fixed"},
        Row{"Rule23_NotModularIsNotAffected", "9.4", kMain9,
            el("nodejs", "1:16.20.2-8.el9_4", "nodejs"), kNone},
        Row{"Rule25_ExtendedSupportHasItsOwnFix", "8.8", kEus,
            el("kernel-core", "4.18.0-477.10.1.el8_8", "kernel"),
            "affected fixed 4.18.0-477.70.1.el8_8"},
        Row{"Rule25_ThatFixIsEnough", "8.8", kEus,
            el("kernel-core", "4.18.0-477.70.1.el8_8", "kernel"), kNone},
        Row{"Rule25_TheMainStreamsFixIsOutOfReach", "8.6", kEus,
            el("kernel-core", "4.18.0-372.9.1.el8_6", "kernel"), "affected not_fixed"},
        Row{"Rule25_AnotherMinorReleasesFixIsNotIts", "8.4", kEus,
            el("kernel-core", "4.18.0-305.el8", "kernel"), "affected not_fixed"},
        Row{"Rule25_AdvancedSupportOfOneArchitecture", "8.4", kAus,
            el("kernel-core", "4.18.0-305.el8", "kernel"), "affected fixed 4.18.0-305.140.1.el8_4"},
        Row{"Rule25_ThePinnedRepositoryNamesTheRelease",
            "8.10",
            {"rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_8"},
            el("kernel-core", "4.18.0-477.70.1.el8_8", "kernel"),
            kNone},
        Row{"Rule25_WithoutExtendedRepositoriesItsFixSaysNothing", "8.8", kMain8,
            el("kernel-core", "4.18.0-477.70.1.el8_8", "kernel"), kFix8},
        Row{"Rule25_BothEnabledAndABuildOfTheMinorRelease",
            "8.8",
            {"rhel-8-for-x86_64-baseos-rpms", "rhel-8-for-x86_64-baseos-eus-rpms"},
            el("kernel-core", "4.18.0-477.70.1.el8_8", "kernel"),
            kNone},
        Row{"Rule25_BothEnabledAndABuildOfAnother",
            "8.8",
            {"rhel-8-for-x86_64-baseos-rpms", "rhel-8-for-x86_64-baseos-eus-rpms"},
            el("kernel-core", "4.18.0-513.5.1.el8_9", "kernel"),
            kFix8},
        Row{"Rule21_ExtendedLifeNeedsItsRepository",
            "7.9",
            {},
            el("kernel", "3.10.0-1160.el7", "kernel"),
            kNone},
        Row{"Rule21_ExtendedLife",
            "7.9",
            {"rhel-7-server-els-rpms"},
            el("kernel", "3.10.0-1160.el7", "kernel"),
            "affected fixed 3.10.0-1160.130.1.el7"},
        Row{"Rule21_ALayeredProduct", "8.10", kJbcs,
            el("jbcs-httpd24-httpd", "2.4.57-5.el8jbcs", "jbcs-httpd24-httpd"),
            "affected fixed 2.4.62-9.el8jbcs"},
        Row{"Rule21_ALayeredProductThatIsNotEnabled", "8.10", kMain8,
            el("jbcs-httpd24-httpd", "2.4.57-5.el8jbcs", "jbcs-httpd24-httpd"), kNone},
        Row{"Rule21_ALayeredStatementIsNotAboutRhelsOwnPackage",
            "9.4",
            {"rhel-9-for-x86_64-baseos-rpms", "jb-coreservices-1-for-rhel-8-x86_64-rpms"},
            el("httpd-core", "2.4.62-4.el9_6.4", "httpd"),
            kNone},
        Row{"Rule39_AFixByABugfixErratumIsAFix",
            "10.0",
            {},
            el("kernel-core", "6.12.0-55.el10_0", "kernel"),
            "affected fixed 6.12.0-55.9.1.el10_0"},
        Row{"Rule24_CentosIsNotJudgedByRedHat",
            "8",
            {},
            el("kernel-core", "4.18.0-348.el8", "kernel"),
            kNone,
            "centos"},
        Row{"Rule65_RockyIsNotJudgedByRedHat",
            "8.9",
            {},
            el("kernel-core", "4.18.0-348.el8", "kernel"),
            kNone,
            "rocky"},
        Row{"Rule28_SuseSubpackageHasItsOwnFix",
            "15.6",
            {},
            el("libopenssl3", "3.1.4-150600.5.15.1", "openssl-3"),
            "affected fixed 3.1.4-150600.5.21.1",
            "sles"},
        Row{"Rule28_SuseLongTermSupportIsNoFixForOthers",
            "15.4",
            {},
            el("libopenssl1_1", "1.1.1l-150400.7.60.1", "openssl-1_1"),
            "none",
            "sles"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RedHatRules, Rule25_TheFixOutOfReachIsNamed) {
  const MatchResult result =
      match_row({"", "8.6", kEus, el("kernel-core", "4.18.0-372.9.1.el8_6", "kernel"), ""});
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(result.findings[0].remediation,
              HasSubstr("fixed in 4.18.0-553.22.1.el8_10, a build of a later minor release"));
}

TEST(RedHatRules, AWorkaroundIsTold) {
  const MatchResult result =
      match_row({"", "9.4", kMain9, el("kernel-core", "5.14.0-427.el9", "kernel"), ""});
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(
      result.findings[0].remediation,
      "no fix is published for rhel 9 yet; workaround: Keep the made-up module from loading.");
  EXPECT_EQ(result.findings[0].advisory_url,
            "https://access.redhat.com/security/cve/CVE-2026-10001");
}

TEST(RedHatRules, Rule21_APackageWithoutSourceIsNeverClean) {
  const MatchResult result =
      match_row({"", "9.4", kMain9, el("kernel-core", "5.14.0-427.el9", ""), ""});
  EXPECT_THAT(result.findings, IsEmpty());
  ASSERT_EQ(result.coverage.size(), 1U);
  EXPECT_EQ(result.coverage[0].state, CoverageState::kUnassessed);
}

struct Caution {
  const char* name;
  std::vector<std::string> content_sets, cpes;
  std::string problem;  // part of it; "" none
};

class RedHatCautions : public testing::TestWithParam<Caution> {};

TEST_P(RedHatCautions, Rule21_TheMainStreamIsNeverAssumedSilently) {
  Inventory inventory = image("rhel", "8.10", {el("bash", "4.4.20-5.el8", "bash")});
  inventory.distro->content_sets = GetParam().content_sets;
  inventory.distro->cpes = GetParam().cpes;
  const MatchResult result = run_match(database(), inventory);
  std::string told;
  for (const Problem& one : result.problems) told += one.code + ": " + one.message;
  if (GetParam().problem.empty()) {
    EXPECT_EQ(told, "");
  } else {
    EXPECT_THAT(told, HasSubstr("repositories: "));
    EXPECT_THAT(told, HasSubstr(GetParam().problem));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Images, RedHatCautions,
    testing::Values(
        Caution{"KnownRepositories", kMain8, {}, ""},
        Caution{"KnownLabel", {}, {"cpe:/a:redhat:enterprise_linux:8::appstream"}, ""},
        Caution{"Nothing", {}, {}, "does not say which repositories"},
        Caution{"UnknownRepositories", {"a-rpms", "b-rpms"}, {}, "2 of 2 repositories"},
        Caution{"OneUnknown",
                {"rhel-8-for-x86_64-baseos-rpms", "b-rpms"},
                {},
                "1 of 2 repositories of the image are not in the database, the first is 'b-rpms'"},
        Caution{"ForeignLabel", {}, {"cpe:/o:suse:sles:15"}, "does not say which"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ProductScope, CoversTheSameProductInTheSameVersion) {
  EXPECT_TRUE(covers({"openshift:4.16"}, "openshift:4"));
  EXPECT_TRUE(covers({"openshift:4"}, "openshift:4.16"));
  EXPECT_TRUE(covers({"rhdh:1"}, "rhdh"));
  EXPECT_FALSE(covers({"openshift:4.16"}, "openshift:4.1"));
  EXPECT_FALSE(covers({"openshift:4.16"}, "openshift_data:4.16"));
  EXPECT_FALSE(covers({}, "openshift:4"));
}

}  // namespace
}  // namespace seaworthy
