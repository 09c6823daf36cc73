// The bytes as a manifest or index, and as an image's configuration. What is accepted keeps the
// promises the rest of the program builds on.
#include <cstdint>
#include <cstdlib>

#include "core/codec/digest.h"
#include "scan/image/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Limits limits;
  if (const auto manifest = parse_manifest(bytes, limits)) {
    if (manifest->kind == ManifestKind::kImage && manifest->entries.size() > kMaxLayers)
      std::abort();
    for (const Descriptor& entry : manifest->entries) {
      if (entry.digest.empty()) std::abort();
      static_cast<void>(unreadable_layer_type(entry.media_type));
    }
    static_cast<void>(check_is_image(*manifest));
  }
  if (const auto config = parse_config(bytes, limits)) {
    for (const std::string& id : config->diff_ids) {
      if (!is_digest(id)) std::abort();
    }
    if (!config->created_by.empty() && config->created_by.size() != config->diff_ids.size()) {
      std::abort();
    }
  }
  return 0;
}
