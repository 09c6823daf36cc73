#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "scan/advisory/recording_sink.h"

namespace seaworthy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string testdata(const std::string& name) {
  auto bytes = read_file(std::string(TESTDATA) + "/" + name, 1 * kMiB);
  return bytes ? *bytes : "";
}

const AdvisoryRow& row_of(const RecordingSink& sink, const std::string& name) {
  const auto names = sink.row_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return sink.rows[i].row;
  }
  ADD_FAILURE() << "no row " << name;
  static const AdvisoryRow none;
  return none;
}

TEST(DebianTracker, ReadsEveryState) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("json", testdata("debian-tracker.json"), sink), "debian-tracker");
  const AdvisoryRow& fixed = row_of(sink, "debian 11 xorg-server CVE-2023-1393");
  EXPECT_EQ(fixed.fix_state, FixState::kFixed);
  EXPECT_THAT(fixed.ranges, ElementsAre(VersionRange{"0", "2:1.20.11-1+deb11u6", ""}));
  EXPECT_EQ(row_of(sink, "debian sid xorg-server CVE-2023-1393").severity, Severity::kMedium);
  EXPECT_TRUE(row_of(sink, "debian 12 glibc CVE-2019-1010022").unimportant);
  EXPECT_EQ(row_of(sink, "debian 12 glibc CVE-2019-1010022").fix_state, FixState::kNotFixed);
  EXPECT_EQ(row_of(sink, "debian 10 glibc CVE-2021-35942").fix_state, FixState::kDeferred);
  EXPECT_EQ(row_of(sink, "debian 10 glibc CVE-2021-35942").note, "postponed: Minor issue");
  EXPECT_EQ(row_of(sink, "debian 9 glibc CVE-2021-35942").fix_state, FixState::kWontFix);
  EXPECT_EQ(row_of(sink, "debian 11 glibc CVE-2021-35942").fix_state, FixState::kNotFixed);
  EXPECT_EQ(row_of(sink, "debian 11 glibc CVE-2021-35942").note, "no advisory: Minor issue");
  EXPECT_EQ(row_of(sink, "debian 13 glibc CVE-2021-35942").status, AdvisoryStatus::kNotAffected);
  EXPECT_EQ(row_of(sink, "debian 8 glibc CVE-2021-35942").status, AdvisoryStatus::kUndetermined);
  EXPECT_EQ(row_of(sink, "debian 7 glibc CVE-2021-35942").fix_state, FixState::kEndOfLife);
  EXPECT_THAT(sink.problems, SizeIs(1));  // forky's status
  EXPECT_EQ(row_of(sink, "debian 14 glibc CVE-2021-35942").status,
            AdvisoryStatus::kUnderInvestigation);
  EXPECT_EQ(sink.skips["a Debian release that is not known"], 1);
  EXPECT_EQ(sink.newest, 0);  // the form has no dates
}

// What the tracker's form does not allow is never taken for "not affected".
TEST(DebianTracker, AMalformedRecordIsAProblemAndDecidesNothing) {
  struct Row {
    const char* name;
    std::string packages;
    std::string problem;       // its words
    std::string undetermined;  // key of a row; "" none
  };
  const auto bookworm = [](const std::string& release) {
    return R"("bash": {"CVE-2023-0001": {"releases": {"bookworm": )" + release + "}}}";
  };
  const std::string bash = "debian 12 bash CVE-2023-0001";
  for (const Row& row : {
           Row{"package", R"("bash": "x")", "bash: not an object", ""},
           Row{"package is a list", R"("bash": [{}])", "bash: not an object", ""},
           Row{"issue", R"("bash": {"CVE-2023-0001": 7})", "bash CVE-2023-0001: not an object",
               bash},
           Row{"issue is null", R"("bash": {"CVE-2023-0001": null})", "not an object", bash},
           Row{"no releases", R"("bash": {"CVE-2023-0001": {}})", "its releases are no object",
               bash},
           Row{"releases are a list", R"("bash": {"CVE-2023-0001": {"releases": []}})",
               "its releases are no object", bash},
           Row{"release", bookworm(R"("open")"), "bookworm: not an object", bash},
           Row{"no status", bookworm("{}"), "bookworm: unknown status ''", bash},
           Row{"status", bookworm(R"({"status": "frobbed"})"), "unknown status 'frobbed'", bash},
           Row{"resolved", bookworm(R"({"status": "resolved", "urgency": "high"})"),
               "bash CVE-2023-0001: bookworm: resolved without a fixed version", bash},
       }) {
    RecordingSink sink;
    const std::string good =
        R"("a": {"CVE-2023-0009": {"releases": {"bookworm": {"status": "open",)"
        R"( "repositories": {}}}}})";
    ASSERT_EQ(parse_document("json", "{" + good + ", " + row.packages + "}", sink),
              "debian-tracker");
    ASSERT_THAT(sink.problems, SizeIs(1)) << row.name;
    EXPECT_THAT(sink.problems[0].message, testing::HasSubstr(row.problem)) << row.name;
    row_of(sink, "debian 12 a CVE-2023-0009");
    if (row.undetermined.empty()) continue;
    const AdvisoryRow& found = row_of(sink, row.undetermined);
    EXPECT_EQ(found.status, AdvisoryStatus::kUnderInvestigation) << row.name;
    EXPECT_THAT(found.note, testing::StartsWith("the feed's record is unreadable: ")) << row.name;
  }
}

