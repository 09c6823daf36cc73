#include "front/cli/progress.h"

#include <sys/ioctl.h>
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

std::string megabytes_text(std::uint64_t bytes) {
  return std::to_string((bytes + 500'000) / 1'000'000) + " MB";
}

std::size_t width_of_terminal() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

// UTF-8: the bytes of a code point stay together.
std::string first_columns(const std::string& line, std::size_t columns) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(line[i]) & 0xC0) != 0x80;
    if (begins && seen++ == columns) return line.substr(0, i);
  }
  return line;
}

}  // namespace

bool takes_escapes(int fd) {
  const char* terminal = std::getenv("TERM");
  return ::isatty(fd) != 0 && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

ProgressBar::~ProgressBar() {
  clear();
}

void ProgressBar::clear() {
  state_.with([](State& state) {
    if (state.drawn) std::fputs("\r\033[K", stderr);
    state.drawn = false;
  });
}

void ProgressBar::show(const std::string& step, std::uint64_t done, std::uint64_t total) {
  if (!shown_) return;
  state_.with([&](State& state) {
    const auto time = std::chrono::steady_clock::now();
    if (state.drawn && time - state.last < std::chrono::milliseconds(100)) return;
    state.last = time;
    state.drawn = true;
    std::string line = step;
    if (total > 0) {
      line += "  " + bar_text(done, total) + " " +
              std::to_string(std::min<std::uint64_t>(100, 100 * done / total)) + " %";
    }
    if (done > 0) line += "  " + megabytes_text(done);
    // A line that wraps would stay where the next one is drawn.
    std::fprintf(stderr, "\r\033[K%s", first_columns(line, width_of_terminal() - 1).c_str());
    std::fflush(stderr);
  });
}

}  // namespace seaworthy
