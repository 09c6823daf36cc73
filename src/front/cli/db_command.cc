#include <unistd.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <iostream>

#include "core/base/clock.h"
#include "front/cli/command.h"
#include "front/cli/db_file.h"
#include "front/cli/progress.h"
#include "scan/advisory/database.h"
#include "scan/advisory/import.h"

namespace seaworthy {
namespace {

constexpr std::size_t kShownProblems = 10;  // per feed; --verbose shows all that were kept

void print_import(const FeedImport& feed, bool verbose) {
  if (feed.unchanged) {
    std::printf("%-28s unchanged\n", feed.name.c_str());
    return;
  }
  std::printf("%-28s %8" PRIu64 " documents  %8" PRIu64 " records  %8" PRIu64 " written  %6" PRIu64
              " removed",
              feed.name.c_str(), feed.documents, feed.records, feed.keys_written,
              feed.keys_removed);
  if (feed.skipped > 0) std::printf("  %" PRIu64 " skipped", feed.skipped);
  if (feed.problem_count > 0) {
    std::printf("  %" PRIu64 " problem%s", feed.problem_count, feed.problem_count == 1 ? "" : "s");
  }
  std::printf("\n");
  const std::size_t shown =
      verbose ? feed.problems.size() : std::min(feed.problems.size(), kShownProblems);
  for (std::size_t i = 0; i < shown; ++i) {
    const Problem& problem = feed.problems[i];
    std::printf("    %s: %s: %s\n", problem.path.c_str(), problem.step.c_str(),
                problem.message.c_str());
  }
  for (const auto& [reason, count] : feed.skip_reasons) {
    if (verbose) std::printf("    %" PRIu64 " skipped: %s\n", count, reason.c_str());
  }
  if (feed.problem_count > shown) {
    std::printf("    and %" PRIu64 " more\n", feed.problem_count - shown);
  }
}

// Published databases and documents of feeds in one command would leave open which comes first.
Result<bool> are_database_files(const std::vector<std::string>& paths) {
  const auto published = std::count_if(paths.begin(), paths.end(), is_database_file);
  if (published == 0) return false;
  if (static_cast<std::size_t>(published) == paths.size()) return true;
  return Error{ErrorCode::kUsage,
               "published databases and feed documents are imported by separate commands"};
}

Result<int> run_import(const Options& options) {
  ASSIGN_OR_RETURN(const bool published, are_database_files(options.arguments));
  if (published) return import_database_files(options);
  ImportOptions import_options;
  import_options.limits = options.limits;
  import_options.now = now();
  import_options.feed_name = options.feed_name;
  ProgressBar bar(!options.quiet && takes_escapes(STDERR_FILENO));
  import_options.progress = [&bar](const std::string& feed, std::uint64_t documents) {
    bar.show(feed + ", " + std::to_string(documents) + " documents", 0, 0);
  };
  ASSIGN_OR_RETURN(const ImportReport report,
                   import_feeds(options.arguments, options.database_directory, import_options));
  for (const FeedImport& feed : report.feeds) print_import(feed, options.verbose);
  return kExitDone;
}

Result<int> run_update(const Options&) {
  return Error{
      ErrorCode::kUnsupported,
      "this version does not download feeds; fetch them, then `seaworthy db import PATH...`"};
}

Result<int> run_status(const Options& options) {
  ASSIGN_OR_RETURN(const AdvisoryDatabase database,
                   AdvisoryDatabase::open(options.database_directory));
  std::printf("%s, built %s\n", options.database_directory.c_str(),
              rfc3339(database.built_at()).c_str());
  if (const auto publication = database.publication()) {
    print_publication(*publication, options.verbose);
  }
  std::printf("\n%-28s %-14s %10s %-12s %8s  %s\n", "FEED", "FORM", "RECORDS", "DATA AS OF", "AGE",
              "SPEAKS FOR");
  const UnixSeconds today = now();
  for (const FeedInfo& feed : database.feeds()) {
    std::string scopes;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, feed.scopes.size()); ++i) {
      scopes += (i == 0 ? "" : ", ") + feed.scopes[i].ecosystem +
                (feed.scopes[i].release.empty() ? "" : " " + feed.scopes[i].release);
    }
    if (feed.scopes.size() > 3)
      scopes += " and " + std::to_string(feed.scopes.size() - 3) + " more";
    const std::string as_of = feed.data_as_of == 0 ? "unknown" : iso_date(feed.data_as_of);
    const std::string age =
        feed.data_as_of == 0 ? "" : std::to_string((today - feed.data_as_of) / 86400) + " d";
    std::printf("%-28s %-14s %10" PRIu64 " %-12s %8s  %s\n", feed.name.c_str(), feed.format.c_str(),
                feed.records, as_of.c_str(), age.c_str(), scopes.c_str());
  }
  return kExitDone;
}

Result<int> run_search(const Options& options) {
  ASSIGN_OR_RETURN(const AdvisoryDatabase database,
                   AdvisoryDatabase::open(options.database_directory));
  const auto found = database.search_packages(options.arguments.front(), 200);
  for (const PackageKey& key : found) {
    std::printf("%-14s %-10s %s\n", key.ecosystem.c_str(), key.release.c_str(),
                key.package.c_str());
  }
  if (found.empty()) return Error{ErrorCode::kNotFound, "no feed names a package like that"};
  return kExitDone;
}

