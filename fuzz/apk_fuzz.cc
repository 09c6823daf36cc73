// apk's database and its list of repositories: both read every input.
#include <cstdint>
#include <string_view>

#include "scan/extract/extractor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string_view path : {"lib/apk/db/installed", "etc/apk/repositories"}) {
    const FileView file{path, bytes};
    (void)extractor_for({path, bytes.size()})->extract({&file, 1}, Limits{});
  }
  return 0;
}
