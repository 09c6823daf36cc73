// Pages of Rocky Linux errata.
#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("apollo", "page-1.json", data, size);
  return 0;
}
