#include "scan/update/fetch.h"

#include <atomic>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/net/scripted_server.h"
#include "scan/update/update_fixture.h"

namespace seaworthy {
namespace {

using ::testing::HasSubstr;

// A server without ranges or ETags gives nothing by which a download could be continued.
TEST(Fetch, BeginsAnewWhereNothingCanBeContinued) {
  struct Row {
    const char* name;
    int cuts;  // of so many answers
    std::uint64_t piece_bytes;
    const char* error;
  };
  const std::string body(100'000, 'b');
  for (const Row& row : std::initializer_list<Row>{
           {"not cut", 0, 0, ""},
           {"cut once", 1, 0, ""},
           {"cut once, asked for in pieces", 1, 200'000, ""},
           {"cut once, asked for in small pieces", 1, 10'000, ""},
           {"cut always", 1000, 0, "it was begun 3 times"},
           {"cut always, in pieces", 1000, 200'000, "it was begun 3 times"},
       }) {
    std::atomic<int> answers = 0;
    ScriptedServer server([&](const ScriptedRequest&) {
      ScriptedAnswer answer{.body = body};
      // What is asked for the rest is answered with the whole.
      if (++answers <= row.cuts) answer.cut_after = 50'000;
      return answer;
    });
    HttpOptions http;
    http.proxies = {};
    http.clock.sleep = [](std::chrono::milliseconds) {};
    const HttpClient client(http);
    const fixture::TemporaryDirectory directory;
    FetchOptions options;
    options.max_bytes = 1 * kMiB;
    options.piece_bytes = row.piece_bytes;
    const auto fetched =
        Fetcher(client, {})
            .to_file(server.url("/feed").text(), directory.path("feed"), {}, options);
    EXPECT_EQ(fetched.ok(), *row.error == '\0') << row.name;
    if (!fetched) {
      EXPECT_THAT(fetched.error().message, HasSubstr(row.error)) << row.name;
      continue;
    }
    EXPECT_EQ(*read_file(directory.path("feed"), 1 * kMiB), body) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
