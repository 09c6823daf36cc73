#include "core/base/lines.h"

namespace seaworthy {

bool LineReader::next(std::string_view& line) {
  if (left_.empty()) return false;
  const std::size_t end = left_.find('\n');
  line = left_.substr(0, end);
  left_ = end == std::string_view::npos ? std::string_view{} : left_.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  ++number_;
  return true;
}

}  // namespace seaworthy
