#include "front/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace seaworthy {
namespace {

constexpr std::uint64_t kWidth = 30;

std::string bar_text(std::uint64_t done, std::uint64_t total) {
  const std::uint64_t filled = std::min(kWidth, kWidth * done / total);
  std::string text;
  for (std::uint64_t i = 0; i < kWidth; ++i) text += i < filled ? "█" : "░";
  return text;
}

}  // namespace

bool takes_escapes(int fd) {
  const char* terminal = std::getenv("TERM");
  return ::isatty(fd) != 0 && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

ProgressBar::~ProgressBar() {
  state_.with([](State& state) {
    if (state.drawn) std::fputs("\r\033[K", stderr);
  });
}

void ProgressBar::show(const std::string& step, std::uint64_t done, std::uint64_t total) {
  if (!shown_) return;
  state_.with([&](State& state) {
    const auto time = std::chrono::steady_clock::now();
    if (state.drawn && time - state.last < std::chrono::milliseconds(100)) return;
    state.last = time;
    state.drawn = true;
    const double megabytes = static_cast<double>(done) / 1e6;
    if (total == 0 && done == 0) {
      std::fprintf(stderr, "\r\033[K%s", step.c_str());
    } else if (total == 0) {
      std::fprintf(stderr, "\r\033[K%s  %.0f MB", step.c_str(), megabytes);
    } else {
      std::fprintf(
          stderr, "\r\033[K%s  %s %3llu %%  %.0f MB", step.c_str(), bar_text(done, total).c_str(),
          static_cast<unsigned long long>(std::min<std::uint64_t>(100, 100 * done / total)),
          megabytes);
    }
    std::fflush(stderr);
  });
}

}  // namespace seaworthy
