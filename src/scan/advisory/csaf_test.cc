#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "scan/advisory/csaf_products.h"
#include "scan/advisory/recording_sink.h"

namespace seaworthy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

std::string fixture(const std::string& name) {
  auto bytes = read_file(std::string(TESTDATA) + "/csaf/" + name, 1 * kMiB);
  EXPECT_TRUE(bytes) << name;
  return bytes ? *bytes : "";
}

RecordingSink read(const std::string& name) {
  RecordingSink sink;
  EXPECT_EQ(parse_document("vex/2026/" + name, fixture(name), sink), "csaf");
  return sink;
}

// A row in one line: where it stands, what it is about, what it says.
std::string line_of(const RecordingSink::Row& one) {
  const AdvisoryRow& row = one.row;
  std::string line = one.key.ecosystem + " " + one.key.release + " " + one.key.package;
  if (!row.arch.empty()) line += " (" + row.arch + ")";
  if (!row.module.empty()) line += " in " + row.module;
  if (!row.channel.empty()) line += " of " + row.channel;
  switch (row.status) {
    case AdvisoryStatus::kAffected:
      line += ": " + std::string(name_of(row.fix_state));
      break;
    case AdvisoryStatus::kNotAffected:
      line += ": not affected";
      break;
    default:
      line += ": under investigation";
      break;
  }
  for (const VersionRange& range : row.ranges) line += " " + range.fixed;
  for (const std::string& version : row.versions) line += " at " + version;
  if (!row.advisory_id.empty()) line += " by " + row.advisory_id;
  line += ", " + std::string(name_of(row.severity));
  if (!row.note.empty()) line += " [" + row.note + "]";
  return line;
}

std::vector<std::string> lines_of(const RecordingSink& sink) {
  std::vector<std::string> lines;
  for (const auto& row : sink.rows) lines.push_back(line_of(row));
  return lines;
}

struct Document {
  const char* name;
  const char* file;
  std::vector<std::string> rows;
};

class CsafRows : public testing::TestWithParam<Document> {};

