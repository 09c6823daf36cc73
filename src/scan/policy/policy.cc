// From findings to a verdict, by the contract in docs/reference/cli.md.
//
// "Unknown" comes first: where a whole class of packages could not be judged, the absence of
// findings means nothing, and neither does their number. A threshold that was crossed all the same
// is named in the reasons and decides the exit code, because what was found is certain. A finding
// that is undetermined crosses nothing: it is a question. Where it would cross a threshold, and the
// image's own facts are what is missing, the verdict is unknown; where only the vendor can tell, it
// is counted. Neither does one whose severity nobody has rated cross a severity: it may be above or
// below. Where a threshold was given the reasons count it, so that nobody takes it for judged.
#include "scan/policy/policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>

namespace seaworthy {
namespace {

constexpr std::string_view kForms =
    "critical, high, medium, low, kev, exploit, malicious, eol or score=N (0 to 100)";
constexpr int kMaxScore = 100;
constexpr std::size_t kMostAlike = 3;

std::optional<int> parse_score(std::string_view digits) {
  int score = -1;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), score);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (score < 0 || score > kMaxScore) return std::nullopt;
  return score;
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + (count == 1 ? " finding " : " findings ") + std::string(what);
}

// One threshold over findings, and the words for what crosses it.
struct Question {
  std::function<bool(const Finding&)> crosses;
  std::string what;
};

std::vector<Question> questions_of(const Thresholds& thresholds) {
  std::vector<Question> out;
  if (thresholds.malicious) {
    out.push_back({[](const Finding& f) { return f.kind == FindingKind::kMalicious; },
                   "of malicious packages"});
  }
  if (thresholds.kev) {
    out.push_back(
        {[](const Finding& f) { return f.kev.has_value(); }, "known to be exploited (KEV)"});
  }
  if (thresholds.exploit) {
    out.push_back(
        {[](const Finding& f) { return f.exploit && f.exploit->known; }, "with a public exploit"});
  }
  if (thresholds.severity) {
    out.push_back({[least = *thresholds.severity](const Finding& f) { return f.severity >= least; },
                   "of severity " + std::string(name_of(*thresholds.severity)) + " or above"});
  }
  if (thresholds.score) {
    out.push_back({[least = *thresholds.score](const Finding& f) { return f.score >= least; },
                   "with a score of " + std::to_string(*thresholds.score) + " or above"});
  }
  return out;
}

// One sentence for each threshold that the report crosses.
std::vector<std::string> crossed(const Report& report, const Thresholds& thresholds) {
  std::vector<std::string> reasons;
  for (const Question& question : questions_of(thresholds)) {
    const auto count =
        std::count_if(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
          return finding.status == FindingStatus::kAffected && question.crosses(finding);
        });
    if (count > 0) reasons.push_back(counted(static_cast<std::size_t>(count), question.what));
  }
  if (thresholds.end_of_life && report.end_of_life.past) {
    reasons.push_back(
        "the distribution is past its end of life" +
        (report.end_of_life.date.empty() ? "" : " (" + report.end_of_life.date + ")"));
  }
  return reasons;
}

// What would cross a threshold if it were known to affect the image: a gate that passed would have
// passed because nothing could be judged. What only the vendor can tell holds nobody up.
bool is_open_question(const Finding& finding) {
  return finding.status == FindingStatus::kUndetermined && !finding.open_at_vendor;
}

void add_open_questions(std::vector<std::string>& reasons, const Report& report,
                        const Thresholds& thresholds) {
  for (const Question& question : questions_of(thresholds)) {
    std::size_t count = 0;
    const Finding* first = nullptr;
    for (const Finding& finding : report.findings) {
      if (!is_open_question(finding) || !question.crosses(finding)) continue;
      if (count++ == 0) first = &finding;
    }
    if (count == 0) continue;
    reasons.push_back(counted(count, question.what) +
                      (count == 1 ? " cannot be determined: "
                                  : " cannot be determined, among them " + first->id + ": ") +
                      first->status_reason);
  }
}

// Findings that the thresholds could not be asked about.
std::vector<std::string> uncompared(const Report& report, const Thresholds& thresholds) {
  std::size_t unrated = 0, undetermined = 0;
  for (const Finding& finding : report.findings) {
    undetermined += finding.status == FindingStatus::kUndetermined && !is_open_question(finding);
    unrated += finding.status == FindingStatus::kAffected && finding.severity == Severity::kUnknown;
  }
  std::vector<std::string> reasons;
  if (thresholds.severity && unrated > 0) {
    reasons.push_back(counted(unrated, "of unknown severity not compared with the threshold"));
  }
  if (thresholds.any() && undetermined > 0) {
    reasons.push_back(counted(undetermined, "undetermined by the vendor: no threshold applies"));
  }
  return reasons;
}

