// The files of languages' package managers: the first byte chooses the path, and with it the
// extractor.
#include <cstdint>
#include <string_view>

#include "extractor_by_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kPaths[] = {"app/node_modules/a/package.json",
                                         "app/.yarn/cache/a-npm-1.0.0-0123456789-0123456789.zip",
                                         "site-packages/x.dist-info/METADATA",
                                         "opt/conda/conda-meta/x-1-0.json",
                                         "a/specifications/x.gemspec",
                                         "app/vendor/composer/installed.json",
                                         "app/x.deps.json",
                                         "app/packages.config"};
  return seaworthy::extract_by_path(kPaths, data, size);
}
