// squashfs images: the walk and the tar made of it end, inside their limits.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/codec/squashfs.h"
#include "core/codec/tar.h"

namespace seaworthy {
namespace {

void walk(std::string_view bytes) {
  Limits limits;
  limits.entries = 2000;
  limits.path_length = 1000;
  std::unique_ptr<ByteSource> tar = tar_of_squashfs(
      ranges_of_memory(bytes), limits,
      {[](std::string_view path, std::uint64_t size) { return size < kKiB && !path.empty(); },
       [](std::string_view, std::uint64_t size, std::string_view) { return size < 64 * kKiB; }});
  TarReader reader(*tar, limits);
  TarEntry entry;
  while (true) {
    const auto more = reader.next(entry);
    if (!more || !*more) return;
    if (entry.kind == TarKind::kFile && entry.complaint.empty()) (void)reader.content(64 * kKiB);
  }
}

}  // namespace
}  // namespace seaworthy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::walk({reinterpret_cast<const char*>(data), size});
  return 0;
}
