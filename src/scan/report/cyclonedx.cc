#include "scan/sbom/cyclonedx.h"

#include "scan/report/format.h"

namespace seaworthy {
namespace {

std::string write(const Report& report, const FormatOptions&) {
  return write_cyclonedx(report);
}

}  // namespace

extern const Format kCycloneDx;
const Format kCycloneDx{.name = "cyclonedx",
                        .description = "CycloneDX 1.6 JSON: every package, as a bill of materials",
                        .media_type = "application/vnd.cyclonedx+json",
                        .write = write};

}  // namespace seaworthy
