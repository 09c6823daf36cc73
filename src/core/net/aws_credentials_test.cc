#include "core/net/aws_credentials.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>

#include "core/net/aws_profile.h"
#include "core/net/scripted_server.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kStsAnswer =
    "<R><Credentials><AccessKeyId>ROLEKEY</AccessKeyId><SecretAccessKey>s+/=</SecretAccessKey>"
    "<SessionToken>T</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></R>";
constexpr const char* kJsonAnswer =
    R"({"AccessKeyId":"JSONKEY","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z"})";

// A machine of AWS in one server: STS at "/", the container's agent at "/agent", IMDS at "/latest".
ScriptedAnswer amazon(const ScriptedRequest& request) {
  if (request.target == "/") {
    if (request.body.find("RoleArn=arn%3Adenied") != std::string::npos) {
      return {.status = 403, .body = "<E><Code>AccessDenied</Code><Message>hidden</Message></E>"};
    }
    return {.body = kStsAnswer};
  }
  if (request.target == "/agent") {
    if (request.header("Authorization") != "agent-token") return {.status = 401};
    return {.body = kJsonAnswer};
  }
  if (request.target == "/latest/api/token" && request.method == "PUT") return {.body = "imds"};
  if (request.header("X-aws-ec2-metadata-token") != "imds") return {.status = 401};
  const std::string list = "/latest/meta-data/iam/security-credentials/";
  if (request.target == list) return {.body = "my-role\n"};
  if (request.target == list + "my-role") return {.body = kJsonAnswer};
  return {.status = 404};
}

class Chain : public testing::Test {
 protected:
  Chain()
      : directory_(std::filesystem::temp_directory_path() / ("aws-" + std::to_string(::getpid()))),
        server_(amazon),
        variables_{{"HOME", directory_},
                   {"AWS_EC2_METADATA_DISABLED", "true"},
                   {"AWS_ENDPOINT_URL_STS", server_.url("/").text()}} {
    std::filesystem::create_directories(directory_ + "/.aws");
  }
  ~Chain() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name) << text;
  }
  std::string find(std::map<std::string, std::string> more = {}) {
    more.insert(variables_.begin(), variables_.end());
    HttpOptions options;
    options.proxies = {};
    options.clock.sleep = [](std::chrono::milliseconds) {};
    const auto found = find_aws_credentials(HttpClient(options), [&](const char* name) {
      const auto it = more.find(name);
      return it == more.end() ? "" : it->second;
    });
    if (!found) return std::string(name_of(found.error().code)) + " " + found.error().message;
    return found->access_key + "/" + found->secret_key + "/" + found->session_token + " of " +
           found->source;
  }

  const std::string directory_;
  ScriptedServer server_;
  std::map<std::string, std::string> variables_;
};

TEST_F(Chain, Environment) {
  EXPECT_EQ(find({{"AWS_ACCESS_KEY_ID", "K"}, {"AWS_SECRET_ACCESS_KEY", "S"}}),
            "K/S/ of the environment");
  EXPECT_THAT(find({{"AWS_ACCESS_KEY_ID", "K"}}), HasSubstr("AWS_SECRET_ACCESS_KEY is not"));
  EXPECT_THAT(find(), HasSubstr("not-found no AWS credentials"));
}

TEST_F(Chain, WebIdentity) {
  write("token", "a.b.c\n");
  const std::map<std::string, std::string> variables{
      {"AWS_WEB_IDENTITY_TOKEN_FILE", directory_ + "/token"}, {"AWS_ROLE_ARN", "arn:role/x"}};
  EXPECT_THAT(find(variables), HasSubstr("ROLEKEY/s+/=/T of the web identity"));
  EXPECT_EQ(server_.requests().at(0).body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Arole%2Fx&"
            "RoleSessionName=seaworthy&WebIdentityToken=a.b.c");
  EXPECT_EQ(server_.requests().at(0).header("Authorization"), "");
  auto denied = variables;
  denied["AWS_ROLE_ARN"] = "arn:denied";
  EXPECT_THAT(find(denied), HasSubstr("HTTP 403"));
  EXPECT_THAT(find(denied), HasSubstr("(AccessDenied)"));
  EXPECT_THAT(find(denied), Not(HasSubstr("a.b.c")));
  denied.erase("AWS_ROLE_ARN");
  EXPECT_THAT(find(denied), HasSubstr("there is no role"));
}

