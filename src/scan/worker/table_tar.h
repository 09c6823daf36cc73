#pragma once

#include <memory>

#include "scan/worker/assemble.h"

namespace seaworthy {

// The layer of an input with a table of contents, as a tar made of the table, with the content of
// the files that are wanted. kUnsupported where fetching those would save too little.
std::unique_ptr<ByteSource> tar_by_table(const WorkerInput& input, const Limits& limits,
                                         const WantedContent& wanted);

}  // namespace seaworthy
