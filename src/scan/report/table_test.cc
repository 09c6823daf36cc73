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

TEST(Table, KeepsItsWidth) {
  for (const int width : {20, 80, 100, 140}) {
    FormatOptions options;
    options.show_suppressed = options.show_packages = true;
    options.width = width;
    std::istringstream lines(table(sample_report(), options));
    for (std::string line; std::getline(lines, line);) {
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
                                       "1 critical, 7 high; the\n"
                                       "              release is past its end of life\n"));
  report.end_of_life = {};
  EXPECT_THAT(table(report), HasSubstr("11 findings are open: 1 critical, 7 high\n"));
  report.verdict.thresholds_given = true;
  EXPECT_THAT(table(report), HasSubstr("SEAWORTHY: no threshold is crossed; 11 findings are open"));
  report.findings.clear();
  EXPECT_THAT(table(report), HasSubstr("SEAWORTHY: no threshold is crossed\n"));
}

TEST(Table, NamesADistributionByWhatIsKnownOfIt) {
  struct Row {
    const char *version, *codename, *name, *said;
  };
  for (const Row& row : {Row{"12", "bookworm", "Debian twelve", "Debian twelve, support with LTS"},
                         Row{"12", "bookworm", "", "debian 12, support with LTS"},
                         Row{"", "sid", "", "debian sid, support with LTS"},
                         Row{"", "", "", "debian, support with LTS"}}) {
    Report report = sample_report();
    report.end_of_life = {"2028-06-30", false};
    report.inventory.distro = Distro{};
    report.inventory.distro->id = "debian";
    report.inventory.distro->version = row.version;
    report.inventory.distro->codename = row.codename;
    report.inventory.distro->name = row.name;
    EXPECT_THAT(table(report), HasSubstr(std::string(" ") + row.said + " until 2028-06-30\n"));
  }
}

