#include "scan/update/source_pool.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>
#include <vector>

namespace seaworthy {
namespace {

class SourcePool {
 public:
  SourcePool(std::span<const SourceTask> tasks, const PoolSize& size, const PoolCalls& calls,
             std::atomic<bool>& stopping)
      : tasks_(tasks), size_(size), calls_(calls), stopping_(stopping) {
    for (std::size_t i = 0; i < tasks.size(); ++i) pending_.insert(i);
  }

  Status run() {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(size_.connections, tasks_.size()); ++i) {
      threads.emplace_back([this] { fetch_all(); });
    }
    Status status = take_all();
    if (!status) stop();
    return status;
  }

 private:
  // The task that is fetched next; empty where every host has all its connections.
  std::optional<std::size_t> next_to_fetch() const;
  void fetch_all();
  Status take_all();
  void stop();

  const std::span<const SourceTask> tasks_;
  const PoolSize size_;
  const PoolCalls& calls_;
  std::atomic<bool>& stopping_;

  std::mutex mutex_;  // protects everything below
  std::condition_variable changed_;
  std::set<std::size_t> pending_, fetched_;
  std::map<std::string, std::size_t> under_way_;  // by host
  std::set<std::string> silent_;                  // hosts that did not answer
};

std::optional<std::size_t> SourcePool::next_to_fetch() const {
  using Rank = std::tuple<bool, bool, std::size_t, std::size_t>;
  std::optional<Rank> best;
  for (const std::size_t task : pending_) {
    const SourceTask& each = tasks_[task];
    const auto at = under_way_.find(each.host);
    const std::size_t busy = at == under_way_.end() ? 0 : at->second;
    if (busy >= size_.per_host) continue;
    const Rank rank{silent_.contains(each.host), !each.urgent, busy, task};
    if (!best || rank < *best) best = rank;
  }
  return best ? std::optional(std::get<3>(*best)) : std::nullopt;
}

void SourcePool::fetch_all() {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::optional<std::size_t> task;
    changed_.wait(lock, [&] {
      task = next_to_fetch();
      return task || pending_.empty();
    });
    if (!task) return;
    const std::string& host = tasks_[*task].host;
    pending_.erase(*task);
    ++under_way_[host];
    const bool is_silent = silent_.contains(host);
    lock.unlock();
    if (is_silent) calls_.give_up(*task);
    const bool answered = !is_silent && calls_.fetch(*task);
    lock.lock();
    --under_way_[host];
    if (!answered) silent_.insert(host);
    fetched_.insert(*task);
    changed_.notify_all();
  }
}

Status SourcePool::take_all() {
  for (std::size_t taken = 0; taken < tasks_.size(); ++taken) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !fetched_.empty(); });
    const auto urgent = std::find_if(fetched_.begin(), fetched_.end(),
                                     [&](std::size_t task) { return tasks_[task].urgent; });
    const std::size_t task = urgent == fetched_.end() ? *fetched_.begin() : *urgent;
    fetched_.erase(task);
    lock.unlock();
    RETURN_IF_ERROR(calls_.take(task));
  }
  return ok_status();
}

void SourcePool::stop() {
  // Both under the lock: a fetch that ends because of it must find nothing more to do.
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  pending_.clear();
  changed_.notify_all();
}

}  // namespace

Status fetch_and_take(std::span<const SourceTask> tasks, const PoolSize& size,
                      const PoolCalls& calls, std::atomic<bool>& stopping) {
  return SourcePool(tasks, size, calls, stopping).run();
}

}  // namespace seaworthy