TEST_P(CsafRows, AreWhatTheDocumentSays) {
  const RecordingSink sink = read(GetParam().file);
  EXPECT_EQ(lines_of(sink), GetParam().rows);
  EXPECT_THAT(sink.problems, IsEmpty());
  EXPECT_EQ(sink.records, 1);
  EXPECT_EQ(sink.newest, 1'795'161'600);  // current_release_date, the same in all of them
  for (const auto& row : sink.rows)
    EXPECT_EQ(row.row.document, "vex/2026/" + std::string(GetParam().file));
}

INSTANTIATE_TEST_SUITE_P(
    Fixtures, CsafRows,
    testing::Values(
        Document{
            "KernelWithItsRealTimeSplitAndExtendedSupport",
            "cve-2026-10001.json",
            {"rhel 8 kernel (aarch64|ppc64le|s390x|x86_64): fixed 4.18.0-553.22.1.el8_10 by "
             "RHSA-2026:1001, high",
             "rhel 8 kernel-core (aarch64|ppc64le|s390x|x86_64): fixed 4.18.0-553.22.1.el8_10 by "
             "RHSA-2026:1001, high",
             "rhel 8 bpftool (aarch64|ppc64le|s390x|x86_64): fixed 4.18.0-553.22.1.el8_10 by "
             "RHSA-2026:1001, high",
             "rhel 8 kernel-doc (noarch): fixed 4.18.0-553.22.1.el8_10 by RHSA-2026:1001, high",
             "rhel 8 kernel-zfcpdump (s390x): fixed 4.18.0-553.22.1.el8_10 by RHSA-2026:1001, high",
             "rhel 8 kernel-rt (x86_64): fixed 4.18.0-553.22.1.rt7.363.el8_10 by RHSA-2026:1002, "
             "high",
             "rhel 8 kernel-rt-core (x86_64): fixed 4.18.0-553.22.1.rt7.363.el8_10 by "
             "RHSA-2026:1002, high",
             "rhel 8 kernel (aarch64|ppc64le|s390x|x86_64) of rhel_eus:8.8: fixed "
             "4.18.0-477.70.1.el8_8 by RHSA-2026:1003, high",
             "rhel 8 kernel-core (aarch64|ppc64le|s390x|x86_64) of rhel_eus:8.8: fixed "
             "4.18.0-477.70.1.el8_8 by RHSA-2026:1003, high",
             "rhel 8 kernel (x86_64) of rhel_aus:8.4: fixed 4.18.0-305.140.1.el8_4 by "
             "RHSA-2026:1004, high",
             "rhel 8 kernel-core (x86_64) of rhel_aus:8.4: fixed 4.18.0-305.140.1.el8_4 by "
             "RHSA-2026:1004, high",
             "rhel 7 kernel (x86_64) of rhel_els:7: fixed 3.10.0-1160.130.1.el7 by RHSA-2026:1005, "
             "high",
             "rhel 10 kernel (aarch64|ppc64le|s390x|x86_64): fixed 6.12.0-55.9.1.el10_0, high "
             "[fixed by RHBA-2026:1006]",
             "rhel 10 kernel-core (aarch64|ppc64le|s390x|x86_64): fixed 6.12.0-55.9.1.el10_0, high "
             "[fixed by RHBA-2026:1006]",
             "rhel 9 kernel (src): not_fixed, high [workaround: Keep the made-up module from "
             "loading.]",
             "rhel 9 kernel-rt (src): deferred, high [Fix deferred]",
             "rhel 7 kernel-rt (src): end_of_life, medium [Out of support scope]",
             "rhel 6 kernel (src): not affected, high [vulnerable_code_not_present]"}},
        Document{"ModularNodejsInAllFormsOfNamingAModule",
                 "cve-2026-10002.json",
                 {"rhel 8 nodejs (aarch64|x86_64) in nodejs:18: fixed "
                  "1:18.20.9-1.module+el8.10.0+30001+aaaa1111 by RHSA-2026:2001, medium",
                  "rhel 8 npm (aarch64|x86_64) in nodejs:18: fixed "
                  "1:10.8.2-1.18.20.9.1.module+el8.10.0+30001+aaaa1111 by RHSA-2026:2001, medium",
                  "rhel 8 nodejs-nodemon (noarch) in nodejs:18: fixed "
                  "3.0.1-1.module+el8.10.0+30001+aaaa1111 by RHSA-2026:2001, medium",
                  "rhel 9 nodejs (x86_64) in nodejs:20: fixed "
                  "1:20.19.5-1.module+el9.4.0+30002+bbbb2222 by RHSA-2026:2002, medium",
                  "rhel 8 nodejs (src) in nodejs:16: wont_fix, medium [Will not fix]",
                  "rhel 9 nodejs (src) in nodejs:22: not_fixed, medium",
                  "rhel 9 nodejs (src): not affected, medium [component_not_present]"}},
        Document{"NotAffectedForASourceAndForOneBinary",
                 "cve-2026-10003.json",
                 {"rhel 9 openssl (src): not_fixed, low",
                  "rhel 8 openssl (src): not affected, low [vulnerable_code_not_present]",
                  "rhel 9 openssl-libs: not affected, low [vulnerable_code_not_present]"}},
        Document{"WillNotFixAndOutOfSupport",
                 "cve-2026-10004.json",
                 {"rhel 8 libxml2 (src): wont_fix, low [Will not fix]",
                  "rhel 7 libxml2 (src): end_of_life, low [Out of support scope]"}},
        Document{"UnderInvestigation",
                 "cve-2026-10005.json",
                 {"rhel 9 curl (src): under investigation, medium"}},
        Document{"HttpdWithALayeredProduct",
                 "cve-2026-10006.json",
                 {"rhel 8 jbcs-httpd24-httpd (x86_64) of jboss_core_services:1: fixed "
                  "2.4.62-9.el8jbcs by RHSA-2026:6001, high",
                  "rhel 8 jbcs-httpd24-mod_ssl (x86_64) of jboss_core_services:1: fixed "
                  "2.4.62-9.el8jbcs by RHSA-2026:6001, high",
                  "rhel 9 httpd (aarch64|ppc64le|s390x|x86_64): fixed 2.4.62-4.el9_6.4 by "
                  "RHSA-2026:6002, high",
                  "rhel 9 httpd-core (aarch64|ppc64le|s390x|x86_64): fixed 2.4.62-4.el9_6.4 by "
                  "RHSA-2026:6002, high",
                  "rhel 8 httpd (src) in httpd:2.4: not_fixed, high",
                  "rhel  httpd (src) of jboss_core_services:1: not_fixed, high"}},
        Document{"AnAdvisoryOfTwoVulnerabilities",
                 "rhsa-2026_7001.json",
                 {"rhel 9 expat (aarch64|ppc64le|s390x|x86_64): fixed 2.5.0-5.el9_6.1 by "
                  "RHSA-2026:7001, medium",
                  "rhel 9 expat-static (x86_64): not affected at 2.5.0-5.el9_6.1, medium",
                  "rhel 9 expat (aarch64|ppc64le|s390x|x86_64): fixed 2.5.0-5.el9_6.1 by "
                  "RHSA-2026:7001, medium",
                  "rhel 9 expat-static (x86_64): not affected at 2.5.0-5.el9_6.1, medium"}},
        Document{"SuseProductsModulesAndLongTermSupport",
                 "suse-cve-2026-10009.json",
                 {"sles 15.6 libopenssl3 (aarch64|x86_64): fixed 3.1.4-150600.5.21.1, medium",
                  "opensuse-leap 15.6 libopenssl3 (x86_64): fixed 3.1.4-150600.5.21.1, medium",
                  "sle-micro 5.5 libopenssl1_1 (x86_64): fixed 1.1.1l-150500.17.34.1, medium",
                  "opensuse-tumbleweed  libopenssl3 (x86_64): fixed 3.5.0-3.1, medium",
                  "sles 15.4 libopenssl1_1 (x86_64) of ltss: fixed 1.1.1l-150400.7.69.1, medium",
                  "sles 12.5 openssl-1_0_0: not_fixed, medium",
                  "sles 12.5 openssl-3: not affected, medium"}},
        Document{"AnotherVendorByPurlAlone",
                 "example-vex.json",
                 {"debian 12 libbar: not_fixed, low",
                  "debian 12 libfoo (amd64): not affected at 1.2-3, low "
                  "[vulnerable_code_not_in_execute_path]"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Csaf, CountsWhatIsNoPackageOfAnOperatingSystem) {
  EXPECT_THAT(read("cve-2026-10006.json").skips,
              UnorderedElementsAre(Pair("CSAF: a container image, not a package", 1),
                                   Pair("CSAF: a statement about a product as a whole", 1)));
  EXPECT_THAT(read("cve-2026-10002.json").skips,
              ElementsAre(Pair("CSAF: a module as a whole, beside its packages", 1)));
  EXPECT_THAT(read("suse-cve-2026-10009.json").skips,
              ElementsAre(Pair("CSAF: a SUSE product that os-release does not name", 1)));
  EXPECT_THAT(read("example-vex.json").skips,
              ElementsAre(Pair("CSAF: a product that is no operating-system package", 2)));
}

TEST(Csaf, OnlyAVendorOfDistributionsSpeaksForReleases) {
  EXPECT_THAT(read("cve-2026-10004.json").scopes,
              ElementsAre(Pair("rhel 7", 1), Pair("rhel 8", 1)));
  // Extended support and layered products alone do not make the release's feed.
  EXPECT_THAT(read("suse-cve-2026-10009.json").scopes, Not(Contains(Pair("sles 15.4", 1))));
  EXPECT_THAT(read("example-vex.json").scopes, IsEmpty());
}

TEST(Csaf, KeepsDetailsOfTheVulnerability) {
  const RecordingSink sink = read("cve-2026-10001.json");
  ASSERT_EQ(sink.all_details.size(), 1U);
  const VulnerabilityDetails& details = sink.all_details[0];
  EXPECT_EQ(details.id, "CVE-2026-10001");
  EXPECT_EQ(details.summary, "kernel: use after free in a made-up filter");
  EXPECT_EQ(details.severity, Severity::kHigh);
  ASSERT_EQ(details.cvss.size(), 1U);
  EXPECT_EQ(details.cvss[0].version, "3.1");
  EXPECT_DOUBLE_EQ(details.cvss[0].score, 7.8);
  EXPECT_EQ(details.published, "2026-01-10T00:00:00+00:00");
}

// A document with the given product tree and vulnerabilities, in Red Hat's name.
std::string red_hat(const std::string& tree, const std::string& vulnerabilities,
                    const std::string& status = "final") {
  return R"({"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"namespace":)"
         R"("https://www.redhat.com"},"tracking":{"id":"CVE-2026-1","status":")" +
         status + R"("}},"product_tree":)" + tree + R"(,"vulnerabilities":)" + vulnerabilities +
         "}";
}

