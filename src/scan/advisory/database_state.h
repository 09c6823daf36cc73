#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/guarded.h"
#include "scan/advisory/database.h"
#include "scan/advisory/environment.h"
#include "scan/advisory/records.h"

namespace seaworthy {

// What is behind an open database; for database.cc and database_search.cc.

using Feeds = std::vector<FeedRecord>;

struct CachedFeeds {
  std::size_t transaction = 0;
  // Shared: a call goes on with the list it began with while another call replaces it.
  std::shared_ptr<const Feeds> feeds;
};

struct AdvisoryDatabase::State {
  // Shared with other readers and with an import of this process: LMDB allows one per directory.
  std::shared_ptr<DatabaseEnvironment> environment;
  Guarded<CachedFeeds> cached;
  std::atomic<std::uint64_t> damaged = 0;

  // A read transaction and the feeds as of that transaction; nothing where the environment fails.
  struct View {
    Transaction transaction;
    std::shared_ptr<const Feeds> feeds;
  };
  std::optional<View> view();

  // Calls `each(feed, content)` for the value under `rest` of every feed that `has`.
  template <class Has, class Each>
  void for_feeds(Table table, std::string_view rest, Has&& has, Each&& each) {
    const auto now = view();
    if (!now) return;
    for (const FeedRecord& feed : *now->feeds) {
      if (!has(feed)) continue;
      const std::string_view stored = now->transaction.get(table, stored_key(feed.info.name, rest));
      const std::string_view content = content_of(feed.info.name, rest, stored);
      if (content.data() != nullptr) each(feed, content);
    }
  }
};

}  // namespace seaworthy
