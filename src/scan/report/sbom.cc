// Bills of materials (scan/sbom). They describe an inventory and leave the findings out, except for
// what was and was not judged.
#include "scan/sbom/sbom.h"

#include "scan/report/format.h"

namespace seaworthy {
namespace {

template <std::string (*kWrite)(const Report&)>
std::string write(const Report& report, const FormatOptions&) {
  return kWrite(report);
}

}  // namespace

extern const Format kCycloneDx;
const Format kCycloneDx{.name = "cyclonedx",
                        .description = "CycloneDX 1.6 JSON: every package, as a bill of materials",
                        .media_type = "application/vnd.cyclonedx+json",
                        .write = write<write_cyclonedx>};

extern const Format kCycloneDxXml;
const Format kCycloneDxXml{.name = "cyclonedx-xml",
                           .description = "CycloneDX 1.6 XML",
                           .media_type = "application/vnd.cyclonedx+xml",
                           .write = write<write_cyclonedx_xml>};

extern const Format kSpdx;
const Format kSpdx{.name = "spdx",
                   .description = "SPDX 2.3 JSON: every package, as a bill of materials",
                   .media_type = "application/spdx+json",
                   .write = write<write_spdx>};

extern const Format kSpdxTag;
const Format kSpdxTag{.name = "spdx-tag",
                      .description = "SPDX 2.3 tag-value",
                      .media_type = "text/spdx",
                      .write = write<write_spdx_tag>};

}  // namespace seaworthy
