#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "scan/image/image.h"
#include "scan/pipeline/scan.h"

namespace seaworthy {

// Reads every layer of an image, from the cache or in sandboxed workers, up to `options.jobs` at a
// time; one entry per layer, lowest first. A layer that is damaged, or missing by design, is an
// empty inventory with a problem. kInvalidInput: a layer is not what the image says (its digest;
// where there is none its diff id), or is missing and no earlier scan kept its inventory;
// kNotFound: its registry has it no more.
Result<std::vector<LayerInventory>> read_layers(const Image& image, const ScanOptions& options);

// What is said of a layer whose worker failed.
Problem layer_problem(const Error& error, int layer);

// Folds the layers and does the second pass where links or companions ask for one.
Result<Inventory> fold_image(const Image& image, const std::vector<LayerInventory>& layers,
                             const ScanOptions& options);

}  // namespace seaworthy
