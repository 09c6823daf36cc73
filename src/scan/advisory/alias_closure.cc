#include "scan/advisory/alias_closure.h"

#include <deque>
#include <set>

#include "scan/advisory/advisory_id.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxAliases = 256;  // a larger set is a mistake in a feed, not a weakness

}  // namespace

std::vector<std::string> alias_closure(
    std::string_view id, const std::function<std::vector<std::string>(std::string_view)>& linked) {
  std::string anchor = is_cve(id) ? std::string(id) : std::string{};
  std::set<std::string> found{std::string(id)};
  std::deque<std::string> open{std::string(id)};
  while (!open.empty() && found.size() < kMaxAliases) {
    const std::string at = std::move(open.front());
    open.pop_front();
    std::set<std::string> near;
    std::set<std::string> cves;
    for (std::string& other : linked(at)) {
      if (is_advisory_id(other)) continue;
      if (is_cve(other)) cves.insert(other);
      near.insert(std::move(other));
    }
    if (!is_cve(at)) {
      const bool shared = cves.size() > 1;
      const bool foreign = !anchor.empty() && !cves.empty() && !cves.contains(anchor);
      if (shared && !foreign) continue;
      if (foreign) {
        // It came in through another alias and belongs to another CVE.
        if (at != id) found.erase(at);
        continue;
      }
      if (anchor.empty() && !cves.empty()) anchor = *cves.begin();
    }
    for (const std::string& other : near) {
      if (is_cve(other) && other != anchor) continue;
      if (found.insert(other).second) open.push_back(other);
    }
  }
  found.erase(std::string(id));
  return {found.begin(), found.end()};
}

}  // namespace seaworthy
