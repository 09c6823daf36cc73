// YAML to JSON: what it gives must be JSON.
#include <cstdint>
#include <cstdlib>

#include "core/codec/json.h"
#include "core/codec/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::Limits limits;
  limits.document_bytes = 256 * seaworthy::kKiB;
  const auto json = seaworthy::yaml_to_json({reinterpret_cast<const char*>(data), size}, limits);
  if (!json) return 0;
  limits.nesting = 10'000;  // aliases may nest deeper than the text does
  limits.document_bytes *= 2;
  seaworthy::JsonDocument document;
  if (const auto status = document.parse(*json, limits);
      !status && json->find('\\') == std::string::npos) {
    // The one thing that YAML has and JSON has not is text that is no UTF-8.
    if (status.error().message.find("UTF-8") == std::string::npos) std::abort();
  }
  return 0;
}
