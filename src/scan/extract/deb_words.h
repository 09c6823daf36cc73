#pragma once

#include <string_view>

namespace seaworthy {

// Debian Policy 5.6.1, 5.6.7 and 5.6.12, in the reading of dpkg, whose database this is: what dpkg
// installs is no damage. A name may hold what policy discourages (capitals, an underscore, one
// character alone); a version that dpkg refuses cannot have come from it.
bool is_deb_name(std::string_view text);
bool is_deb_version(std::string_view text);
bool is_deb_architecture(std::string_view text);

}  // namespace seaworthy
