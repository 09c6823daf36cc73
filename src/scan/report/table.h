#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scan/report/format.h"
#include "scan/report/text.h"

namespace seaworthy {

// What every section of the table is written from.
struct TablePage {
  const Report& report;
  const FormatOptions& options;
  Paint paint;
  std::size_t width;
  std::vector<const Finding*> findings;  // those selected

  const Package& package_of(const Finding& finding) const {
    return report.inventory.packages.at(finding.package);
  }
};

Tone tone_of(Severity severity);

// Each section ends with a newline; "" where there is nothing to say.
std::string findings_section(const TablePage& page);
std::string next_steps_section(const TablePage& page);
std::string coverage_section(const TablePage& page);
// Layers that were read by a table of contents, or might have been.
std::string layers_section(const TablePage& page);
std::string problems_section(const TablePage& page);

// The lines of `text` (printable already), the first behind `first`, the others below it.
std::string paragraph(std::string_view first, std::string_view text, std::size_t width);

// The package's source package, or the package itself where that is not known.
const std::string& source_of(const Package& package);

}  // namespace seaworthy
