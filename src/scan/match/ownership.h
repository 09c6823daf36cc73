#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "core/model/inventory.h"

namespace seaworthy {

// Which package of the operating system put a file there, from the lists that its package manager
// keeps. The inventory must outlive this.
class Owners {
 public:
  explicit Owners(const Inventory& inventory);

  // The index in inventory.packages of the system package that owns the file a package was read
  // from; empty where none does, and for system packages themselves.
  std::optional<std::size_t> of(const Package& package) const;

 private:
  std::unordered_map<std::uint64_t, std::size_t> by_path_;
};

// Distributions that speak about every vulnerability of what they ship, languages included (rule
// 34): what they do not list, they have judged. The others list what they have fixed.
bool judges_all_it_ships(std::string_view ecosystem);

}  // namespace seaworthy
