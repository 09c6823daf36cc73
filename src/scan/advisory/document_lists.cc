#include "scan/advisory/document_lists.h"

#include <algorithm>

namespace seaworthy {
namespace {

constexpr std::size_t kMaxDocuments = 1'000'000;  // Red Hat's lists have a third of that

}  // namespace

bool is_document_list(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name == "changes.csv" || name == "deletions.csv";
}

bool DocumentLists::add(std::string_view path, UnixSeconds time, bool removed) {
  auto at = documents_.find(path);
  if (at == documents_.end()) {
    if (documents_.size() == kMaxDocuments) return false;
    at = documents_.emplace(path, Times{}).first;
  }
  UnixSeconds& kept = removed ? at->second.removed : at->second.changed;
  kept = std::max(kept, time);
  return true;
}

bool DocumentLists::removes(std::string_view path, UnixSeconds date) const {
  if (documents_.empty()) return false;
  for (;;) {
    if (const auto at = documents_.find(path); at != documents_.end()) {
      return at->second.removed > std::max(at->second.changed, date);
    }
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace seaworthy