struct Damaged {
  const char* name;
  std::string bytes;
  std::size_t rows, problems;
};

class CsafDamaged : public testing::TestWithParam<Damaged> {};

TEST_P(CsafDamaged, NeverSilent) {
  RecordingSink sink;
  Status status = ok_status();
  ASSERT_EQ(parse_document("x.json", GetParam().bytes, sink, &status), "csaf");
  EXPECT_EQ(sink.rows.size(), GetParam().rows);
  EXPECT_EQ(sink.problems.size() + (status ? 0 : 1), GetParam().problems);
}

const std::string kPlatform =
    R"({"category":"product_name","name":"p","product":{"name":"p","product_id":"p",)"
    R"("product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:9"}}})";
const std::string kPackage =
    R"({"category":"product_version","name":"a","product":{"name":"a","product_id":"a",)"
    R"("product_identification_helper":{"purl":"pkg:rpm/redhat/a?arch=src"}}})";
std::string relation(const std::string& id, const std::string& a, const std::string& b) {
  return R"({"category":"default_component_of","full_product_name":{"name":"n","product_id":")" +
         id + R"("},"product_reference":")" + a + R"(","relates_to_product_reference":")" + b +
         R"("})";
}
std::string affected(const std::string& ids) {
  return R"([{"cve":"CVE-2026-1","product_status":{"known_affected":[)" + ids + "]}}]";
}
std::string tree(const std::string& relations) {
  return R"({"branches":[)" + kPlatform + "," + kPackage + R"(],"relationships":[)" + relations +
         "]}";
}

