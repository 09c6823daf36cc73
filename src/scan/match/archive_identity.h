#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/inventory.h"

namespace seaworthy {

// "group:artifact:version" of everything that was published with this SHA-1.
using ArchivesBySha1 = std::function<std::vector<std::string>(std::string_view sha1)>;

// Gives archives that do not say what they are (kArchiveSha1) the name that the table has for their
// bytes. Where the same bytes were published under several names none is chosen, and the package
// says so (rule 46). The list stays sorted.
void identify_archives(Inventory& inventory, const ArchivesBySha1& archives);

}  // namespace seaworthy
