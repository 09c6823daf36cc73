// A document that is read keeps every index in bounds, and what is written from it reads back as
// the same packages.
#include <cstdint>
#include <cstdlib>

#include "scan/sbom/cyclonedx.h"

namespace {

// Invalid UTF-8 cannot come out of JSON, so the texts survive; only the empty reference is
// replaced.
void check(const seaworthy::Report& report) {
  const auto layers = static_cast<int>(report.target.layers.size());
  for (const auto& package : report.inventory.packages) {
    if (package.layer >= layers) std::abort();
  }
  for (const auto& problem : report.problems) {
    if (problem.layer >= layers) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seaworthy;
  const auto report = parse_cyclonedx({reinterpret_cast<const char*>(data), size}, Limits{});
  if (!report) return 0;
  check(*report);
  const auto again = parse_cyclonedx(write_cyclonedx(*report), Limits{});
  if (!again || again->inventory.packages != report->inventory.packages) std::abort();
  check(*again);
  return 0;
}
