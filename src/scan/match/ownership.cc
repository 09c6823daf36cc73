#include "scan/match/ownership.h"

#include <algorithm>
#include <array>

#include "core/codec/digest.h"

namespace seaworthy {

Owners::Owners(const Inventory& inventory) {
  const auto is_of_language = [](const Package& each) { return each.type == PackageType::kOther; };
  if (std::none_of(inventory.packages.begin(), inventory.packages.end(), is_of_language)) return;
  std::unordered_map<std::string_view, std::size_t> by_name;
  for (std::size_t i = 0; i < inventory.packages.size(); ++i) {
    const Package& package = inventory.packages[i];
    if (!is_of_language(package)) by_name.emplace(package.name, i);
  }
  for (const OwnedFiles& owned : inventory.owned) {
    const auto owner = by_name.find(owned.package);
    if (owner == by_name.end()) continue;
    for (const std::uint64_t hash : owned.path_hashes) by_path_.emplace(hash, owner->second);
  }
}

std::optional<std::size_t> Owners::of(const Package& package) const {
  if (package.type != PackageType::kOther || package.path.empty()) return std::nullopt;
  const auto found = by_path_.find(path_hash(file_of(package.path)));
  return found == by_path_.end() ? std::nullopt : std::optional(found->second);
}

bool judges_all_it_ships(std::string_view ecosystem) {
  constexpr std::array<std::string_view, 7> kNames{"debian",     "ubuntu",  "rhel", "sles",
                                                   "azurelinux", "mariner", "arch"};
  return std::find(kNames.begin(), kNames.end(), ecosystem) != kNames.end() ||
         ecosystem.starts_with("opensuse");
}

}  // namespace seaworthy
