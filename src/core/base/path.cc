#include "core/base/path.h"

#include <algorithm>

namespace seaworthy {
namespace {

void walk(std::string_view path, CleanPath& at) {
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      at.left_root = at.left_root || at.path.empty();
      at.path.resize(parent_path(at.path).size());
      continue;
    }
    if (!at.path.empty()) at.path += '/';
    at.path += part;
  }
}

}  // namespace

CleanPath join_path(std::string_view directory, std::string_view path) {
  CleanPath joined;
  joined.path.reserve(directory.size() + path.size() + 1);
  if (!path.starts_with('/')) walk(directory, joined);
  walk(path, joined);
  return joined;
}

CleanPath clean_path(std::string_view path) {
  return join_path("", path);
}

std::string_view parent_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

}  // namespace seaworthy
