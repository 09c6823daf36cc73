#pragma once

#include "scan/advisory/import.h"

namespace seaworthy {

// What an import did with one feed: a line of counts, its problems, and what was left out and why.
void print_feed_import(const FeedImport& feed, bool verbose);

}  // namespace seaworthy
