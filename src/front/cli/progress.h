#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/guarded.h"

namespace seaworthy {

// True where `fd` is a terminal that understands escape sequences (TERM=dumb does not): where it is
// not, neither colours nor a bar may be written.
bool takes_escapes(int fd);

// One line on standard error, cut at the terminal's width, that is redrawn at most ten times a
// second and gone at the end. Thread safe. Where `shown` is false it prints nothing.
class ProgressBar {
 public:
  explicit ProgressBar(bool shown) : shown_(shown) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  // `total` 0: unknown, only the amount is shown; `done` 0 as well: the step says it all.
  void show(const std::string& step, std::uint64_t done, std::uint64_t total);
  // Takes the line away, so that something else can be printed; the next show() draws it again.
  void clear();

 private:
  struct State {
    std::chrono::steady_clock::time_point last{};
    bool drawn = false;
  };
  const bool shown_;
  Guarded<State> state_;
};

}  // namespace seaworthy
