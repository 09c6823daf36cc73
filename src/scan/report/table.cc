// The report for people: what was scanned, the verdict, the findings with the most urgent first,
// what to do next, and what could not be judged. It fits a terminal of `width` columns, and nothing
// is cut to make it fit: long cells continue below. Of a package with many findings the less urgent
// ones are only counted, unless every one is asked for.
#include "scan/report/table.h"

#include <algorithm>
#include <functional>
#include <map>

#include "scan/report/package_type.h"

namespace seaworthy {
namespace {

constexpr std::size_t kNarrowestPage = 72;
constexpr std::size_t kWidestPage = 400;

std::string short_digest(std::string_view digest) {
  constexpr std::size_t kDigits = 12;
  const std::size_t colon = digest.find(':');
  if (colon == std::string_view::npos) return std::string(digest);
  return std::string(digest.substr(0, colon + 1 + kDigits));
}

// "2026-11-22T18:00:00Z" as a person reads it; other text as it is.
std::string day_of(const std::string& time) {
  return parse_time(time) ? time.substr(0, 10) : time;
}

std::string distribution_line(const Report& report) {
  if (!report.inventory.distro) return "none found";
  const Distro& distro = *report.inventory.distro;
  std::string line = distro.name;
  if (line.empty()) {
    const std::string& release = distro.version.empty() ? distro.codename : distro.version;
    line = distro.id + (release.empty() ? "" : " " + release);
  }
  const std::string& branch = distro.repository_branch;
  if (!branch.empty() && !distro.version.starts_with(branch)) {
    line += " with packages of " + printable(branch) + ", by which it is judged";
  }
  // Which of a vendor's dates it is: docs/decisions/0007.
  const EndOfLife& end = report.end_of_life;
  const std::string support = distro.id == "debian" ? "support with LTS" : "standard support";
  if (end.past) {
    line += ", PAST END OF LIFE";
    if (!end.date.empty()) line += ": " + support + " ended " + end.date;
  } else if (!end.date.empty()) {
    line += ", " + support + " until " + end.date;
  }
  return line;
}

std::string database_line(const Report& report) {
  if (!report.has_database) return "none: packages are listed, nothing was matched";
  std::string line = "built " + day_of(report.database_built_at);
  if (report.feeds.empty()) return line + ", no feed in it speaks of this image";
  const auto oldest = std::min_element(
      report.feeds.begin(), report.feeds.end(),
      [](const ReportFeed& a, const ReportFeed& b) { return a.data_as_of < b.data_as_of; });
  line += ", " + counted(report.feeds.size(), "feed") + " consulted";
  if (!oldest->data_as_of.empty()) {
    line += ", oldest data " + day_of(oldest->data_as_of) + " (" + oldest->name + ")";
  }
  return line;
}

std::string header_section(const TablePage& page) {
  const Report& report = page.report;
  std::string out;
  const auto line = [&](std::string_view label, const std::string& text, Tone tone = Tone::kPlain) {
    if (text.empty()) return;
    std::string first(label);
    first.resize(14, ' ');
    const std::string body = paragraph(first, printable(text), page.width);
    out += page.paint(Tone::kBold, body.substr(0, first.size())) +
           page.paint(tone, body.substr(first.size(), body.size() - first.size() - 1)) + "\n";
  };
  const ReportTarget& target = report.target;
  line("Target", target.reference);
  line("Digest", short_digest(target.digest));
  std::string platform = target.platform;
  const auto add = [&](const std::string& text) {
    platform += (platform.empty() ? "" : ", ") + text;
  };
  if (!target.layers.empty()) add(counted(target.layers.size(), "layer"));
  if (!target.created.empty()) add("created " + day_of(target.created));
  line("Platform", platform);
  line("Distribution", distribution_line(report),
       report.end_of_life.past ? Tone::kAlarm : Tone::kPlain);
  line("Database", database_line(report));
  return out;
}

// "12 findings are open: 3 critical, 5 high", so that nobody reads the verdict as "nothing found".
std::string open_findings(const Report& report) {
  std::map<Severity, std::size_t, std::greater<>> by_severity;
  std::size_t open = 0;
  for (const Finding& finding : report.findings) {
    if (finding.status != FindingStatus::kAffected &&
        finding.status != FindingStatus::kUndetermined) {
      continue;
    }
    ++open;
    ++by_severity[finding.severity];
  }
  if (open == 0) return "";
  std::string text = counted(open, "finding is open", "findings are open");
  std::string mark = ": ";
  for (const Severity urgent : {Severity::kCritical, Severity::kHigh}) {
    if (by_severity[urgent] == 0) continue;
    text += mark + std::to_string(by_severity[urgent]) + " " + std::string(name_of(urgent));
    mark = ", ";
  }
  return text;
}

std::string verdict_section(const TablePage& page) {
  const Verdict& verdict = page.report.verdict;
  std::string line;
  Tone tone = Tone::kBold;
  switch (verdict.result) {
    case VerdictResult::kSeaworthy:
      line = "SEAWORTHY: ";
      line += verdict.thresholds_given ? "no threshold is crossed" : "no threshold was given";
      if (const std::string open = open_findings(page.report); !open.empty()) line += "; " + open;
      if (page.report.end_of_life.past) line += "; the release is past its end of life";
      break;
    case VerdictResult::kUnseaworthy:
      line = "UNSEAWORTHY: a threshold is crossed";
      tone = Tone::kAlarm;
      break;
    case VerdictResult::kUnknown:
      line = "UNKNOWN: not everything could be judged";
      tone = Tone::kAlarm;
      break;
  }
  const std::string body = paragraph(std::string(14, ' '), line, page.width);
  std::string out = page.paint(Tone::kBold, "Verdict       ") +
                    page.paint(tone, body.substr(14, body.size() - 15)) + "\n";
  for (const std::string& reason : verdict.reasons) {
    out += paragraph(std::string(14, ' ') + "- ", printable(reason), page.width);
  }
  return out;
}

std::string package_list(const TablePage& page) {
  const Report& report = page.report;
  TextTable table({{.title = "NAME", .shrinks = true, .shrinks_first = true},
                   {.title = "VERSION", .shrinks = true},
                   {.title = "TYPE"},
                   {.title = "ARCH"},
                   {.title = "SOURCE", .shrinks = true},
                   {.title = "LAYER", .right = true},
                   {.title = "COVERAGE"}});
  for (std::size_t i = 0; i < report.inventory.packages.size(); ++i) {
    const Package& package = report.inventory.packages[i];
    std::string source = package.source_name;
    if (!package.source_version.empty() && package.source_version != package.version) {
      source += " " + package.source_version;
    }
    std::string coverage;
    if (report.has_database && i < report.package_coverage.size()) {
      coverage = name_of(report.package_coverage[i].state);
    }
    table.add({{package.name},
               {package.version},
               {type_text(package)},
               {package.arch},
               {source},
               {package.layer < 0 ? "" : std::to_string(package.layer)},
               {coverage}});
  }
  return table.lay_out(page.width, page.paint);
}

// An inventory alone (`sbom`): the packages, and what could not be read.
std::string write_inventory(const TablePage& page) {
  std::string out = header_section(page) + "\n";
  const std::size_t count = page.report.inventory.packages.size();
  const std::string end = layers_section(page) + problems_section(page);
  if (count == 0) return out + page.paint(Tone::kAlarm, "NO PACKAGES WERE FOUND") + "\n" + end;
  return out + package_list(page) + "\n" + counted(count, "package") + "\n" + end;
}

std::string write_table(const Report& report, const FormatOptions& options) {
  const auto width = static_cast<std::size_t>(std::max(options.width, 0));
  const TablePage page{report, options, Paint(options.color),
                       std::clamp(width, kNarrowestPage, kWidestPage),
                       selected_findings(report, options)};
  if (!report.has_database) return write_inventory(page);
  std::string out = header_section(page) + verdict_section(page) + "\n";
  out += findings_section(page);
  out += next_steps_section(page);
  if (options.show_packages && !report.inventory.packages.empty()) {
    out += "\n" + page.paint(Tone::kBold, "Packages") + "\n" + package_list(page);
  }
  return out + coverage_section(page) + layers_section(page) + problems_section(page);
}

}  // namespace

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return Tone::kCritical;
    case Severity::kHigh:
      return Tone::kHigh;
    case Severity::kMedium:
      return Tone::kMedium;
    case Severity::kLow:
      return Tone::kLow;
    default:
      return Tone::kPlain;
  }
}

std::string paragraph(std::string_view first, std::string_view text, std::size_t width) {
  std::string out;
  const std::size_t indent = columns_of(first);
  if (indent > width / 2) {  // a long label would leave a text of one letter per line
    return paragraph("", std::string(first) + std::string(text), width);
  }
  for (const std::string& line : wrap(text, width - indent)) {
    out += (out.empty() ? std::string(first) : std::string(indent, ' ')) + line + "\n";
  }
  return out;
}

const std::string& source_of(const Package& package) {
  return package.source_name.empty() ? package.name : package.source_name;
}

extern const Format kTable;
const Format kTable{.name = "table",
                    .description = "For people: findings, next steps, coverage",
                    .media_type = "text/plain",
                    .write = write_table,
                    .several = Several::kBelow};

}  // namespace seaworthy
