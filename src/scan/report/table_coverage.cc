#include <set>

#include "scan/report/table.h"

namespace seaworthy {

std::string coverage_section(const TablePage& page) {
  const CoverageSummary& coverage = page.report.coverage;
  std::string out = "\n" + page.paint(Tone::kBold, "Coverage") + "\n";
  out += paragraph("",
                   counted(coverage.packages, "package") + ": " + std::to_string(coverage.matched) +
                       " matched, " + std::to_string(coverage.clean) + " clean, " +
                       std::to_string(coverage.unassessed) + " unassessed",
                   page.width);
  for (const CoverageSummary::Reason& reason : coverage.reasons) {
    out +=
        paragraph("  " + std::to_string(reason.count) + "  ", printable(reason.reason), page.width);
  }
  if (coverage.suppressed > 0) {
    out += counted(coverage.suppressed, "finding") + " suppressed or not affected";
    out += page.options.show_suppressed ? "\n" : "; --show-suppressed lists them\n";
  }
  if (page.report.inventory.databases.empty()) {
    out += page.paint(Tone::kAlarm, "No package database was found in this image") + "\n";
  }
  return out;
}

std::string problems_section(const TablePage& page) {
  const auto& problems = page.report.problems;
  if (problems.empty()) return "";
  std::string out = "\n" + page.paint(Tone::kBold, "Problems") + "\n";
  for (const Problem& problem : problems) {
    std::string place = problem.path;
    if (problem.layer >= 0) {
      place += (place.empty() ? "layer " : " (layer ") + std::to_string(problem.layer) +
               (place.empty() ? "" : ")");
    }
    std::string line = place;
    for (const std::string* part : {&problem.step, &problem.message}) {
      if (!part->empty()) line += (line.empty() ? "" : ": ") + *part;
    }
    if (!problem.code.empty()) line += " [" + problem.code + "]";
    out += paragraph("- ", printable(line), page.width);
  }
  return out;
}

}  // namespace seaworthy
