#pragma once

#include <string_view>
#include <unordered_map>

#include "core/model/finding.h"
#include "scan/advisory/csaf_products.h"

namespace seaworthy {

// What a CSAF vulnerability says about one product id beside its status. Views into the document.
struct CsafRemarks {
  std::string_view advisory;  // the fix's erratum: "RHSA-2024:5814"
  FixState state = FixState::kUnknown;
  std::string_view reason;  // the vendor's words for that state
  std::string_view workaround;
  std::string_view justification;  // why it is not affected
  Severity severity = Severity::kUnknown;
};
using CsafRemarksById = std::unordered_map<std::string_view, CsafRemarks>;

// `remediations`, `threats` and `flags` of one vulnerability, by product id; groups are resolved.
CsafRemarksById read_csaf_remarks(const JsonValue& vulnerability, const CsafProducts& products);

}  // namespace seaworthy
