#pragma once

#include "scan/advisory/environment.h"
#include "scan/advisory/feed_content.h"

namespace seaworthy {

// Writes what a feed says over what it said before, in the caller's transaction: only values that
// differ, vanished keys deleted, and every package whose rows changed in the change log.
Status write_feed(Transaction& transaction, FeedContent& content, FeedRecord record,
                  UnixSeconds now, FeedImport& out);

// Appends changes of packages (`ecosystem \0 release \0 package`) to the change log.
Status log_changes(Transaction& transaction, const std::string& feed, UnixSeconds now,
                   std::vector<std::string> changed);

// When the data was brought together: what reports name as the database's age.
// Notes a change at that time, and gives what the database holds now the next sequence number: the
// time in milliseconds, so that it rises also where a publisher builds every database from nothing,
// and one more than the last where two changes came in one second.
Status store_built_at(Transaction& transaction, UnixSeconds time);
std::uint64_t sequence_in(const Transaction& transaction);

}  // namespace seaworthy
