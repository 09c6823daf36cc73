// OSV records: JSON, JSON Lines, YAML.
#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("osv", "all.yaml", data, size);
  return 0;
}
