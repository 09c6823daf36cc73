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

// A problem may be gone the next time the layer is read; what cannot be seen in it (kOpaqueFile)
// will be the same.
bool may_read_better(const LayerInventory& layer) {
  return std::any_of(layer.problems.begin(), layer.problems.end(),
                     [](const Problem& each) { return each.code != problem::kOpaqueFile; });
}

}  // namespace

std::string LayerCache::path_of(const std::string& digest, const std::string& table_digest) const {
  const auto hex = [](const std::string& of) { return of.substr(of.find(':') + 1); };
  return directory_ + "/layers/" + std::to_string(kLayerInventoryVersion) + "." +
         std::to_string(kExtractorSetVersion) + "/" + hex(digest) +
         (table_digest.empty() ? "" : "." + hex(table_digest));
}

std::optional<LayerInventory> LayerCache::read(const std::string& path,
                                               const std::string& digest) const {
  const auto bytes = read_file(path, 1 * kGiB);
  if (!bytes || bytes->size() < kChecksumBytes) return std::nullopt;
  const std::string_view record = std::string_view(*bytes).substr(kChecksumBytes);
  if (sha256(record) != std::string_view(*bytes).substr(0, kChecksumBytes)) return std::nullopt;
  auto layer = unpack_layer(record);
  if (!layer || layer->digest != digest) return std::nullopt;
  return *std::move(layer);
}

std::optional<LayerInventory> LayerCache::find(const std::string& digest,
                                               const std::string& claimed_diff_id) const {
  if (directory_.empty() || !is_digest(digest)) return std::nullopt;
  auto layer = read(path_of(digest, ""), digest);
  if (!layer || layer->table.read_by_it()) return std::nullopt;
  if (!claimed_diff_id.empty() && layer->diff_id != claimed_diff_id) return std::nullopt;
  return layer;
}

std::optional<LayerInventory> LayerCache::find_by_table(const std::string& digest,
                                                        const std::string& table_digest) const {
  if (directory_.empty() || !is_digest(digest) || !is_digest(table_digest)) return std::nullopt;
  auto layer = read(path_of(digest, table_digest), digest);
  if (!layer || !layer->table.read_by_it() || layer->table.digest != table_digest) {
    return std::nullopt;
  }
  return layer;
}

Status LayerCache::put(const LayerInventory& layer) const {
  const bool by_table = layer.table.read_by_it();
  const bool named = by_table ? is_digest(layer.table.digest) : is_digest(layer.diff_id);
  if (directory_.empty() || !is_digest(layer.digest) || !named || may_read_better(layer) ||
      was_cut(layer)) {
    return ok_status();
  }
  const std::string path = path_of(layer.digest, by_table ? layer.table.digest : "");
  std::error_code failure;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failure);
  if (failure) return errno_error(failure.value(), "create cache directory for", path);
  const std::string record = pack(layer);
  return write_file_atomically(path, sha256(record) + record);
}

}  // namespace seaworthy
