#pragma once

#include <cstddef>

#include "core/model/finding.h"
#include "scan/match/decision.h"
#include "scan/match/weakness.h"

namespace seaworthy {

// Writes a decision as the finding people see. `id` is the weakness; `decision.kind` is not
// kNothing. `borrowed`: the rows are unstable's, because the release has none (rule 9).
Finding finding_from(const std::string& id, const Decision& decision, const Subject& subject,
                     const WeaknessFacts& facts, bool borrowed);

// The vendor's own severity, then that of the advisory's feed, then NVD's, then one derived from
// a CVSS score; sets severity and severity_source.
void set_severity(Finding& finding, const Decision& decision, const WeaknessFacts& facts);

// Sets score and score_parts from everything else in the finding. The parts' sum is the score.
void set_score(Finding& finding);

// The vendor's page about an advisory or a CVE; "" where none is known.
std::string advisory_page(const std::string& ecosystem, const std::string& release_label,
                          const std::string& id);

// The command that installs the fix, or why there is none.
std::string remediation_for(const Finding& finding, const Decision& decision,
                            const Subject& subject);

}  // namespace seaworthy
