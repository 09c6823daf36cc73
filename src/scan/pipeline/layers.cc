#include "scan/pipeline/layers.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "core/base/file.h"
#include "core/base/guarded.h"
#include "scan/extract/extractor.h"
#include "scan/image/rootfs.h"
#include "scan/pipeline/cache.h"
#include "scan/pipeline/layer_input.h"
#include "scan/pipeline/layer_table.h"
#include "scan/worker/worker.h"

namespace seaworthy {
namespace {

// Adds up what several workers report.
class ProgressSum {
 public:
  ProgressSum(const Image& image, const ScanOptions& options) : options_(options) {
    for (const ImageLayer& layer : image.layers) total_ += layer.bytes.size;
  }

  WorkerOptions worker_options() {
    WorkerOptions worker{options_.limits, options_.sandbox, {}};
    if (options_.progress) {
      worker.progress = [this, last = std::uint64_t{0}](std::uint64_t bytes) mutable {
        done_ += bytes - last;
        last = bytes;
        options_.progress({"reading layers", done_, total_});
      };
    }
    return worker;
  }

 private:
  const ScanOptions& options_;
  std::uint64_t total_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
};

LayerJob job_of(const LayerDescriptor& descriptor) {
  LayerJob job;
  job.input.form = descriptor.form;
  job.digest = descriptor.digest;
  job.diff_id = descriptor.diff_id;
  return job;
}

// A layer as it arrives. `fetched` is the status of fetching it; where that failed, what the worker
// made of the part it saw means nothing. Where the worker ends early fetching ends too, and only
// the worker knows why.
Result<LayerInventory> read_remote_layer(const ImageLayer& layer, const WorkerOptions& worker,
                                         Status& fetched) {
  bool reader_gone = false;
  std::uint64_t arrived = 0;
  const auto write = [&](int out) -> Status {
    return layer.bytes.remote->stream([&](std::string_view block) {
      Status written = write_all(out, block);
      reader_gone = !written;
      arrived += block.size();
      return written;
    });
  };
  const LayerDescriptor& descriptor = layer.descriptor;
  ASSIGN_OR_RETURN(auto input, PipedInput::start(descriptor.digest, write));
  LayerJob job = job_of(descriptor);
  job.input.fd = input->fd();
  job.input.is_stream = true;
  auto read = read_layer(job, worker);
  fetched = input->finish();
  if (reader_gone) fetched = ok_status();
  if (!read && read.error().code == ErrorCode::kTimedOut && arrived < descriptor.size) {
    return Error{ErrorCode::kTimedOut, "its bytes came too slowly, " + std::to_string(arrived) +
                                           " of " + std::to_string(descriptor.size) +
                                           " in time: " + read.error().message};
  }
  return read;
}

// The same, and once more from the registry itself where a mirror may have given what is not this
// layer; `distrusted` says so then.
Result<LayerInventory> read_from_afar(const ImageLayer& layer, const WorkerOptions& worker,
                                      Status& fetched, std::string& distrusted) {
  auto read = read_remote_layer(layer, worker, fetched);
  if (!fetched || read || read.error().code != ErrorCode::kInvalidInput) return read;
  const std::string source = layer.bytes.remote->distrust();
  if (source.empty()) return read;
  distrusted = source + " gave another layer, so it was read from the registry itself: " +
               read.error().message;
  return read_remote_layer(layer, worker, fetched);
}

Result<LayerInventory> read_stored_layer(const ImageLayer& layer, const WorkerOptions& worker) {
  const LayerBytes& bytes = layer.bytes;
  LayerJob job = job_of(layer.descriptor);
  job.input.fd = bytes.file->get();
  job.input.offset = bytes.offset;
  job.input.size = bytes.size;
  return read_layer(job, worker);
}

// What an earlier scan kept of the layer. What it says of a table that this image does not name is
// not this image's business.
std::optional<LayerInventory> find_cached(const LayerDescriptor& descriptor, bool by_table,
                                          const LayerCache& cache) {
  auto cached = cache.find(descriptor.digest, descriptor.diff_id);
  if (!cached && by_table) {
    return cache.find_by_table(descriptor.digest, descriptor.table->digest);
  }
  if (cached && !(by_table && cached->table.digest == descriptor.table->digest)) {
    cached->table = {};
  }
  return cached;
}

// The inventory of a missing layer is right all the same where an earlier scan verified it.
void say_cached(const ImageLayer& layer, int index, LayerInventory& cached) {
  cached.problems.push_back({"", index, "open layer", problem::kCache,
                             layer.missing + "; what it holds is known from an earlier scan"});
}

// A cache that cannot be written costs time, not truth; the scan says so and goes on.
void keep(const LayerCache& cache, int index, LayerInventory& layer) {
  if (const Status kept = cache.put(layer); !kept) {
    layer.problems.push_back({"", index, "write cache", problem::kCache, kept.error().message});
  }
}

Result<LayerInventory> read_one_layer(const ImageLayer& layer, int index, const LayerCache& cache,
                                      bool by_table, const WorkerOptions& worker) {
  const LayerDescriptor& descriptor = layer.descriptor;
  // A cached inventory is that of a plain tar: the same bytes read as another form say other
  // things.
  const bool may_cache = descriptor.form == LayerForm::kTar;
  const bool is_incomplete = layer.bytes.missing() && !layer.missing_by_design;
  if (may_cache) {
    if (auto cached = find_cached(descriptor, by_table, cache)) {
      if (is_incomplete) say_cached(layer, index, *cached);
      return *std::move(cached);
    }
  }
  // An image without one of its layers is another image: what it holds is not known in part.
  if (is_incomplete) {
    return Error{ErrorCode::kInvalidInput, layer.missing + ": the image is incomplete"};
  }
  LayerInventory unread;
  unread.digest = descriptor.digest;
  if (layer.bytes.missing()) {
    unread.problems.push_back({"", index, "open layer", problem::kLayerUnreadable, layer.missing});
    return unread;
  }
  const auto in_layer = [&](Error error) {
    return std::move(error).during("layer " + std::to_string(index));
  };
  TableUse refused;
  if (by_table) {
    auto read = read_by_table(layer, worker);
    if (read) {
      keep(cache, index, *read);
      return read;
    }
    refused = {std::string(name_of(descriptor.table->form)), descriptor.table->digest,
               read.error().message, 0};
  }
  Status fetched = ok_status();
  std::string distrusted;
  auto read = layer.bytes.remote != nullptr ? read_from_afar(layer, worker, fetched, distrusted)
                                            : read_stored_layer(layer, worker);
  // Gone, or perhaps to be had a minute later: half a report helps nobody.
  if (!fetched) return in_layer(std::move(fetched).error());
  if (!read && read.error().code == ErrorCode::kInvalidInput) {
    return in_layer(std::move(read).error());
  }
  if (!read) {
    unread.problems.push_back(layer_problem(read.error(), index));
    return unread;
  }
  read->table = std::move(refused);
  if (may_cache) keep(cache, index, *read);
  if (!distrusted.empty()) {
    read->problems.push_back({"", index, "fetch layer", problem::kCache, std::move(distrusted)});
  }
  return read;
}

Result<std::vector<LayerInventory>> read_rootfs(const Image& image, const ScanOptions& options) {
  std::vector<Problem> problems;
  ASSIGN_OR_RETURN(auto input, PipedInput::start(image.rootfs, [&](int out) {
                     return stream_rootfs(image.rootfs, out, options.limits, wanted_content(),
                                          problems);
                   }));
  ProgressSum progress(image, options);
  auto read = read_layer({{input->fd(), 0, 0, true}, "", "", {}}, progress.worker_options());
  const Status walked = input->finish();
  if (!walked && read) return Error(walked.error()).during("walk " + image.rootfs);
  LayerInventory layer;
  if (read) {
    layer = *std::move(read);
  } else {
    layer.problems.push_back(layer_problem(read.error(), 0));
  }
  layer.problems.insert(layer.problems.end(), problems.begin(), problems.end());
  return std::vector<LayerInventory>{std::move(layer)};
}

// Layers that arrive wait for each other's inflating on a link that could be sending: with one
// stream per core, two cores leave 1 Gbit/s idle for a sixth of the time. Six at a time is what
// skopeo fetches.
std::size_t jobs_for(const Image& image, const ScanOptions& options) {
  constexpr std::size_t kStreams = 6;
  if (options.jobs > 0) return static_cast<std::size_t>(options.jobs);
  const bool arrives =
      std::any_of(image.layers.begin(), image.layers.end(),
                  [](const ImageLayer& layer) { return layer.bytes.remote != nullptr; });
  return std::max<std::size_t>(arrives ? kStreams : 1, std::thread::hardware_concurrency());
}

}  // namespace

Problem layer_problem(const Error& error, int layer) {
  const char* code = problem::kLayerUnreadable;
  if (error.code == ErrorCode::kUnavailable) code = problem::kWorkerCrashed;
  if (error.code == ErrorCode::kTimedOut) code = problem::kWorkerTimeout;
  if (error.code == ErrorCode::kLimitExceeded) code = problem::kLimit;
  return {"", layer, "read layer", code, error.message};
}

Result<std::vector<LayerInventory>> read_layers(const Image& image, const ScanOptions& options) {
  if (!image.rootfs.empty()) return read_rootfs(image, options);
  const LayerCache cache(options.cache_directory);
  ProgressSum progress(image, options);
  std::vector<LayerInventory> layers(image.layers.size());
  std::atomic<std::size_t> next = 0;
  Guarded<std::optional<Error>> failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < layers.size(); i = next++) {
      const bool by_table = !options.full_layers && has_useful_table(image.layers[i]);
      auto read = read_one_layer(image.layers[i], static_cast<int>(i), cache, by_table,
                                 progress.worker_options());
      if (read) {
        layers[i] = *std::move(read);
        continue;
      }
      failure.with([&](std::optional<Error>& first) {
        if (!first) first = std::move(read).error();
      });
      next = layers.size();  // the image is refused: no further layer matters
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t jobs = std::min(jobs_for(image, options), layers.size());
    for (std::size_t i = 1; i < jobs; ++i) threads.emplace_back(work);
    work();
  }
  std::optional<Error> failed =
      failure.with([](std::optional<Error>& first) { return std::move(first); });
  if (failed) return *std::move(failed);
  return layers;
}

}  // namespace seaworthy