INSTANTIATE_TEST_SUITE_P(
    Documents, CsafDamaged,
    testing::Values(
        Damaged{"Sound", red_hat(tree(relation("p:a", "a", "p")), affected(R"("p:a")")), 1, 0},
        Damaged{"Truncated", red_hat(tree(""), "[]").substr(0, 200), 0, 1},
        Damaged{"NoTree", red_hat("null", affected(R"("p:a")")), 0, 1},
        Damaged{"UndefinedProduct", red_hat(tree(""), affected(R"("p:a","p:b")")), 0, 1},
        Damaged{"WrongTypes",
                red_hat(R"({"branches":7,"relationships":{"a":1}})",
                        R"([{"cve":["CVE"],"product_status":[1]},7,"x"])"),
                0, 0},
        Damaged{"RelationshipsInACircle",
                red_hat(tree(relation("x", "y", "y") + "," + relation("y", "x", "x")),
                        affected(R"("x","y")")),
                0, 1},
        Damaged{"ProductOfItself", red_hat(tree(relation("x", "x", "p")), affected(R"("x")")), 0,
                0},
        Damaged{"NoId",
                R"({"document":{"csaf_version":"2.0"},"vulnerabilities":[{"title":"nameless"}]})",
                0, 1},
        Damaged{"Withdrawn",
                red_hat(tree(relation("p:a", "a", "p")), affected(R"("p:a")"), "deleted"), 0, 0}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Csaf, RefusesADocumentBeyondTheLimit) {
  Limits limits;
  limits.document_bytes = 1000;
  RecordingSink sink;
  const std::string bytes = red_hat(tree(""), "[" + std::string(2000, ' ') + "]");
  const FeedDocument document{"x.json", bytes};
  const auto status = feed_for(document)->parse(document, limits, sink);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kLimitExceeded);
}

