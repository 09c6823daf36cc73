#pragma once

#include <cstddef>
#include <functional>
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

// Whether `layer`, laid over a tree, hides what that tree has at `path`: a whiteout or an opaque
// directory at or above it, or another entry at the path or in place of one of its directories.
bool hides(const LayerInventory& layer, std::string_view path);

// Whether `layer` removes all that lower layers have below the directory `path`.
bool removes(const LayerInventory& layer, std::string_view path);

// True where `layer` itself has something that is no directory, or a directory, at `path`. Both are
// true where a directory took the place of a file of its own layer.
bool has_file(const LayerInventory& layer, std::string_view path);
bool has_directory(const LayerInventory& layer, std::string_view path);

// Where the content of a path is: a layer, the path's name there, and the entry of that layer
// before which it stood there. This is a file, not a name: it holds whatever becomes of the path
// later.
struct Place {
  std::size_t layer = 0;
  std::string path;
  std::uint64_t before = kLayerEnd;
};

// The part of the merged file system that matters: evidence and links, by canonical path (no
// symbolic link in any parent). Layers are applied lowest first.
class OverlayTree {
 public:
  // The last of `layers`; those below it have been applied.
  void apply(std::span<const LayerInventory> layers);
  // Forgets evidence that was read under a well-known name which does not lead to it any more.
  void drop_unless(const std::function<bool(const std::string& path)>& is_reached);
  // Puts evidence that was read in the second pass in place of what stands at its path.
  void put(std::size_t layer, const Evidence& evidence);

  struct PlacedLink {
    std::size_t layer = 0;
    Link link;
    std::optional<Place> source;  // of a hard link; none where its target did not exist
  };

  const std::map<std::string, VisibleEvidence>& evidence() const { return evidence_; }
  const std::map<std::string, PlacedLink, std::less<>>& links() const { return links_; }

  // Whether layer `index`, already applied, hides what the layers below it have at a canonical
  // path.
  bool hidden_by(std::size_t index, const LayerInventory& layer, std::string_view path) const {
    return hides(removals_.at(index), path) || hides(layer, path);
  }

  // The path with every symbolic link followed, parents and last part, as far as links are known.
  // Empty where links loop.
  std::optional<std::string> resolve(std::string_view path) const;
  // The same with the last part as it is: the parents alone are followed.
  std::string canonical(std::string_view path) const;
  // A name that layers may use for a canonical path: itself, or through a directory link that leads
  // to one of its parents, from the layer on that brought the link.
  struct Spelling {
    std::string name;
    std::size_t since = 0;
  };
  std::vector<Spelling> spellings(const std::string& path) const;

 private:
  PlacedLink place_link(std::span<const LayerInventory> layers, const Link& link) const;
  void list_aliases();

  std::map<std::string, VisibleEvidence> evidence_;
  std::vector<LayerInventory> removals_;  // each layer's whiteouts, by their canonical names
  std::map<std::string, PlacedLink, std::less<>> links_;
  // Where a symbolic link leads → the link, and the first layer whose names may run through it.
  std::multimap<std::string, Spelling, std::less<>> aliases_;
};

// The file that a container sees at a canonical path, by one of the names that layers use for it
// (`spellings`, the path itself first). `layers`: those that were applied, or the lowest of them.
std::optional<Place> place_of(const OverlayTree& tree, std::span<const LayerInventory> layers,
                              const std::vector<OverlayTree::Spelling>& names);

// The file that a hard link of the last layer is a second name of; `tree` has the layers below.
std::optional<Place> hard_link_source(const OverlayTree& tree,
                                      std::span<const LayerInventory> layers, const Link& link);

}  // namespace seaworthy
