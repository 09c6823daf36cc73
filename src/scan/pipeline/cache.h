#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/model/inventory.h"

namespace seaworthy {

// Layer inventories on disk, one file per layer digest. An entry holds the diff id that was
// verified together with the digest when the layer was read, so that a diff id which an image
// merely claims is never trusted. Safe for any number of processes: files are replaced whole.
class LayerCache {
 public:
  // "" caches nothing.
  explicit LayerCache(std::string directory) : directory_(std::move(directory)) {}

  // The inventory that was read from this verified pair; empty where there is none, where the
  // entry's diff id is another, or where the entry is damaged. `claimed_diff_id` may be "".
  std::optional<LayerInventory> find(const std::string& digest,
                                     const std::string& claimed_diff_id) const;

  // Keeps an inventory that was read in full: one with problems is never kept.
  Status put(const LayerInventory& layer) const;

 private:
  std::string path_of(const std::string& digest) const;
  std::string directory_;
};

}  // namespace seaworthy
