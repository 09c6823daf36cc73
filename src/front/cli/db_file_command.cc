// The database as a file: db export, and db import where the path is a published database.
#include <unistd.h>

#include <array>
#include <cinttypes>
#include <cstdio>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "front/cli/command.h"
#include "front/cli/db_file.h"
#include "front/cli/output.h"
#include "front/cli/progress.h"
#include "scan/report/table.h"
#include "scan/report/text.h"
#include "scan/update/export.h"

namespace seaworthy {

Result<DatabaseImportOptions> database_import_options(const Options& options) {
  DatabaseImportOptions importing;
  importing.limits = options.limits;
  importing.now = now();
  importing.allow_unsigned = options.allow_unsigned;
  importing.allow_rollback = options.allow_rollback;
  for (const std::string& path : options.trusted_keys) {
    ASSIGN_OR_RETURN(PublicKey key, load_public_key(path));
    importing.trusted_keys.push_back(std::move(key));
  }
  return importing;
}

Result<std::vector<PrivateKey>> load_signing_keys(const Options& options) {
  std::vector<PrivateKey> keys;
  for (const std::string& path : options.keys) {
    ASSIGN_OR_RETURN(PrivateKey key, PrivateKey::load(path));
    keys.push_back(std::move(key));
  }
  return keys;
}

Status check_signers(const KeySet& set, const std::vector<PrivateKey>& signers,
                     const std::string& what) {
  const Trust trust{{}, set};
  std::string reasons;
  for (const PrivateKey& key : signers) {
    const std::string id = key.public_key().id;
    const std::string why = why_not_trusted(trust, id, now());
    if (why.empty()) return ok_status();
    reasons += (reasons.empty() ? "key " : "; key ") + short_id(id) + " " + why;
  }
  return Error{ErrorCode::kPermissionDenied, what + " must be signed by a key of set " +
                                                 std::to_string(set.version) + ": " + reasons};
}

Result<std::string> load_key_chain(const Options& options, const std::vector<PrivateKey>& signers) {
  if (options.key_chain.empty()) return std::string();
  ASSIGN_OR_RETURN(std::string text, read_file(options.key_chain, kMaxKeyChainBytes));
  const auto chain = parse_key_chain(text, options.limits);
  if (!chain) return Error(chain.error()).during(options.key_chain);
  if (!chain->empty() && !signers.empty()) {
    ASSIGN_OR_RETURN(const KeySet newest, parse_key_set(chain->back().text, options.limits));
    RETURN_IF_ERROR(
        check_signers(newest, signers, "a database beside the keys of " + options.key_chain));
  }
  return text;
}

void print_database_import(const DatabaseImport& import) {
  std::printf(
      "sequence %" PRIu64 ", built %s, %s\n", import.sequence, rfc3339(import.built_at).c_str(),
      import.key.empty() ? "not signed" : ("signed by key " + short_id(import.key)).c_str());
  if (import.keys_changed) std::printf("a newer set of trusted keys was accepted\n");
  if (import.unchanged) {
    std::printf("everything was in place already\n");
    return;
  }
  std::printf("%" PRIu64 " of %" PRIu64 " parts in place, %" PRIu64 " read; %" PRIu64
              " keys written, %" PRIu64 " removed, %" PRIu64 " packages changed\n",
              import.parts_in_place, import.parts, import.parts_read, import.keys_written,
              import.keys_removed, import.packages_changed);
}

Result<int> import_database_files(const Options& options) {
  ASSIGN_OR_RETURN(DatabaseImportOptions importing, database_import_options(options));
  for (const std::string& path : options.arguments) {
    ProgressBar bar(!options.quiet && takes_escapes(STDERR_FILENO));
    importing.progress = [&bar](const std::string& part, std::uint64_t done, std::uint64_t total) {
      bar.show("importing " + part, done, total);
    };
    ASSIGN_OR_RETURN(const DatabaseImport imported,
                     import_database_file(path, options.database_directory, importing));
    if (!options.quiet) print_database_import(imported);
  }
  return kExitDone;
}

Result<ExportedDatabase> export_with_progress(const Options& options) {
  ExportOptions exporting;
  exporting.limits = options.limits;
  exporting.base_file = options.base_file;
  exporting.jobs = options.jobs;
  ProgressBar bar(!options.quiet && takes_escapes(STDERR_FILENO));
  exporting.progress = [&bar](const std::string& part, std::uint64_t done, std::uint64_t total) {
    bar.show("compressing " + part, done, total);
  };
  return export_database(options.database_directory, exporting);
}

void print_publication(const Publication& publication, bool verbose) {
  std::string here, missing;
  std::size_t count = 0;
  for (const PublishedPart& part : publication.parts) {
    std::string& list = part.in_place ? here : missing;
    list += (list.empty() ? "" : ", ") + part.name;
    if (part.in_place) ++count;
  }
  std::printf("published: sequence %" PRIu64 ", %s, imported %s%s\n", publication.sequence,
              publication.key.empty() ? "not signed"
                                      : ("signed by key " + short_id(publication.key)).c_str(),
              rfc3339(publication.imported_at).c_str(),
              publication.altered ? "; a feed of it was imported again since" : "");
  const auto print = [](const std::string& first, const std::string& names) {
    std::fputs(paragraph(first, printable(names), kTextWidth).c_str(), stdout);
  };
  constexpr std::size_t kNamedParts = 12;  // a runner has a few, a whole database over a hundred
  const std::string counted_parts = "parts in place: " + std::to_string(count) + " of " +
                                    std::to_string(publication.parts.size());
  if (count > kNamedParts && !verbose) {
    std::printf("%s (--verbose names them)\n", counted_parts.c_str());
  } else {
    print(counted_parts + ": ", here);
  }
  if (verbose && !missing.empty()) print("not pulled: ", missing);
}

void print_parts(const DatabaseHeader& header) {
  std::printf("%-28s %10s %12s %12s\n", "PART", "KEYS", "STORED", "UNPACKED");
  for (const PartEntry& part : header.parts) {
    if (part.digest.empty()) continue;
    std::printf("%-28s %10" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n", part.name.c_str(), part.keys,
                part.stored, part.unpacked);
  }
}

namespace {

Result<int> run_export(const Options& options) {
  const std::string& path = options.arguments.front();
  ASSIGN_OR_RETURN(const std::vector<PrivateKey> keys, load_signing_keys(options));
  ASSIGN_OR_RETURN(const std::string chain, load_key_chain(options, keys));
  ASSIGN_OR_RETURN(const ExportedDatabase database, export_with_progress(options));
  RETURN_IF_ERROR(write_database_file(database, path, keys, chain));
  if (options.quiet) return kExitDone;
  std::uint64_t bytes = database.header_text.size();
  for (const PartEntry& part : database.header.parts) bytes += part.stored;
  std::printf("%s: sequence %" PRIu64 ", %zu parts, %" PRIu64 " bytes%s\n", path.c_str(),
              database.header.sequence, database.header.parts.size(), bytes,
              keys.empty() ? ", not signed: who imports it needs --allow-unsigned" : "");
  if (options.verbose) print_parts(database.header);
  return kExitDone;
}

constexpr std::array<std::string_view, 8> kExportFlags{"db",   "key",   "keys",  "base",
                                                       "jobs", "limit", "quiet", "verbose"};
constexpr std::array<Example, 2> kExportExamples{
    Example{"seaworthy db export --key publisher.key advisories.swdb", "everything, signed"},
    Example{"seaworthy db export --key publisher.key --base monday.swdb tuesday.delta",
            "what changed since"}};

}  // namespace

extern const Command kDbExport;
const Command kDbExport{
    .name = "db export",
    .arguments = "FILE",
    .summary = "write the database as one signed file",
    .description =
        "The file is divided into parts, one for each ecosystem and release. FILE.sig holds the\n"
        "signatures. With --base only what changed since that export is written.",
    .flags = kExportFlags,
    .examples = kExportExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_export};

}  // namespace seaworthy