TEST(DebianLists, ReadsAdvisories) {
  RecordingSink sink;
  const std::string text =
      "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n"
      "\t{CVE-2023-1393 CVE-2023-1394}\n"
      "\t[bullseye] - xorg-server 2:1.20.11-1+deb11u6\n"
      "\t[buster] - xorg-server <not-affected> (Vulnerable code not present)\n"
      "\tNOTE: fixed in testing\n"
      "[17 Mar 2023] DSA-5356-2 sox - regression update\n"
      "        [bullseye] - sox 14.4.2+git20190427-2+deb11u2\n"
      "\t[wheezy] - sox <end-of-life>\n"
      "\t[atlantis] - sox 1\n";
  ASSERT_EQ(parse_document("data/DSA/list", text, sink), "debian-lists");
  EXPECT_THAT(
      sink.row_names(),
      ElementsAre("debian 11 xorg-server CVE-2023-1393", "debian 11 xorg-server CVE-2023-1394",
                  "debian 10 xorg-server CVE-2023-1393", "debian 10 xorg-server CVE-2023-1394",
                  "debian 11 sox DSA-5356-2", "debian 7 sox DSA-5356-2"));
  EXPECT_EQ(sink.rows[0].row.advisory_id, "DSA-5380-1");
  EXPECT_EQ(sink.rows[0].row.document, "data/DSA/list:1");
  EXPECT_EQ(sink.rows[2].row.status, AdvisoryStatus::kNotAffected);
  EXPECT_EQ(sink.rows[5].row.fix_state, FixState::kEndOfLife);
  EXPECT_EQ(rfc3339(sink.newest), "2023-03-29T00:00:00Z");
}

// Matching rule 9: a release without a line of its own has unstable's version and no fix.
TEST(DebianLists, ReadsCveList) {
  RecordingSink sink;
  const std::string text =
      "CVE-2022-0778 (The square root loops forever)\n"
      "\t{DSA-5103-1}\n"
      "\t- openssl 1.1.1n-1\n"
      "\t[bullseye] - openssl 1.1.1k-1+deb11u2\n"
      "\t[buster] - openssl <postponed> (Minor issue)\n"
      "CVE-2022-9990\n"
      "\tREJECTED\n";
  ASSERT_EQ(parse_document("data/CVE/list", text, sink), "debian-lists");
  EXPECT_EQ(row_of(sink, "debian sid openssl CVE-2022-0778").fix_state, FixState::kFixed);
  EXPECT_THAT(row_of(sink, "debian 11 openssl CVE-2022-0778").ranges,
              ElementsAre(VersionRange{"0", "1.1.1k-1+deb11u2", ""}));
  EXPECT_EQ(row_of(sink, "debian 10 openssl CVE-2022-0778").fix_state, FixState::kDeferred);
  // Bookworm has no row, so that matching borrows unstable's, and is spoken for.
  EXPECT_THAT(sink.row_names(), Not(Contains("debian 12 openssl CVE-2022-0778")));
  EXPECT_TRUE(sink.scopes.contains("debian 12"));
  EXPECT_EQ(sink.all_details.back().state, AdvisoryState::kRejected);
}

