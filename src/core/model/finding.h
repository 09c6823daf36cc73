#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/model/package.h"

namespace seaworthy {

// Append only: the numbers are stored in the advisory database. Ordered from least to most urgent.
enum class Severity { kUnknown, kNegligible, kLow, kMedium, kHigh, kCritical, kEnd };
std::string_view name_of(Severity severity);
std::optional<Severity> parse_severity(std::string_view text);  // any case; vendors' words too:
                                                                // important, moderate, untriaged

enum class FixState { kUnknown, kFixed, kNotFixed, kWontFix, kDeferred, kEndOfLife, kEnd };
std::string_view name_of(FixState state);  // "fixed", "not_fixed", "wont_fix", ...

enum class FindingStatus { kAffected, kUndetermined, kNotAffected, kSuppressed, kEnd };
std::string_view name_of(FindingStatus status);

enum class AdvisoryState { kActive, kDisputed, kRejected, kWithdrawn, kEnd };
std::string_view name_of(AdvisoryState state);

enum class FindingKind { kVulnerability, kMalicious, kEnd };
std::string_view name_of(FindingKind kind);

struct Cvss {
  std::string version;  // "3.1"
  std::string vector;
  double score = 0;  // base score
  std::string source;
  bool operator==(const Cvss&) const = default;
};

struct Epss {
  double score = 0;       // probability, 0..1
  double percentile = 0;  // 0..1
  std::string date;
  bool operator==(const Epss&) const = default;
};

struct Kev {
  std::string added, due;  // ISO dates
  bool ransomware = false;
  bool operator==(const Kev&) const = default;
};

struct Exploit {
  bool known = false;
  std::string first_seen;  // ISO date, or ""
  std::string reference;   // "EDB-28507"
  bool operator==(const Exploit&) const = default;
};

struct ScorePart {
  std::string name;
  int points = 0;
  bool operator==(const ScorePart&) const = default;
};

// A justification of VEX: the package is there, and the part of it that is vulnerable is not.
inline constexpr std::string_view kCodeNotPresent = "vulnerable_code_not_present";

// One vulnerability on one package of one image.
struct Finding {
  std::string id;                    // the vulnerability: a CVE id where there is one
  std::vector<std::string> aliases;  // other ids of the same weakness, never an advisory's
  FindingKind kind = FindingKind::kVulnerability;
  std::size_t package = 0;  // index into Inventory::packages
  FindingStatus status = FindingStatus::kAffected;
  std::string status_reason;  // why undetermined, not affected or suppressed
  // kNotAffected: why, as VEX documents say it (kCodeNotPresent); "" where none of its words fits.
  std::string justification;
  // Undetermined because the vendor has not said yet, not for want of facts about the image.
  bool open_at_vendor = false;
  Severity severity = Severity::kUnknown;
  std::string severity_source;  // feed the severity was taken from
  std::vector<Cvss> cvss;
  std::optional<Epss> epss;
  std::optional<Kev> kev;
  std::optional<Exploit> exploit;
  FixState fix_state = FixState::kUnknown;
  std::vector<std::string> fix_versions;
  std::string remediation;
  // The advisory behind it.
  std::string feed;         // feed name in the database
  std::string advisory_id;  // DSA-5380-1, ALSA-2023:6938, or the vulnerability's own id
  std::string advisory_url;
  AdvisoryState advisory_state = AdvisoryState::kActive;
  std::string document;  // path (and line) of the document inside the imported feed
  std::string rule;      // the matching rule that raised it, in words; `explain` prints it
  std::string summary;
  int score = 0;  // 0..100, the sum of the parts, capped
  std::vector<ScorePart> score_parts;

  bool operator==(const Finding&) const = default;
};

// Neither suppressed nor not affected: what makes a package "matched", and what lists show.
bool is_raised(const Finding& finding);

enum class CoverageState { kMatched, kClean, kUnassessed, kEnd };
std::string_view name_of(CoverageState state);

// What was assessed. One entry per package, in the inventory's order.
struct PackageCoverage {
  CoverageState state = CoverageState::kUnassessed;
  std::string reason;  // for kUnassessed: a short sentence, the same for all packages it holds for
  bool operator==(const PackageCoverage&) const = default;
};

}  // namespace seaworthy
