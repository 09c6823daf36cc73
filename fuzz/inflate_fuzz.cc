// The four decompressors behind inflate(): no crash, and never more output than the limit allows.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/codec/source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.layer_bytes = 1 * kMiB;
  constexpr std::uint64_t kOneReadMore = 2 * kMiB;
  const auto source = inflate(source_of_memory(bytes), sniff_compression(bytes), limits);
  const auto inflated = read_all(*source, kOneReadMore);
  if (!inflated && inflated.error().message.empty()) std::abort();
  return 0;
}