TEST(DebianLists, ReadsUrgencies) {
  struct Case {
    const char* name;
    const char* remark;
    Severity severity;
    bool unimportant;
    const char* note;
  };
  constexpr Case kCases[]{
      {"none", "", Severity::kUnknown, false, ""},
      {"low", " (low)", Severity::kLow, false, ""},
      {"behind a bug", " (bug #1; medium)", Severity::kMedium, false, "bug #1"},
      {"before a bug", " (high; bug #1)", Severity::kHigh, false, "bug #1"},
      {"unimportant", " (unimportant)", Severity::kNegligible, true, ""},
      {"not a word of its own", " (Highly unimportant)", Severity::kUnknown, false,
       "Highly unimportant"},
      {"hostile", " (;;;)", Severity::kUnknown, false, ""},
  };
  for (const Case& one : kCases) {
    RecordingSink sink;
    const std::string text = "CVE-2023-1000 (words)\n\t[bookworm] - a <unfixed>\n\t- a <unfixed>" +
                             std::string(one.remark) + "\n\t- b 2-1" + one.remark + "\n";
    ASSERT_EQ(parse_document("data/CVE/list", text, sink), "debian-lists");
    for (const char* row : {"debian sid a CVE-2023-1000", "debian sid b CVE-2023-1000",
                            "debian 12 a CVE-2023-1000"}) {
      EXPECT_EQ(row_of(sink, row).severity, one.severity) << one.name << ' ' << row;
      EXPECT_EQ(row_of(sink, row).unimportant, one.unimportant) << one.name << ' ' << row;
    }
    EXPECT_EQ(row_of(sink, "debian sid a CVE-2023-1000").note, one.note) << one.name;
  }
}

TEST(Secdb, ReadsFixesAndIds) {
  RecordingSink sink;
  const std::string text = R"json({"urlprefix":"https://dl-cdn.alpinelinux.org/alpine",
    "reponame":"main","distroversion":"v3.18","packages":[{"pkg":{"name":"xen","secfixes":{
      "4.14.1-r3":["CVE-2021-28687 XSA-368","XSA-360"],
      "0":["CVE-2020-1111"],
      "4.0-r0":["CVE_2017-2616 (+ regression fix)","CVE-2023-2222 / GHSA-cr9j-mf9g-aaaa","none"]
      }}},{"pkg":{"secfixes":{}}}]})json";
  ASSERT_EQ(parse_document("v3.18/main.json", text, sink), "secdb");
  EXPECT_THAT(sink.row_names(),
              ElementsAre("alpine 3.18 xen CVE-2021-28687", "alpine 3.18 xen XSA-360",
                          "alpine 3.18 xen CVE-2020-1111", "alpine 3.18 xen CVE-2017-2616",
                          "alpine 3.18 xen CVE-2023-2222"));
  EXPECT_EQ(sink.rows[2].row.status, AdvisoryStatus::kNotAffected);
  EXPECT_THAT(sink.rows[2].row.ranges, IsEmpty());
  ASSERT_THAT(sink.all_details, SizeIs(1));  // XSA is an advisory, GHSA an alias
  EXPECT_THAT(sink.all_details[0].aliases, ElementsAre("GHSA-cr9j-mf9g-aaaa"));
  EXPECT_EQ(sink.skips["a secfixes entry without an id"], 1);
  EXPECT_THAT(sink.problems, SizeIs(1));
}

