#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/inventory.h"
#include "scan/extract/extractor.h"

namespace seaworthy {

// Says which step the worker is in, for the message of a stall or crash.
using ReportStep = std::function<void(const std::string& step)>;

// Runs an extractor and completes what it gives: names, and path and step of its problems. A file
// that cannot be read at all gives evidence without packages that carries the problem, so that the
// problem disappears where a higher layer replaces the file.
Evidence run_extractor(const Extractor& extractor, std::span<const FileView> files,
                       const Limits& limits);
// The same for what an extractor gave already.
Evidence complete_evidence(const Extractor& extractor, std::string_view path,
                           Result<Evidence> extracted);
// About how much memory it takes.
std::uint64_t kept_bytes(const Evidence& evidence);
// Adds what another extractor found in the same file; packages that are there already are left out.
void join_evidence(Evidence& evidence, Evidence more);
// For a wanted file that has more than the `most` bytes that are read of it.
Error file_too_large(std::uint64_t most, std::uint64_t size);
// Evidence that is only a problem with the file.
Evidence failed_evidence(const Extractor& extractor, std::string_view path, const Error& error);

// Wanted files that wait for their companions, or for the end of a layer.
class HeldFiles {
 public:
  explicit HeldFiles(const Limits& limits) : limits_(limits) {}

  // kLimitExceeded where this file would exceed limits.memory_bytes. Replaces an older one.
  Status add(const Extractor& extractor, std::string path, std::string bytes);
  bool fits(std::uint64_t size) const { return bytes_ + size <= limits_.memory_bytes; }
  void remove(const std::string& path);
  // Files below the directory `path` too.
  void remove_tree(const std::string& path);
  // Extracts every primary file with those of its companions that are here, and empties this.
  std::vector<Evidence> extract_all(const ReportStep& report_step);

 private:
  struct File {
    const Extractor* extractor;
    std::string bytes;
  };
  const Limits limits_;
  std::map<std::string, File> files_;
  std::uint64_t bytes_ = 0;
};

}  // namespace seaworthy
