#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/finding.h"

namespace seaworthy {

// What an advisory says about one version range of one package.
struct VersionRange {
  std::string introduced;     // "" or "0": from the beginning
  std::string fixed;          // first version that is not affected; "" none
  std::string last_affected;  // last version that is affected; "" none
  // The versions behind `introduced` are affected, that one is not.
  bool introduced_excluded = false;
  bool operator==(const VersionRange&) const = default;
};

// Append only: stored. kUndetermined: the vendor leaves it open for good (Debian's "undetermined");
// kUnderInvestigation: the vendor says that it is still looking.
enum class AdvisoryStatus { kAffected, kNotAffected, kUndetermined, kUnderInvestigation, kEnd };

// A package of a Go module and those of its functions and methods that are vulnerable, as the Go
// vulnerability database names them: "Dial", "Client.Do". No symbols: every one may be.
struct AffectedImport {
  std::string path;
  std::vector<std::string> symbols;
  // Built for one of these only ("windows"); "" any; several are joined by "|".
  std::string goos, goarch;
  bool operator==(const AffectedImport&) const = default;
};

// One vulnerability of one package in one release, as one feed states it.
struct AdvisoryRow {
  std::string vulnerability;  // CVE id where there is one, else the advisory's own id
  std::string advisory_id;    // the document's id; "" where the feed has none of its own
  AdvisoryStatus status = AdvisoryStatus::kAffected;
  FixState fix_state = FixState::kUnknown;
  // Affected where any range or any listed version holds; with neither, every version is.
  std::vector<VersionRange> ranges;
  std::vector<std::string> versions;
  // Go: only binaries that contain one of these are affected; empty: nothing is known.
  std::vector<AffectedImport> imports;
  Severity severity = Severity::kUnknown;  // the vendor's own for this package
  bool unimportant = false;                // Debian: no security impact in the vendor's eyes
  FindingKind kind = FindingKind::kVulnerability;
  AdvisoryState state = AdvisoryState::kActive;
  std::string module;  // rpm module stream "name:stream"; "" not modular
  // "" any; several are joined by "|". "src": the row is about every package that was built from
  // the source package that it is filed under.
  std::string arch;
  // The vendor's line of products or support that the row is about; "" the release's standard one.
  // Ubuntu: esm-infra, esm-apps, fips, realtime, ...; Red Hat: "rhel_eus:8.4", "rhel_els:7",
  // "jboss_core_services:1" (vendor's product and version of the CPE); SUSE: "ltss".
  std::string channel;
  std::string note;      // the vendor's words: "postponed: Minor issue", "end of life"
  std::string document;  // member path in the imported source, ":line" behind it for line formats
  // Not stored in the row: which feed it came from; filled by AdvisoryDatabase::rows.
  std::string feed;
  bool operator==(const AdvisoryRow&) const = default;
};

// What one feed says about a vulnerability itself, whatever the package.
struct VulnerabilityDetails {
  std::string id;
  std::string summary;
  std::vector<std::string> aliases;
  Severity severity = Severity::kUnknown;
  std::vector<Cvss> cvss;
  std::string published, modified;  // RFC 3339 or ""
  AdvisoryState state = AdvisoryState::kActive;
  std::vector<std::string> references;
  std::string document;
  std::string feed;  // filled when read
  bool operator==(const VulnerabilityDetails&) const = default;
};

// A key of the advisory database. Ecosystems are os-release ids for distributions (debian, ubuntu,
// alpine, wolfi, almalinux, rocky, ...) and purl types for languages (npm, pypi, maven, golang,
// gem, cargo, ...). Releases are what os-release VERSION_ID says, cut to what the vendor's feed
// distinguishes: 12, 22.04, 3.18, 8, edge; "" where there are none.
struct PackageKey {
  std::string ecosystem, release, package;
  auto operator<=>(const PackageKey&) const = default;
};

}  // namespace seaworthy