TEST(Secdb, KnowsItsDistribution) {
  struct Case {
    const char* path;
    const char* head;
    const char* scope;
  };
  const Case cases[]{
      {"security.json", R"("urlprefix":"https://packages.wolfi.dev","reponame":"os",)", "wolfi "},
      {"security.json", R"("urlprefix":"https://packages.cgr.dev","reponame":"chainguard",)",
       "chainguard "},
      {"wolfi/security.json", R"("apkurl":"{{urlprefix}}/x",)", "wolfi "},
      {"edge/main.json", R"("apkurl":"x",)", "alpine edge"},
      {"x/v3.9/main.json", R"("apkurl":"x",)", "alpine 3.9"},
      {"main.json", R"("apkurl":"x","distroversion":"edge",)", "alpine edge"},
  };
  for (const Case& one : cases) {
    RecordingSink sink;
    ASSERT_EQ(parse_document(one.path, "{" + std::string(one.head) + R"("packages":[]})", sink),
              "secdb")
        << one.path;
    EXPECT_EQ(sink.scopes.count(one.scope), 1U) << one.path << " " << one.head;
  }
  RecordingSink sink;
  Status status = ok_status();
  parse_document("main.json", R"({"apkurl":"x","packages":[]})", sink, &status);
  EXPECT_FALSE(status);
}

TEST(Rejections, HoldForOneBranchOrForAll) {
  RecordingSink one;
  ASSERT_EQ(parse_document("security-rejections/v3.18/main.yaml",
                           "linux-lts:\n  - CVE-2019-12455\n", one),
            "alpine-rejections");
  EXPECT_THAT(one.row_names(), ElementsAre("alpine 3.18 linux-lts CVE-2019-12455"));
  EXPECT_EQ(one.rows[0].row.status, AdvisoryStatus::kNotAffected);
  EXPECT_THAT(one.scopes, IsEmpty());
  RecordingSink all;
  ASSERT_EQ(parse_document("rejections.json", R"({"curl":["CVE-2019-12455"]})", all),
            "alpine-rejections");
  EXPECT_GT(all.rows.size(), 20U);
}

TEST(Ubuntu, ReadsUctFiles) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("active/CVE-2022-0778", testdata("CVE-2022-0778"), sink), "ubuntu-uct");
  EXPECT_EQ(row_of(sink, "ubuntu 22.04 openssl CVE-2022-0778").severity, Severity::kHigh);
  ASSERT_THAT(sink.rows, SizeIs(8));
  std::vector<std::string> states;
  for (const auto& one : sink.rows) {
    states.push_back(one.key.release + "/" + one.row.channel + " " +
                     std::string(name_of(one.row.fix_state)) +
                     (one.row.ranges.empty() ? "" : " " + one.row.ranges[0].fixed));
  }
  EXPECT_THAT(states,
              ElementsAre("14.04/ end_of_life", "14.04/esm-infra fixed 1.0.1f-1ubuntu2.27+esm5",
                          "18.04/ fixed 1.1.1-1ubuntu2.1~18.04.15",
                          "16.04/esm-infra fixed 1.0.2g-1ubuntu4.20+esm3", "22.04/fips not_fixed",
                          "22.04/ fixed 3.0.2-0ubuntu1.1", "20.04/ unknown", "21.10/ wont_fix"));
  EXPECT_EQ(sink.rows[6].row.status, AdvisoryStatus::kNotAffected);
  EXPECT_EQ(sink.all_details[0].summary,
            "A certificate with bad curve parameters makes the square root loop forever.");
  EXPECT_DOUBLE_EQ(sink.all_details[0].cvss[0].score, 7.5);
  EXPECT_THAT(sink.problems, SizeIs(1));  // "mislaid"
  EXPECT_EQ(sink.skips["an Ubuntu release that is not known"], 1);
}

TEST(Ubuntu, TheMostParticularPriorityOfUctFilesWins) {
  RecordingSink sink;
  const std::string text =
      "Candidate: CVE-2024-1000\nPriority: high\n An explanation\n"
      "Priority_bash: low\n It needs a shell\n"
      "Priority_tar: medium\nPriority_tar_jammy: negligible\nPriority_sed/focal: critical\n"
      "Priority_gzip_esm-infra/xenial: low (a word)\nPriority_: low\nPriority_grep: \n"
      "jammy_bash: needed\nfocal_tar: needed\njammy_tar: needed\nfocal_sed: needed\n"
      "jammy_sed: needed\nesm-infra/xenial_gzip: needed\njammy_gzip: needed\n"
      "jammy_grep: needed\n";
  ASSERT_EQ(parse_document("active/CVE-2024-1000", text, sink), "ubuntu-uct");
  const std::map<std::string, Severity> expected{
      {"ubuntu 22.04 bash CVE-2024-1000", Severity::kLow},
      {"ubuntu 20.04 tar CVE-2024-1000", Severity::kMedium},
      {"ubuntu 22.04 tar CVE-2024-1000", Severity::kNegligible},
      {"ubuntu 20.04 sed CVE-2024-1000", Severity::kCritical},
      {"ubuntu 22.04 sed CVE-2024-1000", Severity::kHigh},
      {"ubuntu 16.04 gzip CVE-2024-1000", Severity::kLow},
      {"ubuntu 22.04 gzip CVE-2024-1000", Severity::kHigh},
      {"ubuntu 22.04 grep CVE-2024-1000", Severity::kUnknown},  // said, and no word
  };
  EXPECT_THAT(sink.rows, SizeIs(expected.size()));
  for (const auto& [name, severity] : expected) {
    EXPECT_EQ(row_of(sink, name).severity, severity) << name;
  }
  EXPECT_EQ(sink.all_details.at(0).severity, Severity::kHigh);
}

