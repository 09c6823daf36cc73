#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/clock.h"
#include "scan/advisory/recording_sink.h"

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// "gem resque CVE-2023-1 [GHSA-x] >= 1 < 2 > 3 <= 4".
std::vector<std::string> described(const RecordingSink& sink) {
  std::vector<std::string> out;
  for (const auto& [key, row] : sink.rows) {
    out.push_back(key.ecosystem + " " + key.package + " " + row.vulnerability + " [" +
                  row.advisory_id + "]" + text_of(row.ranges));
  }
  return out;
}

TEST(RubySec, AffectedIsWhatNoVersionClears) {
  RecordingSink sink;
  const char* text =
      "---\ngem: example\ncve: 2023-50725\nghsa: gc3j-vvwf-4rp8\nurl: https://example.org/1\n"
      "title: An example\ndate: 2023-12-18\ndescription: |\n  Text.\ncvss_v3: 6.3\n"
      "unaffected_versions:\n  - \"< 1.0\"\npatched_versions:\n  - \"~> 2.1.4\"\n  - \">= "
      "2.2.1\"\n";
  ASSERT_EQ(parse_document("gems/example/CVE-2023-50725.yml", text, sink), "rubysec");
  EXPECT_THAT(described(sink), ElementsAre("gem example CVE-2023-50725 [GHSA-gc3j-vvwf-4rp8] >= "
                                           "1.0 < 2.1.4 >= 2.2.a < 2.2.1"));
  EXPECT_EQ(sink.rows[0].row.fix_state, FixState::kFixed);
  ASSERT_THAT(sink.all_details, SizeIs(1));
  EXPECT_EQ(sink.all_details[0].summary, "An example");
  EXPECT_THAT(sink.all_details[0].aliases, ElementsAre("GHSA-gc3j-vvwf-4rp8"));
  EXPECT_EQ(sink.all_details[0].severity, Severity::kMedium);
  EXPECT_EQ(rfc3339(sink.newest), "2023-12-18T00:00:00Z");
  EXPECT_EQ(sink.scopes["gem "], 1);
}

TEST(RubySec, EnginesAndOldIdsAndNoFix) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("rubies/jruby/CVE-2022-25857.yml",
                           "---\nengine: jruby\ncve: 2022-25857\ndate: 2022-02-24\n"
                           "patched_versions:\n  - \">= 9.3.8.0\"\n",
                           sink),
            "rubysec");
  ASSERT_EQ(parse_document("gems/old/OSVDB-91930.yml",
                           "---\ngem: old\nosvdb: 91930\ntitle: x\ndate: 2013-03-31\n", sink),
            "rubysec");
  EXPECT_THAT(described(sink),
              ElementsAre("generic jruby CVE-2022-25857 [CVE-2022-25857] < 9.3.8.0",
                          "gem old OSVDB-91930 [OSVDB-91930]"));
  EXPECT_EQ(sink.rows[1].row.fix_state, FixState::kNotFixed);
}

TEST(RubySec, WhatCannotBeReadIsAnError) {
  for (const char* text :
       {"gem: x\ndate: 2023-01-01\n", "gem: x\ncve: 2023-1000\npatched_versions: [\"~> what\"]\n",
        "gem: [\n"}) {
    RecordingSink sink;
    Status status = ok_status();
    ASSERT_EQ(parse_document("gems/x/y.yml", text, sink, &status), "rubysec");
    EXPECT_FALSE(status) << text;
    EXPECT_THAT(sink.rows, IsEmpty());
  }
  RecordingSink sink;
  ASSERT_EQ(parse_document("gems/x/y.yml",
                           "gem: x\ncve: 2023-1000\npatched_versions: [\">= 1\", \"< 2\"]\n", sink),
            "rubysec");
  EXPECT_THAT(sink.rows, IsEmpty());
  EXPECT_THAT(sink.problems, SizeIs(1));
}

