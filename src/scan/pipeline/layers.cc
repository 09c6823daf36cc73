#include "scan/pipeline/layers.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
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
#include "scan/worker/worker.h"

namespace seaworthy {
namespace {

// A root directory as a stream: a thread walks it and writes a tar into a pipe, from which the
// sandboxed worker reads it like any layer. The thread ends when the walk does or the worker
// closes its end.
class RootfsStream {
 public:
  using Wanted = std::function<bool(std::string_view path, std::uint64_t size)>;

  static Result<std::unique_ptr<RootfsStream>> open(const std::string& root, const Limits& limits,
                                                    Wanted wanted) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error(errno, "create a pipe for", root);
    auto stream = std::unique_ptr<RootfsStream>(new RootfsStream);
    stream->read_end_ = Fd(ends[0]);
    stream->walk_ = std::jthread(
        [out = Fd(ends[1]), root, limits, wanted = std::move(wanted), to = stream.get()] {
          to->status_ = stream_rootfs(root, out.get(), limits, wanted, to->problems_);
        });
    return stream;
  }

  int fd() const { return read_end_.get(); }

  // Waits for the walk. Call when the worker is done.
  Status finish(std::vector<Problem>& problems) {
    read_end_.reset();
    walk_.join();
    problems.insert(problems.end(), problems_.begin(), problems_.end());
    return status_;
  }

 private:
  RootfsStream() = default;
  Fd read_end_;
  Status status_ = ok_status();    // written by the walk, read after join
  std::vector<Problem> problems_;  // likewise
  std::jthread walk_;              // last: joined before the members it writes are gone
};

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

Result<LayerInventory> read_one_layer(const ImageLayer& layer, int index, const LayerCache& cache,
                                      const WorkerOptions& worker) {
  const LayerDescriptor& descriptor = layer.descriptor;
  if (auto cached = cache.find(descriptor.digest, descriptor.diff_id)) return *std::move(cached);
  LayerInventory unread;
  unread.digest = descriptor.digest;
  if (layer.bytes.file == nullptr) {
    unread.problems.push_back({"", index, "open layer", problem::kLayerUnreadable, layer.missing});
    return unread;
  }
  const LayerJob job{{layer.bytes.file->get(), layer.bytes.offset, layer.bytes.size, false},
                     descriptor.digest,
                     descriptor.diff_id,
                     {}};
  auto read = read_layer(job, worker);
  if (!read && read.error().code == ErrorCode::kInvalidInput) {
    return std::move(read).error().during("layer " + std::to_string(index));
  }
  if (!read) {
    unread.problems.push_back(layer_problem(read.error(), index));
    return unread;
  }
  if (const Status kept = cache.put(*read); !kept) {
    // A cache that cannot be written costs time, not truth; the scan says so and goes on.
    read->problems.push_back({"", index, "write cache", problem::kCache, kept.error().message});
  }
  return read;
}

Result<std::vector<LayerInventory>> read_rootfs(const Image& image, const ScanOptions& options) {
  ASSIGN_OR_RETURN(auto stream, RootfsStream::open(image.rootfs, options.limits,
                                                   [](std::string_view path, std::uint64_t size) {
                                                     return extractor_for({path, size}) != nullptr;
                                                   }));
  ProgressSum progress(image, options);
  auto read = read_layer({{stream->fd(), 0, 0, true}, "", "", {}}, progress.worker_options());
  std::vector<Problem> problems;
  const Status walked = stream->finish(problems);
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
                                               const WorkerOptions& worker,
                                               std::vector<Problem>& problems) {
  AssembleJob job;
  std::map<std::size_t, std::size_t> input_of;  // layer → input
  std::unique_ptr<RootfsStream> stream;
  for (const SecondPass::File& file : request.files) {
    if (!input_of.contains(file.layer)) {
      input_of[file.layer] = job.inputs.size();
      if (!image.rootfs.empty()) {
        const auto wanted = [files = request.files](std::string_view path, std::uint64_t) {
          return std::any_of(files.begin(), files.end(), [&](const SecondPass::File& each) {
            return each.path.ends_with('/') ? path.starts_with(each.path) : path == each.path;
          });
        };
        ASSIGN_OR_RETURN(stream, RootfsStream::open(image.rootfs, worker.limits, wanted));
        job.inputs.push_back({stream->fd(), 0, 0, true});
      } else {
        const LayerBytes& bytes = image.layers.at(file.layer).bytes;
        if (bytes.file == nullptr) return Error{ErrorCode::kNotFound, "the layer is missing"};
        job.inputs.push_back({bytes.file->get(), bytes.offset, bytes.size, false});
      }
    }
    job.files.push_back({input_of[file.layer], file.path, file.as_path});
  }
  auto evidence = assemble(job, worker);
  if (stream) {
    const Status walked = stream->finish(problems);
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
  for (const SecondPass& request : fold.second_pass) {
    SecondPassResult result{request.layer, {}, {}};
    auto evidence =
        assemble_request(image, request, {options.limits, options.sandbox, {}}, result.problems);
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
