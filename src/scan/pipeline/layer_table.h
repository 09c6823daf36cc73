#pragma once

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "scan/image/image.h"
#include "scan/worker/worker.h"

namespace seaworthy {

// Whether a layer is worth to be read by the table of contents that its image names: it lies afar,
// is a plain layer and is not small.
bool has_useful_table(const ImageLayer& layer);

// The layer as a worker reads it by its table; `channel` is that of ServedRanges.
WorkerInput table_input(const ImageLayer& layer, int channel);

// Reads a layer by its table: the parts that hold files which extractors want, and nothing else.
// Neither the layer's digest nor its diff id is verified then, and the inventory says so. An Error
// of any kind is a reason to read the whole layer.
Result<LayerInventory> read_by_table(const ImageLayer& layer, const WorkerOptions& worker);

}  // namespace seaworthy
