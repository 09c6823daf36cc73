#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <string>

#include "core/base/clock.h"
#include "core/base/guarded.h"
#include "front/cli/command.h"
#include "front/cli/feed_lines.h"
#include "front/cli/progress.h"
#include "scan/report/text.h"
#include "scan/update/mirror.h"
#include "scan/update/update.h"

namespace seaworthy {
namespace {

std::string bytes_text(std::uint64_t bytes) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text.data();
}

std::string outcome_text(const SourceUpdate& update) {
  std::string text(name_of(update.outcome));
  if (update.outcome == UpdateOutcome::kFailed) return text + ": " + update.error;
  if (update.outcome == UpdateOutcome::kDue) return text + ": " + update.address;
  if (update.outcome == UpdateOutcome::kBusy) return text + ": another update is at it";
  if (update.bytes > 0) text += ", " + bytes_text(update.bytes);
  if (update.changes > 0) text += ", " + counted(update.changes, "changed document");
  const std::string owed = update.owed > 0 ? "; " + update.error : "";
  if (update.outcome == UpdateOutcome::kUpdated && !update.import.name.empty()) {
    text += ", " + counted(update.import.records, "record");
    if (update.import.problem_count > 0) {
      text += ", " + counted(update.import.problem_count, "problem");
    }
  }
  return text + owed;
}

// With --quiet only what somebody should look at.
bool is_shown(const SourceUpdate& update, const Options& options) {
  if (options.quiet) {
    return update.outcome == UpdateOutcome::kFailed || !update.import.problems.empty();
  }
  const bool is_nothing =
      update.outcome == UpdateOutcome::kNotDue || update.outcome == UpdateOutcome::kAbsent;
  return options.verbose || !is_nothing;
}

void print_update(const SourceUpdate& update, const Options& options) {
  if (!is_shown(update, options)) return;
  std::printf("%-20s %s\n", update.name.c_str(), printable(outcome_text(update)).c_str());
  if (options.verbose && !update.import.name.empty()) {
    print_feed_import(update.import, true);
  } else if (!update.import.problems.empty()) {
    print_feed_problems(update.import, false);
  }
  std::fflush(stdout);
}

// 1 where a source failed: what it has stays, but somebody should look; and where other processes
// are at all that there was to do.
int print_summary(const std::vector<SourceUpdate>& updates, bool quiet) {
  std::array<std::size_t, kUpdateOutcomes> counts{};
  for (const SourceUpdate& update : updates) ++counts[static_cast<std::size_t>(update.outcome)];
  const auto count_of = [&](UpdateOutcome outcome) {
    return counts[static_cast<std::size_t>(outcome)];
  };
  std::string summary;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    summary += (summary.empty() ? "" : ", ") + std::to_string(counts[i]) + " " +
               std::string(name_of(static_cast<UpdateOutcome>(i)));
  }
  if (!quiet) std::printf("%s: %s\n", counted(updates.size(), "source").c_str(), summary.c_str());
  const std::size_t done = count_of(UpdateOutcome::kUpdated) + count_of(UpdateOutcome::kUnchanged);
  const bool all_busy = count_of(UpdateOutcome::kBusy) > 0 && done == 0;
  return all_busy || count_of(UpdateOutcome::kFailed) > 0 ? kExitFailed : kExitDone;
}

// One line for all that goes on at a time, and above it one for each source that is done:
//   12 done: osv-npm 34 %, nvd 120 MB; importing epss, 500 documents
class UpdateDisplay {
 public:
  explicit UpdateDisplay(const Options& options)
      : options_(options), bar_(!options.quiet && takes_escapes(STDERR_FILENO)) {}

  void show(const UpdateProgress& progress) {
    std::string text;
    state_.with([&](State& state) {
      state.under_way[progress.source] = progress_text(progress);
      text = std::to_string(state.done) + " done: ";
      bool first = true;
      for (const auto& [name, how] : state.under_way) {
        text += (first ? "" : ", ") + name + how;
        first = false;
      }
    });
    bar_.show(text, 0, 0);
  }

  void finish(const SourceUpdate& update) {
    state_.with([&](State& state) {
      state.under_way.erase(update.name);
      ++state.done;
    });
    bar_.clear();
    print_update(update, options_);
  }

 private:
  struct State {
    std::map<std::string, std::string> under_way;  // by source: how far
    std::size_t done = 0;
  };

