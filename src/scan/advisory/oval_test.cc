#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "scan/advisory/recording_sink.h"
#include "scan/advisory/suse_products.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string testdata(const std::string& name) {
  auto bytes = read_file(std::string(TESTDATA) + "/" + name, 1 * kMiB);
  return bytes ? *bytes : "";
}

// "ol 8 openssl CVE-1 < 1.2 x86_64 module channel status", without what is empty.
std::vector<std::string> described(const RecordingSink& sink) {
  std::vector<std::string> out;
  for (const auto& [key, row] : sink.rows) {
    std::string text =
        key.ecosystem + " " + key.release + " " + key.package + " " + row.vulnerability;
    for (const VersionRange& range : row.ranges) {
      if (range.introduced != "0") text += " >= " + range.introduced;
      if (!range.fixed.empty()) text += " < " + range.fixed;
      if (!range.last_affected.empty()) text += " <= " + range.last_affected;
    }
    for (const std::string& part : {row.arch, row.module, row.channel}) {
      if (!part.empty()) text += " " + part;
    }
    if (row.status == AdvisoryStatus::kNotAffected) text += " not-affected";
    if (row.status == AdvisoryStatus::kUndetermined) text += " undetermined";
    out.push_back(std::move(text));
  }
  return out;
}

TEST(Oval, ReadsOracle) {
  RecordingSink sink;
  Status status = ok_status();
  ASSERT_EQ(parse_document("com.oracle.elsa-all.xml", testdata("oval-oracle.xml"), sink, &status),
            "oval");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_THAT(
      described(sink),
      UnorderedElementsAre(
          "ol 8 openssl CVE-2026-20001 < 1:1.1.1k-6.el8_5 aarch64|x86_64",
          "ol 8 openssl CVE-2026-20002 < 1:1.1.1k-6.el8_5 aarch64|x86_64",
          "ol 8 openssl-libs CVE-2026-20001 < 1:1.1.1k-6.el8_5 aarch64|x86_64",
          "ol 8 openssl-libs CVE-2026-20002 < 1:1.1.1k-6.el8_5 aarch64|x86_64",
          "ol 8 nodejs CVE-2026-20003 < 1:18.20.2-1.module+el8.9.0+90320+1 x86_64 nodejs:18",
          "ol 9 glibc CVE-2026-20004 < 2:2.34-60.0.3.ksplice1.el9 x86_64",
          "ol 8 gnutls CVE-2026-20004 < 10:3.6.16-4.0.1.el8_fips x86_64",
          "ol 8 kernel-uek CVE-2026-20005 < 5.4.17-2136.330.7.1.el8uek x86_64",
          "ol 8 dbus ELSA-2026-2006 < 1:1.12.8-26.0.1.el8",
          "ol 8 howl CVE-2026-20006 undetermined"));
  EXPECT_EQ(sink.rows[0].row.advisory_id, "ELSA-2026-2001");
  EXPECT_EQ(sink.rows[0].row.severity, Severity::kHigh);
  EXPECT_EQ(sink.rows[0].row.fix_state, FixState::kFixed);
  EXPECT_THAT(sink.rows[0].row.document, HasSubstr("com.oracle.elsa-all.xml:"));
  EXPECT_EQ(sink.skips["bug-fix or enhancement advisory"], 1);
  EXPECT_EQ(sink.skips["OVAL: a definition that is about no vulnerability"], 1);
  ASSERT_THAT(sink.problems, SizeIs(3));
  EXPECT_THAT(sink.problems[0].message,
              HasSubstr("2008: criteria that are not understood: the moon"));
  EXPECT_THAT(sink.problems[1].message, HasSubstr("2009: no package"));
  EXPECT_THAT(sink.problems[2].message, HasSubstr("2011: neither criteria nor versions"));
  EXPECT_EQ(sink.records, 8);
  EXPECT_THAT(sink.scopes, SizeIs(2));
  EXPECT_EQ(rfc3339(sink.newest), "2026-11-01T00:00:00Z");
  ASSERT_THAT(sink.all_details, SizeIs(1));
  EXPECT_EQ(sink.all_details[0].cvss[0].score, 7.5);
}

