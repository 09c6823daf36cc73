#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/inventory.h"

namespace seaworthy {

// A file that an extractor read, and that a container would still see.
struct VisibleEvidence {
  std::size_t layer = 0;
  const Evidence* evidence = nullptr;
};

// The part of the merged file system that matters: evidence and links, by canonical path (no
// symbolic link in any parent). Layers are applied lowest first.
class OverlayTree {
 public:
  void apply(std::size_t index, const LayerInventory& layer);
  // Puts evidence that was read in the second pass in place of what stands at its path.
  void put(std::size_t layer, const Evidence& evidence);

  const std::map<std::string, VisibleEvidence>& evidence() const { return evidence_; }

  // The path with every symbolic link followed, parents and last part, as far as links are known.
  // Empty where links loop.
  std::optional<std::string> resolve(std::string_view path) const;
  // The link that stands at exactly this canonical path, or null.
  const Link* link_at(std::string_view path) const;

 private:
  struct PlacedLink {
    std::size_t layer = 0;
    Link link;
  };
  std::string canonical(std::string_view path) const;  // follows the parents only
  std::vector<std::string> spellings(const std::string& path) const;

  std::map<std::string, VisibleEvidence> evidence_;
  std::map<std::string, PlacedLink, std::less<>> links_;
};

// Whether `layer`, laid over a tree, hides what that tree has at `path`: a whiteout or an opaque
// directory at or above it, or another entry at the path or in place of one of its directories.
bool hides(const LayerInventory& layer, std::string_view path);

// Whether `layer` removes all that lower layers have below the directory `path`.
bool removes(const LayerInventory& layer, std::string_view path);

// True where `layer` itself has something that is no directory, or a directory, at `path`.
bool has_file(const LayerInventory& layer, std::string_view path);
bool has_directory(const LayerInventory& layer, std::string_view path);

}  // namespace seaworthy
