#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/report.h"

namespace seaworthy {

// CycloneDX 1.6 JSON of the report's inventory: the image as metadata.component, the
// distribution as an operating-system component, one library component per package with purl,
// layer, path, source package, licences; problems and coverage as metadata properties.
// Deterministic: the serial number is derived from the content.
std::string write_cyclonedx(const Report& report);

// Reads the packages of a CycloneDX 1.2 to 1.6 JSON document back into an inventory. The
// distribution comes from the operating-system component or the purls' distro qualifier, the source
// package from upstream. What is no operating-system package is kept as PackageType::kOther.
// kInvalidInput: not such a document, with the reason.
Result<Report> parse_cyclonedx(std::string_view json, const Limits& limits);

}  // namespace seaworthy
