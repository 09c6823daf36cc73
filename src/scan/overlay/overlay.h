#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/model/inventory.h"

namespace seaworthy {

// One file that must be read again, because a link, or a companion in another layer, stands where
// an extractor expects a plain file.
struct SecondPass {
  struct File {
    std::size_t layer = 0;  // the layer that holds the content
    std::string path;       // there; ending in "/" it stands for everything below
    std::string as_path;    // where the extractor expects it
  };
  std::vector<File> files;  // read together
  std::size_t layer = 0;    // the layer to attribute the result to
};

struct Fold {
  Inventory inventory;
  std::vector<SecondPass> second_pass;
};

struct SecondPassResult {
  std::size_t layer = 0;
  std::vector<Evidence> evidence;
};

// Folds layer inventories, lowest first, into what a container would see: whiteouts and opaque
// directories hide lower layers only, a file hides a directory's content, links are followed.
// Pure. Where the result's `second_pass` is not empty, read those files (scan/worker: assemble)
// and fold again with what they gave.
Fold fold_layers(std::span<const LayerInventory> layers,
                 std::span<const SecondPassResult> second_pass = {});

}  // namespace seaworthy
