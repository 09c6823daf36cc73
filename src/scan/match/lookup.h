#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "scan/advisory/database.h"

namespace seaworthy {

// What matching asks of the advisory database, as a value: tests answer from a table, and a service
// may answer from memory. Every function must be set; all may be called from the matching thread
// only, any number of times.
struct AdvisoryLookup {
  std::function<std::vector<FeedInfo>()> feeds;
  std::function<std::vector<AdvisoryRow>(const PackageKey&)> rows;
  // Whether there is any row about the package, in whatever release.
  std::function<bool(std::string_view ecosystem, std::string_view package)> knows;
  std::function<std::vector<VulnerabilityDetails>(std::string_view id)> details;
  std::function<std::vector<std::string>(std::string_view id)> aliases;
  std::function<std::optional<Epss>(std::string_view cve)> epss;
  std::function<std::optional<Kev>(std::string_view cve)> kev;
  std::function<std::optional<Exploit>(std::string_view cve)> exploit;
  std::function<std::optional<EndOfLifeInfo>(std::string_view distro, std::string_view version)>
      end_of_life;
  // CPE names of the products that a package repository serves; empty where nobody knows it.
  std::function<std::vector<std::string>(std::string_view repository)> repository_cpes;
  // How many values could not be read so far. What cannot be read is left out of every answer, so
  // a package during whose matching this grows is never clean.
  std::function<std::uint64_t()> damaged;
};

// Answers from an open database, which must outlive the result.
AdvisoryLookup lookup_in(const AdvisoryDatabase& database);

}  // namespace seaworthy
