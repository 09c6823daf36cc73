#pragma once

#include "scan/advisory/import.h"

namespace seaworthy {

// What an import did with one feed: a line of counts, its problems, and what was left out and why.
void print_feed_import(const FeedImport& feed, bool verbose);
// Its problems by themselves: the first ten, with `verbose` all that were kept.
void print_feed_problems(const FeedImport& feed, bool verbose);

}  // namespace seaworthy