TEST(Oval, ReadsSuse) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("suse.linux.enterprise.server.15.xml", testdata("oval-suse.xml"), sink),
            "oval");
  EXPECT_THAT(
      described(sink),
      UnorderedElementsAre("sles 15.4 libopenssl1_1 CVE-2026-21001 < 1.1.1l-150400.7.28.1",
                           "sles 15.4 openssl-1_1 CVE-2026-21001 < 1.1.1l-150400.7.28.1",
                           "sles 15.4 libopenssl1_1 CVE-2026-21001 < 1.1.1l-150400.7.28.1 ltss",
                           "sles 15.4 openssl-1_1 CVE-2026-21001 < 1.1.1l-150400.7.28.1 ltss",
                           "opensuse-leap 15.4 libopenssl1_1 CVE-2026-21001 < 1.1.1l-150400.7.28.1",
                           "sles 15.3 libopenssl1_1 CVE-2026-21001",
                           "sle-micro 5.1 libopenssl1_1 CVE-2026-21001 not-affected",
                           "opensuse-tumbleweed  libopenssl1_1 CVE-2026-21001 < 1.1.1w-1.1",
                           "sl-micro 6.0 openssl-3 CVE-2026-21001 < 3.1.4-1.1 aarch64|x86_64",
                           "sles 15.4 curl CVE-2026-21002 >= 7.80-1 < 7.88-1",
                           "sles 15.4 a CVE-2026-21003 undetermined",
                           "sles 15.4 b CVE-2026-21003 undetermined",
                           "opensuse-leap 15.4 xz CVE-2026-21004 < 5.2.3-150000.4.7.1"));
  EXPECT_EQ(sink.rows[0].row.advisory_id, "");
  EXPECT_EQ(sink.rows.back().row.advisory_id, "SUSE-SU-2026:1234-1");
  EXPECT_EQ(sink.skips["a SUSE product that os-release does not name"], 1);
  EXPECT_THAT(sink.problems, SizeIs(1));
  EXPECT_EQ(sink.all_details[0].id, "CVE-2026-21001");
  EXPECT_EQ(sink.all_details[0].summary, "An example of a weakness.");
}

// One definition of the form that Microsoft uses.
std::string azure(std::string_view patchable, std::string_view operation, std::string_view evr) {
  std::string text =
      "<oval_definitions xmlns:l='u'><definitions><definition class='vulnerability' id='d:1'>"
      "<metadata><title>CVE-2026-22001 affecting package zlib</title>"
      "<reference ref_id='CVE-2026-22001' source='CVE'/><patchable>P</patchable>"
      "<advisory_date>2026-10-01T02:03:04Z</advisory_date><severity>Medium</severity></metadata>"
      "<criteria operator='AND'><criterion comment='c' test_ref='t:1'/></criteria></definition>"
      "</definitions><tests><l:rpminfo_test id='t:1'><l:object object_ref='o:1'/>"
      "<l:state state_ref='s:1'/></l:rpminfo_test></tests>"
      "<objects><l:rpminfo_object id='o:1'><l:name>zlib</l:name></l:rpminfo_object></objects>"
      "<states><l:rpminfo_state id='s:1'><l:evr operation='O'>E</l:evr></l:rpminfo_state></states>"
      "</oval_definitions>";
  text.replace(text.find(">P<") + 1, 1, patchable);
  text.replace(text.find("'O'") + 1, 1, operation);
  text.replace(text.find(">E<") + 1, 1, evr);
  return text;
}

