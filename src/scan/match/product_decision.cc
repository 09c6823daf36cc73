// The sources that speak of one program, joined: the first that calls a version affected tells, the
// others add their scores and the higher fix. Nobody's silence takes back what another says: they
// copy from each other, and not always in full. Only the program's own group may say that a
// vulnerability is of another operating system.
#include <algorithm>
#include <array>
#include <map>

#include "scan/advisory/cpe.h"
#include "scan/match/product.h"

namespace seaworthy {
namespace {

struct SourceDecision {
  const Subject* subject;
  Decision decision;

  bool affects() const { return decision.kind == Decision::Kind::kAffected; }
};

// Whether a row is about programs of the operating system `distro` at all: some are about a
// plug-in, or a build for another system.
bool is_of_platform(const AdvisoryRow& row, std::string_view distro) {
  constexpr std::array<std::string_view, 6> kOfLinux{"",     "-",     "linux", "linux_kernel",
                                                     "unix", "docker"};
  if (distro == "windows" && row.channel == "windows") return true;
  return std::find(kOfLinux.begin(), kOfLinux.end(), row.channel) != kOfLinux.end();
}

// As `decide`; what NVD says of a product beside something else is undetermined.
Decision decide_source(const std::vector<const AdvisoryRow*>& rows, const Subject& subject) {
  Decision decision = decide(rows, subject, {});
  if (decision.kind != Decision::Kind::kAffected) return decision;
  const auto needs_another = [](const RowJudgement& judgement) {
    return judgement.row->note == kBesideAnother;
  };
  std::vector<RowJudgement>& judgements = decision.judgements;
  if (std::all_of(judgements.begin(), judgements.end(), needs_another)) {
    decision.kind = Decision::Kind::kUndetermined;
    judgements.front().reason =
        "NVD calls it affected " + std::string(kBesideAnother) + ", which is not looked for";
  }
  return decision;
}

ProductDecision joined(const std::string& id, const std::vector<SourceDecision>& sources) {
  auto told = std::find_if(sources.begin(), sources.end(),
                           [](const SourceDecision& each) { return each.affects(); });
  if (told == sources.end()) told = sources.begin();
  ProductDecision out{id, told->subject, told->decision, "", ""};
  for (auto other = sources.begin(); other != sources.end(); ++other) {
    if (other == told || !other->affects()) continue;
    const Decision& same = other->decision;
    out.others += (out.others.empty() ? "; also by " : ", ") + same.judgements.front().row->feed;
    out.decision.judgements.insert(out.decision.judgements.end(), same.judgements.begin(),
                                   same.judgements.end());
    const std::string& fix = out.decision.fix;
    if (fix.empty() || out.subject->scheme->compare(fix, same.fix) == Order::kLess) {
      out.decision.fix = same.fix;
    }
  }
  return out;
}

}  // namespace

std::vector<ProductDecision> judge_product(const std::vector<ProductName>& names,
                                           std::vector<std::vector<AdvisoryRow>>& rows,
                                           Weaknesses& weaknesses, std::string_view distro) {
  std::map<std::string, std::vector<SourceDecision>> decisions;
  std::map<std::string, std::string> denied;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Subject& subject = names[i].subject;
    std::map<std::string, std::vector<const AdvisoryRow*>> by_weakness;
    for (AdvisoryRow& row : rows.at(i)) {
      const std::string& id = weaknesses.id_of(row.vulnerability);
      if (is_of_platform(row, distro)) {
        row.channel.clear();  // no pocket of a distribution
        by_weakness[id].push_back(&row);
      } else if (names[i].own_group) {
        denied[id] = "only on " + row.channel + ", says " + row.feed;
      }
    }
    for (const auto& [id, together] : by_weakness) {
      Decision decision = decide_source(together, subject);
      if (decision.kind == Decision::Kind::kNothing) continue;
      decisions[id].push_back({&subject, std::move(decision)});
    }
  }
  std::vector<ProductDecision> out;
  for (const auto& [id, sources] : decisions) {
    out.push_back(joined(id, sources));
    if (const auto why = denied.find(id); why != denied.end()) out.back().denied = why->second;
  }
  return out;
}

}  // namespace seaworthy
