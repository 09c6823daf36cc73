#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/tar.h"
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

// Turns the entries of one layer's tar into its inventory.
class LayerWalk {
 public:
  LayerWalk(const Limits& limits, ReportStep report_step);

  // Walks to the end, or to where the tar breaks, which is then a problem of the inventory.
  void walk(TarReader& tar);
  bool failed() const { return failed_; }  // the walk ended before the archive's end
  // The inventory but for what the stream knows: digests and sizes. Call once.
  LayerInventory finish();
  void add_problem(std::string path, std::string step, const Error& error);

 private:
  // Every path in the order of arrival; the last entry of a path decides what it is.
  struct SeenPath {
    std::uint64_t hash;
    std::uint64_t order_and_kind;  // lowest bit: a directory
  };

  void visit(TarReader& tar, const TarEntry& entry);
  bool visit_whiteout(const TarEntry& entry);
  // At or above a well-known path, or a file that an extractor wants.
  bool concerns_evidence(const std::string& path) const;
  void visit_link(const TarEntry& entry);
  void visit_file(TarReader& tar, const TarEntry& entry, const Extractor& extractor);
  void forget(const TarEntry& entry);
  void keep_text(std::vector<std::string>& list, std::string text);
  bool charge(std::uint64_t bytes);
  void split_paths();

  const Limits limits_;
  const ReportStep report_step_;
  LayerInventory inventory_;
  std::unordered_set<std::string> anchors_;  // each anchor and every directory above it
  std::deque<SeenPath> paths_;  // grows without copying: 16 bytes per path at all times
  std::map<std::string, Link> links_;
  std::map<std::string, Evidence> evidence_;
  HeldFiles held_;
  // Of whiteouts, opaques, links and of the files behind evidence: a bound on what is kept of them.
  std::uint64_t text_bytes_ = 0;
  std::uint64_t dropped_problems_ = 0;
  bool text_limit_reported_ = false;
  bool failed_ = false;
};

}  // namespace seaworthy
