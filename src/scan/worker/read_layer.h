#pragma once

#include <functional>

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "scan/worker/held_files.h"
#include "scan/worker/protocol.h"

namespace seaworthy {

// Called with the step and the stored bytes read so far.
using ReportProgress = std::function<void(const std::string& step, std::uint64_t bytes)>;

// The worker's side of read_layer(), which documents it.
Result<LayerInventory> read_layer_here(const WorkerRequest& request,
                                       const ReportProgress& report_progress);

}  // namespace seaworthy
