#include "scan/image/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/net/scripted_server.h"
#include "scan/image/layout_fixture.h"

namespace seaworthy {
namespace {

using testing::HasSubstr;

Environment environment_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(Engine, IsFoundWhereDockersOwnClientFindsIt) {
  const fixture::TemporaryDirectory directory;
  fixture::write_file(directory.path("run/podman/podman.sock"), "");
  fixture::write_file(directory.path("home/.docker/run/docker.sock"), "");
  struct Row {
    const char* name;
    EngineKind kind;
    std::map<std::string, std::string> environment;
    std::string socket, url;  // "" with an error
    const char* error;
  };
  const std::string run = directory.path("run");
  const std::string home = directory.path("home");
  const Row rows[] = {
      {"tcp",
       EngineKind::kDocker,
       {{"DOCKER_HOST", "tcp://10.0.0.1:2375"}},
       "",
       "http://10.0.0.1:2375/",
       ""},
      {"tls",
       EngineKind::kDocker,
       {{"DOCKER_HOST", "tcp://h:2376"}, {"DOCKER_TLS_VERIFY", "1"}},
       "",
       "https://h:2376/",
       ""},
      {"unix",
       EngineKind::kDocker,
       {{"DOCKER_HOST", "unix://" + home + "/.docker/run/docker.sock"}},
       home + "/.docker/run/docker.sock",
       "http://localhost/",
       ""},
      {"podman of the user",
       EngineKind::kPodman,
       {{"XDG_RUNTIME_DIR", run}},
       run + "/podman/podman.sock",
       "http://localhost/",
       ""},
      {"docker's variable is not podman's",
       EngineKind::kPodman,
       {{"XDG_RUNTIME_DIR", run}, {"DOCKER_HOST", "tcp://h:1"}},
       run + "/podman/podman.sock",
       "http://localhost/",
       ""},
      {"no such socket",
       EngineKind::kDocker,
       {{"DOCKER_HOST", "unix:///nowhere"}},
       "",
       "",
       "open engine socket /nowhere"},
      {"ssh", EngineKind::kPodman, {{"CONTAINER_HOST", "ssh://h"}}, "", "", "CONTAINER_HOST"},
      {"nonsense", EngineKind::kDocker, {{"DOCKER_HOST", "tcp://"}}, "", "", "DOCKER_HOST"},
  };
  for (const Row& row : rows) {
    const auto found = find_engine(row.kind, environment_of(row.environment));
    ASSERT_EQ(found.ok(), !row.url.empty()) << row.name;
    if (!found) {
      EXPECT_THAT(found.error().message, HasSubstr(row.error)) << row.name;
      continue;
    }
    EXPECT_EQ(found->unix_socket, row.socket) << row.name;
    EXPECT_EQ(found->url.text(), row.url) << row.name;
  }
}

class EngineSocket : public testing::Test {
 protected:
  Result<std::shared_ptr<Fd>> export_through(const ScriptedServer::Script& script,
                                             const std::string& image = "app:1") {
    const ScriptedServer server(script, directory_.path("engine.sock"));
    EngineExport wanted{EngineKind::kDocker, image, {}, true, {}, {}};
    wanted.limits.spool_bytes = 10'000;
    wanted.environment =
        environment_of({{"DOCKER_HOST", "unix://" + directory_.path("engine.sock")}});
    return export_image(wanted);
  }
  fixture::TemporaryDirectory directory_;
};

TEST_F(EngineSocket, GivesTheArchive) {
  std::vector<std::string> targets;
  const auto archive = export_through(
      [&](const ScriptedRequest& request) {
        targets.push_back(request.target);
        return ScriptedAnswer{.body =
                                  request.target.ends_with("/json") ? R"({"Size":5})" : "bytes"};
      },
      "registry:5000/a b/c@sha256:00");
  ASSERT_TRUE(archive.ok()) << archive.error().message;
  std::string bytes(5, '\0');
  ASSERT_TRUE(read_exactly_at((*archive)->get(), bytes.data(), 5, 0));
  EXPECT_EQ(bytes, "bytes");
  EXPECT_THAT(targets, testing::ElementsAre("/images/registry:5000/a%20b/c@sha256:00/json",
                                            "/images/registry:5000/a%20b/c@sha256:00/get"));
}

TEST_F(EngineSocket, FailuresSayWhatAndWhere) {
  const auto answering = [](ScriptedAnswer description, ScriptedAnswer archive) {
    return [=](const ScriptedRequest& request) {
      return request.target.ends_with("/json") ? description : archive;
    };
  };
  const ScriptedAnswer good{.body = "{}"};
  struct Row {
    const char* name;
    ScriptedServer::Script script;
    ErrorCode code;
    const char* message;
  };
  const Row rows[] = {
      {"no such image", answering({.status = 404, .body = R"({"message":"no app"})"}, good),
       ErrorCode::kNotFound, "docker:app:1: the engine has no such image (no app)"},
      {"an error with control characters",
       answering({.status = 500, .body = R"({"message":"a\u001b[31mb"})"}, good),
       ErrorCode::kUnavailable, "answers 500: a [31mb"},
      {"not JSON", answering({.body = "<html>"}, good), ErrorCode::kInvalidInput,
       "description of the image"},
      {"too large, as it says", answering({.body = R"({"Size":20000})"}, good),
       ErrorCode::kLimitExceeded, "--limit spool=N"},
      {"too large, as it comes", answering(good, {.body = std::string(20'000, 'x')}),
       ErrorCode::kLimitExceeded, ""},
      {"gone between the two", answering(good, {.status = 404}), ErrorCode::kNotFound,
       "no such image"},
      {"broken off", answering(good, {.body = std::string(5000, 'x'), .cut_after = 100}),
       ErrorCode::kUnavailable, "docker:app:1"},
  };
  for (const Row& row : rows) {
    const auto archive = export_through(row.script);
    ASSERT_FALSE(archive.ok()) << row.name;
    EXPECT_EQ(archive.error().code, row.code) << row.name << ": " << archive.error().message;
    EXPECT_THAT(archive.error().message, HasSubstr(row.message)) << row.name;
    std::filesystem::remove(directory_.path("engine.sock"));
  }
}

}  // namespace
}  // namespace seaworthy
