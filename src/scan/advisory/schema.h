#pragma once

#include <cstdint>

namespace seaworthy {

// Rises with every change of a key's or value's form: another program's values would not be found,
// and a package without rows looks clean. 4: a publication record says which parts are in place.
// 5: a feed says what its age was taken from.
// 6: VEX statements. 7: scopes have ages of their own, and may be parts of what they name.
// 8: ranges without their first version; the packages and symbols of Go. 9: Java archives.
// 10: whether a feed names malicious packages. 11: systems of Go imports; updates of CPE versions.
inline constexpr std::uint64_t kSchemaVersion = 11;

}  // namespace seaworthy
