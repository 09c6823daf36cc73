#include "scan/image/ecr.h"

#include <map>

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "core/net/scripted_server.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EcrHost, IsRecognized) {
  struct Row {
    std::string host, found;
  };
  const Row rows[] = {
      {"123456789012.dkr.ecr.eu-central-1.amazonaws.com", "eu-central-1"},
      {"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1 fips"},
      {"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1 china"},
      {"123456789012.dkr-ecr.eu-west-1.on.aws", "eu-west-1"},
      {"123456789012.dkr-ecr-fips.us-west-2.on.aws", "us-west-2 fips"},
      {"public.ecr.aws", "us-east-1 public"},
      {"", "no"},
      {"ghcr.io", "no"},
      {"12345.dkr.ecr.eu-central-1.amazonaws.com", "no"},
      {"12345678901x.dkr.ecr.eu-central-1.amazonaws.com", "no"},
      {"123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.example", "no"},
      {"123456789012.dkr.ecr.eu-central-1.evil.example", "no"},
      {"123456789012.dkr.ecr.a/b?c=defgh.amazonaws.com", "no"},
      {"123456789012.dkr.ecr", "no"},
      {"123456789012.dkr.s3.eu-central-1.amazonaws.com", "no"},
  };
  for (const Row& row : rows) {
    const auto found = parse_ecr_host(row.host);
    const std::string text = !found ? "no"
                                    : found->region + (found->fips ? " fips" : "") +
                                          (found->china ? " china" : "") +
                                          (found->is_public ? " public" : "");
    EXPECT_EQ(text, row.found) << row.host;
  }
}

HttpOptions quick() {
  HttpOptions options;
  options.proxies = {};
  options.clock.sleep = [](std::chrono::milliseconds) {};
  return options;
}

TEST(EcrLogin, AsksWithASignature) {
  const std::string token = to_base64("AWS:pass:word");
  ScriptedServer server([&](const ScriptedRequest& request) -> ScriptedAnswer {
    if (request.header("X-Amz-Target").starts_with("Spencer")) {
      return {.body = R"({"authorizationData":{"authorizationToken":")" + token +
                      R"(","expiresAt":1.7E9}})"};
    }
    return {.body = R"({"authorizationData":[{"authorizationToken":")" + token +
                    R"(","expiresAt":1700000000.5,"proxyEndpoint":"https://x"}]})"};
  });
  std::map<std::string, std::string> variables{{"AWS_ACCESS_KEY_ID", "KEY"},
                                               {"AWS_SECRET_ACCESS_KEY", "SECRET"},
                                               {"AWS_SESSION_TOKEN", "SESSION"},
                                               {"AWS_ENDPOINT_URL_ECR", server.url("/").text()},
                                               {"AWS_ENDPOINT_URL", server.url("/").text()}};
  const Environment environment = [&](const char* name) { return variables[name]; };
  for (const char* host : {"123456789012.dkr.ecr.eu-central-1.amazonaws.com", "public.ecr.aws"}) {
    const auto login = log_in_to_ecr(*parse_ecr_host(host), HttpClient(quick()), environment);
    ASSERT_TRUE(login.ok()) << login.error().message;
    EXPECT_EQ(login->credentials.user + " " + login->credentials.password, "AWS pass:word");
    EXPECT_EQ(login->expires, 1'700'000'000);
  }
  const auto seen = server.requests();
  EXPECT_EQ(seen.at(0).header("X-Amz-Target"),
            "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
  EXPECT_THAT(std::string(seen.at(0).header("Authorization")),
              HasSubstr("/eu-central-1/ecr/aws4_request"));
  EXPECT_EQ(seen.at(0).header("x-amz-security-token"), "SESSION");
  EXPECT_THAT(std::string(seen.at(1).header("Authorization")),
              HasSubstr("/us-east-1/ecr-public/aws4_request"));
}

TEST(EcrLogin, AsksAgainWhereItIsThrottled) {
  std::atomic<int> refusals = 0;
  std::atomic<int> asked = 0;
  ScriptedServer server([&](const ScriptedRequest&) -> ScriptedAnswer {
    if (++asked <= refusals) {
      return {.status = 400,
              .body = R"({"__type":"ThrottlingException","message":"Rate exceeded"})"};
    }
    return {.body = R"({"authorizationData":[{"authorizationToken":")" + to_base64("AWS:p") +
                    R"("}]})"};
  });
  std::map<std::string, std::string> variables{{"AWS_ACCESS_KEY_ID", "KEY"},
                                               {"AWS_SECRET_ACCESS_KEY", "SECRET"},
                                               {"AWS_ENDPOINT_URL", server.url("/").text()}};
  const auto log_in = [&](int times) {
    refusals = times;
    asked = 0;
    const auto login = log_in_to_ecr({"eu-west-1", false, false, false}, HttpClient(quick()),
                                     [&](const char* name) { return variables[name]; });
    return login ? std::string("in") : login.error().message;
  };
  EXPECT_EQ(log_in(2), "in");
  EXPECT_EQ(asked, 3);
  EXPECT_THAT(log_in(100), HasSubstr("HTTP 400 ThrottlingException: Rate exceeded"));
  EXPECT_EQ(asked, 4);
}

TEST(EcrLogin, SaysWhyNot) {
  struct Row {
    std::string name;
    ScriptedAnswer answer;
    std::string words;
  };
  const Row rows[] = {
      {"denied",
       {.status = 400, .body = R"({"__type":"AccessDeniedException","message":"no"})"},
       "as the environment: HTTP 400 AccessDeniedException: no"},
      {"denied, in other letters",
       {.status = 400, .body = R"({"__type":"X","Message":"User u may not"})"},
       "HTTP 400 X: User u may not"},
      {"no JSON", {.body = "hello"}, "JSON"},
      {"no token", {.body = R"({"authorizationData":[]})"}, "no authorization token"},
      {"token that is none",
       {.body = R"({"authorizationData":[{"authorizationToken":"!"}]})"},
       "no authorization token"},
  };
  for (const Row& row : rows) {
    ScriptedServer server([&](const ScriptedRequest&) { return row.answer; });
    std::map<std::string, std::string> variables{{"AWS_ACCESS_KEY_ID", "KEY"},
                                                 {"AWS_SECRET_ACCESS_KEY", "SECRET"},
                                                 {"AWS_ENDPOINT_URL", server.url("/").text()}};
    const auto login = log_in_to_ecr({"eu-west-1", false, false, false}, HttpClient(quick()),
                                     [&](const char* name) { return variables[name]; });
    ASSERT_FALSE(login.ok()) << row.name;
    EXPECT_THAT(login.error().message, HasSubstr(row.words)) << row.name;
    EXPECT_THAT(login.error().message, Not(HasSubstr("SECRET"))) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
