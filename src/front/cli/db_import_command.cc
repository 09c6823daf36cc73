#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/base/clock.h"
#include "front/cli/command.h"
#include "front/cli/db_file.h"
#include "front/cli/feed_lines.h"
#include "front/cli/progress.h"
#include "scan/advisory/import.h"

namespace seaworthy {

namespace {

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
  ImportOptions importing;
  importing.limits = options.limits;
  importing.now = now();
  importing.feed_name = options.feed_name;
  importing.as_of = options.as_of;
  importing.name_old_problems = options.verbose;
  importing.complete = options.complete;
  importing.refuse_empty = !options.allow_loss;
  if (importing.as_of > importing.now) {
    return Error{ErrorCode::kUsage, "--as-of: " + iso_date(importing.as_of) + " has not come yet"};
  }
  ImportReport report;
  {
    ProgressBar bar(!options.quiet && takes_escapes(STDERR_FILENO));
    importing.progress = [&bar](const std::string& feed, std::uint64_t documents) {
      bar.show(feed + ", " + std::to_string(documents) + " documents", 0, 0);
    };
    ASSIGN_OR_RETURN(report,
                     import_feeds(options.arguments, options.database_directory, importing));
  }
  for (const FeedImport& feed : report.feeds) {
    if (options.quiet && feed.problem_count == 0 && !feed.refused) continue;
    print_feed_import(feed, options.verbose);
  }
  return kExitDone;
}

constexpr std::array<std::string_view, 11> kFlags{
    "db",         "feed",        "as-of",          "complete",
    "allow-loss", "trusted-key", "allow-unsigned", "allow-rollback",
    "limit",      "quiet",       "verbose"};
constexpr std::array<Example, 4> kExamples{
    Example{"seaworthy db import --trusted-key publisher.pub advisories.swdb",
            "a published database, or a delta"},
    Example{"seaworthy db import feeds/", "every archive in a directory, each as one feed"},
    Example{"seaworthy db import --feed debian debian-tracker.json", "one file under a name"},
    Example{"seaworthy db import --as-of 2026-11-20 debian-tracker.json",
            "a copy of that day of a feed without dates of its own"}};

}  // namespace

extern const Command kDbImport;
const Command kDbImport{
    .name = "db import",
    .arguments = "PATH...",
    .summary = "read a published database, or advisory feeds from files",
    .description =
        "A file that `db export` wrote is imported if a trusted key signed it (FILE.sig) and it "
        "is\n"
        "not older than the one in place. Everything else is a feed.\n\n"
        "A path is a document, a directory, a tar (plain, gzip, zstd, xz, bzip2), a zip or JSON\n"
        "Lines, recognized by content. The feed's name is the file name without its extensions.\n"
        "Of a directory that holds archives, each archive and each directory is a feed, and the\n"
        "documents beside them are one together.\n\n"
        "A document that does not parse is listed and stops nothing. An unchanged feed writes\n"
        "nothing and says how many problems it had; --verbose reads it again to name them. A feed\n"
        "that has no record any more stays as it was, unless --allow-loss is given.\n\n"
        "A feed is as old as the newest date in its data. One without dates is as old as its\n"
        "archive's newest member or its file, unless --as-of says better (`db status` shows\n"
        "which).\n\n"
        "OSV documents and single advisories (CSAF, Bodhi, Ubuntu's CVE files) make packages "
        "clean\n"
        "only where there are a hundred of an ecosystem, or where --complete says that these are\n"
        "all; Alpine's need main and community. Fewer raise findings, and nothing else.",
    .flags = kFlags,
    .examples = kExamples,
    .min_arguments = 1,
    .max_arguments = 10000,
    .run = run_import};

}  // namespace seaworthy
