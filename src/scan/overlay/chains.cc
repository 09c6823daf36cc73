// Chains of links: a wanted file that was read and is a link again.
//
// A symbolic link is followed in the finished tree, whatever layer brought it. A hard link is a
// second name of the file that stood at its target when the link was made: that file is looked for
// in its own layer and the tree below, and what came later says nothing.
#include <algorithm>
#include <map>
#include <utility>

#include "core/base/path.h"
#include "scan/overlay/overlay.h"
#include "scan/overlay/tree.h"

namespace seaworthy {
namespace {

// Trees of the lowest layers, each made once.
class Trees {
 public:
  explicit Trees(std::span<const LayerInventory> layers) : layers_(layers) {}

  // `at`: where the link stands, or the second name by which it is reached.
  std::optional<Place> find(const ChainedLink& chained, const std::string& at) {
    const Link& link = chained.link;
    if (link.hard) {
      return hard_link_source(tree_of(chained.layer), layers_.first(chained.layer + 1), link);
    }
    const OverlayTree& tree = tree_of(layers_.size());
    const bool from_root = link.target.starts_with('/');
    const auto target =
        tree.resolve(from_root ? link.target : std::string(parent_path(at)) + "/" + link.target);
    return target ? place_of(tree, layers_, tree.spellings(*target)) : std::nullopt;
  }

 private:
  const OverlayTree& tree_of(std::size_t layers) {
    const auto [known, is_new] = trees_.try_emplace(layers);
    for (std::size_t i = 0; is_new && i < layers; ++i) known->second.apply(layers_.first(i + 1));
    return known->second;
  }

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
    const auto known = file_of.find(chained.link.path);
    const bool named = known != file_of.end() && !request.files[known->second].at.empty();
    const std::string at = named ? request.files[known->second].at : chained.at;
    auto place = trees.find(chained, at);
    if (!place) {
      lost.push_back(chained);
      continue;
    }
    SecondPass::File file{place->layer, std::move(place->path), chained.link.path, place->before,
                          chained.link.hard ? at : std::string{}};
    if (known != file_of.end()) {
      request.files[known->second] = std::move(file);
    } else {
      request.files.push_back(std::move(file));  // of a directory that was asked for as a whole
    }
  }
  return request;
}

}  // namespace seaworthy
