// Every kind of release file reads every input.
#include <cstdint>
#include <string_view>

#include "scan/extract/extractor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Extractor* extractor = find_extractor("os/release");
  for (const std::string_view path : extractor->anchors) {
    const FileView file{path, bytes};
    (void)extractor->extract({&file, 1}, Limits{});
  }
  return 0;
}
