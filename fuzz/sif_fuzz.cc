// SIF files: no object that is named lies outside the file.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/codec/sif.h"

namespace seaworthy {
namespace {

void walk(std::string_view bytes) {
  const auto file = parse_sif(*ranges_of_memory(bytes));
  if (!file) return;
  for (const SifObject& object : file->objects) {
    if (object.offset > bytes.size() || object.size > bytes.size() - object.offset) std::abort();
  }
}

}  // namespace
}  // namespace seaworthy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::walk({reinterpret_cast<const char*>(data), size});
  return 0;
}
