// The fold of an image's layers, and the second pass over those of them that the fold asks for.
#include <algorithm>
#include <map>
#include <set>

#include "scan/extract/extractor.h"
#include "scan/image/rootfs.h"
#include "scan/overlay/overlay.h"
#include "scan/pipeline/layer_input.h"
#include "scan/pipeline/layer_table.h"
#include "scan/pipeline/layers.h"
#include "scan/worker/worker.h"

namespace seaworthy {
namespace {

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
  rules.is_program = [](std::string_view name) {
    const Extractor* extractor = find_extractor(name);
    return extractor != nullptr && extractor->wants_content != nullptr;
  };
  rules.wants = [](std::string_view path) { return extractor_for({path, 0}) != nullptr; };
  return rules;
}

// What the second pass reads from.
struct SecondPassSource {
  const Image& image;
  const std::vector<LayerInventory>& layers;
  LayerSpool spool;
};

// Gives a worker what a second pass reads, and keeps it open.
class SecondPassInputs {
 public:
  SecondPassInputs(SecondPassSource& source, bool by_table) : source_(source), tables_(by_table) {}

  Result<WorkerInput> open(std::size_t layer) {
    const ImageLayer& described = source_.image.layers[layer];
    if (tables_ && source_.layers[layer].table.read_by_it()) {
      ASSIGN_OR_RETURN(auto ranges, serve_ranges(described));
      ranges_.push_back(std::move(ranges));
      return table_input(described, ranges_.back()->fd());
    }
    ASSIGN_OR_RETURN(LayerBytes bytes, source_.spool.bytes_of(layer));
    held_.push_back(bytes);
    return WorkerInput{bytes.file->get(), bytes.offset, bytes.size, false,
                       described.descriptor.form};
  }
  bool used_tables() const { return !ranges_.empty(); }

 private:
  SecondPassSource& source_;
  const bool tables_;
  std::vector<LayerBytes> held_;
  std::vector<std::unique_ptr<ServedRanges>> ranges_;
};

Result<Assembled> assemble_layers(SecondPassInputs& inputs, const SecondPass& request,
                                  const WorkerOptions& worker) {
  AssembleJob job;
  std::map<std::size_t, std::size_t> input_of;  // layer → input
  for (const SecondPass::File& file : request.files) {
    if (!input_of.contains(file.layer)) {
      ASSIGN_OR_RETURN(WorkerInput input, inputs.open(file.layer));
      input_of[file.layer] = job.inputs.size();
      job.inputs.push_back(std::move(input));
    }
    job.files.push_back({input_of[file.layer], file.path, file.as_path, file.before});
  }
  return assemble(job, worker);
}

Result<Assembled> assemble_rootfs(const std::string& rootfs, const SecondPass& request,
                                  const WorkerOptions& worker, std::vector<Problem>& problems) {
  const auto wanted = [&request](std::string_view path, std::uint64_t) {
    return std::any_of(
        request.files.begin(), request.files.end(), [&](const SecondPass::File& each) {
          return each.path.ends_with('/') ? path.starts_with(each.path) : path == each.path;
        });
  };
  ASSIGN_OR_RETURN(auto walk, PipedInput::start(rootfs, [&](int out) {
                     return stream_rootfs(rootfs, out, worker.limits, {wanted}, problems);
                   }));
  AssembleJob job;
  job.inputs.push_back({walk->fd(), 0, 0, true});
  for (const SecondPass::File& file : request.files) {
    job.files.push_back({0, file.path, file.as_path, file.before});
  }
  auto assembled = assemble(job, worker);
  const Status walked = walk->finish();
  if (!walked && assembled) return walked.error();
  return assembled;
}

// One request of the fold, read by one worker.
Result<Assembled> assemble_request(SecondPassSource& source, const SecondPass& request,
                                   const WorkerOptions& worker, std::vector<Problem>& problems) {
  if (!source.image.rootfs.empty()) {
    return assemble_rootfs(source.image.rootfs, request, worker, problems);
  }
  SecondPassInputs inputs(source, true);
  auto assembled = assemble_layers(inputs, request, worker);
  if (assembled || !inputs.used_tables()) return assembled;
  SecondPassInputs whole(source, false);
  return assemble_layers(whole, request, worker);
}

std::vector<ChainedLink> chained(const SecondPass& request, const std::vector<FoundLink>& found) {
  // Inputs are numbered as assemble_layers() numbers them: by the first file of each layer.
  std::vector<std::size_t> layer_of;
  for (const SecondPass::File& file : request.files) {
    if (std::find(layer_of.begin(), layer_of.end(), file.layer) == layer_of.end()) {
      layer_of.push_back(file.layer);
    }
  }
  std::vector<ChainedLink> links;
  for (const FoundLink& each : found)
    links.push_back({layer_of.at(each.input), each.link, each.at});
  return links;
}

// Reads a request, and again where a file of it turns out to be a link.
SecondPassResult read_request(SecondPassSource& source, SecondPass request,
                              const WorkerOptions& worker) {
  constexpr int kMaxChain = 8;  // each link of a chain is a layer read again
  SecondPassResult result{request.layer, {}, {}};
  const SecondPass::File asked = request.files.front();
  const auto fail = [&](std::string path, std::string message) {
    result.problems.push_back({std::move(path), static_cast<int>(request.layer), "read linked file",
                               problem::kUnresolvedLink, std::move(message)});
  };
  for (int step = 1;; ++step) {
    auto assembled = assemble_request(source, request, worker, result.problems);
    if (!assembled) {
      Problem problem = layer_problem(assembled.error(), static_cast<int>(request.layer));
      problem.path = asked.as_path;
      problem.step = "read linked file";
      result.problems.push_back(std::move(problem));
      return result;
    }
    result.evidence = std::move(assembled->evidence);
    std::vector<ChainedLink> lost;
    SecondPass next =
        follow_chains(source.layers, request, chained(request, assembled->links), lost);
    if (next == request || step == kMaxChain) {
      for (const ChainedLink& each : lost) {
        fail(each.link.path, "points to '" + each.link.target + "', which is no file there");
      }
      if (next != request) fail(asked.as_path, "a chain of links is too long or a loop");
      break;
    }
    request = std::move(next);
  }
  if (result.evidence.empty() && result.problems.empty() && !asked.path.ends_with('/')) {
    fail(asked.as_path, asked.path + " is no plain file there");
  }
  return result;
}

}  // namespace

Result<Inventory> fold_image(const Image& image, const std::vector<LayerInventory>& layers,
                             const ScanOptions& options) {
  const FoldRules rules = fold_rules();
  Fold fold = fold_layers(layers, rules);
  if (fold.second_pass.empty()) return std::move(fold.inventory);
  std::vector<SecondPassResult> results;
  SecondPassSource source{image, layers, LayerSpool(image, options.limits)};
  const WorkerOptions worker{options.limits, options.sandbox, {}};
  for (const SecondPass& request : fold.second_pass) {
    results.push_back(read_request(source, request, worker));
  }
  return fold_layers(layers, rules, results).inventory;
}

}  // namespace seaworthy
