#include "scan/pipeline/layer_table.h"

#include <memory>

namespace seaworthy {
namespace {

// Below this the whole layer arrives as fast as its table and a few parts would.
constexpr std::uint64_t kSmallLayerBytes = 4 * kMiB;

// A layer with its table behind it, as if they were one blob (soci_place()).
class LayerThenTable final : public RemoteBlob {
 public:
  LayerThenTable(const LayerBytes& layer, const LayerBytes& table)
      : layer_(layer.remote), layer_bytes_(layer.size), table_(table.remote) {}

  Status stream(const std::function<Status(std::string_view)>&) const override {
    return Error{ErrorCode::kUnsupported, "only parts are read"};
  }
  Result<std::string> range(std::uint64_t offset, std::uint64_t size) const override {
    if (offset >= layer_bytes_) return table_->range(offset - layer_bytes_, size);
    return layer_->range(offset, size);  // refuses what reaches behind its end
  }

 private:
  const std::shared_ptr<const RemoteBlob> layer_;
  const std::uint64_t layer_bytes_;
  const std::shared_ptr<const RemoteBlob> table_;
};

}  // namespace

bool has_useful_table(const ImageLayer& layer) {
  const LayerDescriptor& descriptor = layer.descriptor;
  return descriptor.table && descriptor.form == LayerForm::kTar && layer.bytes.remote != nullptr &&
         descriptor.size >= kSmallLayerBytes;
}

WorkerInput table_input(const ImageLayer& layer, int channel) {
  WorkerInput input;
  input.fd = channel;
  input.size = layer.descriptor.size;
  input.table = layer.descriptor.table;
  return input;
}

Result<std::unique_ptr<ServedRanges>> serve_ranges(const ImageLayer& layer) {
  const std::uint64_t size = layer.descriptor.size;
  if (!layer.table_missing.empty()) return Error{ErrorCode::kUnavailable, layer.table_missing};
  if (layer.table.remote == nullptr) return ServedRanges::start(layer.bytes.remote, size);
  return ServedRanges::start(std::make_shared<LayerThenTable>(layer.bytes, layer.table),
                             size + layer.table.size);
}

Result<LayerInventory> read_by_table(const ImageLayer& layer, const WorkerOptions& worker) {
  const LayerDescriptor& descriptor = layer.descriptor;
  ASSIGN_OR_RETURN(auto ranges, serve_ranges(layer));
  auto read = read_layer({table_input(layer, ranges->fd()), "", "", {}}, worker);
  const std::uint64_t fetched = ranges->finish();
  if (!read) return read;
  read->digest = descriptor.digest;
  read->diff_id.clear();
  read->stored_bytes = descriptor.size;
  read->table = {std::string(name_of(descriptor.table->form)), descriptor.table->digest, "",
                 fetched};
  return read;
}

}  // namespace seaworthy
