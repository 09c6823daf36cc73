#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "scan/extract/extractor.h"

namespace seaworthy {

// For targets that stand for several extractors with one small file each: the first byte chooses
// the path, and with it the extractor.
inline int extract_by_path(std::span<const std::string_view> paths, const std::uint8_t* data,
                           std::size_t size) {
  if (size == 0) return 0;
  const std::string_view path = paths[data[0] % paths.size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const FileView file{path, bytes};
  (void)extractor_for({path, bytes.size()})->extract({&file, 1}, Limits{});
  return 0;
}

}  // namespace seaworthy
