#pragma once

#include <string_view>

#include "core/model/report.h"

namespace seaworthy {

// "base" where the package came with the layer that everything else was put on, else "unknown": a
// base image may have more layers than that, and neither the image's configuration nor its manifest
// tells which are its own.
std::string_view introduced_by(const Report& report, const Package& package);

}  // namespace seaworthy
