#pragma once

#include <cstdint>
#include <string>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/layer_toc.h"

namespace seaworthy {

// Reads a ztoc, the table of contents that a SOCI index keeps beside a layer of `layer_bytes`. The
// caller has verified its bytes. kInvalidInput: damaged, of another layer, or with parts outside of
// it; kUnsupported: of another version or compression; kLimitExceeded: limits.entries, path_length.
Result<LayerToc> read_ztoc(std::string bytes, std::uint64_t layer_bytes, const Limits& limits);

}  // namespace seaworthy
