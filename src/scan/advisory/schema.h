#pragma once

#include <cstdint>

namespace seaworthy {

// Rises with every change of a key's or value's form: another program's values would not be found,
// and a package without rows looks clean.
inline constexpr std::uint64_t kSchemaVersion = 3;

}  // namespace seaworthy
