#include "scan/update/update.h"

#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/guarded.h"
#include "core/net/scripted_server.h"
#include "scan/advisory/database.h"
#include "scan/update/update_fixture.h"

namespace seaworthy {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::vector<std::string> kSources{"osv-npm",    "osv-pypi", "osv-go",   "osv-hex",
                                        "osv-crates", "osv-pub",  "osv-maven"};

// Every source is one advisory at "/NAME.json"; its package has the source's name.
class UpdateDatabase : public ::testing::Test {
 protected:
  UpdateOptions options() const {
    UpdateOptions options;
    options.now = fixture::kBuilt;
    options.only = kSources;
    for (const std::string& source : kSources) {
      // One that hangs up has a host of its own: the other sources of a silent host are not asked.
      const char* host = source == "osv-hex" ? "localhost" : "127.0.0.1";
      options.addresses[source] = server_.url("/" + source + ".json", host).text();
    }
    options.http.retries.tries = 1;
    options.http.proxies = {};
    return options;
  }
  std::map<std::string, UpdateOutcome> update(const UpdateOptions& options) {
    const auto updates = update_database(directory_.path("db"), options);
    EXPECT_TRUE(updates) << updates.error().message;
    std::map<std::string, UpdateOutcome> outcomes;
    if (!updates) return outcomes;
    for (const SourceUpdate& one : *updates) outcomes[one.name] = one.outcome;
    return outcomes;
  }
  std::set<std::string> feeds() const {
    std::set<std::string> names;
    const auto database = AdvisoryDatabase::open(directory_.path("db"));
    EXPECT_TRUE(database);
    if (!database) return names;
    for (const FeedInfo& feed : database->feeds()) names.insert(feed.name);
    return names;
  }

  fixture::TemporaryDirectory directory_;
  enum class Fault { kMissing, kHangsUp };
  using Faults = std::map<std::string, Fault>;  // by source
  Guarded<Faults> faults_;
  ScriptedServer server_{[this](const ScriptedRequest& request) {
    const std::string name = request.target.substr(1, request.target.size() - 6);
    const auto fault = faults_.with([&](const Faults& faults) {
      const auto at = faults.find(name);
      return at == faults.end() ? std::optional<Fault>() : at->second;
    });
    if (fault == Fault::kMissing) return ScriptedAnswer{.status = 404, .body = "no"};
    if (fault == Fault::kHangsUp) return ScriptedAnswer{.hang_up = true};
    return ScriptedAnswer{.body = fixture::osv("GHSA-" + name, "npm", name, "1.0")};
  }};
};

TEST_F(UpdateDatabase, SeveralSourcesAtATimeEachReportedOnce) {
  const Faults faults{{"osv-go", Fault::kMissing}, {"osv-hex", Fault::kHangsUp}};
  faults_.with([&](Faults& now) { now = faults; });
  UpdateOptions asked = options();
  std::multiset<std::string> finished;
  std::atomic<int> steps = 0;
  asked.finished = [&](const SourceUpdate& one) { finished.insert(one.name); };
  asked.progress = [&](const UpdateProgress&) { ++steps; };
  const auto outcomes = update(asked);
  for (const std::string& source : kSources) {
    EXPECT_EQ(outcomes.at(source),
              faults.contains(source) ? UpdateOutcome::kFailed : UpdateOutcome::kUpdated)
        << source;
  }
  EXPECT_EQ(finished, std::multiset<std::string>(kSources.begin(), kSources.end()));
  EXPECT_GT(steps, 0);
  EXPECT_THAT(feeds(), SizeIs(kSources.size() - 2));
  const auto standings = source_standings(directory_.path("db"));
  EXPECT_THAT(standings.at("osv-go").error, HasSubstr("404"));
  EXPECT_EQ(standings.at("osv-npm").checked_at, fixture::kBuilt);
  // Only what failed is asked again.
  faults_.with([](Faults& now) { now.clear(); });
  const std::size_t before = server_.requests().size();
  const auto again = update(options());
  EXPECT_EQ(again.at("osv-go"), UpdateOutcome::kUpdated);
  EXPECT_EQ(again.at("osv-npm"), UpdateOutcome::kNotDue);
  EXPECT_EQ(server_.requests().size(), before + 2);
}

TEST_F(UpdateDatabase, TwoAtOnceShareTheSources) {
  std::map<std::string, UpdateOutcome> outcomes[2];
  {
    std::vector<std::jthread> updates;
    for (auto& each : outcomes) updates.emplace_back([&] { each = update(options()); });
  }
  EXPECT_EQ(feeds(), std::set<std::string>(kSources.begin(), kSources.end()));
  for (const std::string& source : kSources) {
    int updated = 0;
    for (const auto& each : outcomes) {
      const UpdateOutcome outcome = each.at(source);
      EXPECT_NE(outcome, UpdateOutcome::kFailed) << source;
      if (outcome == UpdateOutcome::kUpdated) ++updated;
    }
    EXPECT_EQ(updated, 1) << source;
  }
  EXPECT_THAT(source_standings(directory_.path("db")), SizeIs(kSources.size()));
}

}  // namespace
}  // namespace seaworthy
