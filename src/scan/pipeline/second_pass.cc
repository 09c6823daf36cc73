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

Result<std::vector<Evidence>> assemble_layers(SecondPassInputs& inputs, const SecondPass& request,
                                              const WorkerOptions& worker) {
  AssembleJob job;
  std::map<std::size_t, std::size_t> input_of;  // layer → input
  for (const SecondPass::File& file : request.files) {
    if (!input_of.contains(file.layer)) {
      ASSIGN_OR_RETURN(WorkerInput input, inputs.open(file.layer));
      input_of[file.layer] = job.inputs.size();
      job.inputs.push_back(std::move(input));
    }
    job.files.push_back({input_of[file.layer], file.path, file.as_path});
  }
  return assemble(job, worker);
}

Result<std::vector<Evidence>> assemble_rootfs(const std::string& rootfs, const SecondPass& request,
                                              const WorkerOptions& worker,
                                              std::vector<Problem>& problems) {
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
    job.files.push_back({0, file.path, file.as_path});
  }
  auto evidence = assemble(job, worker);
  const Status walked = walk->finish();
  if (!walked && evidence) return walked.error();
  return evidence;
}

// One request of the fold, read by one worker.
Result<std::vector<Evidence>> assemble_request(SecondPassSource& source, const SecondPass& request,
                                               const WorkerOptions& worker,
                                               std::vector<Problem>& problems) {
  if (!source.image.rootfs.empty()) {
    return assemble_rootfs(source.image.rootfs, request, worker, problems);
  }
  SecondPassInputs inputs(source, true);
  auto evidence = assemble_layers(inputs, request, worker);
  if (evidence || !inputs.used_tables()) return evidence;
  SecondPassInputs whole(source, false);
  return assemble_layers(whole, request, worker);
}

}  // namespace

Result<Inventory> fold_image(const Image& image, const std::vector<LayerInventory>& layers,
                             const ScanOptions& options) {
  const FoldRules rules = fold_rules();
  Fold fold = fold_layers(layers, rules);
  if (fold.second_pass.empty()) return std::move(fold.inventory);
  std::vector<SecondPassResult> results;
  SecondPassSource source{image, layers, LayerSpool(image, options.limits)};
  for (const SecondPass& request : fold.second_pass) {
    SecondPassResult result{request.layer, {}, {}};
    auto evidence =
        assemble_request(source, request, {options.limits, options.sandbox, {}}, result.problems);
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