// Problems of one kind are told by the first of them and their number: the report lists them all.
void add_problems(std::vector<std::string>& reasons, const Report& report) {
  std::map<std::string_view, std::vector<std::string>> kinds;
  std::vector<std::string_view> order;
  for (const Problem& problem : report.problems) {
    if (!makes_verdict_unknown(problem)) continue;
    std::string reason = problem.path.empty() ? "" : problem.path + ": ";
    reason += problem.message.empty() ? problem.code : problem.message;
    std::vector<std::string>& alike = kinds[problem.code];
    if (alike.empty()) order.push_back(problem.code);
    if (std::find(alike.begin(), alike.end(), reason) == alike.end()) {
      alike.push_back(std::move(reason));
    }
  }
  for (const std::string_view code : order) {
    const std::vector<std::string>& alike = kinds[code];
    if (alike.size() <= kMostAlike) {
      reasons.insert(reasons.end(), alike.begin(), alike.end());
    } else {
      reasons.push_back(alike.front() + " (and " + std::to_string(alike.size() - 1) +
                        " more problems of kind " + std::string(code) + ")");
    }
  }
}

// Thresholds over facts that nobody knows: nothing crosses them, which says nothing.
void add_unasked(std::vector<std::string>& reasons, const Report& report,
                 const Thresholds& thresholds) {
  const MissingFacts& missing = report.missing;
  const auto add = [&](bool given, std::string_view threshold, const std::string& why) {
    if (!given || why.empty()) return;
    reasons.push_back("--fail-on " + std::string(threshold) + " cannot be judged: " + why);
  };
  add(thresholds.kev, "kev", missing.kev);
  add(thresholds.exploit, "exploit", missing.exploit);
  add(thresholds.malicious, "malicious", missing.malicious);
  add(thresholds.end_of_life, "eol", missing.end_of_life);
  for (const std::string* part : {&missing.epss, &missing.kev, &missing.exploit}) {
    add(thresholds.score.has_value(), "score", *part);
  }
}

// Why the report cannot carry a verdict; empty where it can.
std::vector<std::string> unknowns(const Report& report, const Thresholds& thresholds) {
  std::vector<std::string> reasons;
  add_problems(reasons, report);
  if (!report.has_database) {
    reasons.emplace_back("no advisory database was consulted");
  } else if (reasons.empty() && report.coverage.matched + report.coverage.clean == 0) {
    reasons.emplace_back("no package was assessed");
  }
  if (report.has_database) {
    add_unasked(reasons, report, thresholds);
    add_open_questions(reasons, report, thresholds);
  }
  return reasons;
}

}  // namespace

bool Thresholds::any() const {
  return severity || kev || exploit || malicious || end_of_life || score;
}

Status add_threshold(Thresholds& thresholds, std::string_view text) {
  struct Flag {
    std::string_view name;
    bool Thresholds::*field;
  };
  static constexpr std::array kFlags{
      Flag{"kev", &Thresholds::kev}, Flag{"exploit", &Thresholds::exploit},
      Flag{"malicious", &Thresholds::malicious}, Flag{"eol", &Thresholds::end_of_life}};
  for (const Flag& flag : kFlags) {
    if (text != flag.name) continue;
    thresholds.*flag.field = true;
    return ok_status();
  }
  for (const Severity severity :
       {Severity::kCritical, Severity::kHigh, Severity::kMedium, Severity::kLow}) {
    if (text != name_of(severity)) continue;
    // Given twice, the stricter one holds: every value alone would fail the image.
    thresholds.severity = std::min(severity, thresholds.severity.value_or(severity));
    return ok_status();
  }
  constexpr std::string_view kScore = "score=";
  if (text.starts_with(kScore)) {
    if (const auto score = parse_score(text.substr(kScore.size()))) {
      thresholds.score = std::min(*score, thresholds.score.value_or(*score));
      return ok_status();
    }
  }
  return Error{ErrorCode::kUsage,
               "no threshold: " + std::string(text) + "; known are " + std::string(kForms)};
}

Verdict judge(const Report& report, const Thresholds& thresholds) {
  Verdict verdict;
  verdict.thresholds_given = thresholds.any() || thresholds.require_complete;
  const std::vector<std::string> unknown = unknowns(report, thresholds);
  const std::vector<std::string> reasons = crossed(report, thresholds);
  verdict.result = !unknown.empty()   ? VerdictResult::kUnknown
                   : !reasons.empty() ? VerdictResult::kUnseaworthy
                                      : VerdictResult::kSeaworthy;
  verdict.reasons = unknown;
  verdict.reasons.insert(verdict.reasons.end(), reasons.begin(), reasons.end());
  for (std::string& reason : uncompared(report, thresholds)) {
    verdict.reasons.push_back(std::move(reason));
  }
  if (!unknown.empty() && verdict.thresholds_given && !thresholds.allow_incomplete.empty()) {
    verdict.reasons.push_back("allowed to be incomplete: " + thresholds.allow_incomplete);
  }
  return verdict;
}

int exit_code_of(const Report& report, const Thresholds& thresholds) {
  if (!crossed(report, thresholds).empty()) return 2;
  if (!thresholds.any() && !thresholds.require_complete) return 0;
  if (unknowns(report, thresholds).empty() || !thresholds.allow_incomplete.empty()) return 0;
  return 3;
}

}  // namespace seaworthy
