#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/codec/tar.h"

namespace seaworthy {

// Removes what a map by path has below the directory `path`.
template <class Value>
void erase_below(std::map<std::string, Value>& values, const std::string& path) {
  if (values.empty()) return;
  const std::string below = path + "/";
  for (auto at = values.lower_bound(below); at != values.end() && at->first.starts_with(below);) {
    at = values.erase(at);
  }
}

// The symbolic links of one layer, as they stand while its entries arrive. A layer's paths may run
// through links of the layer itself: what unpacks it follows them inside the root, and so the entry
// behind the link is where the link leads. Links of lower layers are the overlay's business.
class LayerLinks {
 public:
  // Gives an entry the names that it has in the file system: directories above its path, and above
  // a hard link's target, are no links of this layer any more. A hard link to a symbolic link
  // becomes that link.
  void follow(TarEntry& entry);
  // From now on the entry stands at its path, in the place of whatever was there.
  void place(const TarEntry& entry);

  // Path → text.
  const std::map<std::string, std::string>& all() const { return links_; }
  // Empty where links loop.
  std::optional<std::string> resolve(std::string_view path) const;

 private:
  void follow_parents(std::string& path);

  std::map<std::string, std::string> links_;
  // The last directory that was asked for: entries of one directory stand together.
  std::string asked_, answer_;
};

}  // namespace seaworthy
