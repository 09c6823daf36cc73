#include "core/net/http.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "core/net/scripted_server.h"

namespace seaworthy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr UnixSeconds kNow = 1'700'000'000;  // Tue, 14 Nov 2023 22:13:20 GMT

// A client that writes down how long it would have waited.
struct Patient {
  // Shared with the options' functions, which may outlive this.
  std::shared_ptr<std::vector<milliseconds>> kept = std::make_shared<std::vector<milliseconds>>();
  std::vector<milliseconds>& waits = *kept;
  HttpOptions options() {
    HttpOptions options;
    options.clock.sleep = [kept = kept](milliseconds delay) { kept->push_back(delay); };
    options.clock.now = [] { return kNow; };
    options.clock.jitter = [] { return 1.0; };
    options.proxies = {};
    return options;
  }
};

HttpRequest get(const Url& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

ScriptedServer::Script always(ScriptedAnswer answer) {
  return [answer](const ScriptedRequest&) { return answer; };
}

// Gives the answers in turn; the last one again and again.
ScriptedServer::Script in_turn(std::vector<ScriptedAnswer> answers) {
  return [answers, next = std::make_shared<std::atomic<std::size_t>>(0)](const ScriptedRequest&) {
    return answers[std::min((*next)++, answers.size() - 1)];
  };
}

TEST(Send, GivesStatusHeadersAndBody) {
  ScriptedServer server(always({.headers = {{"X-One", "1"}}, .body = "hello"}));
  const HttpClient client(Patient().options());
  const auto answer = client.send(get(server.url("/a?b=c")));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("x-one"), "1");
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(server.requests().at(0).target, "/a?b=c");
  EXPECT_EQ(server.requests().at(0).header("User-Agent"), "seaworthy");
}

TEST(Send, KeepsConnections) {
  ScriptedServer server(always({.body = "x"}));
  const HttpClient client(Patient().options());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.send(get(server.url("/"))).ok());
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Send, ServesManyThreads) {
  ScriptedServer server(always({.body = "x"}));
  const HttpClient client(Patient().options());
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 10; ++j) good += client.send(get(server.url("/"))).ok() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(good, 40);
  EXPECT_LE(server.connections(), 4U);
}

TEST(Send, SendsMethodsAndBodies) {
  ScriptedServer server(always({}));
  const HttpClient client(Patient().options());
  HttpRequest request = get(server.url("/"));
  request.method = "POST";
  request.body = "a=b";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  ASSERT_TRUE(client.send(request).ok());
  request.method = "PUT";
  request.body.clear();
  request.headers.clear();
  request.open_body = []() -> Result<std::unique_ptr<ByteSource>> {
    return source_of_memory("streamed");
  };
  request.body_bytes = 8;
  ASSERT_TRUE(client.send(request).ok());
  request = get(server.url("/"));
  request.method = "HEAD";
  ASSERT_TRUE(client.send(request).ok());
  request.method = "DELETE";
  ASSERT_TRUE(client.send(request).ok());
  const auto seen = server.requests();
  EXPECT_EQ(seen.at(0).method + seen.at(0).body, "POSTa=b");
  EXPECT_EQ(seen.at(0).header("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(seen.at(1).method + seen.at(1).body, "PUTstreamed");
  EXPECT_EQ(seen.at(2).method, "HEAD");
  EXPECT_EQ(seen.at(3).method, "DELETE");
}

TEST(Send, ChoosesCredentials) {
  ScriptedServer server(always({}));
  const HttpClient client(Patient().options());
  HttpRequest request = get(server.url("/"));
  request.url.user = "of";
  request.url.password = "url";
  ASSERT_TRUE(client.send(request).ok());
  request.bearer = "token";
  ASSERT_TRUE(client.send(request).ok());
  request.basic = BasicCredentials{"me", "secret"};
  ASSERT_TRUE(client.send(request).ok());
  request = get(server.url("/"));
  request.aws = AwsSigning{"KEY", "SECRET", "", "us-east-1", "ecr"};
  ASSERT_TRUE(client.send(request).ok());
  const auto seen = server.requests();
  EXPECT_EQ(seen.at(0).header("Authorization"), "Basic b2Y6dXJs");
  EXPECT_EQ(seen.at(1).header("Authorization"), "Bearer token");
  EXPECT_EQ(seen.at(2).header("Authorization"), "Basic bWU6c2VjcmV0");
  EXPECT_THAT(std::string(seen.at(3).header("Authorization")), HasSubstr("AWS4-HMAC-SHA256"));
}

TEST(Send, RefusesRequestsThatWouldSmuggleHeaders) {
  const HttpClient client(Patient().options());
  HttpRequest request = get(*parse_url("http://127.0.0.1:1/"));
  request.headers = {{"X", "a\r\nY: b"}};
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kUsage);
  request.headers = {{"X: y\r\nZ", "a"}};
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kUsage);
  request.headers.clear();
  // A token comes from a server.
  request.bearer = "a\nb";
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kInvalidInput);
  request.bearer.clear();
  request.method = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kUsage);
}

