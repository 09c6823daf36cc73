// Tables of contents in layers: whatever the bytes are, no part that is named lies outside the
// layer, and the tar made of it ends. The same bytes are read as an eStargz and as the JSON of one,
// because no mutation would keep the digest that the manifest names.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/codec/digest.h"
#include "core/codec/layer_toc.h"

namespace seaworthy {
namespace {

Limits small_limits() {
  Limits limits;
  limits.entries = 2000;
  limits.path_length = 1000;
  limits.memory_bytes = 256 * kKiB;
  limits.document_bytes = 1 * kMiB;
  return limits;
}

void read(std::string_view bytes, const TocPlace& place) {
  const Limits limits = small_limits();
  auto toc = read_toc(*ranges_of_memory(bytes), place, limits);
  if (!toc) return;
  const auto all = [](std::string_view, std::uint64_t) { return true; };
  std::uint64_t last = 0;
  for (const StoredRange& range : wanted_ranges(*toc, all, 0)) {
    if (range.begin < last || range.end <= range.begin || range.end > bytes.size()) std::abort();
    last = range.end;
  }
  const auto tar = tar_of_toc(*std::move(toc), ranges_of_memory(bytes), limits, all);
  (void)read_all(*tar, 4 * kMiB);
}

void walk(std::string_view bytes) {
  const auto blob = ranges_of_memory(bytes);
  if (const auto place = stargz_place(*blob, sha256(bytes)); place) read(bytes, *place);
  // As a zstd:chunked table in one plain zstd block, behind 1000 bytes of content.
  std::string frame("\x28\xb5\x2f\xfd\xa0", 5);
  const auto put = [&frame](std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) frame += static_cast<char>(value >> (8 * i) & 0xff);
  };
  if (bytes.size() > 100'000) return;
  put(bytes.size(), 4);
  put(bytes.size() << 3U | 1U, 3);
  frame += bytes;
  const std::string layer = std::string(1000, 'x') + frame;
  read(layer, {TocForm::kZstdChunked, 1000, frame.size(), sha256(frame)});
}

}  // namespace
}  // namespace seaworthy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::walk({reinterpret_cast<const char*>(data), size});
  return 0;
}