// Which date it is depends on the vendor; a branch that packages come from is told.
TEST(Table, SaysWhichEndOfLifeItIs) {
  struct Row {
    const char *id, *branch;
    bool past;
    const char* said;
  };
  for (const Row& row :
       {Row{"debian", "", true, "n, PAST END OF LIFE: support with LTS ended 2020-11-01\n"},
        Row{"ubuntu", "", true, "n, PAST END OF LIFE: standard support ended 2020-11-01\n"},
        Row{"alpine", "3.17", false, "n, standard support until 2020-11-01\n"},
        Row{"alpine", "3.9", false, "n with packages of 3.9, by which it is judged,"}}) {
    Report report = sample_report();
    report.end_of_life = {"2020-11-01", row.past};
    report.inventory.distro = Distro{};
    report.inventory.distro->id = row.id;
    report.inventory.distro->version = "3.17.1";
    report.inventory.distro->name = "n";
    report.inventory.distro->repository_branch = row.branch;
    EXPECT_THAT(table(report), HasSubstr(std::string(" ") + row.said)) << row.id << row.branch;
  }
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
      {"one", 1, 1, 0, "No findings in the 1 package that was assessed\n", "NOT"},
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

// A command that is too long goes on behind a backslash, so that it can still be pasted.
TEST(Table, BreaksALongCommandAsAShellReadsIt) {
  FormatOptions options;
  options.width = 72;
  EXPECT_THAT(table(sample_report(), options),
              HasSubstr("     apt-get update && apt-get install --only-upgrade libc-bin \\\n"
                        "       libc-dev-bin libc6 libc6-dev\n"));
}

TEST(Table, NamesTheNewestFixOfALanguagePackageAndItsCommand) {
  struct Row {
    const char *name, *purl;
    std::vector<std::pair<std::string, std::string>> fixes;  // version and remediation
    const char* said;
  };
  const Row rows[] = {
      {"newest of three",
       "pkg:pypi/django@3.2",
       {{"3.2.9", "pip install --upgrade 'django>=3.2.9'  (fixed in 3.2.9)"},
        {"3.2.25", "pip install --upgrade 'django>=3.2.25'  (fixed in 3.2.25)"},
        {"3.2.10", "pip install --upgrade 'django>=3.2.10'  (fixed in 3.2.10)"}},
       "1. upgrade libwebp to 3.2.25: removes 3 findings (3 high)\n"
       "     pip install --upgrade 'django>=3.2.25'\n"},
      {"no command",
       "pkg:maven/a/b@1",
       {{"2.17.1", "fixed in 2.17.1"}},
       "1. upgrade libwebp to 2.17.1: removes 1 finding (1 high)\n\n"},
      {"go",
       "pkg:golang/x/y@1",
       {{"1.2", "go get x/y@v1.2 && go mod tidy  (fixed in 1.2)"}},
       "     go get x/y@v1.2 && go mod tidy\n"},
      {"another shell command",
       "pkg:npm/a@1",
       {{"2", "npm install a@2; reboot  (fixed in 2)"}},
       "to 2: removes 1 finding (1 high)\n\n"},
      {"a broken quote",
       "pkg:pypi/a@1",
       {{"2", "pip install --upgrade 'a>=2';reboot'  (fixed in 2)"}},
       "to 2: removes 1 finding (1 high)\n\n"},
      {"a redirection",
       "pkg:npm/a@1",
       {{"2", "npm install a@2 >/etc/passwd  (fixed in 2)"}},
       "to 2: removes 1 finding (1 high)\n\n"},
      {"nothing but the frame",
       "pkg:pypi/a@1",
       {{"2", "pip install --upgrade '  (fixed in 2)"}},
       "to 2: removes 1 finding (1 high)\n\n"},
      {"another manager's",
       "pkg:gem/a@1",
       {{"2", "npm install a@2  (fixed in 2)"}},
       "to 2: removes 1 finding (1 high)\n\n"},
  };
  for (const Row& row : rows) {
    Report report = sample_report();
    Package& package = report.inventory.packages[7];
    package.type = PackageType::kOther;
    package.set_property("purl", row.purl);
    Finding finding = report.findings[0];
    finding.severity = Severity::kHigh;
    finding.kev.reset();
    report.findings.clear();
    report.end_of_life = {};
    for (const auto& [version, remediation] : row.fixes) {
      finding.fix_versions = {version};
      finding.remediation = remediation;
      report.findings.push_back(finding);
    }
    EXPECT_THAT(table(report), HasSubstr(row.said)) << row.name;
  }
}

TEST(Table, FoldsWhatIsBeyondEightFindingsOfOnePackage) {
  Report report = sample_report();
  report.findings.resize(1);
  Finding finding = report.findings[0];
  finding.kev.reset();
  for (int i = 0; i < 12; ++i) {
    finding.id = "CVE-2020-" + std::to_string(1000 + i);
    finding.severity = i < 9 ? Severity::kMedium : Severity::kLow;
    report.findings.push_back(finding);
  }
  report.findings.back().kev = Kev{"2022-01-01", "", false};
  const std::string text = table(report);
  EXPECT_THAT(text, HasSubstr("\n+4 more of libwebp 0.6.1-2.1: 2 medium, 2 low\n"
                              "--verbose lists them all, and so does --format json\n"));
  EXPECT_THAT(text, HasSubstr("13 findings in 9 rows and what is folded: "));
  EXPECT_THAT(text, HasSubstr("CVE-2020-1006"));
  EXPECT_THAT(text, Not(HasSubstr("CVE-2020-1007")));
  EXPECT_THAT(text, HasSubstr("CVE-2020-1011")) << "known to be exploited: never folded";
  FormatOptions options;
  options.every_finding = true;
  const std::string whole = table(report, options);
  for (const Finding& each : report.findings) EXPECT_THAT(whole, HasSubstr(each.id));
  EXPECT_THAT(whole, Not(HasSubstr("more of")));
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