TEST(Retry, WaitsLongerEachTime) {
  ScriptedServer server(in_turn({{.status = 500}, {.status = 503}, {.body = "at last"}}));
  Patient patient;
  const HttpClient client(patient.options());
  EXPECT_EQ(client.send(get(server.url("/")))->body, "at last");
  EXPECT_THAT(patient.waits, ElementsAre(milliseconds(500), milliseconds(1000)));
}

TEST(Retry, EndsAndGivesTheLastAnswer) {
  ScriptedServer server(always({.status = 503, .body = "busy"}));
  Patient patient;
  const HttpClient client(patient.options());
  const auto answer = client.send(get(server.url("/")));
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "busy");
  EXPECT_EQ(server.requests().size(), 4U);
}

TEST(Retry, DoesWhatRetryAfterSays) {
  struct Row {
    std::string name, value;
    std::vector<milliseconds> waits;
  };
  const Row rows[] = {
      {"seconds", "7", {seconds(7)}},
      {"date", "Tue, 14 Nov 2023 22:13:25 GMT", {seconds(5)}},
      {"date that has passed", "Tue, 14 Nov 2000 22:13:25 GMT", {milliseconds(500)}},
      {"shorter than the back-off", "0", {milliseconds(500)}},
      {"nonsense", "soon", {milliseconds(500)}},
      {"longer than we wait", "3600", {}},
      {"absurd", "99999999999999999999", {milliseconds(500)}},
  };
  for (const Row& row : rows) {
    ScriptedServer server(
        in_turn({{.status = 429, .headers = {{"Retry-After", row.value}}}, {.body = "ok"}}));
    Patient patient;
    const HttpClient client(patient.options());
    const auto answer = client.send(get(server.url("/")));
    EXPECT_EQ(patient.waits, row.waits) << row.name;
    EXPECT_EQ(answer->status, row.waits.empty() ? 429 : 200) << row.name;
  }
}

TEST(Retry, DoesNotRepeatWhatMayHaveHappened) {
  ScriptedServer server(always({.status = 500}));
  const HttpClient client(Patient().options());
  HttpRequest request = get(server.url("/"));
  request.method = "POST";
  EXPECT_EQ(client.send(request)->status, 500);
  EXPECT_EQ(server.requests().size(), 1U);
  request.may_repeat = true;
  EXPECT_EQ(client.send(request)->status, 500);
  EXPECT_EQ(server.requests().size(), 5U);
}

TEST(Retry, NeverRepeatsARefusal) {
  for (const int status : {304, 400, 401, 403, 404, 501}) {
    ScriptedServer server(always({.status = status}));
    const HttpClient client(Patient().options());
    EXPECT_EQ(client.send(get(server.url("/")))->status, status);
    EXPECT_EQ(server.requests().size(), 1U) << status;
  }
}

TEST(Retry, SaysWhereThereIsNoServer) {
  HttpRequest request = get(*parse_url("http://me:secret@127.0.0.1:1/path?token=secret"));
  Patient patient;
  const auto answer = HttpClient(patient.options()).send(request);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("GET http://127.0.0.1:1/path: "));
  EXPECT_THAT(answer.error().message, HasSubstr("Failed to connect to 127.0.0.1 port 1 "));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("secret")));
  EXPECT_EQ(patient.waits.size(), 3U);
}

