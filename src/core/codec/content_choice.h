#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace seaworthy {

// Whose content goes into a tar that is made of something else; the other files are empty in it.
struct ContentChoice {
  std::function<bool(std::string_view path, std::uint64_t size)> by_path;
  // Asked for files that are not wanted by their path, with their first kHeadBytes or all of a
  // shorter one. Null: those are not wanted.
  std::function<bool(std::string_view path, std::uint64_t size, std::string_view head)> by_head =
      nullptr;
  static constexpr std::size_t kHeadBytes = 512;
};

}  // namespace seaworthy