TEST(Csaf, GroupsAreResolved) {
  RecordingSink sink;
  std::string groups = tree(relation("p:a", "a", "p"));
  groups.insert(groups.size() - 1, R"(,"product_groups":[{"group_id":"g","product_ids":["p:a"]}])");
  parse_document(
      "x.json",
      red_hat(groups, R"([{"cve":"CVE-2026-1","product_status":{"known_affected":["p:a"]},)"
                      R"("remediations":[{"category":"no_fix_planned","details":"Will not fix",)"
                      R"("group_ids":["g"]}]}])"),
      sink);
  ASSERT_EQ(sink.rows.size(), 1U);
  EXPECT_EQ(sink.rows[0].row.fix_state, FixState::kWontFix);
}

TEST(CsafLists, SayWhatWasRemoved) {
  RecordingSink sink;
  EXPECT_EQ(parse_document("vex/changes.csv",
                           "\"2026/cve-2026-10001.json\",\"2026-11-20T08:00:00+00:00\"\n"
                           "\"2026/cve-2026-10002.json\",\"2026-11-19T08:00:00+00:00\"\n",
                           sink),
            "csaf-lists");
  EXPECT_EQ(sink.newest, 0);
  EXPECT_THAT(sink.problems, IsEmpty());
  EXPECT_EQ(
      parse_document("vex/deletions.csv",
                     "\"2023/cve-2023-1.json\",\"2026-11-01T00:00:00+00:00\"\nbroken.json\n", sink),
      "csaf-lists");
  EXPECT_EQ(sink.problems.size(), 1U);
  EXPECT_EQ(sink.skips.size(), 2U);
  EXPECT_TRUE(sink.lists.removes("vex/2023/cve-2023-1.json", 0));
  EXPECT_FALSE(sink.lists.removes("2023/cve-2023-1.json", 0));  // not of this directory
  EXPECT_EQ(parse_document("other/changes.csv", "a,b\n", sink), "");
}

TEST(RepositoryCpe, NamesTheProductsOfARepository) {
  RecordingSink sink;
  EXPECT_EQ(
      parse_document(
          "repository-to-cpe.json",
          R"({"data":{"rhel-8-for-x86_64-baseos-rpms":{"cpes":["cpe:/o:redhat:enterprise_linux:8::baseos"],)"
          R"("repo_relative_urls":["content/dist/rhel8/8/x86_64/baseos/os"]},)"
          R"("without":{"cpes":["no cpe",7]},"wrong":[]}})",
          sink),
      "repository-to-cpe");
  EXPECT_THAT(sink.repositories,
              ElementsAre(Pair("rhel-8-for-x86_64-baseos-rpms",
                               ElementsAre("cpe:/o:redhat:enterprise_linux:8::baseos"))));
  EXPECT_THAT(sink.skips, ElementsAre(Pair("a repository without a product's CPE", 2)));
  EXPECT_EQ(sink.records, 1);
}

}  // namespace
}  // namespace seaworthy
