#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/report.h"
#include "scan/image/image.h"
#include "scan/policy/policy.h"
#include "scan/worker/worker.h"

namespace seaworthy {

struct ScanProgress {
  std::string step;         // "reading layers"
  std::uint64_t done = 0;   // compressed bytes
  std::uint64_t total = 0;  // 0: unknown
};

struct ScanOptions {
  std::vector<Platform> platforms;
  bool all_platforms = false;
  Limits limits;
  Sandbox sandbox = Sandbox::kAuto;
  std::string cache_directory;  // "" none
  std::string containerd_root = "/var/lib/containerd";
  std::string database_directory;
  int jobs = 0;                // 0: one per core, six from a registry
  bool full_layers = false;    // no layer is read by its table of contents
  bool attached_soci = false;  // SOCI indexes are believed that are attached to an image
  RegistryOptions registry;
  bool match = true;  // false: `sbom`, inventory only
  Thresholds thresholds;
  UnixSeconds now = 0;
  std::string tool_version;
  std::function<void(const ScanProgress&)> progress;  // may be called from any thread
};

// One scan from target to report: reference → image → layer inventories → inventory → findings and
// coverage → verdict. One report per platform of an index. An Error means that no report could be
// made at all (exit code 1, or 64 for kUsage).
Result<std::vector<Report>> scan(const std::string& target, const ScanOptions& options);

// $XDG_CACHE_HOME/seaworthy, or ~/.cache/seaworthy.
std::string default_cache_directory();

}  // namespace seaworthy
