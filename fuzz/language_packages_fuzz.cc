// The files of languages' package managers: the first byte chooses the path, and with it the
// extractor.
#include <cstdint>
#include <string_view>

#include "scan/extract/extractor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  constexpr std::string_view kPaths[] = {"app/node_modules/a/package.json",
                                         "app/.yarn/cache/a-npm-1.0.0-0123456789-0123456789.zip",
                                         "site-packages/x.dist-info/METADATA",
                                         "opt/conda/conda-meta/x-1-0.json",
                                         "a/specifications/x.gemspec",
                                         "app/vendor/composer/installed.json",
                                         "app/x.deps.json",
                                         "app/packages.config"};
  if (size == 0) return 0;
  const std::string_view path = kPaths[data[0] % std::size(kPaths)];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const FileView file{path, bytes};
  (void)extractor_for({path, bytes.size()})->extract({&file, 1}, Limits{});
  return 0;
}