void print_details(const VulnerabilityDetails& details) {
  std::printf("  %s\n", details.feed.c_str());
  if (!details.summary.empty()) std::printf("    %s\n", details.summary.c_str());
  std::printf("    severity  %s\n", std::string(name_of(details.severity)).c_str());
  for (const Cvss& cvss : details.cvss) {
    std::printf("    cvss %s  %.1f  %s  (%s)\n", cvss.version.c_str(), cvss.score,
                cvss.vector.c_str(), cvss.source.c_str());
  }
  if (!details.published.empty()) std::printf("    published %s\n", details.published.c_str());
  if (!details.modified.empty()) std::printf("    modified  %s\n", details.modified.c_str());
  std::printf("    state     %s\n", std::string(name_of(details.state)).c_str());
  for (const std::string& reference : details.references)
    std::printf("    see       %s\n", reference.c_str());
  if (!details.document.empty()) std::printf("    document  %s\n", details.document.c_str());
}

Result<int> run_show(const Options& options) {
  ASSIGN_OR_RETURN(const AdvisoryDatabase database,
                   AdvisoryDatabase::open(options.database_directory));
  const std::string& id = options.arguments.front();
  const auto all_details = database.details(id);
  const auto epss = database.epss(id);
  const auto kev = database.kev(id);
  const auto exploit = database.exploit(id);
  if (all_details.empty() && !epss && !kev && !exploit) {
    return Error{ErrorCode::kNotFound, "no feed knows " + id};
  }
  std::printf("%s\n", id.c_str());
  for (const std::string& alias : database.aliases(id))
    std::printf("  alias     %s\n", alias.c_str());
  if (epss) {
    std::printf("  epss      %.5f (percentile %.3f) %s\n", epss->score, epss->percentile,
                epss->date.c_str());
  }
  if (kev) {
    std::printf("  kev       added %s, due %s%s\n", kev->added.c_str(), kev->due.c_str(),
                kev->ransomware ? ", used by ransomware" : "");
  }
  if (exploit && exploit->known) std::printf("  exploit   %s\n", exploit->reference.c_str());
  for (const VulnerabilityDetails& details : all_details) print_details(details);
  return kExitDone;
}

constexpr std::array<std::string_view, 8> kImportFlags{
    "db", "feed", "trusted-key", "allow-unsigned", "allow-rollback", "limit", "quiet", "verbose"};
constexpr std::array<std::string_view, 1> kDbFlags{"db"};
constexpr std::array<std::string_view, 2> kStatusFlags{"db", "verbose"};
constexpr std::array<Example, 3> kImportExamples{
    Example{"seaworthy db import --trusted-key publisher.pub advisories.swdb",
            "a published database, or a delta"},
    Example{"seaworthy db import feeds/", "every archive in a directory, each as one feed"},
    Example{"seaworthy db import --feed debian debian-tracker.json", "one file under a name"}};

}  // namespace

extern const Command kDbUpdate;
const Command kDbUpdate{.name = "db update",
                        .arguments = "",
                        .summary = "fetch the feeds (not in this version; see db import)",
                        .description = "",
                        .flags = kDbFlags,
                        .examples = {},
                        .min_arguments = 0,
                        .max_arguments = 0,
                        .run = run_update};

extern const Command kDbImport;
const Command kDbImport{
    .name = "db import",
    .arguments = "PATH...",
    .summary = "read a published database, or advisory feeds from files",
    .description =
        "A file that `db export` wrote is imported if a trusted key signed it (FILE.sig) and it "
        "is\n"
        "not older than the one in place. Everything else is a feed: a path is a document, a "
        "directory, a tar (plain, gzip, zstd, xz, bzip2), a zip or JSON\n"
        "Lines, recognized by content. The feed's name is the file name without its extensions. A\n"
        "document that does not parse is listed and stops nothing; an unchanged feed writes "
        "nothing.",
    .flags = kImportFlags,
    .examples = kImportExamples,
    .min_arguments = 1,
    .max_arguments = 10000,
    .run = run_import};

extern const Command kDbStatus;
const Command kDbStatus{.name = "db status",
                        .arguments = "",
                        .summary = "which feeds and parts there are, and how old",
                        .description = "",
                        .flags = kStatusFlags,
                        .examples = {},
                        .min_arguments = 0,
                        .max_arguments = 0,
                        .run = run_status};

extern const Command kDbSearch;
const Command kDbSearch{.name = "db search",
                        .arguments = "NAME",
                        .summary = "packages that advisories name",
                        .description = "",
                        .flags = kDbFlags,
                        .examples = {},
                        .min_arguments = 1,
                        .max_arguments = 1,
                        .run = run_search};

extern const Command kDbShow;
const Command kDbShow{.name = "db show",
                      .arguments = "ID",
                      .summary = "what every feed says about one vulnerability or advisory",
                      .description = "",
                      .flags = kDbFlags,
                      .examples = {},
                      .min_arguments = 1,
                      .max_arguments = 1,
                      .run = run_show};

}  // namespace seaworthy
