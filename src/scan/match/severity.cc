// Severity and score of a finding.
//
// The score orders what to repair first. It is a plain sum, so that every number can be explained:
//   severity    critical 40, high 30, medium 20, unknown 15, low 10, negligible 2
//   kev         30 where the vulnerability is known to be exploited (CISA KEV)
//   exploit     10 where an exploit is public
//   epss        up to 15: 15 times the square root of the probability, because half of all scores
//               lie below 0.1 % and a linear scale would show none of the differences
//   fix         5 where an update repairs it
//   malicious   100 instead of severity
// Sums above 100 are cut by a part of their own, "cap", so that the parts still add up.
#include <algorithm>
#include <cmath>

#include "scan/advisory/cvss.h"
#include "scan/match/finding.h"

namespace seaworthy {
namespace {

constexpr int kMaxScore = 100;

int severity_points(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return 40;
    case Severity::kHigh:
      return 30;
    case Severity::kMedium:
      return 20;
    case Severity::kLow:
      return 10;
    case Severity::kNegligible:
      return 2;
    default:
      return 15;
  }
}

bool take_vendor(Finding& finding, const Decision& decision) {
  for (const RowJudgement& judgement : decision.judgements) {
    if (judgement.row->unimportant) {
      finding.severity = Severity::kNegligible;
    } else if (judgement.row->severity != Severity::kUnknown) {
      finding.severity = judgement.row->severity;
    } else {
      continue;
    }
    finding.severity_source = judgement.row->feed;
    return true;
  }
  return false;
}

bool take_details(Finding& finding, const VulnerabilityDetails& source) {
  if (source.severity == Severity::kUnknown) return false;
  finding.severity = source.severity;
  finding.severity_source = source.feed;
  return true;
}

// The newest version of CVSS that has a score, of one feed.
bool take_cvss(Finding& finding, const VulnerabilityDetails& source) {
  const Cvss* best = nullptr;
  for (const Cvss& cvss : source.cvss) {
    if (cvss.score > 0 && (best == nullptr || cvss.version > best->version)) best = &cvss;
  }
  if (best == nullptr) return false;
  finding.severity = severity_of_score(best->score);
  // CVSS v2 has the same borders without "critical".
  if (best->version.starts_with('2')) {
    finding.severity = std::min(finding.severity, Severity::kHigh);
  }
  finding.severity_source = source.feed;
  return true;
}

// Which of the feeds is asked when: the advisory's own, NVD, the others by name.
int turn_of(const VulnerabilityDetails& source, const Finding& finding) {
  if (source.feed == finding.feed) return 0;
  return source.feed.find("nvd") != source.feed.npos ? 1 : 2;
}

}  // namespace

void set_severity(Finding& finding, const Decision& decision, const WeaknessFacts& facts) {
  if (finding.kind == FindingKind::kMalicious) {
    finding.severity = Severity::kCritical;
    finding.severity_source = finding.feed;
    return;
  }
  if (take_vendor(finding, decision)) return;
  const auto take_from = [&](auto take, int first, int last) {
    for (int turn = first; turn <= last; ++turn) {
      for (const VulnerabilityDetails& source : facts.details) {
        if (turn_of(source, finding) == turn && take(finding, source)) return true;
      }
    }
    return false;
  };
  // Another distribution rates its own packages: its word comes after every score.
  if (take_from(take_details, 0, 1) || take_from(take_cvss, 0, 2)) return;
  take_from(take_details, 2, 2);
}

void set_score(Finding& finding) {
  finding.score = 0;
  finding.score_parts.clear();
  const auto add = [&](std::string_view name, int points) {
    if (points == 0) return;
    finding.score_parts.push_back({std::string(name), points});
    finding.score += points;
  };
  if (finding.kind == FindingKind::kMalicious) {
    add("malicious", kMaxScore);
  } else {
    add("severity", severity_points(finding.severity));
  }
  if (finding.kev) add("kev", 30);
  if (finding.exploit && finding.exploit->known) add("exploit", 10);
  if (finding.epss && finding.epss->score > 0) {
    const double probability = finding.epss->score < 1 ? finding.epss->score : 1;
    add("epss", static_cast<int>(std::lround(15 * std::sqrt(probability))));
  }
  if (finding.fix_state == FixState::kFixed) add("fix", 5);
  if (finding.score > kMaxScore) add("cap", kMaxScore - finding.score);
}

}  // namespace seaworthy
