#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/report/format.h"
#include "scan/report/sample_report.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

FormatOptions everything() {
  FormatOptions options;
  options.show_packages = options.show_suppressed = true;
  return options;
}

std::string json(const Report& report, const FormatOptions& options = {}) {
  return find_format("json")->write(report, options);
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ParseReport, ReadsBackWhatWasWritten) {
  Report rpm = sample_report();
  for (Package& package : rpm.inventory.packages) {
    package.type = PackageType::kRpm;
    package.set_property(kModularity, "nodejs:12:8030020201124152102:229f0a1c");
    package.set_property(kSourceRpm, package.name + "-1-1.src.rpm");
  }
  Report unknown_layers = sample_report();
  for (Package& package : unknown_layers.inventory.packages) package.layer = -1;
  Report control = sample_report();
  control.findings[0].summary = "tab\t newline\n quote\" \x01";
  Report hidden = sample_report();
  std::erase_if(hidden.findings,
                [](const Finding& f) { return f.status == FindingStatus::kSuppressed; });
  struct Row {
    const char* name;
    Report report;
    FormatOptions options;
  };
  const Row rows[] = {
      {"everything", sample_report(), everything()},
      {"without packages", sample_report(), {}},
      {"rpm, without packages", rpm, {}},
      {"rpm, everything", rpm, everything()},
      {"unknown layers", unknown_layers, everything()},
      {"control characters", control, everything()},
      {"nothing suppressed", hidden, everything()},
      {"inventory only", sample_inventory(), everything()},
      {"empty", Report{}, everything()},
  };
  for (const Row& row : rows) {
    const std::string written = json(row.report, row.options);
    const auto read = parse_report(written);
    ASSERT_TRUE(read.ok()) << row.name << ": " << read.error().message;
    EXPECT_EQ(json(*read, row.options), written) << row.name;
  }
}

TEST(ParseReport, GivesEqualFindingsPackagesAndProblems) {
  const Report report = sample_report();
  const auto read = parse_report(json(report, everything()));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->findings, report.findings);
  EXPECT_EQ(read->inventory.packages, report.inventory.packages);
  EXPECT_EQ(read->inventory.distro, report.inventory.distro);
  EXPECT_EQ(read->inventory.databases, report.inventory.databases);
  EXPECT_EQ(read->package_coverage, report.package_coverage);
  EXPECT_EQ(read->problems, report.problems);
}

TEST(ParseReport, ExplainsWithoutThePackageList) {
  const auto read = parse_report(json(sample_report()));
  ASSERT_TRUE(read.ok());
  const auto text = explain(*read, "CVE-2023-4863", "");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, *explain(sample_report(), "CVE-2023-4863", ""));
}

TEST(ParseReport, RefusesWhatIsNoReportAndSaysWhere) {
  const std::string good = json(sample_report(), everything());
  struct Row {
    const char* name;
    std::string text;
    ErrorCode code;
    const char* said;
  };
  const Row rows[] = {
      {"empty", "", ErrorCode::kInvalidInput, "not JSON"},
      {"truncated", good.substr(0, good.size() / 2), ErrorCode::kInvalidInput, "not JSON"},
      {"other JSON", "[]", ErrorCode::kInvalidInput, "not a Seaworthy report"},
      {"other schema", R"({"schema": "x"})", ErrorCode::kInvalidInput, "not a Seaworthy report"},
      {"later schema", R"({"schema": "seaworthy.report/2"})", ErrorCode::kUnsupported,
       "seaworthy.report/2"},
      {"no verdict", R"({"schema": "seaworthy.report/1"})", ErrorCode::kInvalidInput,
       "verdict.result"},
      {"deep", std::string(1000, '[') + std::string(1000, ']'), ErrorCode::kLimitExceeded,
       "limit nesting"},
      {"unknown severity", with(good, R"("severity": "critical")", R"("severity": "bad")"),
       ErrorCode::kInvalidInput, "findings[0].severity: unknown word 'bad'"},
      {"unknown status", with(good, R"("status": "affected")", R"("status": 7)"),
       ErrorCode::kInvalidInput, "findings[0].status"},
      {"unknown coverage", with(good, R"("coverage": "matched")", R"("coverage": "fine")"),
       ErrorCode::kInvalidInput, "packages[0].coverage"},
      {"layer past the end", with(good, R"("layer": 2)", R"("layer": 3)"), ErrorCode::kInvalidInput,
       "packages[1]: layer"},
      {"negative layer", with(good, R"("layer": 2)", R"("layer": -2)"), ErrorCode::kInvalidInput,
       "packages[1]: layer"},
      {"layer of another type", with(good, R"("layer": 2)", R"("layer": "2")"),
       ErrorCode::kInvalidInput, "packages[1]: layer"},
      {"package that is not listed",
       with(good, R"("version": "1:2.36.1-8+deb11u1")", R"("version": "2")"),
       ErrorCode::kInvalidInput, "the package is not in `packages`"},
      {"score over 100", with(good, R"("score": 100)", R"("score": 101)"), ErrorCode::kInvalidInput,
       "findings[0].score: the number is out of its range"},
      {"negative probability", with(good, R"("score": 0.9412)", R"("score": -0.9)"),
       ErrorCode::kInvalidInput, "findings[0].epss.score"},
      {"base score over 10", with(good, R"("score": 8.8)", R"("score": 1e308)"),
       ErrorCode::kInvalidInput, "findings[0].cvss.score"},
      {"nameless package", with(good, R"("name": "bsdutils")", R"("name": "")"),
       ErrorCode::kInvalidInput, "packages[0]: a package without a name"},
      {"nameless finding", with(good, R"("id": "CVE-2023-4863")", R"("id": null)"),
       ErrorCode::kInvalidInput, "findings[0]: a finding without an id"},
  };
  for (const Row& row : rows) {
    const auto read = parse_report(row.text);
    ASSERT_FALSE(read.ok()) << row.name;
    EXPECT_EQ(read.error().code, row.code) << row.name;
    EXPECT_THAT(read.error().message, HasSubstr(row.said)) << row.name;
  }
}

TEST(ParseReport, BoundsAPackagesProperties) {
  std::string many = "{";
  for (int i = 0; i < 1001; ++i) many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"x\"";
  many += "}";
  const auto read = parse_report(R"({"schema": "seaworthy.report/1", "packages": [{"name": "a",
      "version": "1", "type": "deb", "properties": )" +
                                 many + "}]}");
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("too many properties"));
}

}  // namespace
}  // namespace seaworthy
