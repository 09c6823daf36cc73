#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "scan/report/table.h"

namespace seaworthy {
namespace {

std::string joined(const std::vector<std::string>& texts, const std::string& between = ", ") {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : between) + text;
  return out;
}

std::string fix_text(const Finding& finding) {
  switch (finding.fix_state) {
    case FixState::kFixed:
      return finding.fix_versions.empty() ? "fixed" : joined(finding.fix_versions);
    case FixState::kNotFixed:
      return "none yet";
    case FixState::kWontFix:
      return "won't fix";
    case FixState::kDeferred:
      return "deferred";
    case FixState::kEndOfLife:
      return "end of life";
    default:
      return "unknown";
  }
}

std::string epss_text(const Finding& finding) {
  if (!finding.epss) return "";
  const double percent = std::clamp(finding.epss->score, 0.0, 1.0) * 100;
  if (!std::isfinite(percent)) return "";
  if (percent > 0 && percent < 0.1) return "<0.1%";
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), percent < 9.95 ? "%.1f%%" : "%.0f%%", percent);
  return text.data();
}

// Capitals for what is a reason to act today, the rest in words.
std::string flags_text(const Finding& finding) {
  std::vector<std::string> flags;
  if (finding.kind == FindingKind::kMalicious) flags.emplace_back("MALICIOUS");
  if (finding.kev) flags.emplace_back("KEV");
  if (finding.exploit && finding.exploit->known) flags.emplace_back("EXPLOIT");
  if (finding.status == FindingStatus::kUndetermined) flags.emplace_back("undetermined");
  if (finding.status == FindingStatus::kNotAffected) flags.emplace_back("not affected");
  if (finding.status == FindingStatus::kSuppressed) flags.emplace_back("suppressed");
  if (finding.advisory_state != AdvisoryState::kActive) {
    flags.emplace_back(name_of(finding.advisory_state));
  }
  return joined(flags, " ");
}

// One row: the same vulnerability with the same answer on packages built from one source.
struct Row {
  const Finding* first = nullptr;
  std::vector<std::string> packages;  // sorted, without repeats
};

std::vector<Row> rows_of(const TablePage& page) {
  using Key = std::tuple<std::string, std::string, std::string, std::string, std::string, Severity>;
  std::map<Key, std::size_t> places;
  std::vector<Row> rows;
  for (const Finding* finding : page.findings) {
    const Package& package = page.package_of(*finding);
    const Key key{finding->id,        source_of(package),   package.version,
                  fix_text(*finding), flags_text(*finding), finding->severity};
    const auto [place, is_new] = places.try_emplace(key, rows.size());
    if (is_new) rows.push_back({finding, {}});
    rows[place->second].packages.push_back(package.name);
  }
  for (Row& row : rows) {
    std::sort(row.packages.begin(), row.packages.end());
    row.packages.erase(std::unique(row.packages.begin(), row.packages.end()), row.packages.end());
  }
  return rows;
}

// One package with a hundred findings would bury the others, and one upgrade removes them together:
// its most urgent rows stand for it, and the rest is counted below the table. What is a reason to
// act today is never folded.
constexpr std::size_t kMostRowsOfPackage = 8;

struct FoldedRows {
  std::string package;  // "nodejs 12.22.5"
  std::size_t count = 0;
  std::map<Severity, std::size_t, std::greater<>> severities;
};

// Takes what is folded out of `rows`; one entry for each package, in the order of the rows.
std::vector<FoldedRows> fold_rows(const TablePage& page, std::vector<Row>& rows) {
  std::vector<FoldedRows> folded;
  if (page.options.every_finding) return folded;
  std::map<std::string, std::size_t> seen, places;
  std::vector<Row> kept;
  for (Row& row : rows) {
    const Finding& finding = *row.first;
    const Package& package = page.package_of(finding);
    const std::string name = source_of(package) + " " + package.version;
    if (++seen[name] <= kMostRowsOfPackage || finding.kev ||
        finding.kind == FindingKind::kMalicious) {
      kept.push_back(std::move(row));
      continue;
    }
    const auto [place, is_new] = places.try_emplace(name, folded.size());
    if (is_new) folded.push_back({name, 0, {}});
    ++folded[place->second].count;
    ++folded[place->second].severities[finding.severity];
  }
  rows = std::move(kept);
  return folded;
}

