#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scan/match/judgement.h"
#include "scan/match/product_scope.h"

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
  // Red Hat: a fix of a later minor release than the image's extended support reaches.
  std::string later_fix;
};

struct DecisionOptions {
  bool pro = false;                   // the image shows an Ubuntu Pro subscription
  std::optional<ProductScope> scope;  // Red Hat: rows are told apart by line of products
};

// Pure. Rows that are withdrawn or rejected make nothing.
Decision decide(const std::vector<const AdvisoryRow*>& rows, const Subject& subject,
                const DecisionOptions& options);

// Rows of one pocket or line; `applies`: one of them is about this package.
Decision judge_together(const std::vector<const AdvisoryRow*>& rows, const Subject& subject,
                        bool& applies);
// Rows of Red Hat's lines, with those that make nothing left out already.
Decision decide_by_line(const std::vector<const AdvisoryRow*>& rows, const Subject& subject,
                        const ProductScope& scope);

}  // namespace seaworthy
