#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scan/match/lookup.h"

namespace seaworthy {

// What is known about a vulnerability, whatever the package.
struct WeaknessFacts {
  std::vector<VulnerabilityDetails> details;  // by feed name
  std::vector<std::string> aliases;           // sorted; no advisory's id, no second CVE
  std::optional<Epss> epss;
  std::optional<Kev> kev;
  std::optional<Exploit> exploit;
  bool rejected = false;
  bool disputed = false;
};

// Asks the database once per id and match: an image names the same vulnerability for dozens of
// packages. Not thread safe; the lookup must outlive it.
class Weaknesses {
 public:
  explicit Weaknesses(const AdvisoryLookup& lookup) : lookup_(lookup) {}

  // The id under which a finding is reported: the one CVE of the alias set, else the first id of
  // it in byte order. Two ids of one weakness have the same answer (rule 39). The answer lives as
  // long as both this object and `id`.
  const std::string& id_of(const std::string& id);
  const WeaknessFacts& facts(const std::string& id);

 private:
  const AdvisoryLookup& lookup_;
  std::unordered_map<std::string, std::string> ids_;
  std::unordered_map<std::string, WeaknessFacts> facts_;
};

}  // namespace seaworthy
