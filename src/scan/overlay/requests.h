#pragma once

#include <span>
#include <string>
#include <vector>

#include "scan/overlay/overlay.h"
#include "scan/overlay/tree.h"

namespace seaworthy {

// Adds what links ask for; a link that leads nowhere, or where nobody can look, is a problem of the
// inventory. `layers` are those of the tree.
void request_links(const OverlayTree& tree, std::span<const LayerInventory> layers,
                   const FoldRules& rules, Inventory& inventory, std::vector<SecondPass>& requests);

// Adds the files whose companions (a write-ahead log) are in another layer.
void request_companions(const OverlayTree& tree, std::span<const LayerInventory> layers,
                        const FoldRules& rules, std::vector<SecondPass>& requests);

// Whether an extractor would look for a file here, or at a link that leads here.
bool is_reached(const OverlayTree& tree, const FoldRules& rules, const std::string& path);

// Whether a container sees a file here. A second pass reads directories whole: what a higher layer
// removed from one is in its result all the same.
bool is_visible(const OverlayTree& tree, std::span<const LayerInventory> layers,
                const std::string& path);

}  // namespace seaworthy
