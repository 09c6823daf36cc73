#pragma once

#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/model/finding.h"
#include "core/model/inventory.h"
#include "core/model/report.h"
#include "scan/advisory/database.h"
#include "scan/match/lookup.h"

namespace seaworthy {

struct MatchOptions {
  Limits limits;
  UnixSeconds now = 0;
};

struct MatchResult {
  // All states; the caller decides what is listed. Sorted by package, then id.
  std::vector<Finding> findings;
  std::vector<PackageCoverage> coverage;  // one per inventory.packages, same order
  std::vector<ReportFeed> feeds;          // consulted, by name
  EndOfLife end_of_life;
  MissingFacts missing;
  std::vector<Problem> problems;  // no feed, stale feed, missing package database
};

// Inventory + database = findings + coverage, each with its reason. Pure but for the database's
// reads; thread safe. The rules are those of docs/reference/matching.md, by number.
MatchResult match(const Inventory& inventory, const AdvisoryDatabase& database,
                  const MatchOptions& options);

// The same over any source of advisories.
MatchResult match(const Inventory& inventory, const AdvisoryLookup& lookup,
                  const MatchOptions& options);

// Counts coverage and findings for the report.
CoverageSummary summarize(const MatchResult& result);

}  // namespace seaworthy
