#include "scan/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Finding finding(Severity severity, int score) {
  Finding made;
  made.severity = severity;
  made.score = score;
  return made;
}

// An image that was judged completely and has one high finding.
Report report_with_high() {
  Report report;
  report.has_database = true;
  report.coverage = {
      .packages = 2, .matched = 1, .clean = 1, .unassessed = 0, .suppressed = 0, .reasons = {}};
  report.findings = {finding(Severity::kHigh, 47)};
  return report;
}

void add_problem(Report& report, const char* code) {
  report.problems.push_back({.path = "", .layer = -1, .step = "", .code = code, .message = code});
}

struct Row {
  const char* name;
  void (*change)(Report&);
  std::vector<std::string> fail_on;
  bool require_complete;
  const char* allow_incomplete;
  VerdictResult result;
  int exit_code;
};

void same(Report&) {}
void no_feed(Report& r) {
  add_problem(r, problem::kNoFeed);
}

void no_facts(Report& r) {
  r.missing = {.epss = "no EPSS",
               .kev = "no KEV",
               .exploit = "no exploits",
               .end_of_life = "no EOL",
               .malicious = ""};
}

class Contract : public testing::TestWithParam<Row> {};

TEST_P(Contract, VerdictAndExitCode) {
  const Row& row = GetParam();
  Report report = report_with_high();
  row.change(report);
  Thresholds thresholds;
  thresholds.require_complete = row.require_complete;
  thresholds.allow_incomplete = row.allow_incomplete;
  for (const std::string& text : row.fail_on) ASSERT_TRUE(add_threshold(thresholds, text)) << text;
  EXPECT_EQ(name_of(judge(report, thresholds).result), name_of(row.result));
  EXPECT_EQ(exit_code_of(report, thresholds), row.exit_code);
}

constexpr auto kYes = VerdictResult::kSeaworthy;
constexpr auto kNo = VerdictResult::kUnseaworthy;
constexpr auto kUnknown = VerdictResult::kUnknown;