std::string fold_lines(const TablePage& page, const std::vector<FoldedRows>& folded) {
  std::string out;
  for (const FoldedRows& each : folded) {
    std::vector<std::string> parts;
    for (const auto& [severity, count] : each.severities) {
      parts.push_back(std::to_string(count) + " " + std::string(name_of(severity)));
    }
    out += paragraph("+" + std::to_string(each.count) + " more of ",
                     printable(each.package) + ": " + joined(parts), page.width);
  }
  if (!out.empty()) out += "--verbose lists them all, and so does --format json\n";
  return out;
}

// "libc6", "libssl1.1, openssl", "libc-bin (+3)": where names are left out, the legend below the
// table has them all.
constexpr std::size_t kColumnsOfNames = 20;

bool is_abridged(const Row& row) {
  return row.packages.size() > 1 && columns_of(joined(row.packages)) > kColumnsOfNames;
}

std::string packages_text(const std::vector<std::string>& packages, bool abridged) {
  if (!abridged) return joined(packages);
  return packages[0] + " (+" + std::to_string(packages.size() - 1) + ")";
}

std::string legend(const TablePage& page, const std::vector<Row>& rows) {
  std::set<std::vector<std::string>> groups;
  for (const Row& row : rows) {
    if (is_abridged(row)) groups.insert(row.packages);
  }
  std::string out;
  for (const auto& group : groups) {
    out += paragraph(printable(packages_text(group, true)) + ": ", printable(joined(group)),
                     page.width);
  }
  return out;
}

std::string severity_summary(const TablePage& page, std::size_t rows, bool is_folded) {
  std::array<std::size_t, static_cast<std::size_t>(Severity::kEnd)> counts{};
  std::size_t fixed = 0, kev = 0, exploit = 0, malicious = 0, undetermined = 0, closed = 0;
  for (const Finding* finding : page.findings) {
    if (finding->status == FindingStatus::kNotAffected ||
        finding->status == FindingStatus::kSuppressed) {
      ++closed;  // listed, and nobody's worry
      continue;
    }
    ++counts.at(static_cast<std::size_t>(finding->severity));
    fixed += finding->fix_state == FixState::kFixed;
    kev += finding->kev.has_value();
    exploit += finding->exploit && finding->exploit->known;
    malicious += finding->kind == FindingKind::kMalicious;
    undetermined += finding->status == FindingStatus::kUndetermined;
  }
  std::string parts;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts.at(i) == 0) continue;
    parts += (parts.empty() ? "" : ", ") + std::to_string(counts.at(i)) + " " +
             std::string(name_of(static_cast<Severity>(i)));
  }
  std::string line = counted(page.findings.size(), "finding");
  if (rows != page.findings.size()) line += " in " + counted(rows, "row");
  if (is_folded) line += " and what is folded";
  line += ": ";
  if (!parts.empty()) line += parts + "; " + std::to_string(fixed) + " with a fix";
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count == 0) return;
    line += (line.ends_with(": ") ? "" : ", ") + std::to_string(count) + " " + std::string(what);
  };
  add(malicious, "malicious");
  add(kev, "known to be exploited (KEV)");
  add(exploit, "with a public exploit");
  add(undetermined, "undetermined");
  add(closed, "suppressed or not affected");
  return paragraph("", line, page.width);
}