TEST(Retry, StopsWhenCancelled) {
  ScriptedServer server(always({.status = 503}));
  HttpOptions options = Patient().options();
  bool cancelled = false;
  options.clock.sleep = [&](milliseconds) { cancelled = true; };
  options.cancelled = [&] { return cancelled; };
  EXPECT_EQ(HttpClient(options).send(get(server.url("/"))).error().code, ErrorCode::kCancelled);
}

TEST(Answers, BadOnesAreErrors) {
  struct Row {
    std::string name;
    ScriptedAnswer answer;
    ErrorCode code;
  };
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 9000; ++i)
    many += "X-" + std::to_string(i) + ": " + std::string(60, 'x') + "\r\n";
  const Row rows[] = {
      {"truncated", {.body = "0123456789", .cut_after = 4}, ErrorCode::kUnavailable},
      {"length that lies",
       {.body = "0123456789", .claimed_length = 1000, .cut_after = 10},
       ErrorCode::kUnavailable},
      {"no answer", {.hang_up = true}, ErrorCode::kUnavailable},
      {"not HTTP", {.raw = "220 mail server ready\r\n"}, ErrorCode::kInvalidInput},
      {"body too large", {.body = std::string(2000, 'x')}, ErrorCode::kLimitExceeded},
      {"claims to be too large",
       {.body = std::string(2000, 'x'), .claimed_length = 1ULL << 60},
       ErrorCode::kLimitExceeded},
      {"header too large", {.raw = many}, ErrorCode::kLimitExceeded},
      {"too late", {.delay = milliseconds(3000)}, ErrorCode::kTimedOut},
  };
  for (const Row& row : rows) {
    ScriptedServer server(always(row.answer));
    Patient patient;
    HttpOptions options = patient.options();
    options.max_body_bytes = 1000;
    options.total_timeout = seconds(1);
    options.retries.tries = 1;
    const auto answer = HttpClient(options).send(get(server.url("/")));
    ASSERT_FALSE(answer.ok()) << row.name;
    EXPECT_EQ(answer.error().code, row.code) << row.name << ": " << answer.error().message;
  }
}

TEST(Answers, SlowOnesEnd) {
  ScriptedServer server(always({.body = std::string(100, 'x'), .claimed_length = 1000}));
  HttpOptions options = Patient().options();
  // The script closes behind the lie; a delay before the header is what stays silent here.
  ScriptedServer silent(always({.delay = seconds(20)}));
  options.idle_timeout = seconds(1);
  options.retries.tries = 1;
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(HttpClient(options).send(get(silent.url("/"))).error().code, ErrorCode::kTimedOut);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(10));
}

// Each try of a silent host costs a whole timeout.
TEST(Retry, ASilentHostIsAskedOnceMore) {
  ScriptedServer silent(always({.delay = seconds(20)}));
  Patient patient;
  HttpOptions options = patient.options();
  options.idle_timeout = seconds(1);
  EXPECT_EQ(HttpClient(options).send(get(silent.url("/"))).error().code, ErrorCode::kTimedOut);
  EXPECT_EQ(patient.waits.size(), 1U);
}

TEST(Redirects, AreFollowedWithoutCredentialsToOtherHosts) {
  ScriptedServer other(always({.body = "there"}));
  struct Row {
    std::string name, location;
    bool keeps;
  };
  const std::string elsewhere = other.url("/x").text();
  const Row rows[] = {
      {"same host", "/there", true},
      {"same host, whole URL", "SELF/there", true},
      {"another port", elsewhere, false},
      {"another name for the host", other.url("/x", "localhost").text(), false},
  };
  for (const Row& row : rows) {
    std::string location = row.location;
    ScriptedServer server([&](const ScriptedRequest& request) -> ScriptedAnswer {
      if (request.target == "/there") return {.body = "there"};
      return {.status = 307, .headers = {{"Location", location}}};
    });
    if (location.starts_with("SELF")) location = server.url(location.substr(4)).text();
    const HttpClient client(Patient().options());
    HttpRequest request = get(server.url("/"));
    request.bearer = "token";
    request.headers = {{"Cookie", "c"}, {"Accept", "a"}};
    const auto answer = client.send(request);
    ASSERT_TRUE(answer.ok()) << row.name << answer.error().message;
    EXPECT_EQ(answer->body, "there") << row.name;
    const ScriptedRequest last = row.keeps ? server.requests().back() : other.requests().back();
    EXPECT_EQ(last.header("Authorization"), row.keeps ? "Bearer token" : "") << row.name;
    EXPECT_EQ(last.header("Cookie"), row.keeps ? "c" : "") << row.name;
    EXPECT_EQ(last.header("Accept"), "a") << row.name;
  }
}

