// The overlay rules of the OCI image-spec (layer.md, "Applying Changesets"), on what layer
// inventories keep of a layer: evidence, and links that concern it or may lead to a directory, by
// name, everything else as path hashes.
//
// A layer's own paths may run through symbolic links of the layers below ("lib/apk/db" where lib
// is a link to usr/lib): the unpacking tools follow them inside the root, and so does canonical().
// The rejected design keeps every path of every layer by name: exact in the last corner, and a
// hundred bytes for each of a million files.
#include "scan/overlay/tree.h"

#include <algorithm>

#include "core/base/follow_links.h"
#include "core/base/path.h"
#include "core/codec/digest.h"

namespace seaworthy {
namespace {

bool contains(const std::vector<std::uint64_t>& sorted, std::string_view path) {
  return std::binary_search(sorted.begin(), sorted.end(), path_hash(path));
}

bool is_below(std::string_view path, std::string_view directory) {
  if (directory.empty()) return true;
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

}  // namespace

bool removes(const LayerInventory& layer, std::string_view path) {
  for (std::string_view at = path; !at.empty(); at = parent_path(at)) {
    if (contains(layer.files, at)) return true;
  }
  for (const std::string& gone : layer.whiteouts) {
    if (path == gone || is_below(path, gone)) return true;
  }
  return std::any_of(layer.opaques.begin(), layer.opaques.end(), [&](const std::string& opaque) {
    return path == opaque || is_below(path, opaque);
  });
}

bool hides(const LayerInventory& layer, std::string_view path) {
  return contains(layer.files, path) || contains(layer.directories, path) ||
         std::find(layer.whiteouts.begin(), layer.whiteouts.end(), path) != layer.whiteouts.end() ||
         removes(layer, parent_path(path));
}

bool has_file(const LayerInventory& layer, std::string_view path) {
  return contains(layer.files, path);
}

bool has_directory(const LayerInventory& layer, std::string_view path) {
  return contains(layer.directories, path);
}

std::optional<std::string> OverlayTree::resolve(std::string_view path) const {
  return follow_links(path, [&](const std::string& here) -> const std::string* {
    const auto found = links_.find(here);
    return found == links_.end() || found->second.link.hard ? nullptr : &found->second.link.target;
  });
}

std::string OverlayTree::canonical(std::string_view path) const {
  const std::string_view parent = parent_path(path);
  if (parent.empty() || links_.empty()) return std::string(path);
  const auto resolved = resolve(parent);
  if (!resolved) return std::string(path);  // a loop: nothing can be below it
  const std::string_view name = path.substr(parent.size() + 1);
  return resolved->empty() ? std::string(name) : *resolved + "/" + std::string(name);
}

void OverlayTree::list_aliases() {
  aliases_.clear();
  for (const auto& [at, placed] : links_) {
    if (placed.link.hard) continue;
    // The link's own layer has followed it (scan/worker: LayerLinks).
    if (auto target = resolve(at))
      aliases_.emplace(*std::move(target), Spelling{at, placed.layer + 1});
  }
}

std::vector<OverlayTree::Spelling> OverlayTree::spellings(const std::string& path) const {
  constexpr std::size_t kMaxNames = 64;  // a link to a directory above it makes names without end
  std::vector<Spelling> names{{path, 0}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Spelling known = names[i];
    for (std::string_view above = known.name; !above.empty();) {
      above = parent_path(above);
      const std::string_view rest =
          std::string_view(known.name).substr(above.empty() ? 0 : above.size() + 1);
      const auto [begin, end] = aliases_.equal_range(above);
      for (auto alias = begin; alias != end && names.size() < kMaxNames; ++alias) {
        names.push_back(
            {join_path(alias->second.name, rest).path, std::max(known.since, alias->second.since)});
      }
    }
  }
  return names;
}

OverlayTree::PlacedLink OverlayTree::place_link(std::span<const LayerInventory> layers,
                                                const Link& link) const {
  PlacedLink placed{layers.size() - 1, link, {}};
  if (!link.hard) return placed;
  placed.source = hard_link_source(*this, layers, link);
  if (!placed.source || placed.source->layer == placed.layer) return placed;
  // A second name of a symbolic link is that link, read from another place.
  const auto known = links_.find(canonical(link.target));
  if (known != links_.end() && !known->second.link.hard) {
    placed.link.hard = false;
    placed.link.target = known->second.link.target;
  }
  return placed;
}

void OverlayTree::apply(std::span<const LayerInventory> layers) {
  const LayerInventory& layer = layers.back();
  std::vector<PlacedLink> placed;  // hard links are to what stood there before this layer
  for (const Link& link : layer.links) placed.push_back(place_link(layers, link));
  // A directory's entry stands before what is below it: where it took the place of a link, the
  // layer's other names do not run through that link any more.
  const auto replaced = [&](const auto& entry) { return hides(layer, entry.first); };
  if (std::erase_if(links_, replaced) > 0) list_aliases();
  LayerInventory removals;
  for (const std::string& path : layer.whiteouts) removals.whiteouts.push_back(canonical(path));
  for (const std::string& path : layer.opaques) {
    const auto resolved = resolve(path);
    removals.opaques.push_back(resolved.value_or(path));
  }
  // A spelling through a link says nothing about the link itself or what stands above it.
  const auto hidden = [&](const std::string& path) {
    if (hides(removals, path) || hides(layer, path)) return true;
    const std::vector<Spelling> names = spellings(path);
    return std::any_of(names.begin() + 1, names.end(), [&](const Spelling& spelling) {
      return contains(layer.files, spelling.name) || contains(layer.directories, spelling.name);
    });
  };
  std::erase_if(evidence_, [&](const auto& entry) { return hidden(entry.first); });
  std::erase_if(links_, [&](const auto& entry) { return hides(removals, entry.first); });
  removals_.push_back(std::move(removals));
  for (PlacedLink& each : placed) {
    const std::string at = canonical(each.link.path);
    evidence_.erase(at);
    links_[at] = std::move(each);
  }
  for (const Evidence& evidence : layer.evidence) {
    const std::string at = canonical(evidence.path);
    links_.erase(at);
    evidence_[at] = {layers.size() - 1, &evidence};
  }
  list_aliases();
}

void OverlayTree::drop_unless(const std::function<bool(const std::string& path)>& is_reached) {
  std::erase_if(evidence_, [&](const auto& entry) {
    return entry.second.evidence->path != entry.first && !is_reached(entry.first);
  });
}

void OverlayTree::put(std::size_t layer, const Evidence& evidence) {
  evidence_[evidence.path] = {layer, &evidence};
}

std::optional<Place> place_of(const OverlayTree& tree, std::span<const LayerInventory> layers,
                              const std::vector<OverlayTree::Spelling>& names) {
  // Most places that are asked for do not exist.
  const bool exists = std::any_of(layers.begin(), layers.end(), [&](const LayerInventory& layer) {
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& spelling) { return has_file(layer, spelling.name); });
  });
  if (!exists) return std::nullopt;
  for (std::size_t i = layers.size(); i-- > 0;) {
    for (const OverlayTree::Spelling& spelling : names) {
      if (i >= spelling.since && has_file(layers[i], spelling.name) &&
          !has_directory(layers[i], spelling.name))
        return Place{i, spelling.name, kLayerEnd};
    }
    if (tree.hidden_by(i, layers[i], names.front().name)) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Place> hard_link_source(const OverlayTree& tree,
                                      std::span<const LayerInventory> layers, const Link& link) {
  const std::size_t own = layers.size() - 1;
  if (link.same_layer) return Place{own, link.target, link.order};
  const auto names = tree.spellings(tree.canonical(link.target));
  // What the layer itself wrote under another name, through a link of a lower layer.
  for (const OverlayTree::Spelling& spelling : names) {
    if (spelling.name != link.target && own >= spelling.since &&
        has_file(layers[own], spelling.name)) {
      return Place{own, spelling.name, link.order};
    }
  }
  return place_of(tree, layers.first(own), names);
}

}  // namespace seaworthy
