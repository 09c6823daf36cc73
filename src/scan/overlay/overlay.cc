#include "scan/overlay/overlay.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "scan/overlay/tree.h"

namespace seaworthy {
namespace {

// Where a distribution names itself, best first. What is not listed stands between the two groups:
// a vendor's own release file knows more than etc/lsb-release and etc/debian_version.
constexpr std::array<std::string_view, 2> kFirstChoice{"etc/os-release", "usr/lib/os-release"};
constexpr std::array<std::string_view, 2> kLastChoice{"etc/lsb-release", "etc/debian_version"};

std::size_t distro_rank(std::string_view path) {
  const auto first = std::find(kFirstChoice.begin(), kFirstChoice.end(), path);
  if (first != kFirstChoice.end()) return static_cast<std::size_t>(first - kFirstChoice.begin());
  const auto last = std::find(kLastChoice.begin(), kLastChoice.end(), path);
  return last == kLastChoice.end()
             ? kFirstChoice.size()
             : kFirstChoice.size() + 1 + static_cast<std::size_t>(last - kLastChoice.begin());
}

using PackageIdentity =
    std::tuple<PackageType, std::string_view, std::string_view, std::string_view>;

PackageIdentity identity_of(const Package& package) {
  return {package.type, package.name, package.version, package.arch};
}

// The first layer in which a package appears: package managers rewrite the whole database, so the
// database's own layer says nothing about when a package came.
std::map<PackageIdentity, int> first_layers(std::span<const LayerInventory> layers) {
  std::map<PackageIdentity, int> first;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (const Evidence& evidence : layers[i].evidence) {
      for (const Package& package : evidence.packages) {
        first.try_emplace(identity_of(package), static_cast<int>(i));
      }
    }
  }
  return first;
}

void collect_distro(const OverlayTree& tree, Inventory& inventory) {
  std::size_t best = SIZE_MAX;
  std::string branch;
  for (const auto& [path, visible] : tree.evidence()) {
    if (!visible.evidence->distro) continue;
    const Distro& distro = *visible.evidence->distro;
    if (distro.id.empty()) {
      if (branch.empty()) branch = distro.repository_branch;
      continue;
    }
    const std::size_t rank = distro_rank(path);
    if (rank >= best) continue;
    best = rank;
    inventory.distro = distro;
    inventory.distro->path = path;
    inventory.distro->layer = static_cast<int>(visible.layer);
  }
  if (inventory.distro && inventory.distro->repository_branch.empty()) {
    inventory.distro->repository_branch = branch;
  }
}

void collect_databases(const OverlayTree& tree, const FoldRules& rules, Inventory& inventory) {
  for (const auto& [path, visible] : tree.evidence()) {
    const Evidence& evidence = *visible.evidence;
    if (!rules.is_database || !rules.is_database(evidence.extractor)) continue;
    // A database of many files (var/lib/dpkg/status.d) is one line: its directory.
    const std::string directory = path.substr(0, path.rfind('/') + 1);
    auto& databases = inventory.databases;
    if (!databases.empty() && databases.back().extractor == evidence.extractor &&
        databases.back().path.substr(0, databases.back().path.rfind('/') + 1) == directory) {
      databases.back().path = directory;
      databases.back().packages += evidence.packages.size();
      continue;
    }
    databases.push_back(
        {path, evidence.extractor, static_cast<int>(visible.layer), evidence.packages.size()});
  }
}

void collect_packages(const OverlayTree& tree, std::span<const LayerInventory> layers,
                      Inventory& inventory) {
  const std::map<PackageIdentity, int> first = first_layers(layers);
  std::set<PackageIdentity> seen;
  for (const auto& [path, visible] : tree.evidence()) {
    for (const Package& package : visible.evidence->packages) {
      // The same package in two databases of one image (status and status.d) is one package.
      if (!seen.insert(identity_of(package)).second) continue;
      inventory.packages.push_back(package);
      inventory.packages.back().path = path;
      const auto found = first.find(identity_of(package));
      const int own = static_cast<int>(visible.layer);
      inventory.packages.back().layer = found == first.end() ? own : std::min(own, found->second);
    }
    for (const OwnedFiles& owned : visible.evidence->owned) inventory.owned.push_back(owned);
    for (Problem problem : visible.evidence->problems) {
      if (problem.path.empty()) problem.path = path;
      problem.layer = static_cast<int>(visible.layer);
      if (problem.step.empty()) problem.step = "extract " + visible.evidence->extractor;
      inventory.problems.push_back(std::move(problem));
    }
  }
  std::sort(inventory.packages.begin(), inventory.packages.end(), package_before);
}

void count_files(Inventory& inventory) {
  std::sort(inventory.owned.begin(), inventory.owned.end(),
            [](const OwnedFiles& a, const OwnedFiles& b) { return a.package < b.package; });
  for (Package& package : inventory.packages) {
    const auto [begin, end] = std::equal_range(
        inventory.owned.begin(), inventory.owned.end(), OwnedFiles{package.name, {}},
        [](const OwnedFiles& a, const OwnedFiles& b) { return a.package < b.package; });
    std::size_t files = 0;
    for (auto it = begin; it != end; ++it) files += it->path_hashes.size();
    package.files = static_cast<std::uint32_t>(files);
  }
}

// dpkg's file lists without its status file: somebody removed the database to make the image
// small, and with it every trace of what must be patched.
void report_removed_database(Inventory& inventory) {
  if (!inventory.databases.empty() || inventory.owned.empty()) return;
  inventory.problems.push_back(
      {"var/lib/dpkg/status", -1, "fold layers", problem::kPackageDbMissing,
       "file lists of " + std::to_string(inventory.owned.size()) +
           " packages are present, but their package database was removed"});
}

// The highest layer whose file a container sees at `path`.
std::optional<std::size_t> visible_layer_of(std::span<const LayerInventory> layers,
                                            std::string_view path) {
  for (std::size_t i = layers.size(); i-- > 0;) {
    if (has_file(layers[i], path)) return i;
    if (hides(layers[i], path)) return std::nullopt;
  }
  return std::nullopt;
}

bool is_anchored(const FoldRules& rules, std::string_view path) {
  return std::any_of(rules.anchors.begin(), rules.anchors.end(), [&](std::string_view anchor) {
    return anchor.ends_with('/') ? path.starts_with(anchor) : path == anchor;
  });
}

// Directories cannot be listed from hashes: everything below is asked of each layer that has it.
void request_directory(const OverlayTree& tree, std::span<const LayerInventory> layers,
                       const FoldRules& rules, std::string_view anchor,
                       std::vector<SecondPass>& requests) {
  const auto target = tree.resolve(anchor.substr(0, anchor.size() - 1));
  if (!target || is_anchored(rules, *target + "/")) return;
  if (*target + "/" == anchor) return;
  SecondPass request;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (removes(layers[i], *target)) request.files.clear();
    if (!has_directory(layers[i], *target)) continue;
    request.files.push_back({i, *target + "/", std::string(anchor)});
    request.layer = i;
  }
  if (!request.files.empty()) requests.push_back(std::move(request));
}

