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
#include "scan/update/signature_trust.h"

namespace seaworthy {

Result<DatabaseImportOptions> database_import_options(const Options& options) {
  DatabaseImportOptions import;
  import.limits = options.limits;
  import.now = now();
  import.allow_unsigned = options.allow_unsigned;
  import.allow_rollback = options.allow_rollback;
  for (const std::string& path : options.trusted_keys) {
    ASSIGN_OR_RETURN(PublicKey key, load_public_key(path));
    import.trusted_keys.push_back(std::move(key));
  }
  return import;
}

Result<std::vector<PrivateKey>> load_signing_keys(const Options& options) {
  std::vector<PrivateKey> keys;
  for (const std::string& path : options.keys) {
    ASSIGN_OR_RETURN(PrivateKey key, PrivateKey::load(path));
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<std::string> load_key_chain(const Options& options) {
  if (options.key_chain.empty()) return std::string();
  ASSIGN_OR_RETURN(std::string chain, read_file(options.key_chain, kMaxKeyChainBytes));
  if (auto parsed = parse_key_chain(chain, options.limits); !parsed) {
    return std::move(parsed).error().during(options.key_chain);
  }
  return chain;
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
  ASSIGN_OR_RETURN(DatabaseImportOptions import, database_import_options(options));
  for (const std::string& path : options.arguments) {
    ProgressBar bar(!options.quiet && takes_escapes(STDERR_FILENO));
    import.progress = [&bar](const std::string& part, std::uint64_t done, std::uint64_t total) {
      bar.show("importing " + part, done, total);
  };
  ASSIGN_OR_RETURN(const DatabaseImport imported,
                   import_database_file(path, options.database_directory, import));
  print_database_import(imported);
}
return kExitDone;
}  // namespace seaworthy

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
  print("parts in place: " + std::to_string(count) + " of " +
            std::to_string(publication.parts.size()) + ": ",
        here);
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
  ASSIGN_OR_RETURN(const std::string chain, load_key_chain(options));
  ASSIGN_OR_RETURN(const ExportedDatabase database, export_with_progress(options));
  RETURN_IF_ERROR(write_database_file(database, path, keys, chain));
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
