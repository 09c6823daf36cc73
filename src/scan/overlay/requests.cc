// What the second pass has to read: the files that stand where an extractor expects one, but cannot
// be read there by a walk over one layer. Names of links are known, names of files are not: of
// those every layer has a hash, so a directory that was reached through a link is asked for as a
// whole.
#include "scan/overlay/requests.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace seaworthy {
namespace {

bool is_anchored(const FoldRules& rules, std::string_view path) {
  return std::any_of(rules.anchors.begin(), rules.anchors.end(), [&](std::string_view anchor) {
    return anchor.ends_with('/') ? path.starts_with(anchor) : path == anchor;
  });
}

// Links are known by name only where they concern a well-known path. One in the middle of a chain
// shows as something that is no directory above the place a path leads to: that is said, because
// what lies behind it was not read.
bool passes_unknown_link(const OverlayTree& tree, std::span<const LayerInventory> layers,
                         const std::string& target, std::string_view anchor, Inventory& inventory) {
  for (std::size_t end = target.find('/'); end != std::string::npos;
       end = target.find('/', end + 1)) {
    const std::string above = target.substr(0, end);
    if (tree.links().contains(above) || !place_of(tree, layers, {{above, 0}})) continue;
    inventory.problems.push_back(
        {std::string(anchor), -1, "follow links", problem::kUnresolvedLink,
         "leads through " + above + ", which is no directory; what is behind it was not read"});
    return true;
  }
  return false;
}

// Whether a layer may have written into a well-known directory by another of its names, each with a
// "/" at its end. Below a link to the directory itself no entry has to tell of that.
bool is_written_elsewhere(const OverlayTree& tree, std::span<const LayerInventory> layers,
                          const std::vector<OverlayTree::Spelling>& names) {
  return std::any_of(names.begin() + 1, names.end(), [&](const OverlayTree::Spelling& spelling) {
    const std::string directory = spelling.name.substr(0, spelling.name.size() - 1);
    if (spelling.since >= layers.size()) return false;
    const auto since = layers.begin() + static_cast<std::ptrdiff_t>(spelling.since);
    return tree.links().contains(directory) ||
           std::any_of(since, layers.end(), [&](const LayerInventory& layer) {
             return has_directory(layer, directory);
           });
  });
}

// A directory that is reached through a link. What is in it cannot be listed from hashes, so every
// layer is asked, down to the last one that removed it.
void request_directory(const OverlayTree& tree, std::span<const LayerInventory> layers,
                       const FoldRules& rules, std::string_view anchor, Inventory& inventory,
                       std::vector<SecondPass>& requests) {
  const auto target = tree.resolve(anchor.substr(0, anchor.size() - 1));
  if (!target) return;
  std::vector<OverlayTree::Spelling> names = tree.spellings(*target + "/x");
  for (OverlayTree::Spelling& spelling : names) spelling.name.pop_back();
  if (is_anchored(rules, *target + "/") && !is_written_elsewhere(tree, layers, names)) return;
  if (passes_unknown_link(tree, layers, *target + "/", anchor, inventory)) return;
  SecondPass request;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (removes(layers[i], *target)) request.files.clear();
    for (const OverlayTree::Spelling& spelling : names) {
      if (i < spelling.since) continue;
      request.files.push_back({i, spelling.name, std::string(anchor)});
    }
    request.layer = i;
  }
  requests.push_back(std::move(request));
}

// A well-known file that is a symbolic link, stands below one, or was written through one.
void request_file(const OverlayTree& tree, std::span<const LayerInventory> layers,
                  std::string_view anchor, const std::string& target, Inventory& inventory,
                  std::vector<SecondPass>& requests) {
  if (target != anchor && passes_unknown_link(tree, layers, target, anchor, inventory)) return;
  const auto place = place_of(tree, layers, tree.spellings(target));
  if (!place) return;  // dangling, as a container would see it
  const auto known = tree.evidence().find(target);
  if (known != tree.evidence().end() && known->second.layer == place->layer &&
      known->second.evidence->path == place->path) {
    return;  // read under its own name
  }
  requests.push_back({{{place->layer, place->path, std::string(anchor)}}, place->layer});
}

bool is_wanted(const FoldRules& rules, std::string_view path) {
  return rules.wants ? rules.wants(path) : is_anchored(rules, path);
}

