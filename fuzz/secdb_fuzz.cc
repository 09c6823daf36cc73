// Alpine's secdb form.
#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("secdb", "v3.18/main.json", data, size);
  return 0;
}
