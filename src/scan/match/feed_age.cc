#include "scan/match/feed_age.h"

#include <algorithm>
#include <optional>

#include "scan/advisory/cpe.h"

namespace seaworthy {
namespace {

constexpr UnixSeconds kDay = 86'400;

bool is_at(const FeedScope& scope, const std::string& ecosystem, const std::string& release) {
  return scope.ecosystem == ecosystem && scope.release == release;
}

FeedInfo aged_by(const FeedInfo& feed, const FeedScope& scope) {
  FeedInfo out = feed;
  out.data_as_of = scope.data_as_of;
  out.dated_by = scope.dated_by;
  return out;
}

// Feeds that have the release, or a part of it: main of Alpine in one feed and community in another
// are the whole, as old as the older of them.
void find_feeds(FeedStanding& standing, const std::vector<FeedInfo>& feeds,
                const std::string& ecosystem, const std::string& release) {
  std::optional<FeedInfo> oldest;
  std::set<std::string> lacking;
  for (const FeedInfo& feed : feeds) {
    for (const FeedScope& scope : feed.scopes) {
      if (is_at(scope, ecosystem, release)) standing.own.push_back(aged_by(feed, scope));
    }
    for (const PartialScope& part : feed.partial) {
      if (!is_at(part.scope, ecosystem, release)) continue;
      if (standing.heard.empty()) standing.why_not = part.why;
      standing.heard.push_back(aged_by(feed, part.scope));
      if (part.lacks.empty()) continue;
      std::set<std::string> lacks(part.lacks.begin(), part.lacks.end());
      if (oldest) {
        std::erase_if(lacks, [&](const std::string& name) { return !lacking.contains(name); });
      }
      lacking = std::move(lacks);
      if (!oldest || part.scope.data_as_of < oldest->data_as_of) oldest = standing.heard.back();
    }
  }
  if (oldest && lacking.empty()) standing.own.push_back(*std::move(oldest));
}

bool is_of_all_releases(const std::vector<FeedInfo>& feeds, const std::string& ecosystem) {
  return std::any_of(feeds.begin(), feeds.end(), [&](const FeedInfo& feed) {
    return std::any_of(feed.scopes.begin(), feed.scopes.end(),
                       [&](const FeedScope& scope) { return is_at(scope, ecosystem, ""); }) ||
           std::any_of(feed.partial.begin(), feed.partial.end(),
                       [&](const PartialScope& part) { return is_at(part.scope, ecosystem, ""); });
  });
}

UnixSeconds age_of(const FeedInfo& feed, const MatchOptions& options) {
  return std::max<UnixSeconds>(0, options.now - feed.data_as_of);
}

bool is_current(const FeedInfo& feed, const MatchOptions& options) {
  const UnixSeconds age = age_of(feed, options);
  const auto days = static_cast<std::uint64_t>(age / kDay);
  return feed.data_as_of != 0 && (days < options.limits.feed_age_days ||
                                  (days == options.limits.feed_age_days && age % kDay == 0));
}

ReportFeed report_feed(const FeedInfo& feed) {
  return {feed.name, feed.fetched_at == 0 ? "" : rfc3339(feed.fetched_at),
          feed.data_as_of == 0 ? "" : rfc3339(feed.data_as_of), feed.records,
          std::string(name_of(feed.dated_by))};
}

}  // namespace

bool is_not_pulled(const std::vector<FeedInfo>& feeds, std::string_view ecosystem,
                   std::string_view release) {
  return std::any_of(feeds.begin(), feeds.end(), [&](const FeedInfo& feed) {
    return std::any_of(feed.not_pulled.begin(), feed.not_pulled.end(), [&](const auto& absent) {
      return absent.first == ecosystem && absent.second == release;
    });
  });
}

std::string not_pulled_reason(std::string_view label) {
  return "part not pulled: " + std::string(label);
}

FeedStanding standing_of(const ReleaseKeys& keys, const std::vector<FeedInfo>& feeds,
                         const MatchOptions& options) {
  FeedStanding standing;
  standing.release = keys.releases.front();
  for (const std::string& release : keys.releases) {
    find_feeds(standing, feeds, keys.ecosystem, release);
    standing.not_pulled = is_not_pulled(feeds, keys.ecosystem, release);
    if (standing.own.empty() && standing.heard.empty() && !standing.not_pulled) continue;
    standing.release = release;
    break;
  }
  standing.of_all_releases = !standing.release.empty() && is_of_all_releases(feeds, keys.ecosystem);
  if (standing.not_pulled) {
    // A local feed may speak for it as well, but not with what the publisher's feeds know.
    standing.why_not = not_pulled_reason(keys.label);
    return standing;
  }
  if (standing.own.empty()) {
    const std::string part = standing.why_not.empty() ? "" : " (" + standing.why_not + ")";
    standing.why_not = "no feed for " + keys.label + part;
    return standing;
  }
  standing.why_not.clear();
  const auto newest = std::max_element(
      standing.own.begin(), standing.own.end(),
      [](const FeedInfo& a, const FeedInfo& b) { return a.data_as_of < b.data_as_of; });
  if (newest->data_as_of == 0) {
    standing.why_not = "feed " + newest->name + " does not say how old it is";
    return standing;
  }
  for (const FeedInfo& feed : standing.own) {
    if (!is_current(feed, options)) standing.stale.insert(feed.name);
  }
  standing.current = standing.stale.size() < standing.own.size();
  if (!standing.current) {
    standing.why_not = "feed " + newest->name + " is " +
                       std::to_string(age_of(*newest, options) / kDay) + " days old";
  }
  return standing;
}

MissingFacts missing_facts(const std::vector<FeedInfo>& feeds, const MatchOptions& options) {
  const auto reason = [&](bool FeedInfo::*has, const char* what) -> std::string {
    const FeedInfo* newest = nullptr;
    for (const FeedInfo& feed : feeds) {
      if (!(feed.*has)) continue;
      if (is_current(feed, options)) return {};
      if (newest == nullptr || feed.data_as_of > newest->data_as_of) newest = &feed;
    }
    if (newest == nullptr) return "no feed of " + std::string(what);
    return "the feed of " + std::string(what) + ", " + newest->name + ", is " +
           std::to_string(age_of(*newest, options) / kDay) + " days old";
  };
  return {.epss = reason(&FeedInfo::has_epss, "EPSS scores"),
          .kev = reason(&FeedInfo::has_kev, "known exploited vulnerabilities (KEV)"),
          .exploit = reason(&FeedInfo::has_exploit, "public exploits"),
          .end_of_life = "",
          .malicious = reason(&FeedInfo::has_malicious, "malicious packages")};
}

std::vector<ReportFeed> consulted_feeds(const std::vector<const FeedStanding*>& standings,
                                        const std::vector<FeedInfo>& feeds) {
  std::vector<ReportFeed> out;
  std::set<std::string_view> taken;
  for (const FeedStanding* standing : standings) {
    for (const auto* feeds_of : {&standing->own, &standing->heard}) {
      for (const FeedInfo& feed : *feeds_of) {
        if (taken.insert(feed.name).second) out.push_back(report_feed(feed));
      }
    }
  }
  for (const FeedInfo& feed : feeds) {
    const bool of_vulnerabilities =
        feed.not_pulled.empty() &&
        std::all_of(feed.scopes.begin(), feed.scopes.end(),
                    [](const FeedScope& scope) { return scope.ecosystem == kProductEcosystem; });
    if (of_vulnerabilities && taken.insert(feed.name).second) out.push_back(report_feed(feed));
  }
  std::sort(out.begin(), out.end(),
            [](const ReportFeed& a, const ReportFeed& b) { return a.name < b.name; });
  return out;
}

}  // namespace seaworthy
