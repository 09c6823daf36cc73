#include "scan/match/finding.h"

#include <algorithm>
#include <tuple>

namespace seaworthy {
namespace {

std::string rule_text(const Decision& decision, const Subject& subject, bool borrowed) {
  const RowJudgement& named = decision.judgements.front();
  std::string text = subject.label;
  text += subject.by_source ? " source package " : subject.product ? " product " : " package ";
  text +=
      subject.names.front() + " " + (subject.version.empty() ? "(no version)" : subject.version);
  if (!subject.stream.empty()) text += " of module " + subject.stream;
  if (decision.kind == Decision::Kind::kUndecided) return text + ": not decided by the vendor";
  if (named.bound == "every version") {
    text += ": every version is affected";
  } else if (named.bound == "listed as affected") {
    text += ": listed as affected";
  } else if (!named.bound.empty()) {
    text += " " + named.bound;
    if (named.bound.starts_with("< ")) text += " (fixed)";
    if (named.bound.starts_with("<= ")) text += " (last affected)";
  }
  if (!named.row->module.empty()) text += " in module " + named.row->module;
  if (!named.row->channel.empty()) text += " in " + named.row->channel;
  if (borrowed) text += "; the release has no entry of its own, so unstable's fix is compared";
  return text;
}

FixState fix_state_of(const Decision& decision, bool borrowed) {
  if (decision.kind != Decision::Kind::kAffected) return FixState::kUnknown;
  if (borrowed) return FixState::kNotFixed;
  if (!decision.fix.empty()) return FixState::kFixed;
  if (!decision.later_fix.empty()) return FixState::kNotFixed;
  if (!decision.pro_fix.empty() && !decision.judgements.front().row->channel.empty()) {
    return FixState::kNotFixed;  // only ESM speaks of it, and ESM is out of reach
  }
  // The vendor's most telling word: a plain "not fixed" beside "will not fix" is the older one.
  FixState state = FixState::kUnknown;
  for (const RowJudgement& judgement : decision.judgements) {
    const FixState own = judgement.row->fix_state;
    if (own != FixState::kFixed) state = std::max(state, own);
  }
  return state;
}

void set_details(Finding& finding, const WeaknessFacts& facts) {
  for (const VulnerabilityDetails& source : facts.details) {
    if (finding.summary.empty() || source.feed == finding.feed) {
      if (!source.summary.empty()) finding.summary = source.summary;
    }
    for (const Cvss& vector : source.cvss) {
      finding.cvss.push_back(vector);
      if (vector.source.empty()) finding.cvss.back().source = source.feed;
    }
  }
  const auto key = [](const Cvss& c) { return std::tie(c.source, c.version, c.vector); };
  std::sort(finding.cvss.begin(), finding.cvss.end(),
            [&](const Cvss& a, const Cvss& b) { return key(a) < key(b); });
  finding.cvss.erase(std::unique(finding.cvss.begin(), finding.cvss.end()), finding.cvss.end());
}

void set_status(Finding& finding, const Decision& decision, const Subject& subject) {
  const AdvisoryRow& row = *decision.judgements.front().row;
  switch (decision.kind) {
    case Decision::Kind::kUndetermined:
      finding.status = FindingStatus::kUndetermined;
      finding.status_reason = decision.judgements.front().reason;
      finding.open_at_vendor = row.status == AdvisoryStatus::kUnderInvestigation;
      break;
    case Decision::Kind::kUndecided:
      finding.status = FindingStatus::kSuppressed;
      finding.status_reason = "the vendor has not decided whether it is affected";
      break;
    default:
      finding.status = FindingStatus::kAffected;
      if (row.unimportant) finding.status_reason = "unimportant: no security impact, by the vendor";
      break;
  }
  if (subject.kernel_headers && finding.kind != FindingKind::kMalicious) {
    finding.status = FindingStatus::kSuppressed;
    finding.status_reason = "kernel headers";
  }
}

}  // namespace

Finding finding_from(const std::string& id, const Decision& decision, const Subject& subject,
                     const WeaknessFacts& facts, bool borrowed) {
  const AdvisoryRow& row = *decision.judgements.front().row;
  Finding finding;
  finding.id = id;
  finding.aliases = facts.aliases;
  for (const RowJudgement& judgement : decision.judgements) {
    if (judgement.row->kind == FindingKind::kMalicious) finding.kind = FindingKind::kMalicious;
  }
  set_status(finding, decision, subject);
  finding.feed = row.feed;
  finding.advisory_id = row.advisory_id.empty() ? row.vulnerability : row.advisory_id;
  finding.advisory_url = advisory_page(subject.ecosystem, subject.label, finding.advisory_id);
  finding.advisory_state = row.state;
  if (facts.disputed && row.state == AdvisoryState::kActive) {
    finding.advisory_state = AdvisoryState::kDisputed;
  }
  finding.document = row.document;
  finding.fix_state = fix_state_of(decision, borrowed);
  if (finding.fix_state == FixState::kFixed) finding.fix_versions = {decision.fix};
  finding.rule = rule_text(decision, subject, borrowed);
  finding.epss = facts.epss;
  finding.kev = facts.kev;
  finding.exploit = facts.exploit;
  set_details(finding, facts);
  set_severity(finding, decision, facts);
  finding.remediation = remediation_for(finding, decision, subject);
  set_score(finding);
  return finding;
}

}  // namespace seaworthy
