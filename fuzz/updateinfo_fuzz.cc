// updateinfo.xml of every vendor.
#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("updateinfo", "updateinfo.xml", data, size);
  return 0;
}
