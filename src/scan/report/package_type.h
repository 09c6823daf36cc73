#pragma once

#include <string>

#include "core/model/package.h"

namespace seaworthy {

// What reports call a package's type: its package manager, but for PackageType::kOther the type of
// its purl ("npm", "nix"), "other" where it has none.
std::string type_text(const Package& package);

}  // namespace seaworthy
