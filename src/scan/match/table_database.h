#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scan/match/match.h"

namespace seaworthy {

inline constexpr UnixSeconds kTestNow = 1'700'000'000;  // 2023-11-14

// An advisory database in memory, for tests: what is put in comes out.
struct TableDatabase {
  std::vector<FeedInfo> feeds;
  std::map<PackageKey, std::vector<AdvisoryRow>> rows;
  std::map<std::string, std::vector<VulnerabilityDetails>, std::less<>> details;
  std::map<std::string, std::vector<std::string>, std::less<>> aliases;
  std::map<std::string, Epss, std::less<>> epss;
  std::map<std::string, Kev, std::less<>> kev;
  std::map<std::string, Exploit, std::less<>> exploit;
  std::map<std::pair<std::string, std::string>, EndOfLifeInfo> end_of_life;

  std::map<std::string, std::vector<std::string>, std::less<>> repositories;

  std::set<PackageKey> unreadable;  // keys whose values are damaged
  mutable std::uint64_t damaged = 0;

  FeedInfo& add_feed(const std::string& name, const std::string& ecosystem,
                     const std::string& release, UnixSeconds data_as_of = kTestNow) {
    FeedInfo feed;
    feed.name = name;
    feed.fetched_at = kTestNow;
    feed.data_as_of = data_as_of;
    feed.records = 1;
    feed.scopes = {{ecosystem, release, 1, data_as_of, DatedBy::kData}};
    return feeds.emplace_back(std::move(feed));
  }

  AdvisoryRow& add_row(const PackageKey& key, AdvisoryRow row) {
    if (row.feed.empty()) row.feed = "feed";
    return rows[key].emplace_back(std::move(row));
  }

  AdvisoryLookup lookup() const {
    const auto find = [](const auto& map, std::string_view key) {
      const auto found = map.find(key);
      return found == map.end() ? std::nullopt : std::optional(found->second);
    };
    const auto find_all = [](const auto& map, const auto& key) {
      const auto found = map.find(key);
      return found == map.end() ? typename std::decay_t<decltype(map)>::mapped_type()
                                : found->second;
    };
    return {.feeds = [this] { return feeds; },
            .rows =
                [this, find_all](const PackageKey& key) {
                  damaged += unreadable.contains(key) ? 1 : 0;
                  return find_all(rows, key);
                },
            .knows =
                [this](std::string_view ecosystem, std::string_view package) {
                  return std::any_of(rows.begin(), rows.end(), [&](const auto& one) {
                    return one.first.ecosystem == ecosystem && one.first.package == package;
                  });
                },
            .details = [this, find_all](std::string_view id) { return find_all(details, id); },
            .aliases = [this, find_all](std::string_view id) { return find_all(aliases, id); },
            .epss = [this, find](std::string_view id) { return find(epss, id); },
            .kev = [this, find](std::string_view id) { return find(kev, id); },
            .exploit = [this, find](std::string_view id) { return find(exploit, id); },
            .end_of_life = [this](std::string_view distro,
                                  std::string_view version) -> std::optional<EndOfLifeInfo> {
              const auto found = end_of_life.find({std::string(distro), std::string(version)});
              if (found == end_of_life.end()) return std::nullopt;
              return found->second;
            },
            .repository_cpes =
                [this, find_all](std::string_view name) { return find_all(repositories, name); },
            .damaged = [this] { return damaged; }};
  }
};

inline AdvisoryRow fixed_in(std::string vulnerability, std::string version) {
  AdvisoryRow row;
  row.vulnerability = std::move(vulnerability);
  row.fix_state = FixState::kFixed;
  row.ranges = {{"", std::move(version), ""}};
  return row;
}

inline AdvisoryRow unfixed(std::string vulnerability, FixState state = FixState::kNotFixed) {
  AdvisoryRow row;
  row.vulnerability = std::move(vulnerability);
  row.fix_state = state;
  return row;
}

inline AdvisoryRow not_affected(std::string vulnerability) {
  AdvisoryRow row;
  row.vulnerability = std::move(vulnerability);
  row.status = AdvisoryStatus::kNotAffected;
  return row;
}

inline Package deb(std::string name, std::string version, std::string source = "",
                   std::string source_version = "") {
  Package package;
  package.type = PackageType::kDeb;
  package.name = std::move(name);
  package.version = std::move(version);
  package.arch = "amd64";
  package.source_name = std::move(source);
  package.source_version = std::move(source_version);
  package.set_property(kMaintainer, "Some Team <team@lists.debian.org>");
  return package;
}

inline Package apk(std::string name, std::string version, std::string origin = "") {
  Package package = deb(std::move(name), std::move(version), std::move(origin));
  package.type = PackageType::kApk;
  package.arch = "x86_64";
  return package;
}

inline Package rpm(std::string name, std::string version, std::string modularity = "") {
  Package package = apk(std::move(name), std::move(version));
  package.type = PackageType::kRpm;
  package.set_property(kModularity, std::move(modularity));
  return package;
}

inline Package alpm(std::string name, std::string version) {
  Package package = apk(std::move(name), std::move(version));
  package.type = PackageType::kAlpm;
  return package;
}

inline Inventory image(const std::string& id, const std::string& version,
                       std::vector<Package> packages) {
  Inventory inventory;
  inventory.distro.emplace();
  inventory.distro->id = id;
  inventory.distro->version = version;
  inventory.databases = {{"var/lib/db", "os/test", 0, packages.size()}};
  inventory.packages = std::move(packages);
  return inventory;
}

inline MatchResult run_match(const TableDatabase& database, const Inventory& inventory) {
  MatchOptions options;
  options.now = kTestNow;
  return match(inventory, database.lookup(), options);
}

// The first finding's status, and the fixes where there are any: "affected 1.2.3", "none".
inline std::string first_outcome(const MatchResult& result) {
  if (result.findings.empty()) return "none";
  std::string outcome(name_of(result.findings.front().status));
  for (const std::string& fix : result.findings.front().fix_versions) outcome += " " + fix;
  return outcome;
}

}  // namespace seaworthy
