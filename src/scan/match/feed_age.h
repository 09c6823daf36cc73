#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scan/match/match.h"
#include "scan/match/release.h"

namespace seaworthy {

// Which feeds speak for one ecosystem and release, and whether they are current.
struct FeedStanding {
  std::string release;                       // the form of the release that the feeds use
  std::vector<FeedInfo> own;                 // feeds with this scope, by name, aged by it
  std::vector<FeedInfo> heard;               // feeds that have a part of it, likewise
  bool of_all_releases = false;              // some rows of the ecosystem name no release
  std::set<std::string, std::less<>> stale;  // those of them that are older than the limit
  bool not_pulled = false;                   // the publisher has a part that is not in place here
  bool current = false;                      // one of them is young enough to call a package clean
  std::string why_not;  // "no feed for rocky 8", "feed x is 90 days old"; "" where current
};

// Age is that of the newest date in the data, never that of the import (rule 64).
FeedStanding standing_of(const ReleaseKeys& keys, const std::vector<FeedInfo>& feeds,
                         const MatchOptions& options);

// Facts about vulnerabilities that no feed has, or none young enough; not the end of life, which is
// of a distribution.
MissingFacts missing_facts(const std::vector<FeedInfo>& feeds, const MatchOptions& options);

// True where the database's publisher has something about this release that is not in place here.
bool is_not_pulled(const std::vector<FeedInfo>& feeds, std::string_view ecosystem,
                   std::string_view release);
std::string not_pulled_reason(std::string_view label);  // "part not pulled: debian 12"

// Those consulted for an image, as reports show them: the standings' and the feeds without a
// scope, which speak about vulnerabilities and releases.
std::vector<ReportFeed> consulted_feeds(const std::vector<const FeedStanding*>& standings,
                                        const std::vector<FeedInfo>& feeds);

}  // namespace seaworthy
