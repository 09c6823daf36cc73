#pragma once

#include <string>

#include "core/model/advisory.h"
#include "scan/match/subject.h"

namespace seaworthy {

// What one advisory row means for one installed package.
enum class RowVerdict {
  kNotApplicable,  // another architecture, module stream or flavour
  kOutside,        // applies, and the installed version is outside every affected range
  kNotAffected,    // the vendor says that this package never was affected
  kAffected,
  kUndetermined,  // cannot be told: `reason` says why
  kUndecided,     // the vendor itself has not decided
};

struct RowJudgement {
  const AdvisoryRow* row = nullptr;
  RowVerdict verdict = RowVerdict::kNotApplicable;
  std::string fix;     // of the range the version is in; "" none
  std::string bound;   // "< 2.36-9+deb12u3", "<= 1.2", "every version": what the version met
  std::string reason;  // kUndetermined
};

// Whether a row that is filed under `name` is about the package, or only about what else was built
// from the source of that name.
bool is_about(const AdvisoryRow& row, const Subject& subject, std::string_view name);

// Pure. The row and the subject must outlive the result.
RowJudgement judge_row(const AdvisoryRow& row, const Subject& subject);

// The installed version against a version that an advisory names. A named version without a
// release (rpm) or revision (apk) stands for every one of that version (rule 61).
Order compare_installed(const Subject& subject, const std::string& bound);

}  // namespace seaworthy
