#include "scan/pipeline/layer_table.h"

#include "scan/pipeline/layer_input.h"

namespace seaworthy {
namespace {

// Below this the whole layer arrives as fast as its table and a few parts would.
constexpr std::uint64_t kSmallLayerBytes = 4 * kMiB;

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

Result<LayerInventory> read_by_table(const ImageLayer& layer, const WorkerOptions& worker) {
  const LayerDescriptor& descriptor = layer.descriptor;
  ASSIGN_OR_RETURN(auto ranges, ServedRanges::start(layer.bytes.remote, descriptor.size));
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
