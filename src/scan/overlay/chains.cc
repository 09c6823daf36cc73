// Chains of links: a wanted file that was read and is a link again.
//
// A symbolic link is followed in the finished tree, whatever layer brought it. A hard link has the
// content that its target had when its own layer was made: the target is looked for in the tree of
// the layers up to that one, and what later layers do to it says nothing.
#include <algorithm>
#include <map>

#include "scan/overlay/overlay.h"
#include "scan/overlay/tree.h"

namespace seaworthy {
namespace {

OverlayTree tree_of(std::span<const LayerInventory> layers) {
  OverlayTree tree;
  for (std::size_t i = 0; i < layers.size(); ++i) tree.apply(i, layers[i]);
  return tree;
}

// Trees of the lowest layers, each made once.
class Trees {
 public:
  explicit Trees(std::span<const LayerInventory> layers) : layers_(layers) {}

  std::optional<Place> find(const ChainedLink& chained) {
    const Link& link = chained.link;
    const auto below = layers_.first(link.hard ? chained.layer + 1 : layers_.size());
    auto known = trees_.find(below.size());
    if (known == trees_.end()) known = trees_.emplace(below.size(), tree_of(below)).first;
    const OverlayTree& tree = known->second;
    const auto target = link.hard ? tree.canonical(link.target) : tree.resolve(link.target);
    return target ? place_of(tree, below, tree.spellings(*target)) : std::nullopt;
  }

 private:
  const std::span<const LayerInventory> layers_;
  std::map<std::size_t, OverlayTree> trees_;  // by the number of layers
};

}  // namespace

SecondPass follow_chains(std::span<const LayerInventory> layers, SecondPass request,
                         std::span<const ChainedLink> links, std::vector<ChainedLink>& lost) {
  Trees trees(layers);
  std::map<std::string, std::size_t> file_of;  // by as_path
  for (std::size_t i = 0; i < request.files.size(); ++i) file_of[request.files[i].as_path] = i;
  for (const ChainedLink& chained : links) {
    auto place = trees.find(chained);
    if (!place) {
      lost.push_back(chained);
      continue;
    }
    SecondPass::File file{place->layer, std::move(place->path), chained.link.path};
    const auto known = file_of.find(file.as_path);
    if (known != file_of.end()) {
      request.files[known->second] = std::move(file);
    } else {
      request.files.push_back(std::move(file));  // of a directory that was asked for as a whole
    }
  }
  return request;
}

}  // namespace seaworthy
