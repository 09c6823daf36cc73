#include <gmock/gmock.h>

#include "core/net/http.h"
#include "core/net/scripted_server.h"

namespace seaworthy {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

const std::string kContent = [] {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += std::to_string(i) + ",";
  return text;
}();

// A server of kContent that breaks off after `step` bytes each time, with the faults of a row.
struct Flaky {
  std::size_t step = 30000;
  bool ranges = true;
  std::string etag = "\"v1\"";
  std::string later_etag = "\"v1\"";
  std::string content_range;  // instead of the right one

  ScriptedAnswer operator()(const ScriptedRequest& request) const {
    const std::string range(request.header("Range"));
    ScriptedAnswer answer;
    const std::string& tag = range.empty() ? etag : later_etag;
    if (!tag.empty()) answer.headers.push_back({"ETag", tag});
    const std::string condition(request.header("If-Range"));
    if (range.empty() || !ranges || (!condition.empty() && condition != tag)) {
      answer.body = kContent;
      if (range.empty()) answer.cut_after = step;
      return answer;
    }
    const std::size_t first = std::stoul(range.substr(6));
    answer.status = 206;
    answer.body = kContent.substr(first);
    answer.headers.push_back({"Content-Range", content_range.empty()
                                                   ? "bytes " + std::to_string(first) + "-" +
                                                         std::to_string(kContent.size() - 1) + "/" +
                                                         std::to_string(kContent.size())
                                                   : content_range});
    if (answer.body.size() > step) answer.cut_after = step;
    return answer;
  }
};

struct Outcome {
  Result<HttpResponse> answer = HttpResponse{};
  std::string bytes;
  std::size_t requests = 0;
};

Outcome fetch(const Flaky& flaky, const std::function<void(HttpRequest&)>& change = {}) {
  ScriptedServer server(flaky);
  HttpOptions options;
  options.proxies = {};
  options.clock.sleep = [](milliseconds) {};
  HttpRequest request;
  request.url = server.url("/");
  if (change) change(request);
  Outcome outcome;
  outcome.answer = HttpClient(options).download(request, [&](std::string_view block) {
    outcome.bytes += block;
    return ok_status();
  });
  outcome.requests = server.requests().size();
  return outcome;
}

TEST(Download, ContinuesWhereItBrokeOff) {
  const Outcome outcome = fetch({});
  ASSERT_TRUE(outcome.answer.ok()) << outcome.answer.error().message;
  EXPECT_EQ(outcome.bytes, kContent);
  EXPECT_EQ(outcome.requests, (kContent.size() + 29999) / 30000);
  EXPECT_EQ(outcome.answer->received_bytes, kContent.size());
}

TEST(Download, ReadsAgainWhereThereAreNoRanges) {
  Flaky flaky;
  flaky.ranges = false;
  const Outcome outcome = fetch(flaky);
  ASSERT_TRUE(outcome.answer.ok()) << outcome.answer.error().message;
  EXPECT_EQ(outcome.bytes, kContent);
  EXPECT_EQ(outcome.requests, 2U);
  EXPECT_EQ(outcome.answer->received_bytes, kContent.size() + 30000);
}

TEST(Download, NeverJoinsTwoVersions) {
  Flaky flaky;
  flaky.later_etag = "\"v2\"";
  EXPECT_EQ(fetch(flaky).answer.error().code, ErrorCode::kConflict) << "ETag changed";
  flaky.ranges = false;
  EXPECT_EQ(fetch(flaky).answer.error().code, ErrorCode::kConflict) << "ETag changed, no ranges";
  flaky.etag = flaky.later_etag = "";
  EXPECT_EQ(fetch(flaky).answer.error().code, ErrorCode::kConflict)
      << "nothing says it is the same";
  const auto immutable = [](HttpRequest& request) { request.immutable = true; };
  EXPECT_EQ(fetch(flaky, immutable).bytes, kContent) << "named by its digest";
}

TEST(Download, RefusesAWrongContentRange) {
  for (const std::string wrong :
       {"bytes 0-5/6", "bytes 29999-108889/108890", "nonsense", "bytes 30001-108889/108890"}) {
    Flaky flaky;
    flaky.content_range = wrong;
    const Outcome outcome = fetch(flaky);
    ASSERT_FALSE(outcome.answer.ok()) << wrong;
    EXPECT_EQ(outcome.answer.error().code, ErrorCode::kInvalidInput) << wrong;
    EXPECT_EQ(outcome.bytes, kContent.substr(0, 30000)) << wrong;
  }
}

TEST(Download, GivesARange) {
  const auto middle = [](HttpRequest& request) { request.range = ByteRange{1000, 1999}; };
  Flaky flaky;
  flaky.content_range = "bytes 1000-1999/" + std::to_string(kContent.size());
  flaky.step = kContent.size();
  EXPECT_EQ(fetch(flaky, middle).bytes, kContent.substr(1000, 1000));
  flaky.ranges = false;
  EXPECT_EQ(fetch(flaky, middle).bytes, kContent.substr(1000, 1000)) << "the server gives it all";
}

TEST(Download, NoticesARangeThatIsShort) {
  ScriptedServer server([](const ScriptedRequest&) -> ScriptedAnswer {
    return {.status = 206,
            .headers = {{"Content-Range", "bytes 0-99/100"}},
            .body = "short",
            .until_close = true};
  });
  HttpOptions options;
  options.proxies = {};
  options.clock.sleep = [](milliseconds) {};
  HttpRequest request;
  request.url = server.url("/");
  request.range = ByteRange{0, 99};
  request.immutable = true;
  const auto answer =
      HttpClient(options).download(request, [](std::string_view) { return ok_status(); });
  ASSERT_FALSE(answer.ok());
}

TEST(Download, StopsWithTheSinksError) {
  ScriptedServer server(Flaky{});
  HttpOptions options;
  options.proxies = {};
  HttpRequest request;
  request.url = server.url("/");
  const auto answer = HttpClient(options).download(request, [](std::string_view) {
    return Error{ErrorCode::kInternal, "disk full"};
  });
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kInternal);
  EXPECT_THAT(answer.error().message, HasSubstr("disk full"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Download, GivesErrorPagesAsBody) {
  ScriptedServer server([](const ScriptedRequest&) -> ScriptedAnswer {
    return {.status = 404, .body = "{\"errors\":[]}"};
  });
  HttpOptions options;
  options.proxies = {};
  HttpRequest request;
  request.url = server.url("/");
  bool called = false;
  const auto answer = HttpClient(options).download(request, [&](std::string_view) {
    called = true;
    return ok_status();
  });
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "{\"errors\":[]}");
  EXPECT_FALSE(called);
}

TEST(Download, GivesUpWithoutProgress) {
  Flaky flaky;
  flaky.step = 0;
  const Outcome outcome = fetch(flaky);
  ASSERT_FALSE(outcome.answer.ok());
  EXPECT_EQ(outcome.answer.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(outcome.requests, 4U);
}

TEST(Download, TheLimitHoldsOverAllParts) {
  const auto limited = [](HttpRequest& request) { request.max_body_bytes = 50000; };
  const Outcome outcome = fetch({}, limited);
  ASSERT_FALSE(outcome.answer.ok());
  EXPECT_EQ(outcome.answer.error().code, ErrorCode::kLimitExceeded);
  EXPECT_LE(outcome.bytes.size(), 50000U);
}

}  // namespace
}  // namespace seaworthy