// Hard links have the content of the file that they were made to, whatever became of its first
// name. Those of one layer are read together: an application may have thousands.
void request_hard_links(const OverlayTree& tree, const FoldRules& rules, Inventory& inventory,
                        std::vector<SecondPass>& requests) {
  std::map<std::size_t, SecondPass> of_layer;
  for (const auto& [path, placed] : tree.links()) {
    if (!placed.link.hard || !is_wanted(rules, path)) continue;
    if (!placed.source) {
      inventory.problems.push_back({path, static_cast<int>(placed.layer), "follow links",
                                    problem::kUnresolvedLink,
                                    "is a hard link to '" + placed.link.target +
                                        "', which no layer has there: no file could be read"});
      continue;
    }
    const Place& source = *placed.source;
    SecondPass& request = of_layer[placed.layer];
    request.layer = placed.layer;
    request.files.push_back({source.layer, source.path, path, source.before, path});
  }
  for (auto& [layer, request] : of_layer) requests.push_back(std::move(request));
}

// The first part of a path that leads nowhere because links form a loop; "" where none does.
std::string loop_above(const OverlayTree& tree, std::string_view path) {
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string_view part = path.substr(0, end);
    if (!tree.resolve(part)) return std::string(part);
    if (end == std::string_view::npos) return {};
  }
}

// One problem for each loop, however many package managers would have had something behind it.
void report_loop(const OverlayTree& tree, std::string_view anchor, std::set<std::string>& loops,
                 Inventory& inventory) {
  const std::string path = loop_above(tree, anchor);
  if (path.empty() || !loops.insert(path).second) return;
  inventory.problems.push_back(
      {path, -1, "follow links", problem::kUnresolvedLink,
       "symbolic links form a loop: nothing at or below it could be read"});
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// Single files: the well-known ones, and links below well-known directories. Two names of one kind
// (/lib/apk/db/installed and /usr/lib/apk/db/installed) for one file are one request.
void request_files(const OverlayTree& tree, std::span<const LayerInventory> layers,
                   const FoldRules& rules, Inventory& inventory,
                   std::vector<SecondPass>& requests) {
  std::set<std::string_view> names;
  for (const std::string_view anchor : rules.anchors) {
    if (!anchor.ends_with('/')) names.insert(anchor);
  }
  for (const auto& [path, placed] : tree.links()) {
    if (!placed.link.hard && is_anchored(rules, path)) names.insert(path);
  }
  std::set<std::pair<std::string, std::string_view>> asked;
  for (const std::string_view name : names) {
    const auto target = tree.resolve(name);
    if (!target || !asked.emplace(*target, file_name(name)).second) continue;
    const auto link = tree.links().find(*target);
    const bool hard = link != tree.links().end() && link->second.link.hard;
    if (hard && is_wanted(rules, *target) && file_name(*target) == file_name(name)) continue;
    request_file(tree, layers, name, *target, inventory, requests);
  }
}

}  // namespace

void request_links(const OverlayTree& tree, std::span<const LayerInventory> layers,
                   const FoldRules& rules, Inventory& inventory,
                   std::vector<SecondPass>& requests) {
  request_hard_links(tree, rules, inventory, requests);
  std::set<std::string> loops;
  for (const std::string_view anchor : rules.anchors) {
    report_loop(tree, anchor, loops, inventory);
    if (anchor.ends_with('/')) {
      request_directory(tree, layers, rules, anchor, inventory, requests);
    }
  }
  request_files(tree, layers, rules, inventory, requests);
}

bool is_reached(const OverlayTree& tree, const FoldRules& rules, const std::string& path) {
  const auto names = tree.spellings(path);
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& spelling) { return is_wanted(rules, spelling.name); }) ||
         std::any_of(rules.anchors.begin(), rules.anchors.end(),
                     [&](std::string_view anchor) { return tree.resolve(anchor) == path; });
}

bool is_visible(const OverlayTree& tree, std::span<const LayerInventory> layers,
                const std::string& path) {
  const auto target = tree.resolve(path);
  return target && place_of(tree, layers, tree.spellings(*target));
}

void request_companions(const OverlayTree& tree, std::span<const LayerInventory> layers,
                        const FoldRules& rules, std::vector<SecondPass>& requests) {
  if (!rules.companions) return;
  for (const auto& [path, visible] : tree.evidence()) {
    SecondPass request{{{visible.layer, visible.evidence->path, path}}, visible.layer};
    bool differs = false;
    for (const std::string& companion : rules.companions(visible.evidence->extractor, path)) {
      const auto place = place_of(tree, layers, tree.spellings(companion));
      const bool was_read = has_file(layers[visible.layer], companion);
      if (place) request.files.push_back({place->layer, place->path, companion});
      if (place) request.layer = std::max(request.layer, place->layer);
      differs = differs || (place ? place->layer != visible.layer : was_read);
    }
    if (differs) requests.push_back(std::move(request));
  }
}

}  // namespace seaworthy
