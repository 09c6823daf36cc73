// Rule 51: what programs hold of the functions that an advisory names.
#include "scan/match/linked_symbols.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/digest.h"
#include "core/model/functions.h"
#include "scan/match/table_database.h"

namespace seaworthy {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kCve = "CVE-2024-1000";
constexpr const char* kPurl = "pkg:golang/golang.org/x/text@v0.3.0";
constexpr const char* kModule = "golang.org/x/text";

AdvisoryRow naming(std::vector<AffectedImport> imports) {
  AdvisoryRow row = fixed_in(kCve, "0.3.7");
  row.advisory_id = "GO-2021-0113";
  row.imports = std::move(imports);
  return row;
}
const AffectedImport kParse{"golang.org/x/text/language", {"Parse", "MatchStrings"}, "", ""};

class LinkedSymbols : public testing::Test {
 protected:
  void SetUp() override {
    Package text;
    text.name = kModule;
    text.version = "v0.3.0";
    text.path = "opt/app";
    text.set_property("purl", kPurl);
    inventory_ = image("debian", "12", {text});
    database_.add_feed("go-vulndb", "golang", "");
    database_.add_feed("debian", "debian", "12");
  }
  void program(const std::string& path, std::vector<std::string> functions) {
    inventory_.holders[kPurl].push_back(path);
    std::vector<std::uint32_t>& hashes = inventory_.functions[path];
    for (const std::string& name : functions) {
      hashes.push_back(linked_function_hash(name));
      hashes.push_back(linked_package_hash(name));
    }
    std::sort(hashes.begin(), hashes.end());
  }
  void add(AdvisoryRow row) { database_.add_row({"golang", "", kModule}, std::move(row)); }
  MatchResult run() const { return run_match(database_, inventory_); }
  Finding only() const {
    const MatchResult result = run();
    EXPECT_EQ(result.findings.size(), 1U);
    return result.findings.empty() ? Finding{} : result.findings.front();
  }

