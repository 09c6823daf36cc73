// Photon, Arch, Bodhi, NVD and OpenVEX documents.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/advisory/recording_sink.h"
#include "scan/advisory/records.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> described(const RecordingSink& sink) {
  std::vector<std::string> out;
  for (const auto& [key, row] : sink.rows) {
    std::string text =
        key.ecosystem + " " + key.release + " " + key.package + " " + row.vulnerability;
    text += text_of(row.ranges);
    for (const std::string& version : row.versions) text += " = " + version;
    for (const std::string& part : {row.arch, row.channel, row.note}) {
      if (!part.empty()) text += " (" + part + ")";
    }
    if (row.status == AdvisoryStatus::kNotAffected) text += " not-affected";
    if (row.status == AdvisoryStatus::kUnderInvestigation) text += " investigated";
    if (row.status == AdvisoryStatus::kAffected && row.fix_state == FixState::kNotFixed) {
      text += " not-fixed";
    }
    out.push_back(std::move(text));
  }
  return out;
}

TEST(Photon, ReadsEveryState) {
  const char* text = R"([
    {"cve_id": "CVE-2026-24001", "pkg": "curl", "cve_score": 9.8,
     "aff_ver": "all versions before 8.1.2-1.ph4 are vulnerable", "res_ver": "8.1.2-1.ph4"},
    {"cve_id": "CVE-2026-24002", "pkg": "linux", "cve_score": 5,
     "aff_ver": "all versions are vulnerable", "res_ver": "NA"},
    {"cve_id": "CVE-2026-24003", "pkg": "zlib", "cve_score": 0, "aff_ver": "NA", "res_ver": "NA"},
    {"cve_id": "CVE-2026-24004", "pkg": "vim", "status": "Not Affected",
     "aff_ver": "all versions before 9-1.ph4 are vulnerable", "res_ver": "9-1.ph4"},
    {"cve_id": "", "pkg": "vim", "res_ver": "9-1.ph4"}, 7])";
  RecordingSink sink;
  ASSERT_EQ(parse_document("cve_data_photon4.0.json", text, sink), "photon");
  EXPECT_THAT(described(sink), ElementsAre("photon 4.0 curl CVE-2026-24001 < 8.1.2-1.ph4",
                                           "photon 4.0 linux CVE-2026-24002 not-fixed",
                                           "photon 4.0 zlib CVE-2026-24003 not-affected",
                                           "photon 4.0 vim CVE-2026-24004 not-affected"));
  EXPECT_EQ(sink.rows[0].row.severity, Severity::kCritical);
  EXPECT_EQ(sink.records, 4);
  EXPECT_THAT(sink.problems, SizeIs(2));
  EXPECT_EQ(sink.scopes["photon 4.0"], 1);
  EXPECT_EQ(sink.newest, 0);
  // Under another name the versions tell the release, where they do.
  RecordingSink renamed;
  ASSERT_EQ(parse_document("data.json", text, renamed), "photon");
  EXPECT_THAT(described(renamed), ElementsAre("photon 4.0 curl CVE-2026-24001 < 8.1.2-1.ph4",
                                              "photon 4.0 vim CVE-2026-24004 not-affected"));
  EXPECT_THAT(renamed.problems, SizeIs(4));
}

TEST(Arch, ReadsEveryStatus) {
  const char* text = R"([
    {"name": "AVG-1", "packages": ["curl", "lib32-curl"], "status": "Fixed", "severity": "High",
     "type": "x", "affected": "8.4.0-1", "fixed": "8.5.0-1", "issues": ["CVE-2025-25001"],
     "advisories": ["ASA-202610-4"]},
    {"name": "AVG-2", "packages": ["vim"], "status": "Vulnerable", "severity": "Low",
     "affected": "9-1", "fixed": null, "issues": ["CVE-2025-25002", "CVE-2025-25003"]},
    {"name": "AVG-3", "packages": ["zsh"], "status": "Not affected", "affected": "5-1",
     "fixed": null, "issues": ["CVE-2025-25004"]},
    {"name": "AVG-4", "packages": ["fish"], "status": "Testing", "affected": "3-1",
     "fixed": "3-2", "issues": []},
    {"name": "AVG-5", "packages": ["sed"], "status": "Unknown", "issues": ["CVE-2025-25005"]},
    {"name": "AVG-6", "packages": ["awk"], "status": "Fixed", "issues": ["CVE-2025-25006"]},
    {"name": "AVG-7", "packages": ["awk"], "status": "New", "issues": ["CVE-2025-25006"]}])";
  RecordingSink sink;
  ASSERT_EQ(parse_document("all.json", text, sink), "arch");
  EXPECT_THAT(
      described(sink),
      ElementsAre("arch  curl CVE-2025-25001 < 8.5.0-1",
                  "arch  lib32-curl CVE-2025-25001 < 8.5.0-1", "arch  vim CVE-2025-25002 not-fixed",
                  "arch  vim CVE-2025-25003 not-fixed", "arch  zsh CVE-2025-25004 not-affected",
                  "arch  fish AVG-4 < 3-2 (fixed in testing)",
                  "arch  sed CVE-2025-25005 investigated"));
  EXPECT_EQ(sink.rows[0].row.advisory_id, "AVG-1");
  EXPECT_THAT(sink.problems, SizeIs(2));
  EXPECT_EQ(sink.newest, 0);
}

