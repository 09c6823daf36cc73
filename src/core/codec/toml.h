#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// Turns one TOML 1.0 document into JSON text, so that every feed has one parser whatever its
// syntax. Dates and times become text (RFC 3339). kLimitExceeded: larger than limits.document_bytes
// (at most 16 MiB) or nested deeper than limits.nesting; kInvalidInput: not TOML, with its line.
Result<std::string> toml_to_json(std::string_view toml, const Limits& limits);

}  // namespace seaworthy
