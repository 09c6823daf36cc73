#pragma once

#include <memory>

#include "core/codec/layer_toc.h"
#include "scan/worker/assemble.h"

namespace seaworthy {

// The layer of an input with a table of contents, as a tar made of the table, with the content of
// the files that are wanted. kUnsupported where fetching those would save too little.
std::unique_ptr<ByteSource> tar_by_table(const WorkerInput& input, const Limits& limits,
                                         const TocWanted& wanted);

}  // namespace seaworthy
