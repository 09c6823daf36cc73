#include <algorithm>
#include <cstdio>

#include "scan/report/table.h"

namespace seaworthy {
namespace {

constexpr std::size_t kNamedPackages = 3;

// The packages that have a reason to themselves: " [agent, tool]". "" where they are many.
std::string packages_of(const Report& report, const CoverageSummary::Reason& reason) {
  if (reason.count > kNamedPackages) return "";
  std::string names;
  const std::size_t known =
      std::min(report.inventory.packages.size(), report.package_coverage.size());
  for (std::size_t i = 0; i < known; ++i) {
    if (report.package_coverage[i].state != CoverageState::kUnassessed) continue;
    if (report.package_coverage[i].reason != reason.reason) continue;
    names += (names.empty() ? "" : ", ") + report.inventory.packages[i].name;
  }
  return names.empty() ? "" : " [" + names + "]";
}

}  // namespace

std::string coverage_section(const TablePage& page) {
  const CoverageSummary& coverage = page.report.coverage;
  std::string out = "\n" + page.paint(Tone::kBold, "Coverage") + "\n";
  out += paragraph("",
                   counted(coverage.packages, "package") + ": " + std::to_string(coverage.matched) +
                       " matched, " + std::to_string(coverage.clean) + " clean, " +
                       std::to_string(coverage.unassessed) + " unassessed",
                   page.width);
  for (const CoverageSummary::Reason& reason : coverage.reasons) {
    out += paragraph("  " + std::to_string(reason.count) + "  ",
                     printable(reason.reason + packages_of(page.report, reason)), page.width);
  }
  if (coverage.suppressed > 0) {
    out += counted(coverage.suppressed, "finding") + " suppressed or not affected";
    out += page.options.show_suppressed ? "\n" : "; --show-suppressed lists them\n";
  }
  const Inventory& inventory = page.report.inventory;
  const bool is_windows = inventory.distro && inventory.distro->id == "windows";  // has none
  if (inventory.databases.empty() && !is_windows) {
    out += page.paint(Tone::kAlarm, "No package database was found in this image") + "\n";
  }
  return out;
}

std::string layers_section(const TablePage& page) {
  const auto megabytes = [](std::uint64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", static_cast<double>(bytes) / 1e6);
    return std::string(text);
  };
  std::string out;
  const auto& layers = page.report.target.layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const TableUse& table = layers[i].table;
    if (table.form.empty()) continue;
    std::string line = "layer " + std::to_string(i) + ": ";
    if (table.read_by_it()) {
      line += "read by its " + table.form +
              " table of contents: " + megabytes(table.fetched_bytes) + " of " +
              megabytes(layers[i].size) +
              " MB were fetched; the layer's digest and diff id are not verified";
    } else {
      line += "read as a whole and verified; not by its " + table.form +
              " table of contents: " + table.refused;
    }
    out += paragraph("- ", printable(line), page.width);
  }
  return out.empty() ? out : "\n" + page.paint(Tone::kBold, "Layers") + "\n" + out;
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
