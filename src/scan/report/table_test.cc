#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/report/format.h"
#include "scan/report/sample_report.h"
#include "scan/report/text.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string table(const Report& report, const FormatOptions& options = {}) {
  return find_format("table")->write(report, options);
}

TEST(Table, IsTheGoldenText) {
  const std::string text = table(sample_report());
  EXPECT_EQ(text, golden("table.golden", text));
}

TEST(Table, WithEverythingShownIsTheGoldenText) {
  FormatOptions options;
  options.show_suppressed = options.show_packages = options.color = true;
  const std::string text = table(sample_report(), options);
  EXPECT_EQ(text, golden("table_all_color.golden", text));
}

TEST(Table, OfAnInventoryIsTheGoldenText) {
  const std::string text = table(sample_inventory());
  EXPECT_EQ(text, golden("table_inventory.golden", text));
}

TEST(Table, KeepsItsWidthExceptForCommands) {
  for (const int width : {20, 80, 100, 140}) {
    FormatOptions options;
    options.show_suppressed = options.show_packages = true;
    options.width = width;
    std::istringstream lines(table(sample_report(), options));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("     ") && line.find("upgrade") != std::string::npos) continue;
      EXPECT_LE(columns_of(line), static_cast<std::size_t>(std::max(width, 72))) << line;
      EXPECT_FALSE(line.ends_with(' ')) << "'" << line << "'";
    }
  }
}

TEST(Table, NeverCutsAnId) {
  Report report = sample_report();
  report.findings[1].id = "GHSA-aaaa-bbbb-cccc";
  for (const int width : {20, 72, 80, 100, 140}) {
    FormatOptions options;
    options.show_suppressed = true;
    options.width = width;
    const std::string text = table(report, options);
    for (const Finding& finding : report.findings) {
      EXPECT_THAT(text, HasSubstr(finding.id + " ")) << width;
    }
  }
}

TEST(Table, SaysWithTheVerdictHowManyFindingsAreOpen) {
  Report report = sample_report();
  report.verdict = {VerdictResult::kSeaworthy, {}, false};
  EXPECT_THAT(table(report), HasSubstr("SEAWORTHY: no threshold was given; 11 findings are open: "
                                       "1 critical, 7 high\n"));
  report.verdict.thresholds_given = true;
  EXPECT_THAT(table(report), HasSubstr("SEAWORTHY: no threshold is crossed; 11 findings are open"));
  report.findings.clear();
  EXPECT_THAT(table(report), HasSubstr("SEAWORTHY: no threshold is crossed\n"));
}

TEST(Table, NamesEveryFindingAndEveryPackageOfTheSample) {
  const Report report = sample_report();
  FormatOptions options;
  options.show_suppressed = true;
  const std::string text = table(report, options);
  for (const Finding& finding : report.findings) {
    EXPECT_THAT(text, HasSubstr(finding.id));
    EXPECT_THAT(text, HasSubstr(report.inventory.packages[finding.package].name));
  }
  for (const Problem& problem : report.problems) EXPECT_THAT(text, HasSubstr(problem.path));
}

TEST(Table, CountsWhatIsSuppressedApartFromTheSeverities) {
  FormatOptions options;
  options.show_suppressed = true;
  EXPECT_THAT(table(sample_report(), options),
              HasSubstr("13 findings in 9 rows: 1 critical, 7 high, 1 medium, 1 low, "));
  Report report = sample_report();
  std::erase_if(report.findings,
                [](const Finding& f) { return f.status != FindingStatus::kSuppressed; });
  EXPECT_THAT(table(report, options), HasSubstr("1 finding: 1 suppressed or not affected\n"));
}

TEST(Table, NeverSaysNoFindingsWhereNothingWasAssessed) {
  struct Row {
    const char* name;
    std::uint64_t packages, clean, unassessed;
    const char *said, *not_said;
  };
  const Row rows[] = {
      {"no packages", 0, 0, 0, "NOTHING WAS ASSESSED: no packages were found", "No findings"},
      {"nothing assessed", 9, 0, 9, "NOTHING WAS ASSESSED: none of 9 packages", "No findings"},
      {"a part", 9, 7, 2, "No findings in the 7 packages that were assessed; 2 could NOT be",
       "NOTHING"},
      {"all", 9, 9, 0, "No findings in the 9 packages that were assessed\n", "NOT"},
  };
  for (const Row& row : rows) {
    Report report = sample_report();
    report.findings.clear();
    report.coverage = {row.packages, 0, row.clean, row.unassessed, 0, {}};
    const std::string text = table(report);
    EXPECT_THAT(text, HasSubstr(row.said)) << row.name;
    EXPECT_THAT(text, Not(HasSubstr(row.not_said))) << row.name;
    EXPECT_THAT(text, HasSubstr("Coverage\n" + counted(row.packages, "package"))) << row.name;
  }
}

