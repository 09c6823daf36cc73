// The Debian tracker's JSON and its lists.
#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("debian-tracker", "json", data, size);
  seaworthy::parse_as("debian-lists", "data/DSA/list", data, size);
  return 0;
}
