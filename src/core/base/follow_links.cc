#include "core/base/follow_links.h"

#include <utility>

#include "core/base/path.h"

namespace seaworthy {

std::optional<std::string> follow_links(
    std::string_view path, const std::function<const std::string*(const std::string&)>& target_of) {
  constexpr int kMaxLinks = 40;
  std::string done;
  std::string left(path);
  int links = 0;
  while (!left.empty()) {
    const std::size_t slash = left.find('/');
    std::string here = join_path(done, std::string_view(left).substr(0, slash)).path;
    left = slash == std::string::npos ? std::string{} : left.substr(slash + 1);
    const std::string* target = target_of(here);
    if (target == nullptr) {
      done = std::move(here);
      continue;
    }
    if (++links > kMaxLinks) return std::nullopt;
    if (target->starts_with('/')) done.clear();
    left = left.empty() ? *target : *target + "/" + left;
  }
  return done;
}

}  // namespace seaworthy
