// Several rows speak about one vulnerability of one package: advisories that corrected each other,
// feeds of one vendor, Ubuntu's pockets. They are taken together so:
//
//  1. Rows of another architecture, module stream, flavour or pocket are left out.
//  2. "Not affected" for this release settles it (rules 8 and 22): a vendor that says so has looked
//     at this build, and the row beside it is about an older or another one.
//  3. Any row that calls the installed version affected makes it affected, and the highest of the
//     fixes counts (rule 10): a first fix that was incomplete is followed by a second advisory.
//  4. Else, a row that cannot be judged makes it undetermined; never clean.
//
// Ubuntu's pockets (rule 12): the standard pocket decides. A fix in ESM is no fix without a Pro
// subscription; it is only named. Where the image proves a subscription the ESM rows take over, but
// for a fix that the standard archive alone has.
// FIPS, realtime and other product pockets hold other builds and count for their own only. SUSE's
// long-term support is read as ESM is; Red Hat's lines have rules of their own (decision_lines.cc).
#include "scan/match/decision.h"

#include <algorithm>
#include <iterator>

#include "scan/advisory/advisory_id.h"

namespace seaworthy {
namespace {

using Rows = std::vector<const AdvisoryRow*>;

struct Pockets {
  Rows standard, esm;
};

// Sold support that goes on where the standard one ends.
bool is_esm(std::string_view channel) {
  return channel.starts_with("esm") || channel == "ltss" || channel == "espos";
}

// Withdrawn, rejected, and errata about no vulnerability.
bool makes_nothing(const AdvisoryRow& row) {
  return row.state == AdvisoryState::kWithdrawn || row.state == AdvisoryState::kRejected ||
         is_maintenance_advisory(row.advisory_id);
}

Pockets pockets_of(const Rows& rows, const Subject& subject) {
  Pockets pockets;
  Rows fips;
  for (const AdvisoryRow* row : rows) {
    if (makes_nothing(*row)) continue;
    // Amazon's lines are all in the image's repositories; judge_row tells whose a package is.
    if (row->channel.empty() || subject.ecosystem == "amzn") {
      pockets.standard.push_back(row);
    } else if (is_esm(row->channel)) {
      pockets.esm.push_back(row);
    } else if (row->channel.starts_with("fips")) {
      fips.push_back(row);
    }
  }
  if (subject.fips && !fips.empty()) return {fips, {}};
  return pockets;
}

// Which of two affected rows is named: one with a fix, the highest fix, then a fixed order.
bool named_before(const RowJudgement& a, const RowJudgement& b, const Subject& subject) {
  if (a.fix.empty() != b.fix.empty()) return !a.fix.empty();
  if (a.fix != b.fix) {
    const Order order = subject.scheme->compare(a.fix, b.fix);
    if (order == Order::kGreater || order == Order::kLess) return order == Order::kGreater;
  }
  if (a.row->feed != b.row->feed) return a.row->feed < b.row->feed;
  if (a.row->advisory_id != b.row->advisory_id) return a.row->advisory_id < b.row->advisory_id;
  return a.row->document < b.row->document;
}

}  // namespace

Decision judge_together(const Rows& rows, const Subject& subject, bool& applies) {
  std::vector<RowJudgement> affected, undetermined, undecided;
  applies = false;
  bool settled = false;
  for (const AdvisoryRow* row : rows) {
    RowJudgement judgement = judge_row(*row, subject);
    applies = applies || judgement.verdict != RowVerdict::kNotApplicable;
    switch (judgement.verdict) {
      case RowVerdict::kNotAffected:
        settled = true;
        break;
      case RowVerdict::kAffected:
        affected.push_back(std::move(judgement));
        break;
      case RowVerdict::kUndetermined:
        undetermined.push_back(std::move(judgement));
        break;
      case RowVerdict::kUndecided:
        undecided.push_back(std::move(judgement));
        break;
      case RowVerdict::kNotApplicable:
      case RowVerdict::kOutside:
        break;
    }
  }
  Decision decision;
  if (settled) return decision;
  if (!affected.empty()) {
    decision.kind = Decision::Kind::kAffected;
    decision.judgements = std::move(affected);
  } else if (!undetermined.empty()) {
    decision.kind = Decision::Kind::kUndetermined;
    decision.judgements = std::move(undetermined);
  } else if (!undecided.empty()) {
    decision.kind = Decision::Kind::kUndecided;
    decision.judgements = std::move(undecided);
  }
  // Versions that do not compare leave no strict order, and a sort that trusts one may run astray:
  // the row to name is picked by a single pass instead.
  auto& all = decision.judgements;
  if (all.empty()) return decision;
  std::size_t first = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (named_before(all[i], all[first], subject)) first = i;
  }
  std::swap(all[0], all[first]);
  if (decision.kind == Decision::Kind::kAffected) decision.fix = all[0].fix;
  return decision;
}

Decision decide(const Rows& rows, const Subject& subject, const DecisionOptions& options) {
  if (options.scope) {
    Rows kept;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(kept),
                 [](const AdvisoryRow* row) { return !makes_nothing(*row); });
    return decide_by_line(kept, subject, *options.scope);
  }
  const Pockets pockets = pockets_of(rows, subject);
  bool standard_applies = false;
  Decision standard = judge_together(pockets.standard, subject, standard_applies);
  if (pockets.esm.empty()) return standard;
  bool esm_applies = false;
  Decision esm = judge_together(pockets.esm, subject, esm_applies);
  if (!esm_applies) return standard;
  // Support that has no fix (yet) takes nothing from a subscriber: the standard archive's is there.
  const bool only_standard_fixes =
      esm.kind != Decision::Kind::kNothing && esm.fix.empty() && !standard.fix.empty();
  const bool esm_decides =
      !standard_applies ||
      (options.pro && standard.kind != Decision::Kind::kNothing && !only_standard_fixes);
  Decision& answer = esm_decides ? esm : standard;
  if (!options.pro && answer.kind == Decision::Kind::kAffected && !esm.fix.empty() &&
      (esm_decides || standard.fix.empty())) {
    answer.pro_fix = esm.fix;
    answer.pro_channel = esm.judgements[0].row->channel;
    answer.fix.clear();
  }
  return std::move(answer);
}

}  // namespace seaworthy
