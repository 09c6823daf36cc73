#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scan/advisory/database.h"
#include "scan/image/registry_options.h"
#include "scan/update/parts_import.h"

namespace seaworthy {

struct PullOptions {
  DatabaseImportOptions import;
  RegistryOptions registry;
  std::vector<std::string> parts;  // by name, beside those in place
  bool all = false;
  // Which ecosystems and releases are needed. It is given a database that has the published feed
  // table and no rows, and can ask matching (scan/match/scopes.h). May be empty.
  std::function<Result<std::set<std::pair<std::string, std::string>>>(const AdvisoryDatabase&)>
      needed;
  std::function<void(const std::string& part, std::uint64_t done, std::uint64_t total)> progress;
};

struct PullResult {
  DatabaseImport import;
  std::uint64_t bytes_fetched = 0, blobs_fetched = 0;
};

// Pulls a published database from `source` ("registry/repository[:tag][@digest]" or
// "oci:DIR[:ref]") into the directory: the parts in place, those that the options name or need, and
// where neither gives any, all of them. A part that is in place as it was published is not fetched
// again. kUnsupported: something else is published there; kNotFound: nothing, or no part of a given
// name; otherwise as import_parts.
Result<PullResult> pull_database(const std::string& source, const std::string& directory,
                                 const PullOptions& options);

}  // namespace seaworthy