TEST(Ubuntu, ReadsJsonLines) {
  RecordingSink sink;
  const std::string lines =
      R"({"id":"CVE-2022-0778","state":"retired","published":"2022-03-15","priority":"untriaged","cvss":[["nvd","CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"]],"usn":["USN-5328-1"],"description":"","packages":[)"
      R"({"release":"upstream","package":"openssl","status":"released","detail":"3.0.2"},)"
      R"({"release":"jammy","package":"openssl","status":"released"},)"
      R"({"release":"devel","package":"openssl","status":"deferred","detail":"2022-01-01"},)"
      R"({"release":"ros-esm/bionic","package":"openssl","status":"needs-triage"}]})"
      "\n"
      R"({"id":"CVE-2013-NNN1","state":"retired","published":"","priority":"low","placeholder":true,"packages":[]})"
      "\n"
      R"({"id":"CVE-2022-1000","state":"rejected","priority":"low","packages":[{"release":"jammy","package":"a","status":"needed"}]})"
      "\n";
  ASSERT_EQ(parse_document("u.jsonl", lines, sink), "ubuntu-cve");
  EXPECT_THAT(
      sink.row_names(),
      ElementsAre("ubuntu 22.04 openssl CVE-2022-0778", "ubuntu devel openssl CVE-2022-0778",
                  "ubuntu 18.04 openssl CVE-2022-0778", "ubuntu 22.04 a CVE-2022-1000"));
  EXPECT_EQ(sink.rows[0].row.status, AdvisoryStatus::kUndetermined);  // no version is known
  EXPECT_EQ(sink.rows[0].row.state, AdvisoryState::kActive);
  EXPECT_EQ(sink.rows[0].row.severity, Severity::kUnknown);
  EXPECT_EQ(sink.rows[1].row.fix_state, FixState::kDeferred);
  EXPECT_EQ(sink.rows[2].row.channel, "ros-esm");
  EXPECT_EQ(sink.rows[3].row.state, AdvisoryState::kRejected);
  EXPECT_THAT(sink.all_details[0].references,
              ElementsAre("https://ubuntu.com/security/notices/USN-5328-1"));
  EXPECT_EQ(sink.skips["a placeholder without a CVE id"], 1);
}

TEST(Risk, ReadsKevEpssAndExploits) {
  RecordingSink sink;
  ASSERT_EQ(parse_document(
                "kev.json",
                R"({"title":"x","catalogVersion":"1","dateReleased":"2025-08-25T17:04:19.9796Z",
    "vulnerabilities":[{"cveID":"CVE-2025-48384","dateAdded":"2025-08-25","dueDate":"2025-09-15","knownRansomwareCampaignUse":"Known"},{"cveID":"x"}]})",
                sink),
            "cisa-kev");
  EXPECT_EQ(sink.kevs["CVE-2025-48384"], (Kev{"2025-08-25", "2025-09-15", true}));
  EXPECT_THAT(sink.problems, SizeIs(1));

  ASSERT_EQ(parse_document("CVE_2021_EPSS.csv",
                           "CVE-2021-47987;0.001200000;0.021680000\nCVE-2021-1;2;3\n", sink),
            "epss");
  ASSERT_EQ(parse_document("epss_scores-current.csv",
                           "#model_version:v2025.03.14,score_date:2026-08-01T00:00:00+0000\ncve,"
                           "epss,percentile\nCVE-1999-0001,0.0143,0.79\n",
                           sink),
            "epss");
  ASSERT_THAT(sink.scores, SizeIs(2));
  EXPECT_DOUBLE_EQ(sink.scores[0].score, 0.0012);
  EXPECT_EQ(sink.scores[1].date, "2026-08-01");
  EXPECT_THAT(sink.problems, SizeIs(2));

  ASSERT_EQ(parse_document("edb-cve.csv",
                           "edb_id,platform,type,cve\n28507,aix,local,CVE-2013-4011\n", sink),
            "exploit-db");
  EXPECT_EQ(sink.exploits["CVE-2013-4011"].reference, "EDB-28507");
  ASSERT_EQ(parse_document("files_exploits.csv",
                           "id,file,description,date_published,author,type,platform,port,date_"
                           "added,date_updated,verified,codes,tags\n"
                           "50383,x.sh,\"Apache, "
                           "\"\"2.4.49\"\"\nRCE\",2021-10-06,a,webapps,multiple,,2021-10-06,,0,CVE-"
                           "2021-41773;OSVDB-1,\n",
                           sink),
            "exploit-db");
  EXPECT_EQ(sink.exploits["CVE-2021-41773"], (Exploit{true, "2021-10-06", "EDB-50383"}));
}

