#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/digest.h"
#include "core/net/scripted_server.h"
#include "scan/update/update.h"
#include "scan/update/update_fixture.h"

namespace seaworthy {
namespace {

// A yum repository with one advisory.
std::string advisory(const std::string& id) {
  return R"(<?xml version="1.0"?><updates><update type="security"><id>)" + id +
         "</id><title>a package</title><severity>Important</severity>"
         R"(<issued date="2026-09-01 00:00"/><references/><pkglist><collection short="c">)"
         R"(<name>amazon-linux</name><package name="bash" epoch="0" version="5.2" )"
         R"(release="1.amzn2023" arch="x86_64"><filename>bash.rpm</filename></package>)"
         "</collection></pkglist></update></updates>";
}

std::string repomd(const std::string& content) {
  return R"(<?xml version="1.0"?><repomd><data type="updateinfo"><checksum type="sha256">)" +
         sha256(content).substr(7) +
         R"(</checksum><location href="repodata/updateinfo.xml"/></data></repomd>)";
}

// Where both editions' lists of mirrors of the core repository answer, the first counts; the second
// update, of which nothing is new, stood in the way of itself once.
TEST(Amazon, TwoListsOfOneRepository) {
  std::string content = advisory("ALAS-2026-1");
  Guarded<std::map<std::string, std::string>> site;
  ScriptedServer server([&](const ScriptedRequest& request) -> ScriptedAnswer {
    return site.with([&](const auto& pages) -> ScriptedAnswer {
      const auto page = pages.find(request.target);
      if (page == pages.end()) return {.status = 404, .body = "no"};
      return {.body = page->second};
    });
  });
  const std::string mirrors = server.url("/repository/").text() + "\n";
  const auto publish = [&] {
    site.with([&](auto& pages) {
      pages = {{"/core/latest/x86_64/mirror.list", mirrors},
               {"/core/mirrors/latest/x86_64/mirror.list", mirrors},
               {"/repository/repodata/repomd.xml", repomd(content)},
               {"/repository/repodata/updateinfo.xml", content},
               {"/extras-catalog.json", R"({"topics":[{"n":"docker"},{"n":"docker"}]})"},
               {"/extras/docker/latest/x86_64/mirror.list", mirrors}};
    });
  };
  const fixture::TemporaryDirectory directory;
  UpdateOptions options;
  options.now = fixture::kBuilt;
  options.only = {"amazon-2023"};
  options.force = true;
  options.addresses["amazon-2023"] = server.url("/").text();
  options.http.proxies = {};
  const auto update = [&] {
    const auto updates = update_database(directory.path("db"), options);
    EXPECT_TRUE(updates) << updates.error().message;
    EXPECT_EQ(updates->size(), 1U);
    return updates->front();
  };
  const struct {
    const char* id;
    UpdateOutcome outcome;
  } steps[] = {{"ALAS-2026-1", UpdateOutcome::kUpdated},
               {"ALAS-2026-1", UpdateOutcome::kUnchanged},
               {"ALAS-2026-2", UpdateOutcome::kUpdated},
               {"ALAS-2026-2", UpdateOutcome::kUnchanged}};
  for (const auto& step : steps) {
    content = advisory(step.id);
    publish();
    const SourceUpdate done = update();
    EXPECT_EQ(done.outcome, step.outcome) << step.id << " " << done.error;
  }
}

}  // namespace
}  // namespace seaworthy
