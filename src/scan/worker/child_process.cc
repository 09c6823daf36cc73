#include "scan/worker/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "scan/worker/protocol.h"

namespace seaworthy {

namespace {

constexpr std::size_t kMaxLastWords = 4096;

struct Channel {
  Fd parent, child;
};

Result<Channel> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error(errno, "make", "a pipe");
  return Channel{.parent = Fd(ends[0]), .child = Fd(ends[1])};
}

// The request travels over a socket: unlike a pipe it can be written without a SIGPIPE, and the
// write can be bounded in time.
Result<Channel> make_request_channel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return errno_error(errno, "make", "a socket pair");
  }
  const struct timeval bound { 30, 0 };
  ::setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  return Channel{.parent = Fd(ends[0]), .child = Fd(ends[1])};
}

// Descriptors above every number they are going to be moved to, so that no move destroys another.
Result<std::vector<Fd>> move_up(const std::vector<int>& descriptors) {
  std::vector<Fd> moved;
  const int above = kFirstInputFd + static_cast<int>(descriptors.size());
  for (const int fd : descriptors) {
    moved.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, above));
    if (!moved.back().valid()) return errno_error(errno, "duplicate", "a descriptor");
  }
  return moved;
}

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Signals go back to their defaults: the parent may ignore or block some.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

ChildProcess::ChildProcess(pid_t pid, Fd request, Fd answer, Fd errors)
    : pid_(pid),
      request_(std::move(request)),
      answer_(std::move(answer)),
      errors_(std::move(errors)) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      status_(other.status_),
      request_(std::move(other.request_)),
      answer_(std::move(other.answer_)),
      errors_(std::move(other.errors_)),
      last_words_(std::move(other.last_words_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) end(true);
}

Result<ChildProcess> ChildProcess::start(const std::vector<int>& descriptors) {
  ASSIGN_OR_RETURN(Channel request, make_request_channel());
  ASSIGN_OR_RETURN(Channel answer, make_pipe());
  ASSIGN_OR_RETURN(Channel errors, make_pipe());
  std::vector<int> all{request.child.get(), answer.child.get(), errors.child.get()};
  all.insert(all.end(), descriptors.begin(), descriptors.end());
  ASSIGN_OR_RETURN(const std::vector<Fd> moved, move_up(all));
  FileActions actions;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    ::posix_spawn_file_actions_adddup2(actions.get(), moved[i].get(), static_cast<int>(i));
  }
  ::posix_spawn_file_actions_addclosefrom_np(actions.get(), static_cast<int>(moved.size()));
  const SpawnAttributes attributes;
  std::string name = "seaworthy";
  std::string argument = kWorkerArgument;
  const std::array<char*, 3> arguments{name.data(), argument.data(), nullptr};
  const std::array<char*, 1> environment{nullptr};
  pid_t pid = -1;
  const int failure = ::posix_spawn(&pid, "/proc/self/exe", actions.get(), attributes.get(),
                                    arguments.data(), environment.data());
  if (failure != 0) {
    Error error = errno_error(failure, "start", "the worker process");
    return Error{ErrorCode::kUnavailable, std::move(error.message)};
  }
  ::fcntl(answer.parent.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(errors.parent.get(), F_SETFL, O_NONBLOCK);
  return ChildProcess(pid, std::move(request.parent), std::move(answer.parent),
                      std::move(errors.parent));
}

void ChildProcess::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(request_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  request_.reset();
}

void ChildProcess::read_errors() {
  std::array<char, 1024> block;
  while (true) {
    const ssize_t got = ::read(errors_.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return;
    if (got == 0) return errors_.reset();
    const std::size_t room = kMaxLastWords - last_words_.size();
    last_words_.append(block.data(), std::min(room, static_cast<std::size_t>(got)));
  }
}

ChildProcess::Event ChildProcess::wait(std::string& out,
                                       std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  constexpr milliseconds kTick{1000};
  const auto left =
      std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left <= milliseconds(0)) return Event::kDeadline;
  std::array<struct pollfd, 2> waits{{{answer_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}}};
  ::poll(waits.data(), waits.size(), static_cast<int>(std::min(left, kTick).count()) + 1);
  if (waits[1].revents != 0 && errors_.valid()) read_errors();
  if (waits[0].revents == 0) return Event::kTick;
  std::array<char, 65536> block;
  const ssize_t got = ::read(answer_.get(), block.data(), block.size());
  if (got == 0) return Event::kEnd;
  if (got < 0) return errno == EAGAIN || errno == EINTR ? Event::kTick : Event::kEnd;
  out.append(block.data(), static_cast<std::size_t>(got));
  return Event::kBytes;
}

// A child that has closed its answer is about to exit; one that does not is killed.
bool ChildProcess::ends_by_itself() const {
  constexpr int kGraceMilliseconds = 10'000;
  const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!process.valid()) return true;  // a kernel before 5.3: trust it
  struct pollfd exit_wait {
    process.get(), POLLIN, 0
  };
  return ::poll(&exit_wait, 1, kGraceMilliseconds) > 0;
}

std::string ChildProcess::end(bool kill) {
  if (kill || !ends_by_itself()) ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (errors_.valid()) read_errors();
  if (WIFSIGNALED(status_)) {
    const int number = WTERMSIG(status_);
    const char* const name = ::sigdescr_np(number);
    return "signal " + std::to_string(number) + " (" + (name != nullptr ? name : "unknown") + ")";
  }
  if (WEXITSTATUS(status_) == 0) return "";
  return "exit code " + std::to_string(WEXITSTATUS(status_));
}

bool ChildProcess::was_forbidden_call() const {
  return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGSYS;
}

bool ChildProcess::used_up_time() const {
  return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGXCPU;
}

std::string ChildProcess::last_words() const {
  std::string words;
  for (const char c : last_words_) words += c == '\n' || (c >= ' ' && c <= '~') ? c : '?';
  while (words.ends_with('\n')) words.pop_back();
  return words;
}

}  // namespace seaworthy
