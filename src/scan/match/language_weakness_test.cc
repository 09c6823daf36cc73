// What holds of weaknesses whatever the package, asked of packages of languages: aliases, states,
// malware, risk. Rules by their number in docs/reference/matching.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/match/table_database.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kCve = "CVE-2024-1000";
constexpr const char* kOtherCve = "CVE-2024-2000";
constexpr const char* kGhsa = "GHSA-aaaa-bbbb-cccc";

class LanguageWeakness : public testing::Test {
 protected:
  void SetUp() override {
    Package package;
    package.name = "left";
    package.version = "1.0.0";
    package.set_property("purl", "pkg:npm/left@1.0.0");
    inventory_ = image("debian", "12", {package});
    database_.add_feed("npm-osv", "npm", "");
  }
  AdvisoryRow& add(const std::string& id, const std::string& fix = "1.0.1") {
    return database_.add_row({"npm", "", "left"}, fixed_in(id, fix));
  }
  void alias(const std::string& id, std::vector<std::string> others) {
    database_.aliases[id] = std::move(others);
  }
  std::vector<Finding> run() const { return run_match(database_, inventory_).findings; }
  std::vector<std::string> ids() const {
    std::vector<std::string> out;
    for (const Finding& finding : run()) out.push_back(finding.id);
    return out;
  }

  TableDatabase database_;
  Inventory inventory_;
};

TEST_F(LanguageWeakness, Rule39_AllIdsOfOneWeaknessAreOneFinding) {
  alias(kGhsa, {kCve, "NSWG-ECO-1"});
  alias("NSWG-ECO-1", {kGhsa, kCve});
  alias(kCve, {kGhsa, "NSWG-ECO-1"});
  add(kGhsa);
  add("NSWG-ECO-1");
  add(kCve, "1.0.2");
  const std::vector<Finding> findings = run();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, kCve);
  EXPECT_THAT(findings[0].aliases, ElementsAre(kGhsa, "NSWG-ECO-1"));
  EXPECT_THAT(findings[0].fix_versions, ElementsAre("1.0.2"));
}

TEST_F(LanguageWeakness, Rule39_TwoCveIdsAreNeverJoined) {
  alias(kGhsa, {kCve, kOtherCve});
  add(kGhsa);
  add(kCve);
  add(kOtherCve);
  EXPECT_THAT(ids(), ElementsAre(kCve, kOtherCve, kGhsa));
}

TEST_F(LanguageWeakness, Rule40_WithdrawnAdvisoryMakesNothing) {
  add(kGhsa).state = AdvisoryState::kWithdrawn;
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_EQ(run_match(database_, inventory_).coverage[0].state, CoverageState::kClean);
}

TEST_F(LanguageWeakness, Rule40_AndTakesNothingElseAlong) {
  alias(kGhsa, {kCve});
  add(kGhsa).state = AdvisoryState::kWithdrawn;
  add(kCve);
  EXPECT_THAT(ids(), ElementsAre(kCve));
}

TEST_F(LanguageWeakness, Rule40_RejectedCveDropsOutUnderItsAliasesToo) {
  alias(kGhsa, {kCve});
  add(kGhsa);
  VulnerabilityDetails rejected;
  rejected.id = kCve;
  rejected.state = AdvisoryState::kRejected;
  database_.details[kCve] = {rejected};
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LanguageWeakness, Rule62_MalwareIsCriticalWhateverItSays) {
  AdvisoryRow& row = add("MAL-2024-1", "");
  row.ranges = {{"0", "", ""}};
  row.kind = FindingKind::kMalicious;
  row.severity = Severity::kLow;
  const std::vector<Finding> findings = run();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::kMalicious);
  EXPECT_EQ(findings[0].severity, Severity::kCritical);
  EXPECT_EQ(findings[0].score, 100);
  EXPECT_EQ(findings[0].advisory_url, "https://osv.dev/vulnerability/MAL-2024-1");
}

TEST_F(LanguageWeakness, Rule63_DisputedStaysAndSaysSo) {
  add(kCve).state = AdvisoryState::kDisputed;
  const std::vector<Finding> findings = run();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].status, FindingStatus::kAffected);
  EXPECT_EQ(findings[0].advisory_state, AdvisoryState::kDisputed);
}

TEST_F(LanguageWeakness, RiskIsOfTheVulnerabilityAndMissingIsUnknown) {
  alias(kGhsa, {kCve});
  add(kGhsa).severity = Severity::kHigh;
  Finding finding = run().at(0);
  EXPECT_FALSE(finding.epss || finding.kev || finding.exploit);
  EXPECT_EQ(finding.score, 35);  // severity 30, fix 5
  database_.epss[kCve] = {0.25, 0.9, "2026-11-01"};
  database_.kev[kCve] = {"2026-01-01", "2026-02-01", false};
  database_.exploit[kCve] = {true, "2026-01-02", "EDB-1"};
  finding = run().at(0);
  EXPECT_TRUE(finding.epss && finding.kev && finding.exploit);
  EXPECT_EQ(finding.score, 83);  // and kev 30, exploit 10, epss 15 * sqrt(0.25)
  int sum = 0;
  for (const ScorePart& part : finding.score_parts) sum += part.points;
  EXPECT_EQ(sum, finding.score);
}

}  // namespace
}  // namespace seaworthy
