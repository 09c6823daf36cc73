#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/advisory/osv_affected.h"
#include "scan/advisory/recording_sink.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string affected(std::string_view ecosystem, std::string_view name, std::string_view events) {
  return R"({"package":{"ecosystem":")" + std::string(ecosystem) + R"(","name":")" +
         std::string(name) + R"("},"ranges":[{"type":"ECOSYSTEM","events":[)" +
         std::string(events) + "]}]}";
}

TEST(Osv, AnAdvisoryMakesARowForEveryCve) {
  RecordingSink sink;
  const std::string text =
      R"({"id":"ALSA-2023:6938","modified":"2023-11-14T00:00:00Z","summary":"Moderate: container-tools:4.0 security update",)"
      R"("related":["CVE-2022-3064","CVE-2022-41723"],"affected":[)" +
      affected("AlmaLinux:8", "buildah",
               R"({"introduced":"0"},{"fixed":"1:1.24.6-7.module_el8.9.0+3627+db8ec155"})") +
      "," + affected("AlmaLinux:8", "plain", R"({"introduced":"0"},{"fixed":"1-1.el8"})") + "]}";
  ASSERT_EQ(parse_document("a/ALSA-2023:6938.json", text, sink), "osv");
  EXPECT_THAT(sink.row_names(),
              ElementsAre("almalinux 8 buildah CVE-2022-3064", "almalinux 8 buildah CVE-2022-41723",
                          "almalinux 8 plain CVE-2022-3064", "almalinux 8 plain CVE-2022-41723"));
  const AdvisoryRow& row = sink.rows[0].row;
  EXPECT_EQ(row.advisory_id, "ALSA-2023:6938");
  EXPECT_EQ(row.module, "container-tools:4.0");
  EXPECT_EQ(sink.rows[2].row.module, "");
  EXPECT_EQ(row.severity, Severity::kMedium);
  EXPECT_EQ(row.fix_state, FixState::kFixed);
  EXPECT_EQ(row.document, "a/ALSA-2023:6938.json");
  EXPECT_THAT(row.ranges,
              ElementsAre(VersionRange{"0", "1:1.24.6-7.module_el8.9.0+3627+db8ec155", ""}));
  EXPECT_THAT(sink.all_details[0].aliases, IsEmpty());
  EXPECT_EQ(sink.scopes.count("almalinux 8"), 1U);
  EXPECT_EQ(rfc3339(sink.newest), "2023-11-14T00:00:00Z");
}

TEST(Osv, ImportsOfGoKeepTheirFunctionsAndSystems) {
  RecordingSink sink;
  const std::string text =
      R"({"id":"GO-2023-2185","modified":"2023-11-14T00:00:00Z","affected":[{"package":{"ecosystem":)"
      R"("Go","name":"stdlib"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},)"
      R"({"fixed":"1.20.11"}]}],"ecosystem_specific":{"imports":[{"path":"path/filepath",)"
      R"("goos":["windows","plan9"],"symbols":["Abs","Base"]},{"path":"cmd/link","goarch":["wasm"]}]}}]})";
  ASSERT_EQ(parse_document("GO-2023-2185.json", text, sink), "osv");
  ASSERT_EQ(sink.rows.size(), 1U);
  EXPECT_THAT(sink.rows[0].row.imports,
              ElementsAre(AffectedImport{"path/filepath", {"Abs", "Base"}, "windows|plan9", ""},
                          AffectedImport{"cmd/link", {}, "", "wasm"}));
}

TEST(Osv, ModuleStreamsOfSummaries) {
  EXPECT_THAT(module_streams("Low: virt:rhel and virt-devel:rhel security and bug fix update"),
              ElementsAre("virt:rhel", "virt-devel:rhel"));
  EXPECT_THAT(module_streams("Important: go-toolset security update"), ElementsAre("go-toolset:?"));
  EXPECT_THAT(module_streams("Moderate: idm:DL1 security update"), ElementsAre("idm:DL1"));
  EXPECT_THAT(module_streams(""), ElementsAre("?:?"));
}

struct EventCase {
  const char* name;
  const char* events;
  std::vector<VersionRange> ranges;
  FixState state;
};

TEST(Osv, ReadsEventsInPairs) {
  const EventCase cases[]{
      {"fixed", R"({"introduced":"0"},{"fixed":"1.2"})", {{"0", "1.2", ""}}, FixState::kFixed},
      {"three pairs",
       R"({"introduced":"2.3.1"},{"fixed":"2.14.4"},{"introduced":"2.15.0"},{"fixed":"2.15.3"},{"introduced":"2.16.0"},{"last_affected":"2.16.1"})",
       {{"2.3.1", "2.14.4", ""}, {"2.15.0", "2.15.3", ""}, {"2.16.0", "", "2.16.1"}},
       FixState::kFixed},
      {"open", R"({"introduced":"1"})", {{"1", "", ""}}, FixState::kNotFixed},
      {"last affected",
       R"({"introduced":"0"},{"last_affected":"3"})",
       {{"0", "", "3"}},
       FixState::kUnknown},
      {"introduced twice",
       R"({"introduced":"0"},{"introduced":"1"},{"fixed":"2"})",
       {{"0", "2", ""}},
       FixState::kFixed},
      {"no introduced", R"({"fixed":"2"})", {{"0", "2", ""}}, FixState::kFixed},
      {"fixed twice",
       R"({"introduced":"0"},{"fixed":"2"},{"fixed":"3"})",
       {{"0", "2", ""}},
       FixState::kFixed},
  };
  for (const EventCase& one : cases) {
    RecordingSink sink;
    parse_document(
        "x.json",
        R"({"id":"GHSA-1","modified":"2023-01-01T00:00:00Z","aliases":["CVE-2023-1000"],"affected":[)" +
            affected("npm", "p", one.events) + "]}",
        sink);
    ASSERT_THAT(sink.rows, SizeIs(1)) << one.name;
    EXPECT_EQ(sink.rows[0].row.ranges, one.ranges) << one.name;
    EXPECT_EQ(sink.rows[0].row.fix_state, one.state) << one.name;
    EXPECT_EQ(sink.rows[0].row.vulnerability, "CVE-2023-1000") << one.name;
    EXPECT_THAT(sink.all_details[0].aliases, ElementsAre("CVE-2023-1000")) << one.name;
  }
}

TEST(Osv, VersionListsAreKeptWhereThereIsNoRange) {
  RecordingSink sink;
  parse_document("x.json", R"({"id":"BIT-2020-11998","modified":"2023-01-01T00:00:00Z","affected":[
      {"package":{"ecosystem":"bitnami","name":"activemq"},"versions":["5.15.12"]},
      {"package":{"ecosystem":"Go","name":"m"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}],"versions":["1"]},
      {"package":{"ecosystem":"Go","name":"n"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]},
      {"package":{"ecosystem":"Go","name":"o"}},
      {"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]}]})",
                 sink);
  EXPECT_THAT(sink.row_names(),
              ElementsAre("bitnami  activemq BIT-2020-11998", "golang  m BIT-2020-11998"));
  EXPECT_THAT(sink.rows[0].row.versions, ElementsAre("5.15.12"));
  EXPECT_THAT(sink.skips, SizeIs(3));
}

TEST(Osv, StatesKindsAndSkips) {
  RecordingSink sink;
  const std::string lines =
      R"({"id":"GHSA-w","modified":"2023-01-01T00:00:00Z","withdrawn":"2023-02-01T00:00:00Z","affected":[)" +
      affected("npm", "p", R"({"introduced":"0"})") + "]}\n" +
      R"({"id":"MAL-2025-1","modified":"2025-01-01T00:00:00Z","affected":[)" +
      affected("PyPI", "Evil_Pkg", R"({"introduced":"0"})") + "]}\n" +
      R"({"id":"ALBA-2021:1099","modified":"2021-01-01T00:00:00Z","affected":[]})" + "\n" +
      R"({"id":"RHSA-2024:1","modified":"2024-01-01T00:00:00Z","related":["CVE-2024-1000"],"affected":[)" +
      affected("Red Hat:rhel_eus:8.8::baseos", "podman", R"({"introduced":"0"})") + "]}\n" +
      "{broken\n" + R"({"summary":"no id","modified":""})" + "\n";
  ASSERT_EQ(parse_document("all.jsonl", lines, sink), "osv");
  EXPECT_THAT(sink.row_names(), ElementsAre("npm  p GHSA-w", "pypi  Evil_Pkg MAL-2025-1"));
  EXPECT_EQ(sink.rows[0].row.state, AdvisoryState::kWithdrawn);
  EXPECT_EQ(sink.rows[0].row.document, "all.jsonl:1");
  EXPECT_EQ(sink.rows[1].row.kind, FindingKind::kMalicious);
  EXPECT_EQ(sink.rows[1].row.severity, Severity::kCritical);
  EXPECT_EQ(sink.skips["a bug-fix or enhancement advisory"], 1);
  EXPECT_EQ(sink.skips["Red Hat OSV: scoped by CPE, which is not matched yet: "
                       "'Red Hat:rhel_eus:8.8::baseos'"],
            1);
  ASSERT_THAT(sink.problems, SizeIs(2));
  EXPECT_EQ(sink.problems[0].path, "all.jsonl:5");
  EXPECT_EQ(sink.problems[1].path, "all.jsonl:6");
}

TEST(Osv, YamlIsTheSameFeed) {
  RecordingSink sink;
  const std::string yaml = R"(id: PYSEC-2023-121
modified: 2023-07-25T16:31:58.309647Z
aliases:
- CVE-2022-4899
details: one
  two
severity:
- {type: CVSS_V3, score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}
affected:
- package: {ecosystem: PyPI, name: zstd}
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: "0"
    - fixed: "1.5.4.0"
)";
  ASSERT_EQ(parse_document("vulns/zstd/PYSEC-2023-121.yaml", yaml, sink), "osv");
  EXPECT_THAT(sink.row_names(), ElementsAre("pypi  zstd CVE-2022-4899"));
  EXPECT_EQ(sink.all_details[0].summary, "one two");
  ASSERT_THAT(sink.all_details[0].cvss, SizeIs(1));
  EXPECT_DOUBLE_EQ(sink.all_details[0].cvss[0].score, 7.5);
  EXPECT_EQ(sink.all_details[0].severity, Severity::kHigh);
}

TEST(Osv, WrongTypesMakeNoRowsAndNoCrash) {
  for (
      const char* text :
      {R"({"id":7,"modified":"x","affected":{}})",
       R"({"id":"A","modified":1,"affected":[1,null,"x",[]]})",
       R"({"id":"A-1","modified":"","affected":[{"package":"x","ranges":7}]})",
       R"([{"id":"A","modified":""},3])",
       R"({"id":"A-2","affected":[{"package":{"ecosystem":"npm","name":"p"},"ranges":[{"events":[{"introduced":[]}]}]}]})"}) {
    RecordingSink sink;
    EXPECT_EQ(parse_document("x.json", text, sink), "osv") << text;
    EXPECT_THAT(sink.rows, IsEmpty()) << text;
  }
  RecordingSink sink;
  Status status = ok_status();
  parse_document("x.json", R"({"id":"A","modified":"","affected":)" + std::string(5000, '['), sink,
                 &status);
  ASSERT_FALSE(status);
}

}  // namespace
}  // namespace seaworthy
