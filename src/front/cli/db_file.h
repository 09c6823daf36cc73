#pragma once

#include <string>
#include <vector>

#include "front/cli/options.h"
#include "scan/advisory/publication.h"
#include "scan/update/export.h"
#include "scan/update/parts_import.h"
#include "scan/update/signature_trust.h"

namespace seaworthy {

// What the commands that exchange databases share.
Result<DatabaseImportOptions> database_import_options(const Options& options);
Result<std::vector<PrivateKey>> load_signing_keys(const Options& options);
// kPermissionDenied: nobody who follows the key set would believe what one of `signers` alone
// signs; `what` names it.
Status check_signers(const KeySet& set, const std::vector<PrivateKey>& signers,
                     const std::string& what);
// The text of `--keys`; its newest set must know one of the signers, where there are any.
Result<std::string> load_key_chain(const Options& options, const std::vector<PrivateKey>& signers);
Result<ExportedDatabase> export_with_progress(const Options& options);
void print_database_import(const DatabaseImport& import);
// For `db status`: sequence, key, and the parts in place; `verbose` lists those that are not.
void print_publication(const Publication& publication, bool verbose);
void print_parts(const DatabaseHeader& header);

// `db import` where every path is a published database: in the order given, so that a whole export
// and its deltas can stand in one line.
Result<int> import_database_files(const Options& options);

}  // namespace seaworthy