INSTANTIATE_TEST_SUITE_P(
    Thresholds, Contract,
    testing::Values(Row{"None", same, {}, false, "", kYes, 0},
                    Row{"SeverityBelow", same, {"critical"}, false, "", kYes, 0},
                    Row{"SeverityReached", same, {"high"}, false, "", kNo, 2},
                    Row{"SeverityAbove", same, {"low"}, false, "", kNo, 2},
                    Row{"StricterOfTwo", same, {"high", "critical"}, false, "", kNo, 2},
                    Row{"KevAbsent", same, {"kev"}, false, "", kYes, 0},
                    Row{"Kev",
                        [](Report& r) {
                          r.findings[0].kev = Kev{"2023-01-01", "", false};
                        },
                        {"kev"},
                        false,
                        "",
                        kNo,
                        2},
                    Row{"ExploitUnknown",
                        [](Report& r) { r.findings[0].exploit = Exploit{}; },
                        {"exploit"},
                        false,
                        "",
                        kYes,
                        0},
                    Row{"Exploit",
                        [](Report& r) {
                          r.findings[0].exploit = Exploit{true, "", ""};
                        },
                        {"exploit"},
                        false,
                        "",
                        kNo,
                        2},
                    Row{"MaliciousAbsent", same, {"malicious"}, false, "", kYes, 0},
                    Row{"Malicious",
                        [](Report& r) { r.findings[0].kind = FindingKind::kMalicious; },
                        {"malicious"},
                        false,
                        "",
                        kNo,
                        2},
                    Row{"EndOfLifeAhead",
                        [](Report& r) {
                          r.end_of_life = {"2099-01-01", false};
                        },
                        {"eol"},
                        false,
                        "",
                        kYes,
                        0},
                    Row{"EndOfLifePast",
                        [](Report& r) {
                          r.end_of_life = {"2020-01-01", true};
                        },
                        {"eol"},
                        false,
                        "",
                        kNo,
                        2},
                    Row{"EndOfLifeNotAsked",
                        [](Report& r) {
                          r.end_of_life = {"2020-01-01", true};
                        },
                        {"critical"},
                        false,
                        "",
                        kYes,
                        0},
                    Row{"KevWithoutFeed", no_facts, {"kev"}, false, "", kUnknown, 3},
                    Row{"ExploitWithoutFeed", no_facts, {"exploit"}, false, "", kUnknown, 3},
                    Row{"EndOfLifeWithoutFeed", no_facts, {"eol"}, false, "", kUnknown, 3},
                    Row{"ScoreWithoutFeeds", no_facts, {"score=48"}, false, "", kUnknown, 3},
                    Row{"ScoreReachedWithoutFeeds", no_facts, {"score=47"}, false, "", kUnknown, 2},
                    Row{"SeverityNeedsNoFacts", no_facts, {"critical"}, false, "", kYes, 0},
                    Row{"AllowedWithoutFeed", no_facts, {"kev"}, false, "air gap", kUnknown, 0},
                    Row{"ScoreReached", same, {"score=47"}, false, "", kNo, 2},
                    Row{"ScoreBelow", same, {"score=48"}, false, "", kYes, 0},
                    Row{"UnknownSeverityIsNotLow",
                        [](Report& r) { r.findings[0].severity = Severity::kUnknown; },
                        {"low"},
                        false,
                        "",
                        kYes,
                        0},
                    Row{"SuppressedDoesNotCount",
                        [](Report& r) { r.findings[0].status = FindingStatus::kSuppressed; },
                        {"low"},
                        false,
                        "",
                        kYes,
                        0},
                    Row{"NotAffectedDoesNotCount",
                        [](Report& r) { r.findings[0].status = FindingStatus::kNotAffected; },
                        {"low"},
                        false,
                        "",
                        kYes,
                        0},
                    Row{"OpenAtTheVendorDoesNotCount",
                        [](Report& r) {
                          r.findings[0].status = FindingStatus::kUndetermined;
                          r.findings[0].open_at_vendor = true;
                        },
                        {"low"},
                        false,
                        "",
                        kYes,
                        0},
                    Row{"UndeterminedBelowTheThreshold",
                        [](Report& r) { r.findings[0].status = FindingStatus::kUndetermined; },
                        {"critical"},
                        false,
                        "",
                        kYes,
                        0},
                    Row{"UndeterminedWithoutThreshold",
                        [](Report& r) { r.findings[0].status = FindingStatus::kUndetermined; },
                        {},
                        true,
                        "",
                        kYes,
                        0},
                    Row{"UndeterminedThatWouldCrossIsUnknown",
                        [](Report& r) { r.findings[0].status = FindingStatus::kUndetermined; },
                        {"low"},
                        false,
                        "",
                        kUnknown,
                        3},
                    Row{"UndeterminedThatWouldCrossAndIsAllowed",
                        [](Report& r) { r.findings[0].status = FindingStatus::kUndetermined; },
                        {"low"},
                        false,
                        "known",
                        kUnknown,
                        0}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Incomplete, Contract,
    testing::Values(Row{"WithoutThresholdIsZero", no_feed, {}, false, "", kUnknown, 0},
                    Row{"ThresholdNotCrossed", no_feed, {"critical"}, false, "", kUnknown, 3},
                    Row{"TwoWinsOverThree", no_feed, {"high"}, false, "", kUnknown, 2},
                    Row{"RequireComplete", no_feed, {}, true, "", kUnknown, 3},
                    Row{"RequireCompleteAndIs", same, {}, true, "", kYes, 0},
                    Row{"Allowed", no_feed, {"critical"}, true, "test image", kUnknown, 0},
                    Row{"AllowedButCrossed", no_feed, {"high"}, true, "test image", kUnknown, 2},
                    Row{"StaleFeed",
                        [](Report& r) { add_problem(r, problem::kStaleFeed); },
                        {"critical"},
                        false,
                        "",
                        kUnknown,
                        3},
                    Row{"DatabaseMissing",
                        [](Report& r) { add_problem(r, problem::kPackageDbMissing); },
                        {"critical"},
                        false,
                        "",
                        kUnknown,
                        3},
                    Row{"DatabaseCorrupt",
                        [](Report& r) { add_problem(r, problem::kPackageDbCorrupt); },
                        {"critical"},
                        false,
                        "",
                        kUnknown,
                        3},
                    Row{"CutByLimit",
                        [](Report& r) { add_problem(r, problem::kLimit); },
                        {"critical"},
                        false,
                        "",
                        kUnknown,
                        3},
                    Row{"OneBadRecord",
                        [](Report& r) { add_problem(r, problem::kUnreadableRecord); },
                        {"critical"},
                        false,
                        "",
                        kUnknown,
                        3},
                    Row{"OneThirdPartyPackage",
                        [](Report& r) {
                          r.coverage.packages = 3;
                          r.coverage.unassessed = 1;
                        },
                        {"critical"},
                        true,
                        "",
                        kYes,
                        0},
                    Row{"NothingAssessed",
                        [](Report& r) { r.coverage.matched = r.coverage.clean = 0; },
                        {"critical"},
                        false,
                        "",
                        kUnknown,
                        3},
                    Row{"NoDatabaseConsulted",
                        [](Report& r) { r.has_database = false; },
                        {"critical"},
                        false,
                        "",
                        kUnknown,
                        3}),
    [](const auto& test) { return test.param.name; });

TEST(Judge, NamesTheFeedThatAThresholdNeeds) {
  Report report = report_with_high();
  no_facts(report);
  Thresholds thresholds;
  thresholds.kev = thresholds.end_of_life = true;
  EXPECT_THAT(judge(report, thresholds).reasons,
              ElementsAre("--fail-on kev cannot be judged: no KEV",
                          "--fail-on eol cannot be judged: no EOL"));
}

TEST(Judge, ReasonsNameThresholdAndCount) {
  Thresholds thresholds;
  ASSERT_TRUE(add_threshold(thresholds, "high"));
  const Verdict verdict = judge(report_with_high(), thresholds);
  EXPECT_THAT(verdict.reasons, ElementsAre("1 finding of severity high or above"));
  EXPECT_TRUE(verdict.thresholds_given);
}

TEST(Judge, AllowedIncompleteIsPrinted) {
  Report report = report_with_high();
  no_feed(report);
  no_feed(report);  // said once
  Thresholds thresholds;
  thresholds.allow_incomplete = "airgapped";
  thresholds.require_complete = true;
  EXPECT_THAT(judge(report, thresholds).reasons,
              ElementsAre("no-feed", "allowed to be incomplete: airgapped"));
}

TEST(Judge, CountsWhatNoThresholdCouldBeAskedAbout) {
  Report report = report_with_high();
  report.findings.push_back(finding(Severity::kUnknown, 15));
  report.findings.push_back(finding(Severity::kCritical, 50));
  report.findings.back().status = FindingStatus::kUndetermined;
  report.findings.back().open_at_vendor = true;
  Thresholds thresholds;
  ASSERT_TRUE(add_threshold(thresholds, "critical"));
  const Verdict verdict = judge(report, thresholds);
  EXPECT_EQ(verdict.result, VerdictResult::kSeaworthy);
  EXPECT_EQ(exit_code_of(report, thresholds), 0);
  EXPECT_THAT(verdict.reasons,
              ElementsAre("1 finding of unknown severity not compared with the threshold",
                          "1 finding undetermined by the vendor: no threshold applies"));
  Thresholds kev;
  ASSERT_TRUE(add_threshold(kev, "kev"));
  EXPECT_THAT(judge(report, kev).reasons,
              ElementsAre("1 finding undetermined by the vendor: no threshold applies"));
}

TEST(Judge, NamesWhatTheImageDoesNotTell) {
  Report report = report_with_high();
  report.findings.push_back(finding(Severity::kCritical, 50));
  report.findings.back().status = FindingStatus::kUndetermined;
  report.findings.back().status_reason = "the package's module stream is not known";
  Thresholds thresholds;
  ASSERT_TRUE(add_threshold(thresholds, "critical"));
  EXPECT_THAT(judge(report, thresholds).reasons,
              ElementsAre("1 finding of severity critical or above cannot be determined: the "
                          "package's module stream is not known"));
  EXPECT_EQ(exit_code_of(report, thresholds), 3);
}

TEST(Judge, TellsProblemsOfOneKindOnce) {
  Report report = report_with_high();
  for (int i = 0; i < 32; ++i) {
    report.problems.push_back({"sbom", -1, "", problem::kUnreadableRecord,
                               "component " + std::to_string(i) + " has no version"});
  }
  no_feed(report);
  EXPECT_THAT(judge(report, {}).reasons,
              ElementsAre("sbom: component 0 has no version (and 31 more problems of kind "
                          "unreadable-record)",
                          "no-feed"));
  report.problems.resize(3);
  EXPECT_EQ(judge(report, {}).reasons.size(), 3U);
}

TEST(Judge, SeaworthyHasNoReason) {
  EXPECT_THAT(judge(report_with_high(), {}).reasons, IsEmpty());
  EXPECT_FALSE(judge(report_with_high(), {}).thresholds_given);
}

TEST(AddThreshold, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", "High", "negligible", "unknown", "score", "score=", "score=101",
                           "score=-1", "score=5x", "kev ", "severity=high"}) {
    Thresholds thresholds;
    const Status status = add_threshold(thresholds, text);
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(status.error().code, ErrorCode::kUsage);
    EXPECT_THAT(status.error().message, HasSubstr("critical, high, medium"));
    EXPECT_FALSE(thresholds.any()) << text;
  }
}

}  // namespace
}  // namespace seaworthy
