// The ztoc of a SOCI index: whatever it says, no part that is named lies outside the layer, and the
// tar made of it ends. The input is the size of a layer (2 bytes), the layer, and its ztoc.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/codec/layer_toc.h"
#include "core/codec/ztoc.h"

namespace seaworthy {
namespace {

void walk(std::string_view bytes) {
  if (bytes.size() < 2) return;
  const std::size_t size = static_cast<unsigned char>(bytes[0]) +
                           std::size_t{static_cast<unsigned char>(bytes[1])} * 256;
  const std::string_view layer = bytes.substr(2, size);
  Limits limits;
  limits.entries = 2000;
  limits.path_length = 1000;
  limits.memory_bytes = 256 * kKiB;
  auto toc = read_ztoc(std::string(bytes.substr(2 + layer.size())), layer.size(), limits);
  if (!toc) return;
  const auto all = [](std::string_view, std::uint64_t) { return true; };
  std::uint64_t last = 0;
  for (const StoredRange& range : wanted_ranges(*toc, all, 0)) {
    if (range.begin < last || range.end <= range.begin || range.end > layer.size()) std::abort();
    last = range.end;
  }
  const auto tar = tar_of_toc(*std::move(toc), ranges_of_memory(layer), limits, all);
  (void)read_all(*tar, 4 * kMiB);
}

}  // namespace
}  // namespace seaworthy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::walk({reinterpret_cast<const char*>(data), size});
  return 0;
}
