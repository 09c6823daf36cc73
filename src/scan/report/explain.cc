// `explain`: everything that stands behind a finding, in the order in which a doubting reader asks:
// what is it, where is it, why was it raised, who says so, what fixes it, how was it scored.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

#include "scan/report/introduced_by.h"
#include "scan/report/table.h"

namespace seaworthy {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLabel = 16;

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool is_named(const Finding& finding, std::string_view id) {
  if (id.empty()) return false;  // not every finding has an advisory with an id
  return same_ignoring_case(finding.id, id) || same_ignoring_case(finding.advisory_id, id) ||
         std::any_of(finding.aliases.begin(), finding.aliases.end(),
                     [&](const std::string& alias) { return same_ignoring_case(alias, id); });
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string fixed_point(double number, int digits) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, std::clamp(number, -1e9, 1e9));
  return text.data();
}

// Collects titled blocks of labelled lines; a line without content is left out.
class Story {
 public:
  void title(std::string_view text) { out_ += "\n" + std::string(text) + "\n"; }
  void line(std::string_view label, const std::string& text) {
    if (text.empty()) return;
    std::string first = "  " + std::string(label);
    first.resize(std::max(first.size() + 1, kLabel), ' ');
    out_ += paragraph(first, printable(text), kWidth);
  }
  void text(std::string_view prefix, const std::string& text) {
    if (!text.empty()) out_ += paragraph(prefix, printable(text), kWidth);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void tell_vulnerability(Story& story, const Finding& finding) {
  story.title("Vulnerability");
  story.line("Id", finding.id);
  story.line("Aliases", joined(finding.aliases));
  if (finding.kind == FindingKind::kMalicious) story.line("Kind", "malicious package");
  const std::string& source = finding.severity_source;
  story.line("Severity", std::string(name_of(finding.severity)) +
                             (source.empty() ? "" : ", as rated by " + source));
  for (const Cvss& cvss : finding.cvss) {
    story.line("CVSS " + printable(cvss.version),
               fixed_point(cvss.score, 1) + "  " + cvss.vector +
                   (cvss.source.empty() ? "" : "  (" + cvss.source + ")"));
  }
  if (finding.epss) {
    story.line("EPSS", fixed_point(finding.epss->score * 100, 2) +
                           " % probability of exploitation, percentile " +
                           fixed_point(finding.epss->percentile * 100, 1) +
                           (finding.epss->date.empty() ? "" : ", as of " + finding.epss->date));
  } else {
    story.line("EPSS", "unknown");
  }
  if (finding.kev) {
    story.line("KEV", "known to be exploited, listed " + finding.kev->added +
                          (finding.kev->due.empty() ? "" : ", to be fixed by " + finding.kev->due) +
                          (finding.kev->ransomware ? ", used by ransomware" : ""));
  }
  if (finding.exploit && finding.exploit->known) {
    const Exploit& exploit = *finding.exploit;
    story.line("Exploit",
               "public" + (exploit.reference.empty() ? "" : ", " + exploit.reference) +
                   (exploit.first_seen.empty() ? "" : ", first seen " + exploit.first_seen));
  }
}

void tell_package(Story& story, const Report& report, const Package& package) {
  story.title("Package");
  story.line("Name", package.name + " " + package.version +
                         (package.arch.empty() ? "" : " (" + package.arch + ")"));
  if (!package.source_name.empty()) {
    story.line("Source",
               package.source_name + " " +
                   (package.source_version.empty() ? package.version : package.source_version));
  }
  const auto& distro = report.inventory.distro;
  story.line("Package URL", purl_of(package, distro ? &*distro : nullptr));
  if (distro) story.line("Distribution", distro->name.empty() ? distro->id : distro->name);
}

void tell_place(Story& story, const Report& report, const Package& package) {
  const ReportTarget& target = report.target;
  story.title("Where");
  story.line("Image", target.reference);
  story.line("Digest", target.digest);
  story.line("Platform", target.platform);
  std::string path = package.path;
  for (const Inventory::Database& database : report.inventory.databases) {
    if (database.path == package.path && !database.extractor.empty()) {
      path += ", read by " + database.extractor;
      break;
    }
  }
  story.line("Recorded in", path);
  if (package.layer < 0) {
    story.line("Layer", "unknown");
    return;
  }
  const auto index = static_cast<std::size_t>(package.layer);
  std::string layer = std::to_string(index);
  if (index < target.layers.size()) {
    layer += target.layers.size() == 1 ? ", the only one"
                                       : " (of 0 to " + std::to_string(target.layers.size() - 1) +
                                             "), the first with this package at this version";
  }
  story.line("Layer", layer);
  if (introduced_by(report, package) == "base") story.line("Introduced by", "the base image");
  if (index >= target.layers.size()) return;
  const ReportLayer& described = target.layers[index];
  const bool by_table = described.table.read_by_it();
  story.line("Layer digest",
             described.digest + (by_table ? ", not verified: read by its " + described.table.form +
                                                " table of contents"
                                          : ""));
  story.line("Diff id", target.layers[index].diff_id);
  story.line("Created by", target.layers[index].created_by);
}

void tell_reason(Story& story, const Report& report, const Finding& finding) {
  story.title("Why");
  story.line("Status", std::string(name_of(finding.status)) +
                           (finding.status_reason.empty() ? "" : ": " + finding.status_reason));
  story.line("Justification", finding.justification);
  story.line("Rule", finding.rule);
  story.line("Advisory", finding.advisory_id);
  if (finding.advisory_state != AdvisoryState::kActive) {
    story.line("State", std::string(name_of(finding.advisory_state)));
  }
  std::string feed = finding.feed;
  for (const ReportFeed& known : report.feeds) {
    if (known.name != finding.feed) continue;
    if (!known.data_as_of.empty()) {
      feed += ", data as of " + known.data_as_of;
      if (!known.dated_by.empty() && known.dated_by != "data") {
        feed += " (by " + known.dated_by + ")";
      }
    }
    if (!known.fetched_at.empty()) feed += ", fetched " + known.fetched_at;
    break;
  }
  story.line("Feed", feed);
  story.line("Document", finding.document);
  story.line("URL", finding.advisory_url);
}

void tell_fix_and_score(Story& story, const Finding& finding) {
  story.title("Fix");
  std::string state(name_of(finding.fix_state));
  std::replace(state.begin(), state.end(), '_', ' ');
  if (!finding.fix_versions.empty()) state += " in " + joined(finding.fix_versions);
  story.line("State", state);
  story.line("Remediation", finding.remediation);
  story.title("Score " + std::to_string(finding.score) + " of 100");
  std::size_t widest = 0;
  for (const ScorePart& part : finding.score_parts) {
    widest = std::max(widest, columns_of(printable(part.name)));
  }
  widest = std::min<std::size_t>(widest, 60);
  for (const ScorePart& part : finding.score_parts) {
    const std::string name = printable(part.name);
    const std::size_t wide = columns_of(name);
    const std::string points = (part.points < 0 ? "" : "+") + std::to_string(part.points);
    std::string line = name;
    line.append(wide < widest ? widest - wide : 0, '.').append(".. ").append(points);
    story.text("  ", line);
  }
}

}  // namespace

Result<std::string> explain(const Report& report, std::string_view id, std::string_view package) {
  std::string out;
  std::size_t other_packages = 0;
  for (const Finding& finding : report.findings) {
    if (!is_named(finding, id)) continue;
    const Package& found = report.inventory.packages.at(finding.package);
    if (!package.empty() && found.name != package && source_of(found) != package) {
      ++other_packages;
      continue;
    }
    Story story;
    story.text("", finding.id + " in " + found.name + " " + found.version);
    story.text("  ", finding.summary);
    tell_vulnerability(story, finding);
    tell_package(story, report, found);
    tell_place(story, report, found);
    tell_reason(story, report, finding);
    tell_fix_and_score(story, finding);
    if (!out.empty()) out += "\n" + std::string(kWidth, '-') + "\n\n";
    out += story.take();
  }
  if (!out.empty()) return out;
  std::string message = "no finding in this report is named '" + printable(id.substr(0, 200)) + "'";
  if (!package.empty()) message += " for package '" + printable(package.substr(0, 200)) + "'";
  if (other_packages > 0) message += "; " + counted(other_packages, "finding") + " for others";
  return Error{ErrorCode::kNotFound, message};
}

}  // namespace seaworthy