TEST(EndOfLife, ReadsThreeForms) {
  RecordingSink sink;
  ASSERT_EQ(parse_document("products/debian.md",
                           "---\ntitle: Debian\nreleases:\n  - releaseCycle: \"12\"\n    eol: "
                           "2026-07-11\n    eoes: 2028-06-30\n"
                           "  - releaseCycle: \"99\"\n    eol: false\n  - releaseCycle: 1.10\n    "
                           "eol: true\n---\n\n> text\n",
                           sink),
            "endoflife");
  // Debian's LTS is security support for everyone.
  EXPECT_EQ(sink.cycles["debian 12"], std::make_pair(std::string("2028-06-30"), false));
  EXPECT_EQ(sink.cycles["debian 99"], std::make_pair(std::string(), false));
  ASSERT_EQ(
      parse_document("api/ubuntu.json",
                     R"([{"cycle":"22.04","eol":"2027-04-01"},{"cycle":"9","eol":true}])", sink),
      "endoflife");
  EXPECT_EQ(sink.cycles["ubuntu 22.04"].first, "2027-04-01");
  EXPECT_TRUE(sink.cycles["ubuntu 9"].second);
  ASSERT_EQ(
      parse_document(
          "v1.json",
          R"({"schema_version":"1.2.0","result":{"name":"alpine-linux","releases":[{"name":"3.18","isEol":true,"eolFrom":"2025-05-09"}]}})",
          sink),
      "endoflife");
  EXPECT_EQ(sink.cycles["alpine-linux 3.18"], std::make_pair(std::string("2025-05-09"), true));
  // LTS in the two forms of the API.
  ASSERT_EQ(
      parse_document(
          "api/debian.json",
          R"([{"cycle":"11","eol":"2024-08-14","extendedSupport":"2026-08-31"},{"cycle":"5","eol":"2012-02-06"}])",
          sink),
      "endoflife");
  EXPECT_EQ(sink.cycles["debian 11"], std::make_pair(std::string("2026-08-31"), false));
  EXPECT_EQ(sink.cycles["debian 5"], std::make_pair(std::string("2012-02-06"), false));
  ASSERT_EQ(
      parse_document(
          "v1.json",
          R"({"schema_version":"1.2.0","result":{"name":"debian","releases":[{"name":"10","isEol":true,"eolFrom":"2022-09-10","eoesFrom":"2024-06-30"},{"name":"5","isEol":true,"eolFrom":"2012-02-06","eoesFrom":null}]}})",
          sink),
      "endoflife");
  EXPECT_EQ(sink.cycles["debian 10"], std::make_pair(std::string("2024-06-30"), false));
  EXPECT_EQ(sink.cycles["debian 5"], std::make_pair(std::string("2012-02-06"), true));
}

struct UnreadCase {
  const char* path;
  const char* bytes;
};

TEST(Unread, FormsOfLaterAreCountedWithTheirReason) {
  const UnreadCase cases[]{
      {"v3.5/source-index.json", R"({"distroversion":"v3.5","source_packages":{}})"},
  };
  for (const UnreadCase& one : cases) {
    RecordingSink sink;
    EXPECT_EQ(parse_document(one.path, one.bytes, sink), "unread") << one.path;
    EXPECT_THAT(sink.skips, SizeIs(1)) << one.path;
  }
  RecordingSink sink;
  for (const UnreadCase& one :
       {UnreadCase{"README.md", "# Words\n"}, UnreadCase{"a.png", "\x89PNG"},
        UnreadCase{"empty", ""}, UnreadCase{"ORIGINS.json", R"({"GHSA-1":"x"})"}}) {
    EXPECT_EQ(parse_document(one.path, one.bytes, sink), "") << one.path;
  }
}

TEST(Registry, NamesAreUniqueAndDescribed) {
  std::set<std::string_view> names;
  for (const Feed* feed : all_feeds()) {
    EXPECT_TRUE(names.insert(feed->name).second) << feed->name;
    EXPECT_FALSE(feed->description.empty()) << feed->name;
  }
}

}  // namespace
}  // namespace seaworthy