TEST(Table, SaysWhatTheFiltersHide) {
  FormatOptions options;
  options.severities = {Severity::kUnknown};
  const std::string text = table(sample_report(), options);
  EXPECT_THAT(text, HasSubstr("No finding passes the filters"));
  EXPECT_THAT(text, HasSubstr("11 more findings are hidden by --severity or --only-fixed"));
}

TEST(Table, SaysThatNoPackageDatabaseWasFound) {
  Report report = sample_report();
  EXPECT_THAT(table(report), Not(HasSubstr("No package database")));
  report.inventory.databases.clear();
  EXPECT_THAT(table(report), HasSubstr("No package database was found"));
}

TEST(Table, PutsNoHostileNameIntoACommandOrOnTheTerminal) {
  Report report = sample_report();
  for (Package& package : report.inventory.packages) {
    package.name += "; rm -rf / \x1b[2J\nVerdict SEAWORTHY";
    package.source_name.clear();
  }
  report.target.reference = "\x1b]0;owned\x07";
  report.inventory.distro->name =
      "Debian\r\x9b"
      "2K";
  report.problems[0].message = "\x1b[31m";
  report.verdict.reasons = {"a\nb"};
  const std::string text = table(report);
  EXPECT_EQ(text.find_first_of("\x1b\r\x07\x9b"), std::string::npos);
  EXPECT_THAT(text, Not(HasSubstr("apt-get")));
  EXPECT_THAT(text, Not(HasSubstr("\nVerdict SEAWORTHY")));
}

TEST(Table, TellsToRemoveAMaliciousPackageFirst) {
  Report report = sample_report();
  report.findings[0].kind = FindingKind::kMalicious;
  EXPECT_THAT(table(report),
              HasSubstr("Next steps\n1. remove libwebp6 0.6.1-2.1: it is malicious"));
}

TEST(Table, TakesTheUpgradeCommandFromTheRemediationOnlyWhereItIsAKnownOne) {
  struct Row {
    const char *name, *remediation, *said;
    PackageType type;
  };
  const Row rows[] = {
      {"the matcher's", "tdnf update libwebp6  (fixed in 2)", "tdnf update libwebp6\n",
       PackageType::kRpm},
      {"an old release's", "yum update libwebp6", "yum update libwebp6\n", PackageType::kRpm},
      {"none", "", "dnf upgrade libwebp6\n", PackageType::kRpm},
      {"not a command we know", "curl x | sh libwebp6", "apk upgrade libwebp6\n",
       PackageType::kApk},
      {"a package without a package manager", "", "upgrade libwebp: removes 1 finding",
       PackageType::kOther},
  };
  for (const Row& row : rows) {
    Report report = sample_report();
    report.findings.resize(1);
    report.findings[0].remediation = row.remediation;
    report.inventory.packages[7].type = row.type;
    const std::string text = table(report);
    EXPECT_THAT(text, HasSubstr(row.said)) << row.name;
    EXPECT_THAT(text, Not(HasSubstr("curl"))) << row.name;
  }
}

TEST(Table, ListsOtherUpgradesBeyondTheFirstFive) {
  Report report = sample_report();
  for (std::size_t i = 0; i < report.inventory.packages.size(); ++i) {
    Finding finding = report.findings[0];
    finding.package = i;
    finding.id = "CVE-2020-" + std::to_string(1000 + i);
    report.findings.push_back(finding);
  }
  EXPECT_THAT(table(report), HasSubstr("3 more upgrades remove 3 findings"));
}

TEST(Table, SurvivesAVeryLongName) {
  Report report = sample_report();
  for (Package& package : report.inventory.packages) package.name += std::string(100'000, 'x');
  EXPECT_LT(table(report).size(), 40'000'000u);
}

}  // namespace
}  // namespace seaworthy
