// In-toto attestations, bare, enveloped and bundled.
#include "sbom_round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return seaworthy::check_sbom(data, size, seaworthy::write_cyclonedx);
}
