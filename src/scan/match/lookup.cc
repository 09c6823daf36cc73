#include "scan/match/lookup.h"

#include "scan/match/match.h"

namespace seaworthy {

AdvisoryLookup lookup_in(const AdvisoryDatabase& database) {
  const AdvisoryDatabase* source = &database;
  return {
      .feeds = [source] { return source->feeds(); },
      .rows = [source](const PackageKey& key) { return source->rows(key); },
      .knows = [source](std::string_view ecosystem,
                        std::string_view package) { return source->knows(ecosystem, package); },
      .details = [source](std::string_view id) { return source->details(id); },
      .aliases = [source](std::string_view id) { return source->aliases(id); },
      .epss = [source](std::string_view cve) { return source->epss(cve); },
      .kev = [source](std::string_view cve) { return source->kev(cve); },
      .exploit = [source](std::string_view cve) { return source->exploit(cve); },
      .end_of_life = [source](
                         std::string_view distro,
                         std::string_view version) { return source->end_of_life(distro, version); },
      .repository_cpes =
          [source](std::string_view repository) { return source->repository_cpes(repository); },
      .damaged = [source] { return source->damaged(); },
  };
}

MatchResult match(const Inventory& inventory, const AdvisoryDatabase& database,
                  const MatchOptions& options) {
  return match(inventory, lookup_in(database), options);
}

}  // namespace seaworthy
