// The protocol of docker-credential-helpers: the server's name on standard input, on success a JSON
// object {"ServerURL", "Username", "Secret"} on standard output; on failure an exit code and one
// line of text. The user name "<token>" marks an identity token.
#include "scan/image/credential_helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/codec/json.h"

extern char** environ;  // POSIX declares it nowhere

namespace seaworthy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxAnswerBytes = 256 * 1024;

// One socket is the child's standard input and output: writing to it cannot raise SIGPIPE.
struct Helper {
  pid_t pid = -1;
  Fd socket;
};

Result<Helper> start(const std::string& program) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return errno_error(errno, "make a socket pair for", program);
  }
  Helper helper{-1, Fd(ends[0])};
  const Fd child(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, child.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, child.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  // A group of its own, so that whatever it starts ends with it; signals as a program expects them.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t all;
  sigset_t none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::string name = program;
  std::string verb = "get";
  const std::array<char*, 3> arguments{name.data(), verb.data(), nullptr};
  const int failure = ::posix_spawnp(&helper.pid, program.c_str(), &actions, &attributes,
                                     arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure == ENOENT) return Error{ErrorCode::kNotFound, program + " is not installed"};
  if (failure != 0) return errno_error(failure, "start", program);
  return helper;
}

// Everything it writes until it closes its output; an Error where it is too much or too late.
Result<std::string> read_answer(int socket, Clock::time_point deadline) {
  std::string answer;
  std::array<char, 4096> block;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return Error{ErrorCode::kTimedOut, "gave no answer in time"};
    struct pollfd wait {
      socket, POLLIN, 0
    };
    if (::poll(&wait, 1, static_cast<int>(std::min<long long>(left, 1000))) <= 0) continue;
    const ssize_t got = ::recv(socket, block.data(), block.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return answer;
    answer.append(block.data(), static_cast<std::size_t>(got));
    if (answer.size() > kMaxAnswerBytes) {
      return Error{ErrorCode::kLimitExceeded, "answers with too much"};
    }
  }
}

// Its exit code, or -1. A helper that does not end by itself is killed with all it started.
int reap(pid_t pid, bool kill, Clock::time_point deadline) {
  int status = 0;
  while (!kill) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (ended < 0 && errno != EINTR) return -1;
    kill = Clock::now() > deadline;
    ::poll(nullptr, 0, 5);
  }
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return -1;
}

Result<std::optional<RegistryCredentials>> read_credentials(std::string_view json) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(json, Limits{}));
  const JsonValue root = document.root();
  const std::string user(root["Username"].text());
  const std::string secret(root["Secret"].text());
  if (secret.empty()) return std::optional<RegistryCredentials>();
  if (user == "<token>") return std::optional(RegistryCredentials{"", "", secret});
  return std::optional(RegistryCredentials{user, secret, ""});
}

bool is_program_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace

Result<std::optional<RegistryCredentials>> ask_credential_helper(const std::string& name,
                                                                 const std::string& server,
                                                                 std::chrono::milliseconds time) {
  if (!is_program_name(name)) {
    return Error{ErrorCode::kUsage, "a credential helper's name that is no file name"};
  }
  const std::string program = "docker-credential-" + name;
  const auto deadline = Clock::now() + time;
  ASSIGN_OR_RETURN(Helper helper, start(program));
  const std::string question = server + "\n";
  ::send(helper.socket.get(), question.data(), question.size(), MSG_NOSIGNAL);
  ::shutdown(helper.socket.get(), SHUT_WR);
  auto answer = read_answer(helper.socket.get(), deadline);
  helper.socket.reset();
  const int code = reap(helper.pid, !answer, deadline);
  if (!answer) return std::move(answer).error().during(program);
  if (code != 0) {
    // The protocol's words for "none": no reason to stop, the registry may be public.
    if (answer->find("credentials not found") != std::string::npos) {
      return std::optional<RegistryCredentials>();
    }
    return Error{ErrorCode::kUnavailable,
                 program + " failed" +
                     (code > 0 ? " with exit code " + std::to_string(code) : std::string())};
  }
  auto credentials = read_credentials(*answer);
  // Not the parser's words: they may quote the answer.
  if (!credentials) return Error{ErrorCode::kUnavailable, program + " answers no JSON object"};
  return credentials;
}

}  // namespace seaworthy
