#include "front/cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace seaworthy {

int terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 100;
  return std::clamp<int>(size.ws_col, 80, 200);
}

Result<bool> wants_json(const Options& options) {
  if (options.formats.empty()) return false;
  const FormatChoice& choice = options.formats.back();
  const bool json = choice.format->name == "json";
  if (choice.file.empty() && (json || choice.format->name == "table")) return json;
  return Error{ErrorCode::kUsage, "--format: here only table and json, to standard output"};
}

}  // namespace seaworthy
