#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/tar.h"
#include "core/model/image.h"
#include "core/model/inventory.h"
#include "scan/extract/content_reading.h"
#include "scan/extract/extractor.h"
#include "scan/worker/held_files.h"
#include "scan/worker/layer_links.h"

namespace seaworthy {

// Turns the entries of one layer's tar into its inventory.
class LayerWalk {
 public:
  LayerWalk(const Limits& limits, ReportStep report_step, LayerForm form);

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
  static bool is_earlier(const SeenPath& a, const SeenPath& b);

  void visit(TarReader& tar, TarEntry& entry);
  bool visit_whiteout(const TarEntry& entry);
  // At or above a well-known path, or a file that an extractor wants.
  bool concerns_evidence(const std::string& path) const;
  void visit_link(const TarEntry& entry, std::uint64_t order);
  bool expects_file(const std::string& path) const;
  void visit_irregular(const TarEntry& entry, const char* what);
  void visit_directory(const TarEntry& entry);
  void visit_file(TarReader& tar, const TarEntry& entry, const Extractor& extractor);
  // A file that no extractor wants by its path: by its first bytes perhaps.
  void visit_content(TarReader& tar, const TarEntry& entry);
  Status feed_content(TarReader& tar, std::uint64_t at, ContentReading& reading);
  void keep_content(const TarEntry& entry, ContentReading& reading);
  void keep_evidence(const std::string& path, const Extractor& extractor, Evidence evidence);
  void forget(const TarEntry& entry);
  void keep_text(std::vector<std::string>& list, std::string text);
  bool charge(std::uint64_t bytes);
  bool stood_before(std::string_view path, std::uint64_t order) const;
  void keep_links();
  void split_paths();

  const Limits limits_;
  const ReportStep report_step_;
  const LayerForm form_;
  LayerInventory inventory_;
  std::unordered_set<std::string> anchors_;     // each anchor and every directory above it
  std::unordered_set<std::string_view> files_;  // the anchors that are files
  std::deque<SeenPath> paths_;  // grows without copying: 16 bytes per path at all times
  LayerLinks symlinks_;
  std::map<std::string, Link> links_;  // those that concern evidence
  std::map<std::string, Evidence> evidence_;
  HeldFiles held_;
  const std::unique_ptr<char[]> block_;  // for content that passes, kBlockBytes
  // Of whiteouts, opaques, links and evidence: a bound on what is kept of them.
  std::uint64_t text_bytes_ = 0;
  std::uint64_t dropped_problems_ = 0;
  bool text_limit_reported_ = false;
  bool failed_ = false;
};

}  // namespace seaworthy