TEST(Bodhi, ReadsStableSecurityUpdates) {
  const char* text = R"({"updates": [
    {"alias": "FEDORA-2026-1", "type": "security", "status": "stable", "severity": "high",
     "date_stable": "2026-10-02 03:04:05", "release": {"version": "40", "id_prefix": "FEDORA"},
     "builds": [{"nvr": "java-17-openjdk-17.0.9.0.9-3.fc40", "epoch": 1, "type": "rpm"},
                {"nvr": "nothing", "epoch": 0}, {"nvr": "m-1-2", "type": "module"}],
     "bugs": [{"title": "CVE-2026-26001 java: x"}, {"title": "CVE-2026-26002 y [fedora-all]"}]},
    {"alias": "FEDORA-2026-2", "type": "security", "status": "stable", "notes": "for CVE-2026-26003",
     "release": {"version": "41", "id_prefix": "FEDORA"}, "builds": [{"nvr": "curl-8-1.fc41"}]},
    {"alias": "FEDORA-2026-3", "type": "bugfix", "status": "stable",
     "release": {"version": "41", "id_prefix": "FEDORA"}, "builds": [{"nvr": "a-1-1"}]},
    {"alias": "FEDORA-2026-4", "type": "security", "status": "testing",
     "release": {"version": "41", "id_prefix": "FEDORA"}, "builds": [{"nvr": "a-1-1"}]},
    {"alias": "FEDORA-EPEL-2026-5", "type": "security", "status": "stable",
     "release": {"version": "9", "id_prefix": "FEDORA-EPEL"}, "builds": [{"nvr": "a-1-1"}]},
    {"type": "security"}], "page": 1, "pages": 1})";
  RecordingSink sink;
  ASSERT_EQ(parse_document("bodhi/1.json", text, sink), "bodhi");
  EXPECT_THAT(described(sink),
              ElementsAre("fedora 40 java-17-openjdk CVE-2026-26001 < 1:17.0.9.0.9-3.fc40 (src)",
                          "fedora 40 java-17-openjdk CVE-2026-26002 < 1:17.0.9.0.9-3.fc40 (src)",
                          "fedora 41 curl CVE-2026-26003 < 8-1.fc41 (src)"));
  EXPECT_EQ(sink.rows[0].row.advisory_id, "FEDORA-2026-1");
  EXPECT_EQ(sink.rows[0].row.severity, Severity::kHigh);
  EXPECT_THAT(sink.problems, SizeIs(2));
  EXPECT_THAT(sink.skips, SizeIs(4));
  EXPECT_THAT(sink.scopes, SizeIs(2));
  EXPECT_EQ(rfc3339(sink.newest), "2026-10-02T03:04:05Z");
}

