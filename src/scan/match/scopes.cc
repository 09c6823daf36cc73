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
        feed.scopes.push_back({ecosystem, release, 0, feed.data_as_of, feed.dated_by});
      }
      feed.not_pulled.clear();
    }
    return feeds;
  };
  // Knowing a name decides what is called clean, not where to look.
  everything.knows = [](std::string_view, std::string_view) { return true; };
  everything.rows = [&asked](const PackageKey& key) {
    asked.emplace(key.ecosystem, key.release);
    return std::vector<AdvisoryRow>{};
  };
  (void)match(inventory, everything, options);
  return asked;
}

}  // namespace seaworthy