TEST(Oval, ReadsMicrosoftsStates) {
  const struct {
    const char *name, *patchable, *operation, *evr, *expected;
  } cases[]{
      {"fixed", "true", "less than", "0:1.3-2.azl3",
       "azurelinux 3.0 zlib CVE-2026-22001 < 1.3-2.azl3"},
      {"no fix yet", "false", "less than or equal", "0:1.3-2.cm2",
       "mariner 2.0 zlib CVE-2026-22001 <= 1.3-2.cm2"},
      {"never applied", "Not Applicable", "less than or equal", "0:1.3-2.cm1",
       "mariner 1.0 zlib CVE-2026-22001 <= 1.3-2.cm1 not-affected"},
      {"epoch kept", "true", "less than", "2:1.3-2.cm1",
       "mariner 1.0 zlib CVE-2026-22001 < 2:1.3-2.cm1"},
      {"strange operation, and so no release", "true", "bitwise and", "0:1.3-2.cm1", nullptr},
      {"no dist tag", "true", "less than", "1.3-2", nullptr},
      {"empty version", "true", "less than", "", nullptr},
  };
  for (const auto& one : cases) {
    RecordingSink sink;
    ASSERT_EQ(parse_document("o.xml", azure(one.patchable, one.operation, one.evr), sink), "oval");
    if (one.expected == nullptr) {
      EXPECT_THAT(sink.rows, IsEmpty()) << one.name;
      EXPECT_FALSE(sink.problems.empty()) << one.name;
      continue;
    }
    EXPECT_THAT(described(sink), ElementsAre(one.expected)) << one.name;
    EXPECT_THAT(sink.problems, IsEmpty()) << one.name;
    EXPECT_EQ(rfc3339(sink.newest), "2026-10-01T02:03:04Z") << one.name;
  }
}

TEST(Oval, DamagedDocumentsAreErrors) {
  const std::string whole = testdata("oval-oracle.xml");
  for (const std::size_t at : {whole.size() / 4, whole.size() / 2, whole.size() - 20}) {
    RecordingSink sink;
    Status status = ok_status();
    ASSERT_EQ(parse_document("o.xml", whole.substr(0, at), sink, &status), "oval");
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, HasSubstr("line "));
    EXPECT_THAT(sink.rows, IsEmpty());  // the tests come last, so nothing can be said
  }
  RecordingSink sink;
  Status status = ok_status();
  EXPECT_EQ(parse_document("o.xml", "<oval_definitions/>", sink, &status), "oval");
  EXPECT_TRUE(status);
  EXPECT_EQ(sink.records, 0);
}

TEST(SuseProducts, AreReleases) {
  const struct {
    const char *product, *name, *release, *channel;
  } cases[]{
      {"SUSE Linux Enterprise Server 15 SP4", "sles", "15.4", ""},
      {"SUSE Linux Enterprise Server 15", "sles", "15", ""},
      {"Linux Enterprise Server 12 SP5-LTSS", "sles", "12.5", "ltss"},
      {"Linux Enterprise Server 12-LTSS", "sles", "12", "ltss"},
      {"Linux Enterprise Server LTSS Extended Security 12 SP5", "sles", "12.5",
       "ltss-extended-security"},
      {"Linux Enterprise Server 15 SP1-BCL", "sles", "15.1", "bcl"},
      {"Linux Enterprise Server for SAP Applications 15 SP4", "sles", "15.4", ""},
      {"Linux Enterprise Module for Package Hub 15 SP5", "sles", "15.5", ""},
      {"Linux Enterprise Module for Live Patching 15 SP5", "sles", "15.5", "live-patching"},
      {"Linux Enterprise Micro 5.4", "sle-micro", "5.4", ""},
      {"SUSE Linux Micro 6.1", "sl-micro", "6.1", ""},
      {"openSUSE Leap 15.5", "opensuse-leap", "15.5", ""},
      {"openSUSE Leap Micro 5.5", "opensuse-leap-micro", "5.5", ""},
      {"openSUSE Tumbleweed", "opensuse-tumbleweed", "", ""},
      {"SUSE Enterprise Storage 7", "", "", ""},
      {"SUSE Linux Enterprise Server", "", "", ""},
      {"SUSE Linux Enterprise Server for the Raspberry Pi 12 SP2", "", "", ""},
      {"SUSE Linux Enterprise Server 15 SP4 and more", "", "", ""},
      {"", "", "", ""},
  };
  for (const auto& one : cases) {
    const Ecosystem got = map_suse_product(one.product);
    EXPECT_EQ(got.name, one.name) << one.product;
    EXPECT_EQ(got.release, one.release) << one.product;
    EXPECT_EQ(got.channel, one.channel) << one.product;
    EXPECT_EQ(got.skip.empty(), *one.name != 0) << one.product;
  }
}

}  // namespace
}  // namespace seaworthy