TEST(RustSec, TomlInFrontOfMarkdown) {
  RecordingSink sink;
  const char* text =
      "```toml\n[advisory]\nid = \"RUSTSEC-2026-0208\"\npackage = \"example\"\n"
      "date = \"2026-05-21\"\naliases = [\"GHSA-aaaa-bbbb-cccc\", \"CVE-2026-1234\"]\n"
      "cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n\n[versions]\n"
      "patched = [\"^0.9.3\", \">= 0.10.1\"]\nunaffected = [\"<= 0.2.0\"]\n```\n\n# A "
      "*title*\n\nText\n";
  ASSERT_EQ(parse_document("crates/example/RUSTSEC-2026-0208.md", text, sink), "rustsec");
  EXPECT_THAT(described(sink),
              ElementsAre("cargo example CVE-2026-1234 [RUSTSEC-2026-0208] > 0.2.0 "
                          "< 0.9.3 >= 0.10.0-0 < 0.10.1"));
  ASSERT_THAT(sink.all_details, SizeIs(1));
  EXPECT_EQ(sink.all_details[0].summary, "A *title*");
  EXPECT_EQ(sink.all_details[0].severity, Severity::kCritical);
  EXPECT_EQ(sink.scopes["cargo "], 1);
}

TEST(RustSec, RemarksWithdrawnAndTheToolchain) {
  const auto advisory = [](const std::string& more) {
    return "```toml\n[advisory]\nid = \"RUSTSEC-2020-0001\"\npackage = \"x\"\ndate = "
           "\"2020-01-02\"\n" +
           more + "\n[versions]\npatched = []\n```\n# T\n";
  };
  RecordingSink remark;
  ASSERT_EQ(parse_document("crates/x/RUSTSEC-2020-0001.md",
                           advisory("informational = \"unmaintained\""), remark),
            "rustsec");
  EXPECT_THAT(remark.rows, IsEmpty());
  EXPECT_EQ(remark.skips["a remark about a crate that is no vulnerability"], 1);
  RecordingSink unsound;
  parse_document("crates/x/RUSTSEC-2020-0001.md", advisory("informational = \"unsound\""), unsound);
  EXPECT_THAT(described(unsound), ElementsAre("cargo x RUSTSEC-2020-0001 [RUSTSEC-2020-0001]"));
  RecordingSink withdrawn;
  parse_document("crates/x/RUSTSEC-2020-0001.md", advisory("withdrawn = \"2021-01-01\""),
                 withdrawn);
  ASSERT_THAT(withdrawn.rows, SizeIs(1));
  EXPECT_EQ(withdrawn.rows[0].row.state, AdvisoryState::kWithdrawn);
  RecordingSink toolchain;
  parse_document("rust/std/RUSTSEC-2020-0001.md", advisory(""), toolchain);
  EXPECT_THAT(described(toolchain),
              ElementsAre("generic rust RUSTSEC-2020-0001 [RUSTSEC-2020-0001]"));
  for (const std::string& bad : {std::string("```toml\n[advisory]\nid = 1\n"),
                                 std::string("```toml\n[advisory]\nid = \n```\n"),
                                 std::string("```toml\n[advisory]\npackage = \"x\"\n```\n")}) {
    RecordingSink sink;
    Status status = ok_status();
    ASSERT_EQ(parse_document("crates/x/RUSTSEC-2020-0001.md", bad, sink, &status), "rustsec");
    EXPECT_FALSE(status) << bad;
  }
}

TEST(NodeWorkingGroup, CoreByReleaseLines) {
  RecordingSink sink;
  ASSERT_EQ(
      parse_document(
          "vuln/core/100.json",
          R"({"cve":["CVE-2022-35255","CVE-2022-35256"],"vulnerable":"16.x || 18.x",)"
          R"("patched":"^16.17.1 || ^18.9.1","description":"Text.","affectedEnvironments":["all"],"severity":"high"})",
          sink),
      "nodejs-security-wg");
  const std::string ranges = " [NSWG-CORE-100] >= 16.0.0 < 16.17.1 >= 18.0.0 < 18.9.1";
  EXPECT_THAT(described(sink), ElementsAre("generic node CVE-2022-35255" + ranges,
                                           "generic node CVE-2022-35256" + ranges));
  EXPECT_EQ(sink.rows[0].row.severity, Severity::kHigh);
  EXPECT_EQ(sink.rows[0].row.fix_state, FixState::kFixed);
}

