#include "scan/pipeline/cache.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/codec/digest.h"
#include "scan/extract/extractor.h"

namespace seaworthy {
namespace {

constexpr std::size_t kChecksumBytes = 71;  // "sha256:" and 64 digits in front of the record

// A file that was too large for this scan's limits may fit the next one's.
bool was_cut(const LayerInventory& layer) {
  return std::any_of(layer.evidence.begin(), layer.evidence.end(), [](const Evidence& evidence) {
    return std::any_of(evidence.problems.begin(), evidence.problems.end(),
                       [](const Problem& each) { return each.code == problem::kLimit; });
  });
}

}  // namespace

std::string LayerCache::path_of(const std::string& digest) const {
  return directory_ + "/layers/" + std::to_string(kLayerInventoryVersion) + "." +
         std::to_string(kExtractorSetVersion) + "/" + digest.substr(digest.find(':') + 1);
}

std::optional<LayerInventory> LayerCache::find(const std::string& digest,
                                               const std::string& claimed_diff_id) const {
  if (directory_.empty() || !is_digest(digest)) return std::nullopt;
  const auto bytes = read_file(path_of(digest), 1 * kGiB);
  if (!bytes || bytes->size() < kChecksumBytes) return std::nullopt;
  const std::string_view record = std::string_view(*bytes).substr(kChecksumBytes);
  if (sha256(record) != std::string_view(*bytes).substr(0, kChecksumBytes)) return std::nullopt;
  auto layer = unpack_layer(record);
  if (!layer || layer->digest != digest) return std::nullopt;
  if (!claimed_diff_id.empty() && layer->diff_id != claimed_diff_id) return std::nullopt;
  return *std::move(layer);
}

Status LayerCache::put(const LayerInventory& layer) const {
  if (directory_.empty() || !is_digest(layer.digest) || !is_digest(layer.diff_id) ||
      !layer.problems.empty() || was_cut(layer)) {
    return ok_status();
  }
  const std::string path = path_of(layer.digest);
  std::error_code failure;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failure);
  if (failure) return errno_error(failure.value(), "create cache directory for", path);
  const std::string record = pack(layer);
  return write_file_atomically(path, sha256(record) + record);
}

}  // namespace seaworthy
