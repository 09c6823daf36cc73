#pragma once

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "scan/image/image.h"
#include "scan/pipeline/layer_input.h"
#include "scan/worker/worker.h"

namespace seaworthy {

// Whether a layer is worth to be read by the table of contents that its image names: it lies afar,
// is a plain layer and is not small.
bool has_useful_table(const ImageLayer& layer);

// The layer as a worker reads it by its table; `channel` is that of ServedRanges.
WorkerInput table_input(const ImageLayer& layer, int channel);

// What answers that worker: the parts of the layer and, where the table is no part of it, of the
// table behind it. kUnavailable: the table cannot be had, and the message says why.
Result<std::unique_ptr<ServedRanges>> serve_ranges(const ImageLayer& layer);

// Reads a layer by its table: the parts that hold files which extractors want, and nothing else.
// Neither the layer's digest nor its diff id is verified then, and the inventory says so. An Error
// of any kind is a reason to read the whole layer.
Result<LayerInventory> read_by_table(const ImageLayer& layer, const WorkerOptions& worker);

}  // namespace seaworthy
