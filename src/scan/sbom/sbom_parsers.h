#pragma once

#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/json.h"
#include "core/model/report.h"

namespace seaworthy {

// One reader per form, for parse_sbom, which tells the forms apart.
Result<Report> read_cyclonedx_json(const JsonValue& root, const Limits& limits);
Result<Report> read_cyclonedx_xml(std::string_view bytes, const Limits& limits);
Result<Report> read_spdx_json(const JsonValue& root, const Limits& limits);
Result<Report> read_spdx_tag(std::string_view bytes, const Limits& limits);

// "1.2" to "1.6"; kUnsupported with the version otherwise.
Status check_cyclonedx_version(std::string_view version);

// An in-toto attestation, bare, in a DSSE envelope or in a Sigstore bundle: its predicate, which
// is a document of its own. `subject_digest`: what it attests, "sha256:..." or "".
struct Attested {
  std::string document;
  std::string subject_digest;
  bool is_signed = false;
};
bool is_attestation(const JsonValue& root);
// kInvalidInput, kUnsupported: no attestation of a bill of materials, with the reason.
Result<Attested> unwrap_attestation(const JsonValue& root, const Limits& limits);

}  // namespace seaworthy