void request_links(const OverlayTree& tree, std::span<const LayerInventory> layers,
                   const FoldRules& rules, Inventory& inventory,
                   std::vector<SecondPass>& requests) {
  for (const std::string_view anchor : rules.anchors) {
    if (anchor.ends_with('/')) {
      request_directory(tree, layers, rules, anchor, requests);
      continue;
    }
    auto target = tree.resolve(anchor);
    if (!target) {
      inventory.problems.push_back({std::string(anchor), -1, "follow links",
                                    problem::kUnresolvedLink, "symbolic links form a loop"});
      continue;
    }
    if (const Link* link = tree.link_at(*target); link != nullptr && link->hard) {
      target = link->target;
    }
    if (*target == anchor || is_anchored(rules, *target) || tree.evidence().contains(*target)) {
      continue;  // the file that the link leads to is read under its own name
    }
    const auto layer = visible_layer_of(layers, *target);
    if (!layer) continue;  // dangling, as a container would see it
    requests.push_back({{{*layer, *target, std::string(anchor)}}, *layer});
  }
}

void request_companions(const OverlayTree& tree, std::span<const LayerInventory> layers,
                        const FoldRules& rules, std::vector<SecondPass>& requests) {
  if (!rules.companions) return;
  for (const auto& [path, visible] : tree.evidence()) {
    SecondPass request{{{visible.layer, visible.evidence->path, path}}, visible.layer};
    bool differs = false;
    for (const std::string& companion : rules.companions(visible.evidence->extractor, path)) {
      const auto layer = visible_layer_of(layers, companion);
      const bool was_read = has_file(layers[visible.layer], companion);
      if (layer) request.files.push_back({*layer, companion, companion});
      if (layer) request.layer = std::max(request.layer, *layer);
      differs = differs || (layer ? *layer != visible.layer : was_read);
    }
    if (differs) requests.push_back(std::move(request));
  }
}

}  // namespace

Fold fold_layers(std::span<const LayerInventory> layers, const FoldRules& rules,
                 std::span<const SecondPassResult> second_pass) {
  Fold fold;
  OverlayTree tree;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    tree.apply(i, layers[i]);
    for (Problem problem : layers[i].problems) {
      problem.layer = static_cast<int>(i);
      fold.inventory.problems.push_back(std::move(problem));
    }
  }
  if (second_pass.empty()) {
    request_links(tree, layers, rules, fold.inventory, fold.second_pass);
    request_companions(tree, layers, rules, fold.second_pass);
  }
  for (const SecondPassResult& result : second_pass) {
    for (const Evidence& evidence : result.evidence) tree.put(result.layer, evidence);
    for (const Problem& problem : result.problems) fold.inventory.problems.push_back(problem);
  }
  collect_distro(tree, fold.inventory);
  collect_databases(tree, rules, fold.inventory);
  collect_packages(tree, layers, fold.inventory);
  count_files(fold.inventory);
  report_removed_database(fold.inventory);
  sort_problems(fold.inventory.problems);
  return fold;
}

}  // namespace seaworthy
