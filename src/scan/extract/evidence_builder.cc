#include "scan/extract/evidence_builder.h"

#include <algorithm>
#include <utility>

#include "core/model/problem.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxPackages = 200'000;  // three times the whole Debian archive
constexpr std::size_t kMaxProblems = 50;       // of one code

// Path and step are the caller's to fill: it knows the layer and what it was doing.
Problem problem_of(std::string code, std::string message) {
  Problem problem;
  problem.code = std::move(code);
  problem.message = std::move(message);
  return problem;
}

}  // namespace

EvidenceBuilder::EvidenceBuilder(std::string_view extractor, std::string_view path) {
  evidence_.extractor = extractor;
  evidence_.path = path;
}

bool EvidenceBuilder::add(Package package) {
  if (evidence_.packages.size() >= kMaxPackages) {
    if (!std::exchange(full_, true)) {
      problem(problem::kLimit, "more than " + std::to_string(kMaxPackages) +
                                   " packages in one file; the rest was not read");
    }
    return false;
  }
  package.path = package.path.empty() ? evidence_.path : evidence_.path + "!/" + package.path;
  evidence_.packages.push_back(std::move(package));
  return true;
}

void EvidenceBuilder::own(OwnedFiles owned) {
  if (!owned.path_hashes.empty()) evidence_.owned.push_back(std::move(owned));
}

void EvidenceBuilder::problem(const char* code, std::string message) {
  ++problems_;
  if (++problems_by_code_[code] > kMaxProblems) return;
  evidence_.problems.push_back(problem_of(code, std::move(message)));
}

void EvidenceBuilder::expect_whole_lines(std::string_view text) {
  if (text.empty() || text.ends_with('\n')) return;
  const auto ends = std::count(text.begin(), text.end(), '\n');
  this->problem(problem::kPackageDbCorrupt, "the file ends inside line " +
                                                std::to_string(ends + 1) +
                                                ": it was cut short, and packages may be missing");
}

Evidence EvidenceBuilder::take() {
  for (const auto& [code, count] : problems_by_code_) {
    if (count <= kMaxProblems) continue;
    evidence_.problems.push_back(
        problem_of(code, std::to_string(count - kMaxProblems) + " more of this kind"));
  }
  problems_by_code_.clear();
  return std::move(evidence_);
}

Result<Evidence> EvidenceBuilder::take_database() {
  if (evidence_.packages.empty() && problems_ > 0) {
    return Error{ErrorCode::kInvalidInput,
                 "no record could be read: " + std::move(evidence_.problems.front().message)};
  }
  return take();
}

}  // namespace seaworthy
