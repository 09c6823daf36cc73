#include "scan/image/docker_credentials.h"

#include <sys/stat.h>

#include <gmock/gmock.h>

#include "core/codec/digest.h"
#include "scan/image/layout_fixture.h"

namespace seaworthy {
namespace {

using fixture::TemporaryDirectory;
using fixture::write_file;
using testing::HasSubstr;
using testing::Not;

std::string shown(const Result<std::optional<RegistryCredentials>>& found) {
  if (!found) return std::string(name_of(found.error().code)) + " " + found.error().message;
  if (!*found) return "none";
  return (*found)->user + "/" + (*found)->password + "/" + (*found)->identity_token;
}

std::string auth(const std::string& user) {
  return R"({"auth":")" + to_base64(user + ":pw") + "\"}";
}

Reference reference(const std::string& text) {
  return *parse_reference(text);
}

TEST(CredentialsInFile, FindsTheEntry) {
  struct Row {
    std::string name, json, image, found;
  };
  const Row rows[] = {
      {"empty object", "{}", "ghcr.io/a", "none"},
      {"host", R"({"auths":{"ghcr.io":)" + auth("me") + "}}", "ghcr.io/a", "me/pw/"},
      {"another host", R"({"auths":{"ghcr.io":)" + auth("me") + "}}", "quay.io/a", "none"},
      {"port differs", R"({"auths":{"h:5000":)" + auth("me") + "}}", "h:5001/a", "none"},
      {"URL", R"({"auths":{"https://ghcr.io/v2/":)" + auth("me") + "}}", "ghcr.io/a", "me/pw/"},
      {"Docker Hub", R"({"auths":{"https://index.docker.io/v1/":)" + auth("me") + "}}", "debian",
       "me/pw/"},
      {"Docker Hub's other name", R"({"auths":{"docker.io":)" + auth("me") + "}}", "debian",
       "me/pw/"},
      {"namespace wins",
       R"({"auths":{"q.io":)" + auth("all") + R"(,"q.io/team":)" + auth("team") + "}}",
       "q.io/team/app", "team/pw/"},
      {"another namespace", R"({"auths":{"q.io/team":)" + auth("team") + "}}", "q.io/teams/app",
       "none"},
      {"colon in the password", R"({"auths":{"h.io":{"auth":")" + to_base64("me:a:b") + "\"}}}",
       "h.io/a", "me/a:b/"},
      {"identity token", R"({"auths":{"h.io":{"auth":"","identitytoken":"tok"}}})", "h.io/a",
       "//tok"},
      {"plain fields", R"({"auths":{"h.io":{"username":"u","password":"p"}}})", "h.io/a", "u/p/"},
      {"logged out", R"({"auths":{"h.io":{}}})", "h.io/a", "none"},
      {"auths is a list", R"({"auths":[1,2]})", "h.io/a", "none"},
      {"base64 that is none", R"({"auths":{"h.io":{"auth":"%%%"}}})", "h.io/a",
       "invalid-input an `auth` that is not base64 of user:password"},
      {"no colon", R"({"auths":{"h.io":{"auth":"bWU="}}})", "h.io/a",
       "invalid-input an `auth` that is not base64 of user:password"},
      {"not JSON", "auths", "h.io/a", "invalid-input not a JSON object"},
      {"truncated", R"({"auths":{"h.io":{"auth":)", "h.io/a", "invalid-input not a JSON object"},
      {"helper with a path", R"({"credHelpers":{"h.io":"../../bin/sh"}})", "h.io/a",
       "usage a credential helper's name that is no file name"},
      {"helper that is not there", R"({"credsStore":"no-such-helper"})", "h.io/a",
       "not-found docker-credential-no-such-helper is not installed"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(shown(credentials_in_file(row.json, reference(row.image))), row.found) << row.name;
  }
}

TEST(FindDockerCredentials, LooksInTheUsualPlaces) {
  const TemporaryDirectory home;
  std::map<std::string, std::string> variables{{"HOME", home.path()}};
  const Environment environment = [&](const char* name) { return variables[name]; };
  const auto find = [&](const std::string& file = "") {
    return shown(find_docker_credentials(reference("h.io/a"), file, environment));
  };
  EXPECT_EQ(find(), "none");
  write_file(home.path(".docker/config.json"), R"({"auths":{"h.io":)" + auth("docker") + "}}");
  EXPECT_EQ(find(), "docker/pw/");
  write_file(home.path(".config/containers/auth.json"),
             R"({"auths":{"h.io":)" + auth("podman") + "}}");
  EXPECT_EQ(find(), "podman/pw/");
  variables["XDG_RUNTIME_DIR"] = home.path("run");
  write_file(home.path("run/containers/auth.json"), R"({"auths":{"other.io":)" + auth("x") + "}}");
  EXPECT_EQ(find(), "podman/pw/") << "a file that does not name the registry is passed over";
  variables["REGISTRY_AUTH_FILE"] = home.path("mine.json");
  EXPECT_THAT(find(), HasSubstr("not-found")) << "asked for by name";
  write_file(home.path("mine.json"), R"({"auths":{"h.io":)" + auth("mine") + "}}");
  EXPECT_EQ(find(), "mine/pw/");
  write_file(home.path("flag.json"), R"({"auths":{"h.io":{"auth":"secret!"}}})");
  EXPECT_THAT(find(home.path("flag.json")), HasSubstr("flag.json: an `auth`"));
  EXPECT_THAT(find(home.path("flag.json")), Not(HasSubstr("secret")));
}

// A helper is any program of that name; these are shell scripts.
class Helper : public testing::Test {
 protected:
  void install(const std::string& script) {
    const std::string path = directory_.path("docker-credential-test");
    write_file(path, "#!/bin/sh\n" + script);
    ::chmod(path.c_str(), 0755);
    ::setenv("PATH", (directory_.path() + ":" + old_path_).c_str(), 1);
  }
  void TearDown() override { ::setenv("PATH", old_path_.c_str(), 1); }
  std::string ask() {
    return shown(ask_credential_helper("test", "h.io", std::chrono::milliseconds(1500)));
  }

 private:
  const TemporaryDirectory directory_;
  const std::string old_path_ = ::getenv("PATH");
};

TEST_F(Helper, Answers) {
  struct Row {
    std::string name, script, found;
  };
  const Row rows[] = {
      {"gets the server",
       R"(read s; [ "$1" = get ] && echo "{\"Username\":\"u\",\"Secret\":\"for-$s\"}")",
       "u/for-h.io/"},
      {"does not read", R"(echo '{"Username":"u","Secret":"p"}')", "u/p/"},
      {"identity token", R"(echo '{"Username":"<token>","Secret":"t"}')", "//t"},
      {"knows nothing", "echo 'credentials not found in native keychain'; exit 1", "none"},
      {"no secret", R"(echo '{"Username":"u","Secret":""}')", "none"},
      {"fails", "echo 'secret words'; exit 3",
       "unavailable docker-credential-test failed with exit code 3"},
      {"crashes", "kill -9 $$", "unavailable docker-credential-test failed"},
      {"no JSON", "echo secret words", "unavailable docker-credential-test answers no JSON object"},
      {"says nothing", "exit 0", "unavailable docker-credential-test answers no JSON object"},
      {"too much", "yes secret", "limit-exceeded docker-credential-test: answers with too much"},
      {"hangs", "sleep 60", "timed-out docker-credential-test: gave no answer in time"},
      {"its child hangs", "sleep 60 & exit 0",
       "timed-out docker-credential-test: gave no answer in time"},
  };
  for (const Row& row : rows) {
    install(row.script);
    EXPECT_EQ(ask(), row.found) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
