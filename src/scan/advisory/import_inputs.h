#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "scan/advisory/import.h"

namespace seaworthy {

// kUsage: the name cannot be a key of the database.
Status check_feed_name(const std::string& name);

// What the paths of an import stand for. A directory that holds an archive stands for its archives
// and directories, and the documents beside them for one more; every other path stands for itself.
// `feed_name`, where it is not empty, names the only input.
Result<std::vector<FeedSource>> sources_of(const std::vector<std::string>& paths,
                                           const std::string& feed_name);

}  // namespace seaworthy
