#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/file.h"
#include "core/base/result.h"

namespace seaworthy {

// A worker process as its parent sees it. Destroying it kills the process where it still runs and
// always reaps it. One thread at a time.
class ChildProcess {
 public:
  // Starts /proc/self/exe with kWorkerArgument, an empty environment and `descriptors` as
  // 3, 4, ...; nothing else is inherited.
  static Result<ChildProcess> start(const std::vector<int>& descriptors);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // Sends the request. A child that is already gone is not an error here: its end tells more.
  void send(std::string_view bytes);

  enum class Event { kBytes, kTick, kEnd, kDeadline };
  // Waits for output until `deadline`, at most a tick; kBytes appends to `out`.
  Event wait(std::string& out, std::chrono::steady_clock::time_point deadline);

  // Waits for the end and says how it ended: "" for exit code 0, else "signal 11 (Segmentation
  // fault)" or "exit code 1". Kills first where `kill` is true.
  std::string end(bool kill);
  bool was_forbidden_call() const;  // after end(): the system call filter ended it
  bool used_up_time() const;        // after end(): RLIMIT_CPU ended it
  std::string last_words() const;   // standard error, cut

 private:
  ChildProcess(pid_t pid, Fd request, Fd answer, Fd errors);
  void read_errors();
  bool ends_by_itself() const;

  pid_t pid_;
  int status_ = 0;
  Fd request_, answer_, errors_;
  std::string last_words_;
};

}  // namespace seaworthy
