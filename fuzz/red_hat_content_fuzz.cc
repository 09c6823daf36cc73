// Every kind of record of a Red Hat build reads every input.
#include <cstdint>
#include <string_view>

#include "scan/extract/extractor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Extractor* extractor = find_extractor("os/red-hat-content");
  for (const std::string_view path :
       {"root/buildinfo/content_manifests/a.json", "root/buildinfo/Dockerfile-a"}) {
    const FileView file{path, bytes};
    (void)extractor->extract({&file, 1}, Limits{});
  }
  return 0;
}
