// CSAF documents of every vendor of the table.
#include "dropping_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seaworthy::parse_as("csaf", "vex/2026/cve-2026-1.json", data, size);
  return 0;
}
