#include "scan/match/scopes.h"

namespace seaworthy {

std::set<Scope> scopes_for(const Inventory& inventory, const AdvisoryLookup& lookup,
                           const MatchOptions& options) {
  std::set<Scope> asked;
  AdvisoryLookup everything = lookup;
  everything.feeds = [&lookup] {
    std::vector<FeedInfo> feeds = lookup.feeds();
    for (FeedInfo& feed : feeds) {
      for (const auto& [ecosystem, release] : feed.not_pulled) {
        feed.scopes.push_back({ecosystem, release, 0});
      }
      feed.not_pulled.clear();
    }
    return feeds;
  };
  everything.rows = [&asked](const PackageKey& key) {
    asked.emplace(key.ecosystem, key.release);
    return std::vector<AdvisoryRow>{};
  };
  (void)match(inventory, everything, options);
  return asked;
}

}  // namespace seaworthy
