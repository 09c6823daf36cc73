// Java archives, nested ones too.
#include <cstdint>
#include <string_view>

#include "extractor_by_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kPaths[] = {"opt/app/shop-1.2.jar", "opt/x.war",
                                         "x/META-INF/maven/g/a/pom.properties"};
  return seaworthy::extract_by_path(kPaths, data, size);
}