  static std::string progress_text(const UpdateProgress& progress) {
    if (progress.step == UpdateStep::kImport) {
      return progress.done == 0 ? " is read" : " " + counted(progress.done, "document");
    }
    if (progress.total == 0) return " " + bytes_text(progress.done);
    return " " + std::to_string(100 * progress.done / progress.total) + " %";
  }

  const Options& options_;
  Guarded<State> state_;
  ProgressBar bar_;
};

UpdateOptions update_options(const Options& options, UpdateDisplay& display) {
  UpdateOptions update;
  update.limits = options.limits;
  // A feed is no image: a tenth of what a layer may hold is more than any feed has.
  update.limits.layer_bytes = std::min(update.limits.layer_bytes, 16 * kGiB);
  update.now = now();
  update.only = options.only;
  update.addresses = {options.sources.begin(), options.sources.end()};
  update.mirror = options.mirror;
  update.force = options.force;
  update.allow_loss = options.allow_loss;
  update.dry_run = options.dry_run;
  update.http.user_agent = "seaworthy/" + version_text();
  update.http.tls.ca_file = options.feed_ca;
  update.progress = [&display](const UpdateProgress& progress) { display.show(progress); };
  update.finished = [&display](const SourceUpdate& done) { display.finish(done); };
  return update;
}

Result<int> run_update(const Options& options) {
  std::vector<SourceUpdate> updates;
  {
    UpdateDisplay display(options);
    ASSIGN_OR_RETURN(updates,
                     update_database(options.database_directory, update_options(options, display)));
  }
  const int code = print_summary(updates, options.quiet);
  const bool all_absent = std::all_of(updates.begin(), updates.end(), [](const auto& update) {
    return update.outcome == UpdateOutcome::kAbsent;
  });
  if (all_absent && !updates.empty()) {
    return Error{ErrorCode::kNotFound, "the mirror '" + options.mirror + "' has none of them"};
  }
  return code;
}

Result<int> run_mirror(const Options& options) {
  std::vector<SourceUpdate> updates;
  {
    UpdateDisplay display(options);
    ASSIGN_OR_RETURN(updates,
                     mirror_sources(options.arguments.front(), update_options(options, display)));
  }
  return print_summary(updates, options.quiet);
}

constexpr std::array<std::string_view, 11> kUpdateFlags{"db",    "only",       "source",  "mirror",
                                                        "force", "allow-loss", "dry-run", "feed-ca",
                                                        "limit", "quiet",      "verbose"};
constexpr std::array<std::string_view, 10> kMirrorFlags{"only",       "source",  "mirror",  "force",
                                                        "allow-loss", "dry-run", "feed-ca", "limit",
                                                        "quiet",      "verbose"};
constexpr std::array<Example, 4> kUpdateExamples{
    Example{"seaworthy db update", "every source that is due"},
    Example{"seaworthy db update --only debian-tracker --only cisa-kev --force", "two, now"},
    Example{"seaworthy db update --mirror /media/feeds", "from a directory of `db mirror`"},
    Example{"seaworthy db update --source epss=https://feeds.example.org/epss.csv.gz",
            "one source from elsewhere"}};
constexpr std::array<Example, 1> kMirrorExamples{
    Example{"seaworthy db mirror /srv/feeds", "fetch what is newer than what is there"}};

}  // namespace

extern const Command kDbUpdate;
const Command kDbUpdate{
    .name = "db update",
    .arguments = "",
    .summary = "fetch the advisory feeds that are due, and import them",
    .description =
        "Asks each source for what is newer than the copy held below the database, and imports "
        "it;\n"
        "several at a time, and what changes every five minutes first. A source that fails, or "
        "that\n"
        "lost more than half of its records, leaves its last good copy, and the exit code is 1. "
        "Two\n"
        "updates at once share the sources. docs/reference/sources.md lists them.",
    .flags = kUpdateFlags,
    .examples = kUpdateExamples,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = run_update};

extern const Command kDbMirror;
const Command kDbMirror{
    .name = "db mirror",
    .arguments = "DIR",
    .summary = "copy the advisory feeds into a directory, for sites without a network",
    .description =
        "`db update --mirror DIR` reads such a directory, or the address of a server "
        "that serves it.",
    .flags = kMirrorFlags,
    .examples = kMirrorExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_mirror};

}  // namespace seaworthy