// "2 are hidden (kernel headers)": a package that has nothing else counts as clean.
std::string hidden_findings(const TablePage& page) {
  std::size_t hidden = 0;
  std::set<std::string> reasons;
  for (const Finding& finding : page.report.findings) {
    const bool absent = finding.status == FindingStatus::kNotAffected;
    if (finding.status != FindingStatus::kSuppressed && !absent) continue;
    ++hidden;
    if (absent) {
      reasons.insert("not affected");
    } else if (!finding.status_reason.empty()) {
      reasons.insert(finding.status_reason);
    }
  }
  if (hidden == 0 || page.options.show_suppressed) return "";
  std::string text = "; " + std::to_string(hidden) + (hidden == 1 ? " is" : " are") + " hidden";
  if (reasons.size() == 1) text += " (" + *reasons.begin() + ")";
  return text + ", --show-suppressed lists " + (hidden == 1 ? "it" : "them");
}

// An empty list means something only beside what was assessed.
std::string empty_list(const TablePage& page) {
  const CoverageSummary& coverage = page.report.coverage;
  const std::uint64_t assessed = coverage.matched + coverage.clean;
  const std::size_t filtered = filtered_findings(page.report, page.options);
  if (coverage.packages == 0) {
    return page.paint(Tone::kAlarm, "NOTHING WAS ASSESSED: no packages were found") + "\n";
  }
  if (assessed == 0) {
    return page.paint(Tone::kAlarm, "NOTHING WAS ASSESSED: none of " +
                                        counted(coverage.packages, "package") +
                                        " could be compared with a current feed") +
           "\n";
  }
  std::string line = filtered > 0 ? "No finding passes the filters" : "No findings";
  line += " in the " + counted(assessed, "package that was", "packages that were") + " assessed" +
          printable(hidden_findings(page));
  if (coverage.unassessed > 0) {
    line += "; " + std::to_string(coverage.unassessed) + " could NOT be assessed, see Coverage";
  }
  return paragraph("", line, page.width);
}

}  // namespace

std::string findings_section(const TablePage& page) {
  std::string out;
  if (page.findings.empty()) {
    out = empty_list(page);
  } else {
    TextTable table({{.title = "SEVERITY"},
                     // An id that is cut cannot be searched for: "GHSA-xxxx-xxxx-xxxx" is the
                     // longest common one.
                     {.title = "ID", .shrinks = true, .shrinks_first = true, .at_least = 19},
                     {.title = "PACKAGE", .shrinks = true, .shrinks_first = true},
                     {.title = "INSTALLED", .shrinks = true},
                     {.title = "FIX", .shrinks = true},
                     {.title = "EPSS", .right = true},
                     {.title = "FLAGS", .shrinks = true}});
    std::vector<Row> rows = rows_of(page);
    const std::vector<FoldedRows> folded = fold_rows(page, rows);
    for (const Row& row : rows) {
      const Finding& finding = *row.first;
      const bool alarm = finding.kev || finding.kind == FindingKind::kMalicious;
      table.add(
          {{std::string(name_of(finding.severity)), tone_of(finding.severity)},
           {finding.id, Tone::kBold},
           {packages_text(row.packages, is_abridged(row))},
           {page.package_of(finding).version},
           {fix_text(finding), finding.fix_state == FixState::kFixed ? Tone::kPlain : Tone::kFaint},
           {epss_text(finding)},
           {flags_text(finding), alarm ? Tone::kAlarm : Tone::kPlain}});
    }
    out = table.lay_out(page.width, page.paint);
    out += fold_lines(page, folded);
    const std::string names = legend(page, rows);
    if (!names.empty()) out += "\n" + names;
    out += "\n" + severity_summary(page, rows.size(), !folded.empty());
  }
  const std::size_t filtered = filtered_findings(page.report, page.options);
  if (filtered > 0) {
    out += counted(filtered, "more finding") + (filtered == 1 ? " is" : " are") +
           " hidden by --severity or --only-fixed\n";
  }
  return out;
}

}  // namespace seaworthy