TEST(NodeWorkingGroup, CoreOfOneSystem) {
  for (const auto& [systems, expected] :
       {std::pair{R"(["win32"])", "windows"}, std::pair{R"(["linux"])", "linux"},
        std::pair{R"(["linux","win32"])", ""}, std::pair{R"(["win32","all"])", ""},
        std::pair{"[]", ""}, std::pair{"7", ""}}) {
    RecordingSink sink;
    const std::string text = std::string(R"({"cve":["CVE-2024-27980"],"vulnerable":"18.x",)") +
                             R"("patched":"^18.20.2","affectedEnvironments":)" + systems + "}";
    ASSERT_EQ(parse_document("vuln/core/150.json", text, sink), "nodejs-security-wg");
    ASSERT_EQ(sink.rows.size(), 1U) << systems;
    EXPECT_EQ(sink.rows[0].row.channel, expected) << systems;
  }
}

TEST(NodeWorkingGroup, Npm) {
  RecordingSink sink;
  ASSERT_EQ(
      parse_document("vuln/npm/379.json",
                     R"({"id":379,"updated_at":"2018-02-26","title":"T","module_name":"any",)"
                     R"("cves":[],"vulnerable_versions":"<=1.5.0","patched_versions":"<0.0.0",)"
                     R"("overview":"o","cvss_vector":null})",
                     sink),
      "nodejs-security-wg");
  ASSERT_EQ(parse_document("vuln/npm/index.json",
                           R"({"1":{"id":1,"module_name":"any",)"
                           R"("vulnerable_versions":"*"}})",
                           sink),
            "nodejs-security-wg");
  EXPECT_THAT(described(sink),
              ElementsAre("npm any NSWG-ECO-379 [NSWG-ECO-379] >= 0.0.0 <= 1.5.0"));
  EXPECT_EQ(sink.skips["an index that repeats the files beside it"], 1);
  Status status = ok_status();
  parse_document("vuln/npm/2.json",
                 R"({"id":2,"module_name":"any","cves":[],"vulnerable_versions":null,"x":1})", sink,
                 &status);
  EXPECT_FALSE(status);
}

TEST(FriendsOfPhp, Branches) {
  RecordingSink sink;
  const char* text =
      "title: A title\nlink: https://example.org/x\ncve: CVE-2016-1902\nbranches:\n"
      "    2.3.x:\n        time: 2016-01-14 10:00:00\n        versions: ['>=2.3.0', '<2.3.37']\n"
      "    2.6.x:\n        time: ~\n        versions: ['>=2.6.0', '<=2.6.12']\n"
      "reference: composer://vendor/package\n";
  ASSERT_EQ(parse_document("vendor/package/CVE-2016-1902.yaml", text, sink), "friends-of-php");
  EXPECT_THAT(described(sink),
              ElementsAre("composer vendor/package CVE-2016-1902 [] >= 2.3.0 < 2.3.37 "
                          ">= 2.6.0 <= 2.6.12"));
  EXPECT_EQ(rfc3339(sink.newest), "2016-01-14T00:00:00Z");
  RecordingSink unnamed;
  ASSERT_EQ(parse_document("vendor/package/2016-01-02-1.yaml",
                           "title: T\nbranches:\n  1.x:\n    versions: ['<2']\n"
                           "reference: composer://vendor/package\n",
                           unnamed),
            "friends-of-php");
  EXPECT_THAT(described(unnamed), ElementsAre("composer vendor/package "
                                              "vendor/package/2016-01-02-1 [] < 2"));
  for (const char* bad : {"title: T\nbranches:\n  1.x:\n    versions: ['about 2']\n"
                          "reference: composer://v/p\n",
                          "title: T\nbranches: {}\nreference: composer://v/p\n"}) {
    RecordingSink none;
    Status status = ok_status();
    ASSERT_EQ(parse_document("v/p/1.yaml", bad, none, &status), "friends-of-php");
    EXPECT_FALSE(status) << bad;
  }
}

}  // namespace
}  // namespace seaworthy
