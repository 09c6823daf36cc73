// "Next steps": the few actions that remove the most findings. Findings whose packages come from
// one source are fixed by one upgrade; the command asks the package manager for its newest version,
// which is at least every fix version in the table, so no versions have to be compared here.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "scan/report/language_fix.h"
#include "scan/report/package_type.h"
#include "scan/report/table.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMostSteps = 5;
constexpr std::size_t kCommandIndent = 5;

struct Step {
  std::string text;     // printable
  std::string command;  // printable; "" none
  std::size_t findings = 0, critical = 0, high = 0, exploited = 0;

  void count(const Finding& finding) {
    ++findings;
    critical += finding.severity == Severity::kCritical;
    high += finding.severity == Severity::kHigh;
    exploited += finding.kev.has_value();
  }
  std::string gain() const {
    std::string text_of_gain = counted(findings, "finding");
    std::string parts;
    const auto add = [&](std::size_t number, std::string_view what) {
      if (number == 0) return;
      parts += (parts.empty() ? "" : ", ") + std::to_string(number) + " " + std::string(what);
    };
    add(exploited, "KEV");
    add(critical, "critical");
    add(high, "high");
    return parts.empty() ? text_of_gain : text_of_gain + " (" + parts + ")";
  }
};

// A package name comes from the image: it goes into a command that a person may paste only where
// it cannot be anything but a name.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '-' &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "+-._") == std::string_view::npos;
}

// The command in front of the package names. The matcher knows which one a release has and puts it
// into the remediation; a report that was read back may hold anything, so only these are taken.
constexpr std::array<std::string_view, 6> kCommands{
    "apt-get update && apt-get install --only-upgrade",
    "apk upgrade",
    "dnf upgrade",
    "yum update",
    "tdnf update",
    "zypper update"};

std::string_view command_of(const Finding& finding, PackageType type) {
  for (const std::string_view command : kCommands) {
    if (finding.remediation.starts_with(std::string(command) + " ")) return command;
  }
  switch (type) {
    case PackageType::kDeb:
      return kCommands[0];
    case PackageType::kApk:
      return kCommands[1];
    case PackageType::kRpm:
      return kCommands[2];
    default:
      return "";
  }
}

std::string upgrade_command(std::string_view command, const std::set<std::string>& names) {
  if (command.empty() || !std::all_of(names.begin(), names.end(), is_plain_name)) return "";
  std::string line(command);
  for (const std::string& name : names) line += " " + name;
  return line;
}

// What is being exploited comes first even where it removes few: a list that is cut must have it.
bool more_gain(const Step& a, const Step& b) {
  const bool a_exploited = a.exploited > 0, b_exploited = b.exploited > 0;
  if (a_exploited != b_exploited) return a_exploited;
  if (a.findings != b.findings) return a.findings > b.findings;
  if (a.critical != b.critical) return a.critical > b.critical;
  return a.text < b.text;
}

bool is_open(const Finding& finding) {
  return finding.status == FindingStatus::kAffected;
}

std::vector<Step> upgrades(const TablePage& page) {
  struct Group {
    Step step;
    std::string_view command;
    std::set<std::string> names;
    LanguageFix fix;
  };
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const Finding* finding : page.findings) {
    if (!is_open(*finding) || finding->kind == FindingKind::kMalicious ||
        finding->fix_state != FixState::kFixed) {
      continue;
    }
    const Package& package = page.package_of(*finding);
    Group& group = groups[{type_text(package), source_of(package)}];
    group.step.count(*finding);
    if (package.type == PackageType::kOther) {
      take_newest_fix(group.fix, *finding, type_text(package));
      continue;
    }
    group.names.insert(package.name);
    if (group.command.empty()) group.command = command_of(*finding, package.type);
  }
  std::vector<Step> steps;
  for (auto& [key, group] : groups) {
    group.step.text = "upgrade " + printable(key.second);
    if (!group.fix.version.empty()) group.step.text += " to " + printable(group.fix.version);
    group.step.command =
        group.names.empty() ? group.fix.command : upgrade_command(group.command, group.names);
    steps.push_back(std::move(group.step));
  }
  std::sort(steps.begin(), steps.end(), more_gain);
  return steps;
}