constexpr const char* kNvdText = R"({"resultsPerPage": 3, "format": "NVD_CVE", "version": "2.0",
  "timestamp": "2026-11-20T01:02:03.456", "vulnerabilities": [
  {"cve": {"id": "CVE-2026-27001", "published": "2026-01-02T00:00:00.000",
    "lastModified": "2026-11-10T00:00:00.000", "vulnStatus": "Analyzed",
    "cveTags": [{"sourceIdentifier": "x", "tags": ["disputed"]}],
    "descriptions": [{"lang": "es", "value": "no"}, {"lang": "en", "value": "An example."}],
    "metrics": {
      "cvssMetricV40": [{"source": "a", "type": "Primary", "cvssData": {"vectorString":
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "baseScore": 9.3}}],
      "cvssMetricV31": [{"source": "nvd@nist.gov", "cvssData": {"vectorString":
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 9.8}}],
      "cvssMetricV30": [{"source": "b", "cvssData": {"vectorString":
        "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", "baseScore": 9.1}}],
      "cvssMetricV2": [{"source": "c", "cvssData": {"vectorString":
        "AV:N/AC:L/Au:N/C:P/I:P/A:P", "baseScore": 7.5}}]},
    "configurations": [
      {"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
        {"vulnerable": true, "criteria": "cpe:2.3:a:haxx:curl:*:*:*:*:*:*:*:*",
         "versionStartIncluding": "7.1", "versionEndExcluding": "8.1"},
        {"vulnerable": true, "criteria": "cpe:2.3:a:haxx:curl:8.5:*:*:*:*:*:*:*"},
        {"vulnerable": true, "criteria": "cpe:2.3:a:haxx:curl:8.6:-:*:*:*:*:*:*"},
        {"vulnerable": true, "criteria": "cpe:2.3:a:haxx:curl:8.7:rc1:*:*:*:*:*:*"},
        {"vulnerable": true, "criteria": "cpe:2.3:a:x\\:y:plug:*:*:*:*:*:wordpress:*:*",
         "versionStartExcluding": "1", "versionEndIncluding": "2"},
        {"vulnerable": true, "criteria": "cpe:2.3:a:none:none:-:*:*:*:*:*:*:*"},
        {"vulnerable": true, "criteria": "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*"},
        {"vulnerable": true, "criteria": "cpe:2.3:a:broken"}]}]},
      {"operator": "AND", "nodes": [
        {"operator": "OR", "negate": false, "cpeMatch": [
          {"vulnerable": true, "criteria": "cpe:2.3:a:v:app:*:*:*:*:*:*:*:*"}]},
        {"operator": "OR", "negate": false, "cpeMatch": [
          {"vulnerable": false, "criteria": "cpe:2.3:a:v:runtime:*:*:*:*:*:*:*:*"}]}]},
      {"operator": "AND", "nodes": [
        {"operator": "OR", "negate": false, "cpeMatch": [
          {"vulnerable": true, "criteria": "cpe:2.3:a:v:tool:*:*:*:*:*:*:*:*"}]},
        {"operator": "OR", "negate": false, "cpeMatch": [
          {"vulnerable": false, "criteria": "cpe:2.3:o:microsoft:windows_10:-:*:*:*:*:*:*:*"},
          {"vulnerable": false, "criteria": "cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"}]}]},
      {"operator": "AND", "nodes": [
        {"operator": "OR", "negate": false, "cpeMatch": [
          {"vulnerable": true, "criteria": "cpe:2.3:a:v:both:*:*:*:*:*:*:*:*"}]},
        {"operator": "OR", "negate": false, "cpeMatch": [
          {"vulnerable": false, "criteria": "cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"},
          {"vulnerable": false, "criteria": "cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"}]}]},
      {"nodes": [{"operator": "OR", "negate": true, "cpeMatch": []}]}],
    "references": [{"url": "https://example.org/1"}]}},
  {"cve": {"id": "CVE-2026-27002", "vulnStatus": "Rejected", "lastModified": "2026-02-01T00:00:00",
    "descriptions": [{"lang": "en", "value": "Rejected reason: x"}], "configurations": [
      {"nodes": [{"cpeMatch": [{"vulnerable": true,
        "criteria": "cpe:2.3:a:v:app:*:*:*:*:*:*:*:*"}]}]}]}},
  {"cve": {"id": "x"}}]})";

TEST(Nvd, ReadsStateScoresAndProducts) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("nvdcve-2.0-2026.json", kNvdText, sink), "nvd");
  ASSERT_THAT(sink.all_details, SizeIs(2));
  const VulnerabilityDetails& first = sink.all_details[0];
  EXPECT_EQ(first.state, AdvisoryState::kDisputed);
  EXPECT_EQ(first.summary, "An example.");
  EXPECT_EQ(first.severity, Severity::kCritical);
  std::vector<std::string> versions;
  for (const Cvss& cvss : first.cvss) versions.push_back(cvss.version);
  EXPECT_THAT(versions, ElementsAre("4.0", "3.1", "3.0", "2.0"));
  EXPECT_EQ(first.cvss[0].score, 9.3);
  EXPECT_EQ(first.cvss[1].source, "nvd@nist.gov");
  EXPECT_EQ(sink.all_details[1].state, AdvisoryState::kRejected);
  EXPECT_THAT(described(sink),
              UnorderedElementsAre(
                  "cpe  haxx:curl CVE-2026-27001 >= 7.1 < 8.1",
                  "cpe  haxx:curl CVE-2026-27001 = 8.5", "cpe  haxx:curl CVE-2026-27001 = 8.6",
                  "cpe  haxx:curl CVE-2026-27001 = 8.7:rc1", "cpe  v:tool CVE-2026-27001 (windows)",
                  "cpe  v:both CVE-2026-27001 (only beside another product)",
                  "cpe  x:y:plug CVE-2026-27001 > 1 <= 2 (wordpress)",
                  "cpe  v:app CVE-2026-27001 (only beside another product)"));
  EXPECT_THAT(sink.problems, SizeIs(1));
  EXPECT_EQ(sink.skips["NVD: a configuration that is negated"], 1);
  EXPECT_THAT(sink.scopes, ElementsAre(testing::Pair("cpe ", 1)));  // of no distribution
  EXPECT_EQ(rfc3339(sink.newest), "2026-11-20T01:02:03Z");
}

