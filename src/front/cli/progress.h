#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/guarded.h"

namespace seaworthy {

// One line on standard error that is redrawn at most ten times a second and gone at the end.
// Thread safe. Where `shown` is false it prints nothing.
class ProgressBar {
 public:
  explicit ProgressBar(bool shown) : shown_(shown) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  // `total` 0: unknown, only the amount is shown.
  void show(const std::string& step, std::uint64_t done, std::uint64_t total);

 private:
  struct State {
    std::chrono::steady_clock::time_point last{};
    bool drawn = false;
  };
  const bool shown_;
  Guarded<State> state_;
};

}  // namespace seaworthy
