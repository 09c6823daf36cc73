// Tar reading: whatever the bytes are, the walk ends, stays inside its limits and never gives a
// path that leaves the root. Every input is read twice, the second time with the checksum of each
// block made right, because else hardly a mutation would get past the first header.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/codec/tar.h"
#include "core/codec/tar_header.h"

namespace seaworthy {
namespace {

void walk(std::string_view bytes) {
  Limits limits;
  limits.entries = 1000;
  const auto source = source_of_memory(bytes);
  TarReader tar(*source, limits);
  TarEntry entry;
  while (true) {
    const auto more = tar.next(entry);
    if (!more || !*more) break;
    const auto clean = clean_tar_path(entry.path);
    if (!clean || *clean != entry.path) std::abort();
    if (!entry.complaint.empty() && entry.kind != TarKind::kOther) std::abort();
    if (entry.kind != TarKind::kFile) continue;
    const auto content = tar.content(1 * kMiB);
    if (content && content->size() != entry.size_bytes) std::abort();
  }
  if (tar.position() > bytes.size()) std::abort();
}

std::string with_right_checksums(std::string bytes) {
  constexpr std::size_t kField = 148;
  for (std::size_t at = 0; at + kTarBlock <= bytes.size(); at += kTarBlock) {
    char* const block = bytes.data() + at;
    if (is_zero_block(block)) continue;
    unsigned sum = 0;
    for (std::size_t i = 0; i < kTarBlock; ++i) {
      const bool in_field = i >= kField && i < kField + 8;
      sum += in_field ? ' ' : static_cast<unsigned char>(block[i]);
    }
    std::snprintf(block + kField, 8, "%06o", sum);
  }
  return bytes;
}

}  // namespace
}  // namespace seaworthy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  seaworthy::walk(bytes);
  seaworthy::walk(seaworthy::with_right_checksums(bytes));
  return 0;
}