TEST_F(Chain, Profiles) {
  write(".aws/credentials",
        "# comment\n[default]\naws_access_key_id = DK\naws_secret_access_key=DS\n\n[other]\n"
        "aws_access_key_id=OK\naws_secret_access_key=OS\naws_session_token=OT\n");
  write(".aws/config",
        "[default]\nregion = eu-west-1\ns3 =\n  aws_access_key_id = nested\n"
        "[profile role]\nrole_arn = arn:role/y\nsource_profile = other\nexternal_id = e 1\n"
        "[profile round]\nrole_arn=arn:r\nsource_profile=circle\n"
        "[profile circle]\nrole_arn=arn:r\nsource_profile=round\n"
        "[profile sso]\nsso_start_url = https://sso.example\n"
        "[profile helper]\ncredential_process = /bin/true\n");
  EXPECT_EQ(find(), "DK/DS/ of profile default");
  EXPECT_EQ(find({{"AWS_PROFILE", "other"}}), "OK/OS/OT of profile other");
  EXPECT_THAT(find({{"AWS_PROFILE", "role"}}), HasSubstr("ROLEKEY/s+/=/T of profile role"));
  const ScriptedRequest asked = server_.requests().back();
  EXPECT_THAT(asked.body, HasSubstr("Action=AssumeRole&"));
  EXPECT_THAT(asked.body, HasSubstr("ExternalId=e%201"));
  EXPECT_THAT(std::string(asked.header("Authorization")), HasSubstr("Credential=OK/"));
  EXPECT_EQ(asked.header("x-amz-security-token"), "OT");
  EXPECT_THAT(find({{"AWS_PROFILE", "round"}}), HasSubstr("in a circle"));
  EXPECT_THAT(find({{"AWS_PROFILE", "sso"}}), HasSubstr("unsupported"));
  EXPECT_THAT(find({{"AWS_PROFILE", "helper"}}),
              HasSubstr("credential_process and SSO are not read"));
  EXPECT_THAT(find({{"AWS_PROFILE", "none"}}),
              HasSubstr("not-found AWS credentials of profile none"));
}

TEST_F(Chain, Container) {
  write("agent", "agent-token\n");
  const std::string url = server_.url("/agent").text();
  EXPECT_EQ(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url},
                  {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", directory_ + "/agent"}}),
            "JSONKEY/s/t of the container");
  EXPECT_THAT(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}}), HasSubstr("HTTP 401"));
  EXPECT_THAT(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://agent.example/x"}}),
              HasSubstr("neither https nor local"));
}

TEST_F(Chain, Instance) {
  variables_.erase("AWS_EC2_METADATA_DISABLED");
  std::string base = server_.url("/").text();
  EXPECT_EQ(find({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", base}}), "JSONKEY/s/t of the instance");
  EXPECT_THAT(find({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1"}}),
              HasSubstr("not-found no AWS credentials"))
      << "no metadata service is no error";
}

TEST(AwsEndpoint, ComesFromTheEnvironment) {
  std::map<std::string, std::string> variables;
  const Environment environment = [&](const char* name) { return variables[name]; };
  const auto endpoint = [&] {
    return aws_endpoint("ecr-public", "https://usual.example/", environment)->text();
  };
  EXPECT_EQ(endpoint(), "https://usual.example/");
  variables["AWS_ENDPOINT_URL"] = "http://all";
  EXPECT_EQ(endpoint(), "http://all/");
  variables["AWS_ENDPOINT_URL_ECR_PUBLIC"] = "http://one";
  EXPECT_EQ(endpoint(), "http://one/");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  EXPECT_EQ(endpoint(), "https://usual.example/");
}

TEST(Ini, Sections) {
  struct Row {
    std::string name, text, value;
  };
  const Row rows[] = {
      {"typical", "[a]\nk = v\n", "v"},
      {"carriage returns", "[a]\r\nk=v\r\n", "v"},
      {"another section", "[b]\nk=v\n", ""},
      {"section twice", "[a]\nk=1\n[b]\n[a]\nk=2\n", "2"},
      {"equals in the value", "[a]\nk = v=w\n", "v=w"},
      {"comment", "[a]\n#k=v\n;k=v\n", ""},
      {"nested", "[a]\nx =\n  k = v\n", ""},
      {"no end", "[a]\nk=v", "v"},
      {"empty", "", ""},
      {"section without end", "[a\nk=v", ""},
      {"only an equals sign", "[a]\n=\n", ""},
  };
  for (const Row& row : rows) {
    AwsProfile profile;
    read_ini_section(row.text, "a", profile);
    EXPECT_EQ(profile["k"], row.value) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