// Why the rest stays: no fix yet, a fix that needs a subscription, a vendor that will not fix.
std::vector<Step> not_upgradable(const TablePage& page) {
  std::map<std::string, Step> by_text;
  for (const Finding* finding : page.findings) {
    const bool malicious = finding->kind == FindingKind::kMalicious;
    if (!is_open(*finding) || malicious || finding->fix_state == FixState::kFixed ||
        finding->remediation.empty()) {
      continue;
    }
    by_text[finding->remediation].count(*finding);
  }
  std::vector<Step> steps;
  for (auto& [text, step] : by_text) {
    step.text = printable(text);
    steps.push_back(std::move(step));
  }
  std::sort(steps.begin(), steps.end(), more_gain);
  return steps;
}

std::vector<std::string> urgent_steps(const TablePage& page) {
  std::vector<std::string> lines;
  std::set<std::string> malicious;
  for (const Finding* finding : page.findings) {
    if (finding->kind != FindingKind::kMalicious) continue;
    const Package& package = page.package_of(*finding);
    malicious.insert("remove " + printable(package.name + " " + package.version) +
                     ": it is malicious; treat what ran it as compromised");
  }
  lines.assign(malicious.begin(), malicious.end());
  if (page.report.end_of_life.past && page.report.inventory.distro) {
    const Distro& distro = *page.report.inventory.distro;
    lines.push_back(
        "move to a supported release: " + printable(distro.name.empty() ? distro.id : distro.name) +
        " gets no security fixes any more");
  }
  return lines;
}

// A command is there to be copied: where it is too long it goes on as a shell reads it, behind a
// backslash. One word is never broken.
std::vector<std::string> shell_lines(std::string_view command, std::size_t width) {
  constexpr std::string_view kGoesOn = " \\";
  constexpr std::string_view kIndent = "  ";
  std::vector<std::string> lines;
  std::string indent;
  while (indent.size() + columns_of(command) > width) {
    const std::size_t room = width - kGoesOn.size() - indent.size();
    std::size_t cut = command.rfind(' ', room);
    if (cut == std::string_view::npos) cut = command.find(' ', room);
    if (cut == std::string_view::npos) break;
    lines.push_back(indent + std::string(command.substr(0, cut)) + std::string(kGoesOn));
    command.remove_prefix(cut + 1);
    indent = kIndent;
  }
  lines.push_back(indent + std::string(command));
  return lines;
}

std::string step_lines(const TablePage& page, std::size_t number, const Step& step) {
  std::string out =
      paragraph(std::to_string(number) + ". ", step.text + ": removes " + step.gain(), page.width);
  if (step.command.empty()) return out;
  for (const std::string& line : shell_lines(step.command, page.width - kCommandIndent)) {
    out += std::string(kCommandIndent, ' ') + page.paint(Tone::kBold, line) + "\n";
  }
  return out;
}

}  // namespace

std::string next_steps_section(const TablePage& page) {
  std::string out;
  std::size_t number = 0;
  for (const std::string& line : urgent_steps(page)) {
    out += paragraph(std::to_string(++number) + ". ", line, page.width);
  }
  const std::vector<Step> steps = upgrades(page);
  std::size_t left_steps = 0, left_findings = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i < kMostSteps) {
      out += step_lines(page, ++number, steps[i]);
    } else {
      ++left_steps;
      left_findings += steps[i].findings;
    }
  }
  if (left_steps > 0) {
    out += "   " + counted(left_steps, "more upgrade") +
           (left_steps == 1 ? " removes " : " remove ") + counted(left_findings, "finding") + "\n";
  }
  const std::vector<Step> others = not_upgradable(page);
  for (std::size_t i = 0; i < std::min(kMostSteps, others.size()); ++i) {
    out += paragraph("-  ", others[i].text + ": " + others[i].gain(), page.width);
  }
  if (others.size() > kMostSteps) {
    out += "-  " + counted(others.size() - kMostSteps, "more reason") + " in --format json\n";
  }
  return out.empty() ? out : "\n" + page.paint(Tone::kBold, "Next steps") + "\n" + out;
}

}  // namespace seaworthy
