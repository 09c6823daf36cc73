#include "scan/update/source_pool.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seaworthy {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// A source that hangs until it is let go.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return open_; });
  }
  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class SourcePoolTest : public ::testing::Test {
 protected:
  Status run(const std::vector<SourceTask>& tasks, const PoolSize& size, const PoolCalls& calls) {
    return fetch_and_take(tasks, size, calls, stopping_);
  }
  // Notes the order of what is fetched.
  void note(std::size_t task) {
    const std::scoped_lock lock(mutex_);
    fetched_.push_back(task);
  }
  Status take(std::size_t task) {
    taken_.push_back(task);
    return ok_status();
  }

  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::size_t> fetched_;
  std::vector<std::size_t> taken_;
};

TEST_F(SourcePoolTest, NothingToDo) {
  EXPECT_TRUE(
      run({}, {}, {[](std::size_t) { return true; }, [&](std::size_t i) { return take(i); }}));
  EXPECT_TRUE(taken_.empty());
}

TEST_F(SourcePoolTest, UrgentOnesFirstThenByHostThenInOrder) {
  const std::vector<SourceTask> tasks{
      {"a:443", false}, {"b:443", false}, {"a:443", true}, {"b:443", true}};
  EXPECT_TRUE(run(tasks, {1, 1},
                  {[&](std::size_t i) {
                     note(i);
                     return true;
                   },
                   [&](std::size_t i) { return take(i); }}));
  EXPECT_THAT(fetched_, ElementsAre(2U, 3U, 0U, 1U));
  EXPECT_THAT(taken_, UnorderedElementsAre(0U, 1U, 2U, 3U));
}

TEST_F(SourcePoolTest, AHostThatDoesNotAnswerIsGivenUp) {
  const std::vector<SourceTask> tasks{
      {"dead:443", true}, {"dead:443", true}, {"b:443", true}, {"c:443", false}};
  std::vector<std::size_t> given_up;
  EXPECT_TRUE(
      run(tasks, {1, 1},
          {[&](std::size_t i) {
             note(i);
             return tasks[i].host != "dead:443";
           },
           [&](std::size_t i) { return take(i); }, [&](std::size_t i) { given_up.push_back(i); }}));
  EXPECT_THAT(fetched_, ElementsAre(0U, 2U, 3U));
  EXPECT_THAT(given_up, ElementsAre(1U));
  EXPECT_THAT(taken_, UnorderedElementsAre(0U, 1U, 2U, 3U));
}

TEST_F(SourcePoolTest, OneThatHangsHoldsUpNobody) {
  Gate gate;
  const std::vector<SourceTask> tasks{{"slow:80", true}, {"slow:80", true}, {"slow:80", true},
                                      {"b:80", false},   {"c:80", false},   {"d:80", false}};
  EXPECT_TRUE(run(tasks, {3, 2},
                  {[&](std::size_t i) {
                     if (tasks[i].host == "slow:80") gate.wait();
                     return true;
                   },
                   [&](std::size_t i) {
                     if (taken_.size() == 2) gate.open();
                     return take(i);
                   }}));
  ASSERT_EQ(taken_.size(), 6U);
  EXPECT_THAT(std::vector(taken_.begin(), taken_.begin() + 3), ElementsAre(3U, 4U, 5U));
}

TEST_F(SourcePoolTest, NeverMoreThanItsConnections) {
  std::map<std::string, int> now, most;
  int all = 0, most_of_all = 0;
  std::vector<SourceTask> tasks;
  for (int i = 0; i < 60; ++i) tasks.push_back({i % 3 == 0 ? "a:80" : "b:80", i % 5 == 0});
  EXPECT_TRUE(run(tasks, {4, 3},
                  {[&](std::size_t i) {
                     const std::string& host = tasks[i].host;
                     {
                       const std::scoped_lock lock(mutex_);
                       most[host] = std::max(most[host], ++now[host]);
                       most_of_all = std::max(most_of_all, ++all);
                     }
                     std::this_thread::sleep_for(std::chrono::milliseconds(1));
                     const std::scoped_lock lock(mutex_);
                     --now[host];
                     --all;
                     return true;
                   },
                   [&](std::size_t i) { return take(i); }}));
  EXPECT_EQ(taken_.size(), 60U);
  EXPECT_LE(most["a:80"], 3);
  EXPECT_LE(most["b:80"], 3);
  EXPECT_GE(most_of_all, 2);
  EXPECT_LE(most_of_all, 4);
}

TEST_F(SourcePoolTest, AnErrorEndsIt) {
  std::atomic<int> begun = 0;
  const std::vector<SourceTask> tasks(40, SourceTask{"a:80", false});
  const auto status = run(tasks, {2, 2},
                          {[&](std::size_t i) {
                             ++begun;
                             // The second stands for a download that asks whether to go on.
                             for (int wait = 0; i != 0 && !stopping_ && wait < 60'000; ++wait) {
                               std::this_thread::sleep_for(std::chrono::milliseconds(1));
                             }
                             return true;
                           },
                           [&](std::size_t) -> Status {
                             return Error{ErrorCode::kInternal, "the disk is full"};
                           }});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the disk is full");
  EXPECT_TRUE(stopping_);
  EXPECT_LE(begun, 3);
}

}  // namespace
}  // namespace seaworthy