TEST(Redirects, AreRefusedWhereTheyLeadAstray) {
  struct Row {
    std::string name, location, words;
  };
  const Row rows[] = {
      {"for ever", "/again", "more than 8 redirects"},
      {"to a file", "file:///etc/passwd", "redirect: not a usable URL"},
      {"to nonsense", "http://a b/", "redirect: not a usable URL"},
  };
  for (const Row& row : rows) {
    ScriptedServer server(always({.status = 302, .headers = {{"Location", row.location}}}));
    const auto answer = HttpClient(Patient().options()).send(get(server.url("/")));
    ASSERT_FALSE(answer.ok()) << row.name;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput) << row.name;
    EXPECT_THAT(answer.error().message, HasSubstr(row.words)) << row.name;
  }
  ScriptedServer plain(always({.status = 302}));
  EXPECT_EQ(HttpClient(Patient().options()).send(get(plain.url("/")))->status, 302)
      << "no Location";
}

TEST(Redirects, ChangeTheMethodAsTheyShould) {
  struct Row {
    int status;
    std::string method, then;
  };
  const Row rows[] = {{301, "POST", "GET"},  {302, "POST", "GET"}, {303, "PUT", "GET"},
                      {307, "POST", "POST"}, {308, "PUT", "PUT"},  {303, "HEAD", "HEAD"}};
  for (const Row& row : rows) {
    ScriptedServer server([&](const ScriptedRequest& request) -> ScriptedAnswer {
      if (request.target == "/there") return {};
      return {.status = row.status, .headers = {{"Location", "/there"}}};
    });
    HttpRequest request = get(server.url("/"));
    request.method = row.method;
    if (row.method != "HEAD") request.body = "body";
    ASSERT_TRUE(HttpClient(Patient().options()).send(request).ok());
    const ScriptedRequest last = server.requests().back();
    EXPECT_EQ(last.method, row.then) << row.status;
    EXPECT_EQ(last.body, row.then == "GET" || row.then == "HEAD" ? "" : "body") << row.status;
  }
}

TEST(Proxy, IsUsedUnlessTheHostIsExcepted) {
  ScriptedServer proxy(always({.body = "by proxy"}));
  ScriptedServer server(always({.body = "directly"}));
  HttpOptions options = Patient().options();
  options.proxies.http = "http://me:pw@127.0.0.1:" + std::to_string(proxy.port());
  EXPECT_EQ(HttpClient(options).send(get(server.url("/x")))->body, "by proxy");
  EXPECT_EQ(proxy.requests().at(0).target, server.url("/x").text());
  EXPECT_EQ(proxy.requests().at(0).header("Proxy-Authorization"), "Basic bWU6cHc=");
  options.proxies.no_proxy = "other.example,127.0.0.0/8";
  EXPECT_EQ(HttpClient(options).send(get(server.url("/x")))->body, "directly");
}

TEST(Proxy, ExceptionsMayNameAPort) {
  ScriptedServer proxy(always({.body = "by proxy"}));
  ScriptedServer server(always({.body = "directly"}));
  const std::string port = std::to_string(server.port());
  struct Row {
    std::string exceptions;
    const char* way;
  };
  const Row rows[] = {
      {"", "by proxy"},
      {"localhost:" + port, "directly"},
      {"other.example,LocalHost:" + port, "directly"},
      {"other.example localhost:" + port + " x", "directly"},
      {"localhost:1", "by proxy"},
      {"host:" + port, "by proxy"},
      {":" + port, "by proxy"},
      {"[::1]:" + port, "by proxy"},
      {"*.localhost:" + port, "directly"},
      {"localhost:", "by proxy"},
      {"localhost:1" + port, "by proxy"},
  };
  for (const Row& row : rows) {
    HttpOptions options = Patient().options();
    options.proxies.http = proxy.url("/").text();
    options.proxies.no_proxy = row.exceptions;
    EXPECT_EQ(HttpClient(options).send(get(server.url("/x", "localhost")))->body, row.way)
        << row.exceptions;
  }
}