constexpr const char* kVexText = R"({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x",
  "author": "Example\u001b[31m team", "timestamp": "2026-09-01T00:00:00Z", "version": 1, "statements": [
  {"vulnerability": {"name": "CVE-2026-28001", "aliases": ["GHSA-xxxx-yyyy-zzzz"]},
   "products": [{"@id": "pkg:golang/example.org/app", "subcomponents": [
     {"@id": "pkg:golang/example.org/lib@v1.2.3"}]}, {"@id": "pkg:oci/app@sha256:00"}],
   "status": "not_affected", "justification": "vulnerable_code_not_present",
   "impact_statement": "not\nbuilt in"},
  {"vulnerability": "CVE-2026-28002", "products": ["pkg:oci/app"], "status": "fixed",
   "timestamp": "2026-10-01T00:00:00Z"},
  {"vulnerability": {"name": "CVE-2026-28003"}, "products": [{"@id": "x",
     "identifiers": {"purl": "pkg:npm/a@1"}}], "status": "affected", "action_statement": "update"},
  {"vulnerability": {"name": "CVE-2026-28004"}, "products": [], "status": "fixed"},
  {"vulnerability": {"name": "CVE-2026-28005"}, "products": ["a"], "status": "perhaps"},
  {"products": ["a"], "status": "fixed"}]})";

TEST(OpenVex, ReadsStatements) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("pkg/x/scan.openvex.json", kVexText, sink), "openvex");
  ASSERT_THAT(sink.statements, SizeIs(4));
  const VexStatement& first = sink.statements[0];
  EXPECT_EQ(first.vulnerability, "CVE-2026-28001");
  EXPECT_THAT(first.aliases, ElementsAre("GHSA-xxxx-yyyy-zzzz"));
  EXPECT_EQ(first.product, "pkg:golang/example.org/app");
  EXPECT_THAT(first.parts, ElementsAre("pkg:golang/example.org/lib@v1.2.3"));
  EXPECT_EQ(first.status, VexStatus::kNotAffected);
  EXPECT_EQ(first.justification, "vulnerable_code_not_present");
  EXPECT_EQ(first.impact, "not built in");
  EXPECT_EQ(first.author, "Example [31m team");  // no control characters
  EXPECT_EQ(first.timestamp, "2026-09-01T00:00:00Z");
  EXPECT_EQ(sink.statements[1].product, "pkg:oci/app@sha256:00");
  EXPECT_EQ(sink.statements[2].timestamp, "2026-10-01T00:00:00Z");
  EXPECT_EQ(sink.statements[3].product, "pkg:npm/a@1");
  EXPECT_EQ(sink.statements[3].action, "update");
  EXPECT_EQ(sink.records, 3);
  EXPECT_THAT(sink.problems, SizeIs(3));
  EXPECT_THAT(sink.rows, IsEmpty());
  EXPECT_EQ(rfc3339(sink.newest), "2026-10-01T00:00:00Z");
  RecordingSink index;
  EXPECT_EQ(parse_document("index.json", R"({"updated_at": "x", "packages": []})", index),
            "unread");
  EXPECT_EQ(parse_document("a/manifest.json", R"({"ID": "pkg:a/b", "Sources": []})", index),
            "unread");
}

TEST(VexCodec, KeepsStatementsAndRefusesDamage) {
  RecordingSink sink;
  parse_document("pkg/x/scan.openvex.json", kVexText, sink);
  std::vector<VexStatement> same(sink.statements.begin(), sink.statements.begin() + 2);
  const std::string stored = pack_vex(same);
  const auto back = unpack_vex("CVE-2026-28001", stored);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, same);
  for (std::size_t size = 0; size < stored.size(); ++size) {
    EXPECT_FALSE(unpack_vex("CVE-2026-28001", stored.substr(0, size))) << size;
  }
  std::string damaged = stored;
  damaged[damaged.size() - 2] = 0x7f;  // a text that is not there
  EXPECT_FALSE(unpack_vex("CVE-2026-28001", damaged));
}

TEST(VendorFeeds, DamagedDocumentsAreErrors) {
  for (const std::string_view whole : {std::string_view(kNvdText), std::string_view(kVexText)}) {
    RecordingSink sink;
    Status status = ok_status();
    ASSERT_NE(parse_document("a.json", whole.substr(0, whole.size() - 20), sink, &status), "");
    EXPECT_FALSE(status);
    EXPECT_EQ(sink.records, 0);
  }
}

}  // namespace
}  // namespace seaworthy
