#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "scan/update/parts_records.h"

namespace seaworthy {

// The records of one part, pointing into the database's map: valid while the transaction is open.
struct PartContent {
  std::string name, ecosystem, release;
  std::vector<PartRecord> records;  // in the order of parts_records.h
};

// Divides everything in the database into parts, sorted by name. A part of an ecosystem has every
// detail and alias that matching can ask for while it looks at the part's rows.
// kConflict: the database itself holds only parts of a published one.
Result<std::vector<PartContent>> split_database(const Transaction& transaction);

}  // namespace seaworthy
