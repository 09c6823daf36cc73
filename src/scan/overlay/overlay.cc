#include "scan/overlay/overlay.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "core/codec/digest.h"
#include "core/model/ownership_rule.h"
#include "scan/overlay/requests.h"
#include "scan/overlay/tree.h"

namespace seaworthy {
namespace {

// Where a distribution names itself, best first. What is not listed stands between the two groups:
// a vendor's own release file knows more than those that a family shares.
constexpr std::array<std::string_view, 2> kFirstChoice{"etc/os-release", "usr/lib/os-release"};
constexpr std::array<std::string_view, 5> kLastChoice{"etc/redhat-release", "etc/system-release",
                                                      "usr/lib/system-release", "etc/lsb-release",
                                                      "etc/debian_version"};

std::size_t distro_rank(std::string_view path) {
  const auto first = std::find(kFirstChoice.begin(), kFirstChoice.end(), path);
  if (first != kFirstChoice.end()) return static_cast<std::size_t>(first - kFirstChoice.begin());
  const auto last = std::find(kLastChoice.begin(), kLastChoice.end(), path);
  return last == kLastChoice.end()
             ? kFirstChoice.size()
             : kFirstChoice.size() + 1 + static_cast<std::size_t>(last - kLastChoice.begin());
}

// Two package managers may have the same name and version: their package URLs differ.
using PackageIdentity =
    std::tuple<PackageType, std::string_view, std::string_view, std::string_view, std::string_view>;

PackageIdentity identity_of(const Package& package) {
  return {package.type, package.name, package.version, package.arch, package.property("purl")};
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

bool lacks_record(const Package& package) {
  return package.property(kDoubt) == kRecordMissing;
}

void add_all(const std::vector<std::string>& from, std::vector<std::string>& to) {
  to.insert(to.end(), from.begin(), from.end());
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
}

// A file that would name the distribution less well than the one that did: nobody asks it, so what
// is wrong with it is no loss.
bool is_outranked(const Inventory& inventory, const OverlayTree& tree, const std::string& path,
                  const Evidence& evidence) {
  if (!inventory.distro || evidence.distro) return false;
  const auto chosen = tree.evidence().find(inventory.distro->path);
  return chosen != tree.evidence().end() &&
         chosen->second.evidence->extractor == evidence.extractor &&
         distro_rank(inventory.distro->path) < distro_rank(path);
}

// Files that name no distribution say where its packages come from; every layer of a build adds
// one, and all that are visible hold.
void collect_distro(const OverlayTree& tree, Inventory& inventory) {
  std::size_t best = SIZE_MAX;
  Distro sources;
  for (const auto& [path, visible] : tree.evidence()) {
    if (!visible.evidence->distro) continue;
    const Distro& distro = *visible.evidence->distro;
    if (distro.id.empty()) {
      if (sources.repository_branch.empty()) sources.repository_branch = distro.repository_branch;
      if (sources.other_repositories.empty()) {
        sources.other_repositories = distro.other_repositories;
      }
      add_all(distro.content_sets, sources.content_sets);
      add_all(distro.cpes, sources.cpes);
      continue;
    }
    const std::size_t rank = distro_rank(path);
    if (rank >= best) continue;
    best = rank;
    inventory.distro = distro;
    inventory.distro->path = path;
    inventory.distro->layer = static_cast<int>(visible.layer);
  }
  if (!inventory.distro) return;
  if (inventory.distro->repository_branch.empty()) {
    inventory.distro->repository_branch = sources.repository_branch;
  }
  inventory.distro->other_repositories = std::move(sources.other_repositories);
  inventory.distro->content_sets = std::move(sources.content_sets);
  inventory.distro->cpes = std::move(sources.cpes);
}

std::string database_directory(const FoldRules& rules, const std::string& path) {
  for (const std::string_view anchor : rules.anchors) {
    if (anchor.ends_with('/') && path.starts_with(anchor)) return std::string(anchor);
  }
  return path.substr(0, path.rfind('/') + 1);
}

void collect_databases(const OverlayTree& tree, const FoldRules& rules, Inventory& inventory) {
  std::set<PackageIdentity> counted;  // of the last database: two of its files may name one package
  for (const auto& [path, visible] : tree.evidence()) {
    const Evidence& evidence = *visible.evidence;
    if (!rules.is_database || !rules.is_database(evidence.extractor)) continue;
    // A database of many files (var/lib/dpkg/status.d, var/lib/pacman/local/NAME/desc) is one line:
    // its well-known directory.
    const std::string directory = database_directory(rules, path);
    auto& databases = inventory.databases;
    if (!databases.empty() && databases.back().extractor == evidence.extractor &&
        database_directory(rules, databases.back().path) == directory) {
      databases.back().path = directory;
    } else {
      counted.clear();
      databases.push_back({path, evidence.extractor, static_cast<int>(visible.layer), 0});
    }
    for (const Package& package : evidence.packages) {
      if (!lacks_record(package)) counted.insert(identity_of(package));
    }
    databases.back().packages = counted.size();
  }
}

// `path`: where the evidence is visible, which a link may have led elsewhere; what the package has
// inside the file stays.
std::string path_of(const Package& package, const Evidence& evidence, const std::string& path) {
  const bool inside = package.path.starts_with(evidence.path + "!/");
  return inside ? path + package.path.substr(evidence.path.size()) : path;
}

bool is_doubtful(const Package& package) {
  return !package.property(kDoubt).empty() || !package.property(kSourceUnknown).empty();
}

// Which files the operating system's packages own. Lists of a distribution with merged directories
// may still name /bin/bash what stands at /usr/bin/bash.
class OwnedPaths {
 public:
  explicit OwnedPaths(const OverlayTree& tree) {
    for (const auto& [path, visible] : tree.evidence()) {
      for (const OwnedFiles& owned : visible.evidence->owned) {
        hashes_.insert(hashes_.end(), owned.path_hashes.begin(), owned.path_hashes.end());
      }
    }
    std::sort(hashes_.begin(), hashes_.end());
  }
  bool contains(std::string_view path) const {
    constexpr std::string_view kMerged = "usr/";
    if (has(path)) return true;
    return path.starts_with(kMerged) ? has(path.substr(kMerged.size()))
                                     : has(std::string(kMerged) + std::string(path));
  }

 private:
  bool has(std::string_view path) const {
    return std::binary_search(hashes_.begin(), hashes_.end(), path_hash(path));
  }
  std::vector<std::uint64_t> hashes_;
};

// The packages of an image, each once.
class PackageList {
 public:
  PackageList(std::span<const LayerInventory> layers, std::vector<Package>& packages)
      : first_(first_layers(layers)), packages_(packages) {}

  // The same package in two databases of one image (status and status.d) is one package; where one
  // of them knows it better (a Chisel manifest has no sources), that one tells.
  void add(const Package& package, std::string path, int layer) {
    const PackageIdentity identity = identity_of(package);
    const auto [known, is_new] = seen_.try_emplace(identity, packages_.size());
    if (is_new) {
      packages_.push_back(package);
      const auto found = first_.find(identity);
      layer = found == first_.end() ? layer : std::min(layer, found->second);
    } else {
      Package& kept = packages_[known->second];
      if (kept.licenses.empty()) kept.licenses = package.licenses;
      if (!is_doubtful(kept) || is_doubtful(package)) return;
      layer = kept.layer;
      kept = package;
    }
    packages_[known->second].path = std::move(path);
    packages_[known->second].layer = layer;
  }

 private:
  const std::map<PackageIdentity, int> first_;
  std::map<PackageIdentity, std::size_t> seen_;  // where in the list
  std::vector<Package>& packages_;
};

void add_problems(const std::string& path, const VisibleEvidence& visible, Inventory& inventory) {
  for (Problem problem : visible.evidence->problems) {
    if (problem.path.empty()) problem.path = path;
    problem.layer = static_cast<int>(visible.layer);
    if (problem.step.empty()) problem.step = "extract " + visible.evidence->extractor;
    inventory.problems.push_back(std::move(problem));
  }
}

void collect_packages(const OverlayTree& tree, std::span<const LayerInventory> layers,
                      const FoldRules& rules, Inventory& inventory) {
  std::optional<OwnedPaths> owned_paths;  // only few images have packages that ask
  const auto is_owned = [&](const std::string& path) {
    if (!owned_paths) owned_paths.emplace(tree);
    return owned_paths->contains(path);
  };
  PackageList list(layers, inventory.packages);
  for (const auto& [path, visible] : tree.evidence()) {
    const bool is_program = rules.is_program && rules.is_program(visible.evidence->extractor);
    for (const Package& package : visible.evidence->packages) {
      if (!package.property(kUnlessOwned).empty() && is_owned(path)) continue;
      if (is_program) inventory.holders[std::string(package.property("purl"))].push_back(path);
      list.add(package, path_of(package, *visible.evidence, path), static_cast<int>(visible.layer));
    }
    if (const auto& functions = visible.evidence->functions; !functions.empty()) {
      inventory.functions[path] = functions;
    }
    for (const OwnedFiles& owned : visible.evidence->owned) {
      if (!owned.package.empty()) inventory.owned.push_back(owned);
    }
    if (!is_outranked(inventory, tree, path, *visible.evidence)) {
      add_problems(path, visible, inventory);
    }
  }
  std::sort(inventory.packages.begin(), inventory.packages.end(), package_before);
}

// A package that is known by its directory's name gives way to what a file in the directory says.
void settle_directories(Inventory& inventory) {
  std::vector<Package>& packages = inventory.packages;
  if (std::none_of(packages.begin(), packages.end(), lacks_record)) return;
  std::set<std::string> with_record;
  for (const Package& package : packages) {
    if (lacks_record(package)) continue;
    with_record.insert(package.path.substr(0, package.path.rfind('/')));
  }
  std::erase_if(packages, [&](const Package& package) {
    return lacks_record(package) && with_record.contains(package.path);
  });
  for (const Package& package : packages) {
    if (!lacks_record(package)) continue;
    inventory.problems.push_back(
        {package.path, package.layer, "fold layers", problem::kUnreadableRecord,
         package.name + " " + package.version + ": " + std::string(kRecordMissing) +
             ": it is listed by its directory's name, and not judged"});
  }
}

// What a Debian package's file list says of where it comes from (kForeignFiles).
class FileEvidence {
 public:
  explicit FileEvidence(const Package& package)
      : copyright_(path_hash("usr/share/doc/" + package.name + "/copyright")),
        link_(path_hash("usr/share/doc/" + package.name)) {}

  void add(const OwnedFiles& owned) {
    below_opt_ = below_opt_ || owned.below_opt;
    const auto& hashes = owned.path_hashes;
    has_copyright_ = has_copyright_ || std::any_of(hashes.begin(), hashes.end(), [&](auto hash) {
                       return hash == copyright_ || hash == link_;
                     });
  }
  std::string_view verdict() const {
    if (below_opt_) return kBelowOpt;
    return has_copyright_ ? std::string_view{} : kNoCopyright;
  }

 private:
  std::uint64_t copyright_, link_;
  bool has_copyright_ = false, below_opt_ = false;
};

void count_files(Inventory& inventory) {
  std::sort(inventory.owned.begin(), inventory.owned.end(),
            [](const OwnedFiles& a, const OwnedFiles& b) { return a.package < b.package; });
  for (Package& package : inventory.packages) {
    const auto [begin, end] = std::equal_range(
        inventory.owned.begin(), inventory.owned.end(), OwnedFiles{package.name, {}, false},
        [](const OwnedFiles& a, const OwnedFiles& b) { return a.package < b.package; });
    std::size_t files = 0;
    FileEvidence evidence(package);
    for (auto it = begin; it != end; ++it) {
      files += it->path_hashes.size();
      evidence.add(*it);
    }
    package.files = static_cast<std::uint32_t>(files);
    // The lists of distroless images have no links, so a missing name there says nothing.
    if (files > 0 && package.path == "var/lib/dpkg/status") {
      package.set_property(kForeignFiles, std::string(evidence.verdict()));
    }
  }
}

// dpkg's file lists without its status file: somebody removed the database to make the image
// small, and with it every trace of what must be patched.
void report_removed_database(Inventory& inventory) {
  if (!inventory.databases.empty() || inventory.owned.empty()) return;
  inventory.problems.push_back(
      {"var/lib/dpkg/status", -1, "fold layers", problem::kPackageDbMissing,
       "packages whose file lists are present: " + std::to_string(inventory.owned.size()) +
           "; but their package database was removed"});
}

}  // namespace

Fold fold_layers(std::span<const LayerInventory> layers, const FoldRules& rules,
                 std::span<const SecondPassResult> second_pass) {
  Fold fold;
  OverlayTree tree;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    tree.apply(layers.first(i + 1));
    for (Problem problem : layers[i].problems) {
      problem.layer = static_cast<int>(i);
      fold.inventory.problems.push_back(std::move(problem));
    }
  }
  tree.drop_unless([&](const std::string& path) { return is_reached(tree, rules, path); });
  // The second time for what it says of links that cannot be followed.
  request_links(tree, layers, rules, fold.inventory, fold.second_pass);
  request_companions(tree, layers, rules, fold.second_pass);
  if (!second_pass.empty()) fold.second_pass.clear();
  for (const SecondPassResult& result : second_pass) {
    for (const Evidence& evidence : result.evidence) {
      if (is_visible(tree, layers, evidence.path)) tree.put(result.layer, evidence);
    }
    for (const Problem& problem : result.problems) fold.inventory.problems.push_back(problem);
  }
  collect_distro(tree, fold.inventory);
  collect_databases(tree, rules, fold.inventory);
  collect_packages(tree, layers, rules, fold.inventory);
  settle_directories(fold.inventory);
  count_files(fold.inventory);
  report_removed_database(fold.inventory);
  sort_problems(fold.inventory.problems);
  return fold;
}

}  // namespace seaworthy
