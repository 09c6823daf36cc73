#include "scan/match/scopes.h"

#include "scan/match/table_database.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr UnixSeconds kToday = 1'790'000'000;

// What a machine knows that has only the common part.
TableDatabase nothing_pulled() {
  TableDatabase database;
  FeedInfo debian;
  debian.name = "debian";
  debian.data_as_of = kToday;
  debian.not_pulled = {{"debian", "11"}, {"debian", "12"}, {"debian", "sid"}};
  FeedInfo ubuntu;
  ubuntu.name = "ubuntu";
  ubuntu.data_as_of = kToday;
  ubuntu.not_pulled = {{"ubuntu", "22.04"}};
  database.feeds = {debian, ubuntu};
  return database;
}

Inventory image(const std::string& id, const std::string& version) {
  Inventory inventory;
  Distro distro;
  distro.id = id;
  distro.version = version;
  inventory.distro = distro;
  Package package;
  package.type = PackageType::kDeb;
  package.name = "bash";
  package.version = "5.1";
  package.set_property(kMaintainer, "Some Team <team@lists.debian.org>");
  inventory.packages = {package};
  return inventory;
}

std::vector<std::string> problems_of(const MatchResult& result) {
  std::vector<std::string> texts;
  for (const Problem& problem : result.problems)
    texts.push_back(problem.code + ": " + problem.message);
  return texts;
}

TEST(Scopes, AreThoseThatMatchingLooksInto) {
  const TableDatabase database = nothing_pulled();
  const AdvisoryLookup lookup = database.lookup();
  const MatchOptions options{{}, kToday};
  // Unstable answers for Debian releases that have no row of their own.
  EXPECT_THAT(scopes_for(image("debian", "12"), lookup, options),
              ElementsAre(Pair("debian", "12"), Pair("debian", "sid")));
  EXPECT_THAT(scopes_for(image("ubuntu", "22.04"), lookup, options),
              ElementsAre(Pair("ubuntu", "22.04")));
  EXPECT_THAT(scopes_for(image("ubuntu", "20.04"), lookup, options), IsEmpty());
  EXPECT_THAT(scopes_for(Inventory{}, lookup, options), IsEmpty());
}

TEST(NotPulled, IsUnassessedAndMakesTheVerdictUnknown) {
  TableDatabase database = nothing_pulled();
  const MatchOptions options{{}, kToday};
  const MatchResult ubuntu = match(image("ubuntu", "22.04"), database.lookup(), options);
  EXPECT_EQ(ubuntu.coverage[0],
            (PackageCoverage{CoverageState::kUnassessed, "part not pulled: ubuntu 22.04"}));
  EXPECT_THAT(problems_of(ubuntu),
              ElementsAre("part-not-pulled: part not pulled: ubuntu 22.04; `seaworthy db pull` "
                          "fetches it"));
  EXPECT_TRUE(makes_verdict_unknown(ubuntu.problems[0]));
  EXPECT_THAT(ubuntu.feeds, IsEmpty());
  // A local feed does not stand in for the publisher's.
  FeedInfo local;
  local.name = "local";
  local.data_as_of = kToday;
  local.scopes = {{"ubuntu", "22.04", 1, kToday, DatedBy::kData}};
  database.feeds.push_back(local);
  EXPECT_EQ(match(image("ubuntu", "22.04"), database.lookup(), options).coverage[0].reason,
            "part not pulled: ubuntu 22.04");
}

TEST(NotPulled, DebianNeedsUnstableAsWell) {
  TableDatabase database = nothing_pulled();
  database.feeds[0].scopes = {{"debian", "12", 1, kToday, DatedBy::kData}};
  database.feeds[0].not_pulled = {{"debian", "sid"}};
  const MatchOptions options{{}, kToday};
  EXPECT_EQ(match(image("debian", "12"), database.lookup(), options).coverage[0],
            (PackageCoverage{CoverageState::kUnassessed, "part not pulled: debian sid"}));
  database.feeds[0].not_pulled.clear();
  EXPECT_EQ(match(image("debian", "12"), database.lookup(), options).coverage[0].state,
            CoverageState::kClean);
}

}  // namespace
}  // namespace seaworthy
