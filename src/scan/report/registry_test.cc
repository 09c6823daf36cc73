#include <set>

#include <gtest/gtest.h>

#include "scan/report/format.h"
#include "scan/report/sample_report.h"

namespace seaworthy {
namespace {

TEST(Formats, AreCompleteRowsWithDistinctNames) {
  std::set<std::string_view> names;
  for (const Format* format : all_formats()) {
    EXPECT_TRUE(names.insert(format->name).second) << format->name;
    EXPECT_FALSE(format->description.empty()) << format->name;
    EXPECT_FALSE(format->media_type.empty()) << format->name;
    EXPECT_EQ(find_format(format->name), format) << format->name;
  }
  for (const char* expected : {"table", "json", "cyclonedx", "cyclonedx-xml", "spdx", "spdx-tag"}) {
    EXPECT_TRUE(names.contains(expected)) << expected;
  }
  EXPECT_EQ(find_format("nothing"), nullptr);
  EXPECT_EQ(find_format(""), nullptr);
}

TEST(Formats, GiveTheSameBytesTwiceAndSurviveAnEmptyReport) {
  for (const Format* format : all_formats()) {
    EXPECT_EQ(format->write(sample_report(), {}), format->write(sample_report(), {}))
        << format->name;
    EXPECT_FALSE(format->write(Report{}, {}).empty()) << format->name;
  }
}

struct Selection {
  const char* name;
  FormatOptions options;
  std::size_t listed, filtered;
};

TEST(SelectedFindings, FollowTheOptions) {
  FormatOptions suppressed, fixed, critical, both;
  suppressed.show_suppressed = true;
  fixed.only_fixed = true;
  critical.severities = {Severity::kCritical};
  both.severities = {Severity::kCritical, Severity::kHigh};
  both.only_fixed = true;
  const Selection rows[] = {
      {"default: neither suppressed nor not affected", {}, 11, 0},
      {"with those", suppressed, 13, 0},
      {"fixed", fixed, 7, 4},
      {"critical", critical, 1, 10},
      {"critical and high with a fix", both, 7, 4},
  };
  const Report report = sample_report();
  for (const Selection& row : rows) {
    EXPECT_EQ(selected_findings(report, row.options).size(), row.listed) << row.name;
    EXPECT_EQ(filtered_findings(report, row.options), row.filtered) << row.name;
  }
}

TEST(SelectedFindings, KeepAMaliciousPackageWhateverTheFilters) {
  Report report = sample_report();
  for (Finding& finding : report.findings) finding.fix_state = FixState::kNotFixed;
  report.findings[3].kind = FindingKind::kMalicious;
  report.findings[3].severity = Severity::kUnknown;
  FormatOptions options;
  options.only_fixed = true;
  options.severities = {Severity::kCritical};
  const auto selected = selected_findings(report, options);
  ASSERT_EQ(selected.size(), 1u);
  EXPECT_EQ(selected[0], &report.findings[3]);
}

}  // namespace
}  // namespace seaworthy
