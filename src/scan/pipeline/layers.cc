#include "scan/pipeline/layers.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "core/base/file.h"
#include "core/base/guarded.h"
#include "scan/extract/extractor.h"
#include "scan/image/rootfs.h"
#include "scan/overlay/overlay.h"
#include "scan/pipeline/cache.h"
#include "scan/pipeline/layer_input.h"
#include "scan/worker/worker.h"

namespace seaworthy {
namespace {

Problem layer_problem(const Error& error, int layer) {
  const char* code = problem::kLayerUnreadable;
  if (error.code == ErrorCode::kUnavailable) code = problem::kWorkerCrashed;
  if (error.code == ErrorCode::kTimedOut) code = problem::kWorkerTimeout;
  if (error.code == ErrorCode::kLimitExceeded) code = problem::kLimit;
  return {"", layer, "read layer", code, error.message};
}

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

// A layer as it arrives. `fetched` is the status of fetching it; where that failed, what the worker
// made of the part it saw means nothing. Where the worker ends early fetching ends too, and only
// the worker knows why.
Result<LayerInventory> read_remote_layer(const ImageLayer& layer, const WorkerOptions& worker,
                                         Status& fetched) {
  bool reader_gone = false;
  const auto write = [&](int out) -> Status {
    return layer.bytes.remote->stream([&](std::string_view block) {
      Status written = write_all(out, block);
      reader_gone = !written;
      return written;
    });
  };
  const LayerDescriptor& descriptor = layer.descriptor;
  ASSIGN_OR_RETURN(auto input, PipedInput::start(descriptor.digest, write));
  auto read = read_layer(
      {{input->fd(), 0, 0, true, descriptor.form}, descriptor.digest, descriptor.diff_id, {}},
      worker);
  fetched = input->finish();
  if (reader_gone) fetched = ok_status();
  return read;
}

Result<LayerInventory> read_stored_layer(const ImageLayer& layer, const WorkerOptions& worker) {
  const LayerBytes& bytes = layer.bytes;
  return read_layer({{bytes.file->get(), bytes.offset, bytes.size, false, layer.descriptor.form},
                     layer.descriptor.digest,
                     layer.descriptor.diff_id,
                     {}},
                    worker);
}

Result<LayerInventory> read_one_layer(const ImageLayer& layer, int index, const LayerCache& cache,
                                      const WorkerOptions& worker) {
  const LayerDescriptor& descriptor = layer.descriptor;
  // A cached inventory is that of a plain tar: the same bytes read as another form say other
  // things.
  const bool may_cache = descriptor.form == LayerForm::kTar;
  if (may_cache) {
    if (auto cached = cache.find(descriptor.digest, descriptor.diff_id)) return *std::move(cached);
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
  Status fetched = ok_status();
  auto read = layer.bytes.remote != nullptr ? read_remote_layer(layer, worker, fetched)
                                            : read_stored_layer(layer, worker);
  if (!fetched && fetched.error().code == ErrorCode::kNotFound) {
    unread.problems.push_back(
        {"", index, "fetch layer", problem::kLayerUnreadable, fetched.error().message});
    return unread;
  }
  // Perhaps a minute later all of it can be had: half a report helps nobody.
  if (!fetched) return in_layer(std::move(fetched).error());
  if (!read && read.error().code == ErrorCode::kInvalidInput) {
    return in_layer(std::move(read).error());
  }
  if (!read) {
    unread.problems.push_back(layer_problem(read.error(), index));
    return unread;
  }
  if (!may_cache) return read;
  if (const Status kept = cache.put(*read); !kept) {
    // A cache that cannot be written costs time, not truth; the scan says so and goes on.
    read->problems.push_back({"", index, "write cache", problem::kCache, kept.error().message});
  }
  return read;
}

bool is_wanted_file(std::string_view path, std::uint64_t size) {
  return extractor_for({path, size}) != nullptr;
}

Result<std::vector<LayerInventory>> read_rootfs(const Image& image, const ScanOptions& options) {
  std::vector<Problem> problems;
  ASSIGN_OR_RETURN(auto input, PipedInput::start(image.rootfs, [&](int out) {
                     return stream_rootfs(image.rootfs, out, options.limits, is_wanted_file,
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

FoldRules fold_rules() {
  FoldRules rules;
  std::set<std::string_view> anchors;
  for (const Extractor* extractor : all_extractors()) {
    anchors.insert(extractor->anchors.begin(), extractor->anchors.end());
  }
  rules.anchors.assign(anchors.begin(), anchors.end());
  rules.companions = [](std::string_view name, std::string_view path) -> std::vector<std::string> {
    const Extractor* extractor = find_extractor(name);
    if (extractor == nullptr || extractor->companions == nullptr) return {};
    return extractor->companions(path);
  };
  rules.is_database = [](std::string_view name) {
    const Extractor* extractor = find_extractor(name);
    return extractor != nullptr && extractor->is_database;
  };
  return rules;
}

// One request of the fold, read by one worker.
Result<std::vector<Evidence>> assemble_request(const Image& image, const SecondPass& request,
                                               const WorkerOptions& worker, LayerSpool& spool,
                                               std::vector<Problem>& problems) {
  AssembleJob job;
  std::map<std::size_t, std::size_t> input_of;  // layer → input
  std::vector<LayerBytes> held;                 // keeps their files open
  const auto wanted = [&request](std::string_view path, std::uint64_t) {
    return std::any_of(
        request.files.begin(), request.files.end(), [&](const SecondPass::File& each) {
          return each.path.ends_with('/') ? path.starts_with(each.path) : path == each.path;
        });
  };
  std::unique_ptr<PipedInput> walk;
  for (const SecondPass::File& file : request.files) {
    if (!input_of.contains(file.layer)) {
      input_of[file.layer] = job.inputs.size();
      if (!image.rootfs.empty()) {
        ASSIGN_OR_RETURN(walk, PipedInput::start(image.rootfs, [&](int out) {
                           return stream_rootfs(image.rootfs, out, worker.limits, wanted, problems);
                         }));
        job.inputs.push_back({walk->fd(), 0, 0, true});
      } else {
        ASSIGN_OR_RETURN(const LayerBytes bytes, spool.bytes_of(file.layer));
        held.push_back(bytes);
        job.inputs.push_back({bytes.file->get(), bytes.offset, bytes.size, false,
                              image.layers[file.layer].descriptor.form});
      }
    }
    job.files.push_back({input_of[file.layer], file.path, file.as_path});
  }
  auto evidence = assemble(job, worker);
  if (walk) {
    const Status walked = walk->finish();
    if (!walked && evidence) return walked.error();
  }
  return evidence;
}

}  // namespace

Result<std::vector<LayerInventory>> read_layers(const Image& image, const ScanOptions& options) {
  if (!image.rootfs.empty()) return read_rootfs(image, options);
  const LayerCache cache(options.cache_directory);
  ProgressSum progress(image, options);
  std::vector<LayerInventory> layers(image.layers.size());
  std::atomic<std::size_t> next = 0;
  Guarded<std::optional<Error>> failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < layers.size(); i = next++) {
      auto read =
          read_one_layer(image.layers[i], static_cast<int>(i), cache, progress.worker_options());
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
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t jobs = options.jobs > 0 ? static_cast<std::size_t>(options.jobs) : cores;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min(jobs, layers.size()); ++i) threads.emplace_back(work);
    work();
  }
  std::optional<Error> failed =
      failure.with([](std::optional<Error>& first) { return std::move(first); });
  if (failed) return *std::move(failed);
  return layers;
}

Result<Inventory> fold_image(const Image& image, const std::vector<LayerInventory>& layers,
                             const ScanOptions& options) {
  const FoldRules rules = fold_rules();
  Fold fold = fold_layers(layers, rules);
  if (fold.second_pass.empty()) return std::move(fold.inventory);
  std::vector<SecondPassResult> results;
  LayerSpool spool(image, options.limits);
  for (const SecondPass& request : fold.second_pass) {
    SecondPassResult result{request.layer, {}, {}};
    auto evidence = assemble_request(image, request, {options.limits, options.sandbox, {}}, spool,
                                     result.problems);
    if (evidence) {
      result.evidence = *std::move(evidence);
      if (result.evidence.empty() && !request.files.front().path.ends_with('/')) {
        result.problems.push_back({request.files.front().as_path, static_cast<int>(request.layer),
                                   "read linked file", problem::kUnresolvedLink,
                                   request.files.front().path + " is no plain file there"});
      }
    } else {
      Problem problem = layer_problem(evidence.error(), static_cast<int>(request.layer));
      problem.path = request.files.front().as_path;
      problem.step = "read linked file";
      result.problems.push_back(std::move(problem));
    }
    results.push_back(std::move(result));
  }
  return fold_layers(layers, rules, results).inventory;
}

}  // namespace seaworthy
