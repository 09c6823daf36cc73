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
      return {.status = 403,
              .body = "<E><Code>AccessDenied</Code><Message>x may not\nsecond line</Message></E>"};
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
  std::string find(std::map<std::string, std::string> more = {},
                   const std::string& region = "us-east-1") {
    more.insert(variables_.begin(), variables_.end());
    HttpOptions options;
    options.proxies = {};
    options.clock.sleep = [](std::chrono::milliseconds) {};
    const Environment environment = [&](const char* name) {
      const auto it = more.find(name);
      return it == more.end() ? "" : it->second;
    };
    const auto found = find_aws_credentials(HttpClient(options), environment, region);
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
  EXPECT_THAT(find(denied), HasSubstr("(AccessDenied): HTTP 403: x may not"));
  EXPECT_THAT(find(denied), Not(HasSubstr("second line")));
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

// A role may be asked for with what the environment, the container or the instance gives.
TEST_F(Chain, CredentialSources) {
  write(".aws/config",
        "[profile env]\nrole_arn=arn:r\ncredential_source=Environment\n"
        "[profile ec2]\nrole_arn=arn:r\ncredential_source=Ec2InstanceMetadata\n"
        "[profile ecs]\nrole_arn=arn:r\ncredential_source=EcsContainer\n"
        "[profile other]\nrole_arn=arn:r\ncredential_source=Elsewhere\n"
        "[profile none]\nrole_arn=arn:r\n"
        "[profile self]\nrole_arn=arn:r\nsource_profile=self\n"
        "[profile empty]\nrole_arn=arn:r\nsource_profile=nothing\n"
        "[profile nothing]\nregion=eu-west-1\n");
  const std::string metadata = server_.url("/").text();
  const std::string agent = server_.url("/agent").text();
  const auto with = [&](const std::string& profile) {
    return find({{"AWS_PROFILE", profile},
                 {"AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata},
                 {"AWS_CONTAINER_CREDENTIALS_FULL_URI", agent},
                 {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "agent-token"}});
  };
  for (const std::string profile : {"ec2", "ecs"}) {
    EXPECT_EQ(with(profile), "ROLEKEY/s+/=/T of profile " + profile);
    EXPECT_THAT(std::string(server_.requests().back().header("Authorization")),
                HasSubstr("Credential=JSONKEY/"))
        << profile;
  }
  EXPECT_THAT(with("env"), HasSubstr("AWS_ACCESS_KEY_ID is not set"));
  EXPECT_THAT(with("other"), HasSubstr("credential_source that is Environment"));
  EXPECT_THAT(with("none"), HasSubstr("credential_source that is Environment"));
  const std::size_t before = server_.requests().size();
  EXPECT_THAT(with("self"), HasSubstr("its source_profile is itself, and it has no keys"));
  EXPECT_THAT(with("empty"), HasSubstr("its source_profile nothing: there is no such profile"));
  EXPECT_EQ(server_.requests().size(), before) << "nothing is signed with an empty key";
}

// STS is asked in the region of the registry, or in the role's own partition.
TEST_F(Chain, RegionOfSts) {
  struct Row {
    const char *role, *registry, *variable, *signed_for;
  };
  const Row rows[] = {
      {"arn:aws:iam::1:role/x", "us-east-1", "", "us-east-1"},
      {"arn:aws:iam::1:role/x", "eu-west-1", "", "eu-west-1"},
      {"arn:aws:iam::1:role/x", "eu-west-1", "eu-north-1", "eu-north-1"},
      {"arn:aws-cn:iam::1:role/x", "cn-northwest-1", "", "cn-northwest-1"},
      {"arn:aws-cn:iam::1:role/x", "us-east-1", "", "cn-north-1"},
      {"arn:aws:iam::1:role/x", "cn-north-1", "", "us-east-1"},
      {"arn:aws-us-gov:iam::1:role/x", "us-east-1", "", "us-gov-west-1"},
  };
  for (const Row& row : rows) {
    write(".aws/config", "[profile r]\nrole_arn=" + std::string(row.role) +
                             "\nsource_profile=r\naws_access_key_id=K\n"
                             "aws_secret_access_key=S\n");
    EXPECT_THAT(find({{"AWS_PROFILE", "r"}, {"AWS_REGION", row.variable}}, row.registry),
                HasSubstr("ROLEKEY"));
    EXPECT_THAT(std::string(server_.requests().back().header("Authorization")),
                HasSubstr("/" + std::string(row.signed_for) + "/sts/"))
        << row.role << " " << row.registry;
  }
}

TEST(AwsWords, AreTheFirstLineWithoutSecrets) {
  EXPECT_EQ(aws_words("no\tright to it\nPOST\nx-amz-security-token:T", "T2"), "no right to it");
  EXPECT_EQ(aws_words("the token T2 is old", "T2"), "");
  EXPECT_EQ(aws_words("", ""), "");
  EXPECT_EQ(aws_words(std::string(1000, 'x'), "").size(), 300U);
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
