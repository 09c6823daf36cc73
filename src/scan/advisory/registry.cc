#include <array>

#include "scan/advisory/feed.h"

namespace seaworthy {

extern const Feed kUnread;
extern const Feed kAlpineRejections;
extern const Feed kSecdb;
extern const Feed kUbuntuLines;
extern const Feed kUbuntuUct;
extern const Feed kDebianTracker;
extern const Feed kDebianLists;
extern const Feed kCisaKev;
extern const Feed kEpss;
extern const Feed kExploitDb;
extern const Feed kEndOfLife;
extern const Feed kCsaf;
extern const Feed kCsafLists;
extern const Feed kRepositoryCpe;
extern const Feed kApollo;
extern const Feed kOval;
extern const Feed kUpdateinfo;
extern const Feed kPhoton;
extern const Feed kArch;
extern const Feed kBodhi;
extern const Feed kNvd;
extern const Feed kOpenVex;
extern const Feed kRubySec;
extern const Feed kRustSec;
extern const Feed kNodeWorkingGroup;
extern const Feed kFriendsOfPhp;
extern const Feed kOsv;
extern const Feed kArchives;

namespace {

// The order is the order of recognition: the particular before the general. OSV is last because
// many documents have an "id".
constexpr std::array kFeeds{&kUnread,
                            &kAlpineRejections,
                            &kSecdb,
                            &kUbuntuLines,
                            &kUbuntuUct,
                            &kDebianTracker,
                            &kDebianLists,
                            &kCisaKev,
                            &kEpss,
                            &kExploitDb,
                            &kEndOfLife,
                            &kCsaf,
                            &kCsafLists,
                            &kRepositoryCpe,
                            &kApollo,
                            &kOval,
                            &kUpdateinfo,
                            &kPhoton,
                            &kArch,
                            &kBodhi,
                            &kNvd,
                            &kOpenVex,
                            &kRubySec,
                            &kRustSec,
                            &kNodeWorkingGroup,
                            &kFriendsOfPhp,
                            &kArchives,
                            &kOsv};

}  // namespace

std::span<const Feed* const> all_feeds() {
  return kFeeds;
}

const Feed* feed_for(const FeedDocument& document) {
  for (const Feed* feed : kFeeds) {
    if (feed->recognizes(document)) return feed;
  }
  return nullptr;
}

}  // namespace seaworthy
