#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/finding.h"
#include "core/model/inventory.h"

namespace seaworthy {

// The contract's name and version, the first member of every JSON report.
inline constexpr std::string_view kReportSchema = "seaworthy.report/1";

struct ReportLayer {
  std::string digest, diff_id;
  std::uint64_t size = 0;  // stored bytes
  std::string created_by;  // the history line of the image's configuration
  TableUse table = {};     // how it was read, where the image names a table of contents for it
};

struct ReportTarget {
  std::string reference;  // as the user wrote it
  std::string digest;     // of the manifest; "" for directories and SBOMs
  std::string platform;   // os/arch[/variant]
  std::string created;    // RFC 3339, from the configuration
  std::vector<ReportLayer> layers;
};

struct ReportFeed {
  std::string name;
  std::string fetched_at, data_as_of;  // RFC 3339
  std::uint64_t records = 0;
  std::string dated_by;  // what data_as_of was taken from: data, given, archive, file, ids, import
};

enum class VerdictResult { kSeaworthy, kUnseaworthy, kUnknown };
std::string_view name_of(VerdictResult result);

struct Verdict {
  VerdictResult result = VerdictResult::kUnknown;
  std::vector<std::string> reasons;
  bool thresholds_given = false;
};

struct CoverageSummary {
  std::uint64_t packages = 0, matched = 0, clean = 0, unassessed = 0;
  // Findings that are counted and, by default, not listed.
  std::uint64_t suppressed = 0;
  struct Reason {
    std::string reason;
    std::uint64_t count = 0;
  };
  std::vector<Reason> reasons;  // of the unassessed packages, adding up to them; most first
};

// End-of-life facts of the image's distribution; dates are ISO, "" where unknown.
struct EndOfLife {
  std::string date;
  bool past = false;
};

// Facts that no current feed has, each with the reason; "" where one has them. A threshold over
// such a fact cannot be judged.
struct MissingFacts {
  std::string epss, kev, exploit, end_of_life, malicious;
};

// One scan, complete: every format is written from this and from nothing else.
struct Report {
  std::string tool_version;
  ReportTarget target;
  Inventory inventory;
  EndOfLife end_of_life;
  MissingFacts missing;
  bool has_database = false;  // false: `sbom`, nothing was matched
  std::string database_built_at;
  std::vector<ReportFeed> feeds;                  // those that were consulted for this image
  std::vector<Finding> findings;                  // all states, sorted most urgent first
  std::vector<PackageCoverage> package_coverage;  // one per inventory.packages
  CoverageSummary coverage;
  std::vector<Problem> problems;  // the inventory's and those of matching
  Verdict verdict;
};

// Order of findings in every list: KEV first, then score, severity, id, package.
bool finding_before(const Report& report, const Finding& a, const Finding& b);

}  // namespace seaworthy
