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

  // The inventory that was read by this table of contents, and is that of no verified layer: only
  // an image that names the same table gets it. Empty as above.
  std::optional<LayerInventory> find_by_table(const std::string& digest,
                                              const std::string& table_digest) const;

  // Keeps an inventory that was read in full, or by a table: one with problems is never kept.
  Status put(const LayerInventory& layer) const;

 private:
  std::string path_of(const std::string& digest, const std::string& table_digest) const;
  std::optional<LayerInventory> read(const std::string& path, const std::string& digest) const;
  std::string directory_;
};

}  // namespace seaworthy
