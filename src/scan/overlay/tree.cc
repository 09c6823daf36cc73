// The overlay rules of the OCI image-spec (layer.md, "Applying Changesets"), on what layer
// inventories keep of a layer: evidence and the links that concern it by name, everything else as
// path hashes.
//
// A layer's own paths may run through symbolic links of the layers below ("lib/apk/db" where lib
// is a link to usr/lib): the unpacking tools follow them inside the root, and so does canonical().
// The rejected design keeps every path of every layer by name: exact in the last corner, and a
// hundred bytes for each of a million files.
#include "scan/overlay/tree.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/codec/digest.h"

namespace seaworthy {
namespace {

constexpr int kMaxLinkSteps = 40;  // as the kernel's MAXSYMLINKS

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
  std::string done;
  std::string left(path);
  int steps = 0;
  while (!left.empty()) {
    const std::size_t slash = left.find('/');
    const std::string part = left.substr(0, slash);
    left = slash == std::string::npos ? std::string{} : left.substr(slash + 1);
    std::string here = join_path(done, part).path;
    const auto found = links_.find(here);
    if (found == links_.end() || found->second.link.hard) {
      done = std::move(here);
      continue;
    }
    if (++steps > kMaxLinkSteps) return std::nullopt;
    left = join_path(done, found->second.link.target).path + (left.empty() ? "" : "/" + left);
    done.clear();
  }
  return done;
}

std::string OverlayTree::canonical(std::string_view path) const {
  const std::string_view parent = parent_path(path);
  if (parent.empty() || links_.empty()) return std::string(path);
  const auto resolved = resolve(parent);
  if (!resolved) return std::string(path);  // a loop: nothing can be below it
  const std::string_view name = path.substr(parent.size() + 1);
  return resolved->empty() ? std::string(name) : *resolved + "/" + std::string(name);
}

std::vector<OverlayTree::Spelling> OverlayTree::spellings(const std::string& path) const {
  std::vector<Spelling> names{{path, 0}};
  for (const auto& [at, placed] : links_) {
    if (placed.link.hard) continue;
    const auto target = resolve(at);
    if (target && is_below(path, *target)) {
      names.push_back(
          {join_path(at, std::string_view(path).substr(target->empty() ? 0 : target->size() + 1))
               .path,
           placed.layer});
    }
  }
  return names;
}

void OverlayTree::apply(std::size_t index, const LayerInventory& layer) {
  removals_.resize(index + 1);
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
  std::erase_if(links_, [&](const auto& entry) {
    return hides(removals, entry.first) || hides(layer, entry.first);
  });
  removals_[index] = std::move(removals);
  for (const Link& link : layer.links) {
    const std::string at = canonical(link.path);
    evidence_.erase(at);
    links_[at] = {index, link};
    if (link.hard) links_[at].link.target = canonical(link.target);
  }
  for (const Evidence& evidence : layer.evidence) {
    const std::string at = canonical(evidence.path);
    links_.erase(at);
    evidence_[at] = {index, &evidence};
  }
}

void OverlayTree::put(std::size_t layer, const Evidence& evidence) {
  evidence_[evidence.path] = {layer, &evidence};
}

std::optional<Place> place_of(const OverlayTree& tree, std::span<const LayerInventory> layers,
                              const std::vector<OverlayTree::Spelling>& names) {
  for (std::size_t i = layers.size(); i-- > 0;) {
    for (const OverlayTree::Spelling& spelling : names) {
      if (i >= spelling.since && has_file(layers[i], spelling.name)) return Place{i, spelling.name};
    }
    if (tree.hidden_by(i, layers[i], names.front().name)) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace seaworthy
