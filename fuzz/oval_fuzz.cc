// OVAL: tests, criteria, metadata.
#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("oval", "com.oracle.elsa-all.xml", data, size);
  return 0;
}
