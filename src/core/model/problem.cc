#include "core/model/problem.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

namespace seaworthy {

bool makes_verdict_unknown(const Problem& problem) {
  static constexpr std::array<std::string_view, 13> kClassCodes{
      problem::kUnreadableRecord, problem::kPackageDbCorrupt,
      problem::kPackageDbMissing, problem::kLimit,
      problem::kLayerUnreadable,  problem::kWorkerCrashed,
      problem::kWorkerTimeout,    problem::kNoFeed,
      problem::kStaleFeed,        problem::kSourceUnknown,
      problem::kUnresolvedLink,   problem::kDatabaseDamaged,
      problem::kPartNotPulled};
  return std::find(kClassCodes.begin(), kClassCodes.end(), problem.code) != kClassCodes.end();
}

void sort_problems(std::vector<Problem>& problems) {
  const auto key = [](const Problem& p) {
    return std::tie(p.layer, p.path, p.step, p.code, p.message);
  };
  std::sort(problems.begin(), problems.end(),
            [&](const Problem& a, const Problem& b) { return key(a) < key(b); });
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
}

}  // namespace seaworthy
