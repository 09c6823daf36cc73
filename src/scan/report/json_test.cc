#include "core/codec/json.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "scan/report/format.h"
#include "scan/report/sample_report.h"

namespace seaworthy {
namespace {

FormatOptions everything() {
  FormatOptions options;
  options.show_packages = options.show_suppressed = true;
  return options;
}

std::string json(const Report& report, const FormatOptions& options = {}) {
  return find_format("json")->write(report, options);
}

TEST(Json, IsTheGoldenText) {
  const std::string text = json(sample_report(), everything());
  EXPECT_EQ(text, golden("report.json.golden", text));
}

// The names of the contract (docs/reference/cli.md, Report), member by member.
TEST(Json, HasEveryMemberOfTheContract) {
  JsonDocument document;
  ASSERT_TRUE(document.parse(json(sample_report(), everything()), Limits{}).ok());
  const JsonValue root = document.root();
  EXPECT_EQ(root["schema"].text(), "seaworthy.report/1");
  struct Row {
    const char* name;
    JsonValue owner;
    std::vector<const char*> members;
  };
  const JsonValue finding = root["findings"].elements().at(0);
  const JsonValue package = root["packages"].elements().at(0);
  const std::vector<Row> rows{
      {"root",
       root,
       {"target", "distro", "database", "packages", "findings", "coverage", "problems", "verdict"}},
      {"target", root["target"], {"reference", "digest", "platform", "created", "layers"}},
      {"layer",
       root["target"]["layers"].elements().at(0),
       {"digest", "diff_id", "size", "created_by"}},
      {"distro", root["distro"], {"id", "version", "name", "end_of_life", "past_end_of_life"}},
      {"database", root["database"], {"built_at", "feeds"}},
      {"feed",
       root["database"]["feeds"].elements().at(0),
       {"name", "fetched_at", "data_as_of", "dated_by", "records"}},
      {"package",
       package,
       {"purl", "name", "version", "type", "source", "path", "layer", "licenses", "coverage",
        "reason"}},
      {"source", package["source"], {"name", "version"}},
      {"finding", finding, {"id",
                            "aliases",
                            "kind",
                            "package",
                            "status",
                            "severity",
                            "severity_source",
                            "cvss",
                            "epss",
                            "kev",
                            "exploit",
                            "fix",
                            "remediation",
                            "advisory",
                            "summary",
                            "evidence",
                            "introduced_by",
                            "score",
                            "score_parts",
                            "triage"}},
      {"finding.package", finding["package"], {"purl", "name", "version", "type", "path", "layer"}},
      {"cvss", finding["cvss"].elements().at(0), {"version", "vector", "score", "source"}},
      {"epss", finding["epss"], {"score", "percentile", "date"}},
      {"kev", finding["kev"], {"added", "due", "ransomware"}},
      {"exploit", finding["exploit"], {"known", "first_seen"}},
      {"fix", finding["fix"], {"state", "versions"}},
      {"advisory", finding["advisory"], {"feed", "id", "url", "state"}},
      {"score part", finding["score_parts"].elements().at(0), {"name", "points"}},
      {"coverage",
       root["coverage"],
       {"packages", "matched", "clean", "unassessed", "suppressed", "reasons"}},
      {"reason", root["coverage"]["reasons"].elements().at(0), {"reason", "count"}},
      {"problem", root["problems"].elements().at(0), {"path", "layer", "step", "code", "message"}},
      {"verdict", root["verdict"], {"result", "reasons"}},
  };
  for (const Row& row : rows) {
    for (const char* member : row.members) {
      EXPECT_TRUE(row.owner[member].exists()) << row.name << "." << member;
    }
  }
}

TEST(Json, ListsPackagesAndSuppressedFindingsOnlyOnRequestAndCountsThemAlways) {
  JsonDocument document;
  ASSERT_TRUE(document.parse(json(sample_report()), Limits{}).ok());
  EXPECT_FALSE(document.root()["packages"].exists());
  EXPECT_EQ(document.root()["findings"].elements().size(), 11u);
  EXPECT_EQ(document.root()["coverage"]["suppressed"].integer(), 2);
  ASSERT_TRUE(document.parse(json(sample_report(), everything()), Limits{}).ok());
  EXPECT_EQ(document.root()["packages"].elements().size(), 12u);
  EXPECT_EQ(document.root()["findings"].elements().size(), 13u);
}

TEST(Json, WritesUnknownAsNull) {
  Report report = sample_report();
  report.inventory.distro.reset();
  report.has_database = false;
  report.problems[0].layer = -1;
  JsonDocument document;
  ASSERT_TRUE(document.parse(json(report), Limits{}).ok());
  EXPECT_TRUE(document.root()["distro"].is_null());
  EXPECT_TRUE(document.root()["database"].is_null());
  EXPECT_TRUE(document.root()["problems"].elements().at(0)["layer"].is_null());
}

TEST(Json, StaysJsonWithForeignBytes) {
  Report report = sample_report();
  report.inventory.packages[0].name = "\xff\xfe\"\\\x1b";
  report.target.reference = std::string("a\0b", 3);
  report.findings[0].summary = "\xed\xa0\x80 \xc2\x9b";
  JsonDocument document;
  EXPECT_TRUE(document.parse(json(report, everything()), Limits{}).ok());
}

// Runs the Python validator over `document`; its exit code, and what it says in `output`.
int validate(const std::string& document, std::string& output) {
  const std::string base = testing::TempDir() + "report-" + std::to_string(::getpid());
  const std::string input = base + ".json", said = base + ".txt";
  EXPECT_TRUE(write_file_atomically(input, document).ok());
  const std::string schema =
      std::string(TESTDATA) + "/../../../../docs/reference/report.schema.json";
  static constexpr const char* kProgram =
      "import json, sys\n"
      "try:\n    import jsonschema\nexcept ImportError:\n    sys.exit(77)\n"
      "schema = json.load(open(sys.argv[1]))\n"
      "jsonschema.Draft202012Validator.check_schema(schema)\n"
      "errors = "
      "list(jsonschema.Draft202012Validator(schema).iter_errors(json.load(open(sys.argv[2]))))\n"
      "open(sys.argv[3], 'w').write('\\n'.join(e.json_path + ': ' + e.message for e in errors))\n"
      "sys.exit(1 if errors else 0)\n";
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("python3", "python3", "-c", kProgram, schema.c_str(), input.c_str(), said.c_str(),
             static_cast<char*>(nullptr));
    ::_exit(77);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (auto text = read_file(said, kMiB)) output = *std::move(text);
  ::unlink(input.c_str());
  ::unlink(said.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Json, IsValidAgainstItsSchema) {
  Report bare = sample_report();
  bare.inventory.distro.reset();
  bare.inventory.packages[7].layer = -1;
  FormatOptions filtered;
  filtered.severities = {Severity::kHigh};
  filtered.only_fixed = true;
  struct Row {
    const char* name;
    std::string document;
    int result;
  };
  std::string renamed = json(sample_report());
  renamed.replace(renamed.find("severity_source"), 15, "severity-source");
  const Row rows[] = {
      {"everything", json(sample_report(), everything()), 0},
      {"default", json(sample_report()), 0},
      {"filtered", json(sample_report(), filtered), 0},
      {"inventory", json(sample_inventory(), everything()), 0},
      {"no distribution", json(bare, everything()), 0},
      {"an empty report", json(Report{}, everything()), 0},
      {"a renamed member is refused", renamed, 1},
      {"an empty object is refused", "{}", 1},
  };
  for (const Row& row : rows) {
    std::string output;
    const int result = validate(row.document, output);
    if (result == 77) GTEST_SKIP() << "python3 with jsonschema is not installed";
    EXPECT_EQ(result, row.result) << row.name << "\n" << output;
  }
}

}  // namespace
}  // namespace seaworthy