  TableDatabase database_;
  Inventory inventory_;
};

TEST_F(LinkedSymbols, Rule51_AbsentIsNotAffectedAndCounted) {
  add(naming({kParse}));
  program("opt/app", {"main.main", "golang.org/x/text/language.Make"});
  const MatchResult result = run();
  ASSERT_EQ(result.findings.size(), 1U);
  const Finding& finding = result.findings.front();
  EXPECT_EQ(finding.status, FindingStatus::kNotAffected);
  EXPECT_EQ(finding.justification, "vulnerable_code_not_present");
  EXPECT_EQ(finding.status_reason,
            "the vulnerable code is not in the programs that hold the module: none of the 2 "
            "functions that GO-2021-0113 names (golang.org/x/text/language.Parse, ...) is linked");
  EXPECT_EQ(result.coverage[0].state, CoverageState::kClean);
  EXPECT_EQ(summarize(result).suppressed, 1U);
}

TEST_F(LinkedSymbols, Rule51_PresentNamesTheFunctionAndTheProgram) {
  add(naming({kParse}));
  program("opt/other", {"main.main"});
  program("opt/app", {"golang.org/x/text/language.MatchStrings"});
  const Finding finding = only();
  EXPECT_EQ(finding.status, FindingStatus::kAffected);
  EXPECT_EQ(finding.justification, "");
  EXPECT_THAT(finding.rule, HasSubstr("golang.org/x/text/language.MatchStrings is in opt/app"));
}

TEST_F(LinkedSymbols, Rule51_OneProgramWithoutFunctionsLeavesItToTheVersion) {
  add(naming({kParse}));
  program("opt/app", {"main.main"});
  inventory_.holders[kPurl].push_back("opt/old");
  const Finding finding = only();
  EXPECT_EQ(finding.status, FindingStatus::kAffected);
  EXPECT_THAT(finding.rule,
              HasSubstr("by the module's version alone: opt/old does not tell its functions"));
}

TEST_F(LinkedSymbols, Rule51_NoProgramAtAllLeavesItToTheVersion) {
  add(naming({kParse}));
  const Finding finding = only();
  EXPECT_EQ(finding.status, FindingStatus::kAffected);
  EXPECT_THAT(finding.rule, HasSubstr("by the module's version alone: it was not read from a"));
}

TEST_F(LinkedSymbols, Rule51_AdvisoryWithoutFunctionsIsOfTheVersion) {
  add(naming({}));
  program("opt/app", {"main.main"});
  const Finding finding = only();
  EXPECT_EQ(finding.status, FindingStatus::kAffected);
  EXPECT_THAT(finding.rule, testing::Not(HasSubstr("alone")));
}

TEST_F(LinkedSymbols, Rule51_AWholePackageIsPresentByAnyOfItsFunctions) {
  add(naming({{"golang.org/x/text/language", {}, "", ""}}));
  program("opt/app", {"golang.org/x/text/cases.Title"});
  Finding finding = only();
  EXPECT_EQ(finding.status, FindingStatus::kNotAffected);
  EXPECT_THAT(finding.status_reason, HasSubstr("package golang.org/x/text/language, which"));
  program("opt/more", {"golang.org/x/text/language.Make"});
  finding = only();
  EXPECT_EQ(finding.status, FindingStatus::kAffected);
  EXPECT_THAT(finding.rule, HasSubstr("golang.org/x/text/language is in opt/more"));
}

TEST_F(LinkedSymbols, Rule51_EveryImportCounts) {
  add(naming({{"golang.org/x/text/cases", {"Title"}, "", ""}, kParse}));
  program("opt/app", {"golang.org/x/text/language.Parse"});
  EXPECT_EQ(only().status, FindingStatus::kAffected);
}

TEST_F(LinkedSymbols, Rule51_AnImportOfAnotherSystemDoesNot) {
  AffectedImport windows = kParse;
  windows.goos = "windows";
  add(naming({windows}));
  program("opt/app", {"golang.org/x/text/language.Parse"});
  EXPECT_EQ(only().status, FindingStatus::kAffected);  // it does not say what it was built for
  std::vector<std::uint32_t>& functions = inventory_.functions["opt/app"];
  functions.push_back(build_setting_hash("GOOS", ""));
  functions.push_back(build_setting_hash("GOOS", "linux"));
  std::sort(functions.begin(), functions.end());
  EXPECT_EQ(only().status, FindingStatus::kNotAffected);
}

// GitHub's advisory of the same weakness names no functions, and so takes nothing back.
TEST_F(LinkedSymbols, Rule51_AnotherFeedThatNamesNoneDoesNotOutweighIt) {
  AdvisoryRow other = fixed_in("GHSA-aaaa-bbbb-cccc", "0.3.7");
  database_.aliases["GHSA-aaaa-bbbb-cccc"] = {kCve};
  add(naming({kParse}));
  add(other);
  program("opt/app", {"main.main"});
  EXPECT_EQ(only().status, FindingStatus::kNotAffected);
}

// Where only that advisory holds the version, nothing is known of its functions.
TEST_F(LinkedSymbols, Rule51_FunctionsOfAnotherRangeSayNothing) {
  AdvisoryRow elsewhere = naming({kParse});
  elsewhere.ranges = {{"1.0.0", "1.2.0", ""}};
  add(elsewhere);
  add(fixed_in(kCve, "0.3.7"));
  program("opt/app", {"main.main"});
  EXPECT_EQ(only().status, FindingStatus::kAffected);
}

TEST_F(LinkedSymbols, Rule51_MalwareIsNotClearedByItsFunctions) {
  AdvisoryRow row = naming({kParse});
  row.kind = FindingKind::kMalicious;
  add(row);
  program("opt/app", {"main.main"});
  EXPECT_EQ(only().status, FindingStatus::kAffected);
}

TEST_F(LinkedSymbols, Rule51_AVersionThatIsNotKnownIsClearedByThemToo) {
  inventory_.packages[0].version = "(devel)";
  inventory_.packages[0].set_property("purl", "pkg:golang/golang.org/x/text");
  add(naming({kParse}));
  EXPECT_EQ(only().status, FindingStatus::kUndetermined);
  program("opt/app", {"main.main"});
  inventory_.holders["pkg:golang/golang.org/x/text"] = {"opt/app"};
  EXPECT_EQ(only().status, FindingStatus::kNotAffected);
}

// A Go program of a distribution that does not judge all it ships.
TEST_F(LinkedSymbols, WhatItsOwnersSystemDoesNotKnowStaysNotAffected) {
  inventory_.distro->id = "alpine";
  inventory_.distro->version = "3.18.4";
  inventory_.packages.push_back(apk("app", "1.0-r0"));
  inventory_.owned = {{"app", {path_hash("opt/app")}, false}};
  database_.add_feed("alpine", "alpine", "3.18");
  add(naming({kParse}));
  program("opt/app", {"main.main"});
  const MatchResult result = run();
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].status, FindingStatus::kNotAffected);
  EXPECT_EQ(result.coverage[0].state, CoverageState::kClean);
}

}  // namespace
}  // namespace seaworthy
