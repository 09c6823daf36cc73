#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "core/base/result.h"

namespace seaworthy {

struct SourceTask {
  std::string host;  // "example.org:443"; tasks of one host share its connections
  bool urgent = false;
};

struct PoolSize {
  std::size_t connections = 4;  // sources fetched at a time
  std::size_t per_host = 2;     // of them from one host, so that one that hangs leaves the others
};

struct PoolCalls {
  // Any thread, several at a time. False: the host did not answer.
  std::function<bool(std::size_t task)> fetch;
  // The caller's thread, one at a time, once for each task whose fetch has returned.
  std::function<Status(std::size_t task)> take;
  // Instead of fetch, where the task's host did not answer another one.
  std::function<void(std::size_t task)> give_up = nullptr;
};

// Fetches the tasks several at a time, and takes in one after the other what has come: the database
// has one writer, and a source that is slow must hold up neither what others have sent nor their
// turn. The next to be fetched is, of the hosts that have a connection left, an urgent task before
// the others, then one whose host is asked for the least, then the first of `tasks`; those of a
// host that did not answer come last, and are given up: every one of them would wait as long.
// Urgent tasks are taken in first.
//
// An Error of `take` ends it: nothing more is begun, `stopping` becomes true so that fetches under
// way may end, and they are waited for.
Status fetch_and_take(std::span<const SourceTask> tasks, const PoolSize& size,
                      const PoolCalls& calls, std::atomic<bool>& stopping);

}  // namespace seaworthy
