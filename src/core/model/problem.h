#pragma once

#include <string>
#include <vector>

namespace seaworthy {

// Something that went wrong but did not stop the scan. Problems travel with every result and every
// format shows them.
struct Problem {
  std::string path;     // file in the image, or the input itself; may be empty
  int layer = -1;       // index into Image::layers; -1: none
  std::string step;     // what was being done: "verify digest", "read tar", "extract os/dpkg"
  std::string code;     // stable, see below
  std::string message;  // for people

  bool operator==(const Problem&) const = default;
};

// Codes. "class" problems mean that a whole class of packages could not be judged: they make the
// verdict unknown (docs/reference/cli.md, Verdict).
namespace problem {
inline constexpr const char* kPackageDbCorrupt = "package-db-corrupt";  // class
inline constexpr const char* kPackageDbMissing = "package-db-missing";  // class
inline constexpr const char* kLimit = "limit";                          // class
inline constexpr const char* kLayerUnreadable = "layer-unreadable";     // class
inline constexpr const char* kWorkerCrashed = "worker-crashed";         // class
inline constexpr const char* kWorkerTimeout = "worker-timeout";         // class
inline constexpr const char* kNoFeed = "no-feed";                       // class
inline constexpr const char* kStaleFeed = "stale-feed";                 // class
inline constexpr const char* kPartNotPulled = "part-not-pulled";        // class
inline constexpr const char* kDatabaseDamaged = "database-damaged";     // class
// One record of a package database: the package in it is unknown, so what was listed is not all.
inline constexpr const char* kUnreadableRecord = "unreadable-record";  // class
// An SBOM that does not name source packages, by which advisories speak.
inline constexpr const char* kSourceUnknown = "source-unknown";    // class
inline constexpr const char* kUnresolvedLink = "unresolved-link";  // class
// An executable that holds more than could be listed: packed, stripped of its records, damaged.
inline constexpr const char* kOpaqueFile = "opaque-file";
inline constexpr const char* kRepositories = "repositories";  // Red Hat: products are assumed
inline constexpr const char* kPlatform = "platform";
inline constexpr const char* kSandbox = "sandbox";
inline constexpr const char* kCache = "cache";
inline constexpr const char* kDocument = "document";
}  // namespace problem

bool makes_verdict_unknown(const Problem& problem);

// Sorts by layer, path, step, code, message and drops repeats.
void sort_problems(std::vector<Problem>& problems);

}  // namespace seaworthy
