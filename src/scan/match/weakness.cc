#include "scan/match/weakness.h"

#include <algorithm>

#include "scan/advisory/advisory_id.h"

namespace seaworthy {
namespace {

std::string representative(const std::string& id, const std::vector<std::string>& aliases) {
  std::string cve;
  std::string first = id;
  for (const std::string& alias : aliases) {
    if (is_cve(alias)) {
      // A set with two CVE ids speaks of two weaknesses; neither is *the* one.
      if (!cve.empty() && cve != alias) return id;
      cve = alias;
    } else if (!is_advisory_id(alias)) {
      first = std::min(first, alias);
    }
  }
  return cve.empty() ? first : cve;
}

}  // namespace

const std::string& Weaknesses::id_of(const std::string& id) {
  if (is_cve(id)) return id;
  const auto known = ids_.find(id);
  if (known != ids_.end()) return known->second;
  return ids_.emplace(id, representative(id, lookup_.aliases(id))).first->second;
}

const WeaknessFacts& Weaknesses::facts(const std::string& id) {
  const auto known = facts_.find(id);
  if (known != facts_.end()) return known->second;
  WeaknessFacts facts;
  facts.details = lookup_.details(id);
  for (const VulnerabilityDetails& source : facts.details) {
    facts.rejected = facts.rejected || source.state == AdvisoryState::kRejected;
    facts.disputed = facts.disputed || source.state == AdvisoryState::kDisputed;
  }
  for (std::string& alias : lookup_.aliases(id)) {
    if (alias != id && !is_cve(alias) && !is_advisory_id(alias)) {
      facts.aliases.push_back(std::move(alias));
    }
  }
  std::sort(facts.aliases.begin(), facts.aliases.end());
  facts.aliases.erase(std::unique(facts.aliases.begin(), facts.aliases.end()), facts.aliases.end());
  if (is_cve(id)) {
    facts.epss = lookup_.epss(id);
    facts.kev = lookup_.kev(id);
    facts.exploit = lookup_.exploit(id);
  }
  return facts_.emplace(id, std::move(facts)).first->second;
}

}  // namespace seaworthy
