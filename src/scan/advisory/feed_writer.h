#pragma once

#include "scan/advisory/environment.h"
#include "scan/advisory/feed_content.h"

namespace seaworthy {

// Writes what a feed says over what it said before, in the caller's transaction: only values that
// differ, vanished keys deleted, and every package whose rows changed in the change log.
Status write_feed(Transaction& transaction, FeedContent& content, FeedRecord record,
                  UnixSeconds now, FeedImport& out);

}  // namespace seaworthy
