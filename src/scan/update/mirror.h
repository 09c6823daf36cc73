#pragma once

#include <string>
#include <vector>

#include "scan/update/update.h"

namespace seaworthy {

// Lays out a directory for sites without a network: DIR/SOURCE/FILE as `update_database` reads it,
// as a directory or served over HTTP, each file with its SHA-256 beside it (FILE.sha256), and
// sources of many files as DIR/SOURCE/files/... with DIR/SOURCE/SHA256SUMS. Nothing
// is imported; archives are fetched whole. Again over the same directory it fetches what is newer.
// A file that lost more than half of its bytes is refused unless `allow_loss` says otherwise.
// Options `mirror` is where to copy from; the other fields as for update_database.
Result<std::vector<SourceUpdate>> mirror_sources(const std::string& directory,
                                                 const UpdateOptions& options);

// kInvalidInput where the held file of a source is not what the FILE.sha256 beside it says (without
// one it is believed), or a set of files is not what its SHA256SUMS says.
Status verify_beside(const UpdateSource& source, const std::string& path);

}  // namespace seaworthy
