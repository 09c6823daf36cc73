#include "core/net/aws_signature.h"

#include <gtest/gtest.h>

namespace seaworthy {
namespace {

constexpr UnixSeconds kTime = 1440938160;  // 2015-08-30T12:36:00Z

// The credentials that Amazon's documentation uses for its examples.
AwsSigning example(std::string service, std::string token = "") {
  return {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", std::move(token), "us-east-1",
          std::move(service)};
}

std::string signature(std::string_view authorization) {
  return std::string(authorization.substr(authorization.rfind('=') + 1));
}

// Signatures of Amazon's published Signature Version 4 test suite.
TEST(AwsSignature, MatchesThePublishedVectors) {
  struct Row {
    std::string name, method, url, signature;
  };
  const Row rows[] = {
      {"get-vanilla", "GET", "https://example.amazonaws.com/",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"post-vanilla", "POST", "https://example.amazonaws.com/",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"get-vanilla-query-order-key-case", "GET",
       "https://example.amazonaws.com/?Param2=value2&Param1=value1",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
  };
  for (const Row& row : rows) {
    std::vector<HttpHeader> headers;
    sign_for_aws(example("service"), row.method, *parse_url(row.url), "", kTime, headers);
    EXPECT_EQ(find_header(headers, "x-amz-date"), "20150830T123600Z") << row.name;
    EXPECT_EQ(signature(find_header(headers, "Authorization")), row.signature) << row.name;
  }
}

TEST(AwsSignature, SignsTokenBodyAndHeaders) {
  std::vector<HttpHeader> headers{{"X-Amz-Target", "Service.Call"}};
  sign_for_aws(example("ecr", "token"), "POST", *parse_url("https://h:8443/"), "{}", kTime,
               headers);
  const std::string first(find_header(headers, "Authorization"));
  EXPECT_NE(first.find("SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target"),
            std::string::npos)
      << first;
  EXPECT_NE(first.find("AKIDEXAMPLE/20150830/us-east-1/ecr/aws4_request"), std::string::npos);
  std::vector<HttpHeader> other{{"X-Amz-Target", "Service.Call"}};
  sign_for_aws(example("ecr", "token"), "POST", *parse_url("https://h:8443/"), "{ }", kTime, other);
  EXPECT_NE(signature(first), signature(find_header(other, "Authorization")));
}

TEST(AwsSignature, S3CarriesTheHashOfTheBody) {
  std::vector<HttpHeader> headers;
  sign_for_aws(example("s3"), "GET", *parse_url("https://bucket.example/a%20b"), "", kTime,
               headers);
  EXPECT_EQ(find_header(headers, "x-amz-content-sha256"),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace seaworthy
