// The metadata of containerd: whatever the bytes are, a listing ends and stays inside its limit.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/codec/bolt.h"

namespace seaworthy {
namespace {

void walk(std::string_view bytes) {
  const auto file = ranges_of_memory(bytes);
  auto database = BoltDatabase::open(*file);
  if (!database) return;
  for (const std::vector<std::string>& path : std::vector<std::vector<std::string>>{
           {},
           {"v1"},
           {"v1", "default", "images"},
           {"v1", "default", "images", "docker.io/library/b:2", "target"}}) {
    const auto entries = database->list(path, 64 * kKiB);
    std::size_t held = 0;
    if (!entries) continue;
    for (const BoltDatabase::Entry& entry : *entries) held += entry.key.size() + entry.value.size();
    if (held > 64 * kKiB) std::abort();
  }
}

}  // namespace
}  // namespace seaworthy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::walk({reinterpret_cast<const char*>(data), size});
  return 0;
}
