#include "scan/worker/held_files.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace seaworthy {

Error file_too_large(std::uint64_t most, std::uint64_t size) {
  return over_limit(most, &Limits::file_bytes, "a file of " + std::to_string(size) + " bytes");
}

Evidence failed_evidence(const Extractor& extractor, std::string_view path, const Error& error) {
  Evidence evidence;
  evidence.extractor = extractor.name;
  evidence.path = path;
  const char* code = problem::kUnreadableRecord;
  if (extractor.is_database) code = problem::kPackageDbCorrupt;
  if (extractor.wants_content != nullptr) code = problem::kOpaqueFile;
  if (error.code == ErrorCode::kLimitExceeded) code = problem::kLimit;
  evidence.problems.push_back({.path = evidence.path,
                               .step = "extract " + evidence.extractor,
                               .code = code,
                               .message = error.message});
  return evidence;
}

Evidence run_extractor(const Extractor& extractor, std::span<const FileView> files,
                       const Limits& limits) {
  return complete_evidence(extractor, files[0].path, extractor.extract(files, limits));
}

Evidence complete_evidence(const Extractor& extractor, std::string_view path,
                           Result<Evidence> extracted) {
  if (!extracted) return failed_evidence(extractor, path, extracted.error());
  Evidence evidence = *std::move(extracted);
  evidence.extractor = extractor.name;
  evidence.path = path;
  for (Problem& problem : evidence.problems) {
    if (problem.path.empty()) problem.path = evidence.path;
    if (problem.step.empty()) problem.step = "extract " + evidence.extractor;
  }
  return evidence;
}

std::uint64_t kept_bytes(const Evidence& evidence) {
  std::uint64_t bytes = evidence.path.size() + 4 * evidence.functions.size();
  for (const Package& package : evidence.packages) {
    bytes += sizeof(Package) + package.name.size() + package.version.size() + package.path.size();
    for (const auto& [key, value] : package.properties) bytes += key.size() + value.size() + 64;
    for (const std::string& license : package.licenses) bytes += license.size() + 32;
  }
  for (const OwnedFiles& owned : evidence.owned) bytes += 8 * owned.path_hashes.size() + 64;
  for (const Problem& problem : evidence.problems) {
    bytes += sizeof(Problem) + problem.path.size() + problem.message.size();
  }
  return bytes;
}

void join_evidence(Evidence& evidence, Evidence more) {
  if (evidence.extractor.empty()) {
    evidence = std::move(more);
    return;
  }
  for (Package& package : more.packages) {
    const auto& known = evidence.packages;
    if (std::find(known.begin(), known.end(), package) == known.end()) {
      evidence.packages.push_back(std::move(package));
    }
  }
  std::move(more.problems.begin(), more.problems.end(), std::back_inserter(evidence.problems));
  sort_problems(evidence.problems);
  evidence.functions.insert(evidence.functions.end(), more.functions.begin(), more.functions.end());
  std::sort(evidence.functions.begin(), evidence.functions.end());
}

Status HeldFiles::add(const Extractor& extractor, std::string path, std::string bytes) {
  remove(path);
  if (!fits(bytes.size())) {
    return over_limit(limits_, &Limits::memory_bytes,
                      "hold a file of " + std::to_string(bytes.size()) + " bytes beside others");
  }
  bytes_ += bytes.size();
  files_.emplace(std::move(path), File{&extractor, std::move(bytes)});
  return ok_status();
}

void HeldFiles::remove(const std::string& path) {
  const auto found = files_.find(path);
  if (found == files_.end()) return;
  bytes_ -= found->second.bytes.size();
  files_.erase(found);
}

void HeldFiles::remove_tree(const std::string& path) {
  if (files_.empty()) return;
  const std::string below = path + "/";
  for (auto at = files_.lower_bound(below); at != files_.end() && at->first.starts_with(below);) {
    bytes_ -= at->second.bytes.size();
    at = files_.erase(at);
  }
}

std::vector<Evidence> HeldFiles::extract_all(const ReportStep& report_step) {
  std::vector<Evidence> evidence;
  std::set<std::string> taken;  // companions that were read with their primary file
  std::vector<Evidence> alone;  // files without companions
  for (const auto& [path, file] : files_) {
    std::vector<FileView> views{{path, file.bytes}};
    std::vector<std::string> companions;
    if (file.extractor->companions != nullptr) companions = file.extractor->companions(path);
    for (const std::string& companion : companions) {
      const auto found = files_.find(companion);
      if (found == files_.end()) continue;
      views.push_back({found->first, found->second.bytes});
      taken.insert(companion);
    }
    report_step("extract " + std::string(file.extractor->name) + " " + path);
    (companions.empty() ? alone : evidence)
        .push_back(run_extractor(*file.extractor, views, limits_));
  }
  // What has no companions is a database of its own, or a companion: one that was read with its
  // primary file, or one whose primary file is in another layer and which says nothing alone.
  for (Evidence& one : alone) {
    const bool silent = one.packages.empty() && !one.distro && one.owned.empty() &&
                        one.problems.empty() &&
                        files_.at(one.path).extractor->companions != nullptr;
    if (!silent && !taken.contains(one.path)) evidence.push_back(std::move(one));
  }
  files_.clear();
  bytes_ = 0;
  return evidence;
}

}  // namespace seaworthy
