#include "scan/worker/layer_links.h"

#include "core/base/follow_links.h"
#include "core/base/path.h"

namespace seaworthy {

std::optional<std::string> LayerLinks::resolve(std::string_view path) const {
  return follow_links(path, [&](const std::string& here) -> const std::string* {
    const auto found = links_.find(here);
    return found == links_.end() ? nullptr : &found->second;
  });
}

void LayerLinks::follow_parents(std::string& path) {
  const std::string_view parent = parent_path(path);
  if (parent.empty()) return;
  if (parent != asked_) {
    asked_ = parent;
    answer_ = resolve(parent).value_or(asked_);  // in a loop there is nothing to write to
  }
  if (answer_ != asked_) path = join_path(answer_, path.substr(parent.size() + 1)).path;
}

void LayerLinks::follow(TarEntry& entry) {
  if (links_.empty()) return;
  follow_parents(entry.path);
  if (entry.kind != TarKind::kHardLink) return;
  follow_parents(entry.link_target);
  const auto found = links_.find(entry.link_target);
  if (found == links_.end()) return;
  entry.kind = TarKind::kSymlink;
  entry.link_target = found->second;
}

void LayerLinks::place(const TarEntry& entry) {
  const std::size_t before = links_.size();
  links_.erase(entry.path);
  if (entry.kind != TarKind::kDirectory) erase_below(links_, entry.path);
  bool changed = links_.size() != before;
  if (entry.kind == TarKind::kSymlink) {
    links_.insert_or_assign(entry.path, entry.link_target);
    changed = true;
  }
  if (changed) asked_.clear();
}

}  // namespace seaworthy
