#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/report.h"

namespace seaworthy {

// The report's inventory as a bill of materials: the image, its distribution, one component per
// package with purl, layer, path, source package, licences and relations; problems and coverage as
// properties. Deterministic: serial number and namespace are made of the content.
std::string write_cyclonedx(const Report& report);      // CycloneDX 1.6, JSON
std::string write_cyclonedx_xml(const Report& report);  // CycloneDX 1.6, XML
std::string write_spdx(const Report& report);           // SPDX 2.3, JSON
std::string write_spdx_tag(const Report& report);       // SPDX 2.3, tag-value

// Reads the packages of a bill of materials back into an inventory, whatever its form; it is
// recognized by content: CycloneDX 1.2 to 1.6 as JSON or XML, SPDX 2.2 and 2.3 as JSON or
// tag-value, and either of them inside an in-toto attestation, whose signature is not verified (a
// problem says so). What is no operating-system package is kept as PackageType::kOther.
// kInvalidInput: no such document, with the reason. kUnsupported: a form that is known and not
// read. kLimitExceeded.
Result<Report> parse_sbom(std::string_view bytes, const Limits& limits);

}  // namespace seaworthy
