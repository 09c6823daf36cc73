#pragma once

#include <string>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// "sha256:..." of a file's bytes, or of a directory's sorted file names, sizes and bytes. The
// version of the parsers is part of it, so a release that reads a feed better reads it again.
Result<std::string> fingerprint_of(const std::string& path, const Limits& limits);

}  // namespace seaworthy
