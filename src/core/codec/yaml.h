#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// Turns one YAML document into JSON text, so that every feed has one parser whatever its syntax.
// Plain scalars become numbers, booleans and null by YAML 1.2's core schema; anything quoted stays
// text. Anchors are expanded under limits.document_bytes (kLimitExceeded), nesting under
// limits.nesting; what is not YAML is kInvalidInput with its line.
Result<std::string> yaml_to_json(std::string_view yaml, const Limits& limits);

}  // namespace seaworthy
