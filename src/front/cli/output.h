#pragma once

#include <cstddef>

#include "front/cli/options.h"

namespace seaworthy {

// For commands whose answer is no report: a table for people, or JSON.

inline constexpr std::size_t kTextWidth = 100;

// kUsage: a --format other than table and json, or one that goes to a file.
Result<bool> wants_json(const Options& options);

// Columns of the terminal that standard output is, 100 where it is none.
int terminal_width();

}  // namespace seaworthy
