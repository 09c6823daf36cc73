#pragma once

#include <string>

#include "core/model/report.h"

namespace seaworthy {

// A report as a scan makes it, for the tests of every format: a Debian 11 image past its end of
// life, findings of each status and fix state, an unassessed third-party package, one problem.
Report sample_report();

// The same image as `sbom` sees it: packages, nothing matched.
Report sample_inventory();

// The committed text of testdata/NAME. With UPDATE_GOLDEN=1 in the environment it is first
// rewritten with `produced`.
std::string golden(const std::string& name, const std::string& produced);

}  // namespace seaworthy