// What a user has to know is whose fault it was.
TEST(Proxy, FailuresNameIt) {
  ScriptedServer asking(always({.status = 407, .headers = {{"Proxy-Authenticate", "Basic"}}}));
  ScriptedServer refusing(always({.status = 403}));
  struct Row {
    const char* name;
    std::string proxy;
    std::vector<std::string> words;
    std::size_t tries;
  };
  const Row rows[] = {
      {"nobody there",
       "http://me:secret@127.0.0.1:1",
       {"the proxy does not answer: ", "127.0.0.1 port 1 "},
       4},
      {"wants to know who asks",
       asking.url("/").text(),
       {"the proxy wants to know who asks", "HTTPS_PROXY", "407"},
       1},
      {"does not let through", refusing.url("/").text(), {"the proxy refuses: ", "403"}, 1},
  };
  for (const Row& row : rows) {
    Patient patient;
    HttpOptions options = patient.options();
    options.proxies.https = row.proxy;
    const auto answer = HttpClient(options).send(get(*parse_url("https://registry.example/")));
    ASSERT_FALSE(answer.ok()) << row.name;
    for (const std::string& word : row.words) {
      EXPECT_THAT(answer.error().message, HasSubstr(word)) << row.name;
    }
    EXPECT_THAT(answer.error().message, Not(HasSubstr("secret"))) << row.name;
    EXPECT_EQ(patient.waits.size() + 1, row.tries) << row.name;
  }
}

TEST(UnixSocket, Speaks) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("http-" + std::to_string(::getpid()))).string();
  ScriptedServer server(always({.body = "local"}), path);
  HttpRequest request = get(*parse_url("http://daemon/info"));
  request.unix_socket = path;
  const auto answer = HttpClient(Patient().options()).send(request);
  std::filesystem::remove(path);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body, "local");
}

TEST(Headers, RateLimits) {
  struct Row {
    std::string name;
    std::vector<HttpHeader> headers;
    std::optional<std::uint64_t> limit, remaining;
    std::optional<seconds> window;
  };
  const Row rows[] = {
      {"none", {}, {}, {}, {}},
      {"Docker Hub",
       {{"ratelimit-limit", "100;w=21600"}, {"ratelimit-remaining", "76;w=21600"}},
       100,
       76,
       seconds(21600)},
      {"GitHub", {{"X-RateLimit-Limit", "60"}, {"X-RateLimit-Remaining", "0"}}, 60, 0, {}},
      {"nonsense", {{"RateLimit-Limit", "many"}, {"RateLimit-Remaining", "-1"}}, {}, {}, {}},
  };
  for (const Row& row : rows) {
    const RateLimit rate = parse_rate_limit(row.headers);
    EXPECT_EQ(rate.limit, row.limit) << row.name;
    EXPECT_EQ(rate.remaining, row.remaining) << row.name;
    EXPECT_EQ(rate.window, row.window) << row.name;
  }
}

TEST(Headers, ContentRange) {
  struct Row {
    std::string text;
    bool good;
  };
  const Row rows[] = {{"bytes 5-9/100", true},
                      {"bytes 5-9/*", true},
                      {"Bytes 0-0/1", true},
                      {"bytes 9-5/100", false},
                      {"bytes 5-9/9", false},
                      {"bytes */100", false},
                      {"bytes 5-9", false},
                      {"items 5-9/100", false},
                      {"", false},
                      {"bytes 5-99999999999999999999/*", false}};
  for (const Row& row : rows) {
    EXPECT_EQ(parse_content_range(row.text).has_value(), row.good) << row.text;
  }
  EXPECT_EQ(*parse_content_range("bytes 5-9/100")->total, 100U);
}

TEST(Proxies, ComeFromTheEnvironment) {
  ::setenv("HTTPS_PROXY", "http://upper:1", 1);
  ::setenv("https_proxy", "http://lower:2", 1);
  ::setenv("NO_PROXY", "a,b", 1);
  const HttpProxies proxies = proxies_from_environment();
  for (const char* name : {"HTTPS_PROXY", "https_proxy", "NO_PROXY"}) ::unsetenv(name);
  EXPECT_EQ(proxies.https, "http://lower:2");
  EXPECT_EQ(proxies.no_proxy, "a,b");
}

}  // namespace
}  // namespace seaworthy
