// TOML to JSON: what it gives must be JSON.
#include <cstdint>
#include <cstdlib>

#include "core/codec/json.h"
#include "core/codec/toml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::Limits limits;
  limits.document_bytes = 256 * seaworthy::kKiB;
  const auto json = seaworthy::toml_to_json({reinterpret_cast<const char*>(data), size}, limits);
  if (!json) return 0;
  limits.document_bytes *= 8;  // escapes are longer than what they stand for
  seaworthy::JsonDocument document;
  if (!document.parse(*json, limits)) std::abort();
  return 0;
}
