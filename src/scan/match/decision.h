#pragma once

#include <string>
#include <vector>

#include "scan/match/judgement.h"

namespace seaworthy {

// The rows of one vulnerability and one package, taken together.
struct Decision {
  enum class Kind { kNothing, kAffected, kUndetermined, kUndecided };
  Kind kind = Kind::kNothing;
  // The rows behind the answer, the one to name first. Empty for kNothing.
  std::vector<RowJudgement> judgements;
  std::string fix;  // first version that none of them calls affected; "" none within reach
  // Ubuntu: a fix that only a Pro subscription delivers.
  std::string pro_fix, pro_channel;
};

struct DecisionOptions {
  bool pro = false;  // the image shows an Ubuntu Pro subscription
};

// Pure. Rows that are withdrawn or rejected make nothing.
Decision decide(const std::vector<const AdvisoryRow*>& rows, const Subject& subject,
                const DecisionOptions& options);

}  // namespace seaworthy
