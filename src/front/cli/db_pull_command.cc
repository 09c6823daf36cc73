// The database in a registry: db publish and db pull.
#include <unistd.h>

#include <array>
#include <cinttypes>
#include <cstdio>

#include "core/base/clock.h"
#include "front/cli/command.h"
#include "front/cli/db_file.h"
#include "front/cli/progress.h"
#include "scan/match/scopes.h"
#include "scan/pipeline/scan.h"
#include "scan/update/publish.h"
#include "scan/update/pull.h"

namespace seaworthy {
namespace {

RegistryOptions registry_options(const Options& options) {
  RegistryOptions registry = options.registry;
  registry.user_agent = "seaworthy/" + version_text();
  return registry;
}

Result<int> run_publish(const Options& options) {
  ASSIGN_OR_RETURN(const std::vector<PrivateKey> keys, load_signing_keys(options));
  ASSIGN_OR_RETURN(const std::string chain, load_key_chain(options, keys));
  ASSIGN_OR_RETURN(const ExportedDatabase database, export_with_progress(options));
  PublishOptions publish;
  publish.registry = registry_options(options);
  ProgressBar bar(!options.quiet && takes_escapes(STDERR_FILENO));
  publish.progress = [&bar](const std::string& part, std::uint64_t done, std::uint64_t total) {
    bar.show("publishing " + part, done, total);
  };
  ASSIGN_OR_RETURN(const PublishResult result,
                   publish_database(database, sign_header(database.header_text, keys), chain,
                                    options.arguments.front(), publish));
  if (!options.quiet) {
    std::printf("%s: sequence %" PRIu64 ", %zu parts, %" PRIu64 " bytes sent, %" PRIu64
                " blobs were there already%s\n",
                options.arguments.front().c_str(), database.header.sequence,
                database.header.parts.size(), result.bytes_sent, result.blobs_there,
                keys.empty() ? "; not signed: who pulls it needs --allow-unsigned" : "");
  }
  std::printf("%s\n", result.digest.c_str());  // what a script goes on with
  if (options.verbose) print_parts(database.header);
  return kExitDone;
}

// What the targets of --for have in them. Their layers are in the cache afterwards, so that the
// scan that follows reads none again.
Result<std::vector<Inventory>> inventories_of(const Options& options) {
  ScanOptions scan_options = scan_options_of(options);
  scan_options.match = false;
  std::vector<Inventory> inventories;
  for (const std::string& target : options.pull_for) {
    ASSIGN_OR_RETURN(std::vector<Report> reports, scan(target, scan_options));
    for (Report& report : reports) inventories.push_back(std::move(report.inventory));
  }
  return inventories;
}

Result<int> run_pull(const Options& options) {
  PullOptions pull;
  ASSIGN_OR_RETURN(pull.import, database_import_options(options));
  pull.registry = registry_options(options);
  pull.parts = options.pull_parts;
  pull.all = options.pull_all;
  ASSIGN_OR_RETURN(const std::vector<Inventory> inventories, inventories_of(options));
  if (!options.pull_for.empty()) {
    pull.needed = [&](const AdvisoryDatabase& database) -> Result<std::set<Scope>> {
      std::set<Scope> scopes;
      const AdvisoryLookup lookup = lookup_in(database);
      for (const Inventory& inventory : inventories) {
        scopes.merge(scopes_for(inventory, lookup, {options.limits, pull.import.now}));
      }
      return scopes;
    };
  }
  ProgressBar bar(!options.quiet && takes_escapes(STDERR_FILENO));
  pull.progress = [&bar](const std::string& part, std::uint64_t done, std::uint64_t total) {
    bar.show("pulling " + part, done, total);
  };
  ASSIGN_OR_RETURN(const PullResult result,
                   pull_database(options.arguments.front(), options.database_directory, pull));
  if (options.quiet) return kExitDone;
  std::printf("%s: %" PRIu64 " bytes in %" PRIu64 " blobs\n", options.arguments.front().c_str(),
              result.bytes_fetched, result.blobs_fetched);
  print_database_import(result.import);
  return kExitDone;
}

constexpr std::array<std::string_view, 13> kPublishFlags{"db",
                                                         "key",
                                                         "keys",
                                                         "jobs",
                                                         "limit",
                                                         "offline",
                                                         "insecure-registry",
                                                         "registry-auth",
                                                         "registry-ca",
                                                         "registry-cert",
                                                         "registry-key",
                                                         "quiet",
                                                         "verbose"};
constexpr std::array<Example, 2> kPublishExamples{
    Example{"seaworthy db publish --key publisher.key ghcr.io/example/advisories:v1",
            "in a registry"},
    Example{"seaworthy db publish --key publisher.key oci:/media/usb/advisories",
            "in a directory, to carry elsewhere"}};
constexpr std::array<std::string_view, 21> kPullFlags{"db",
                                                      "for",
                                                      "part",
                                                      "all",
                                                      "trusted-key",
                                                      "allow-unsigned",
                                                      "allow-rollback",
                                                      "cache",
                                                      "platform",
                                                      "jobs",
                                                      "sandbox",
                                                      "limit",
                                                      "offline",
                                                      "insecure-registry",
                                                      "registry-mirror",
                                                      "registry-auth",
                                                      "registry-ca",
                                                      "registry-cert",
                                                      "registry-key",
                                                      "quiet",
                                                      "verbose"};
constexpr std::array<Example, 3> kPullExamples{
    Example{
        "seaworthy db pull --trusted-key publisher.pub --for app:1.4 ghcr.io/example/advisories:v1",
        "what this image needs"},
    Example{"seaworthy db pull --part debian:12 --part npm ghcr.io/example/advisories:v1",
            "these parts"},
    Example{"seaworthy db pull oci:/media/usb/advisories", "from a directory"}};

}  // namespace

extern const Command kDbPublish;
const Command kDbPublish{
    .name = "db publish",
    .arguments = "REGISTRY/REPOSITORY[:TAG]|oci:DIR[:REF]",
    .summary = "write the database to a registry, signed",
    .description =
        "As an OCI artifact, one layer for each part. Parts that are there are not sent.",
    .flags = kPublishFlags,
    .examples = kPublishExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_publish};

extern const Command kDbPull;
const Command kDbPull{
    .name = "db pull",
    .arguments = "REGISTRY/REPOSITORY[:TAG]|oci:DIR[:REF]",
    .summary = "fetch a published database, or the parts of it that an image needs",
    .description =
        "Fetched are the parts that are in place and changed, and those that --for and --part ask\n"
        "for; on a machine that has none, without either of them, all. Packages of a part that "
        "was\n"
        "not pulled are unassessed, never clean.",
    .flags = kPullFlags,
    .examples = kPullExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_pull};

}  // namespace seaworthy
