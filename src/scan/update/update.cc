#include "scan/update/update.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "scan/advisory/database.h"
#include "scan/update/mirror.h"
#include "scan/update/source_run.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

bool is_address(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

class Updater {
 public:
  Updater(const std::string& database, const UpdateOptions& options)
      : database_(database), directory_(update_directory(database)), options_(options) {}

  Result<std::vector<SourceUpdate>> run();

 private:
  Result<SourceCopy> fetch(const HttpClient& http, const SourcePlace& place,
                           const SourceState& held) const;
  Result<SourceCopy> look_into_directory(const SourcePlace& place, const SourceState& held) const;
  Status take(const SourcePlace& place, const SourceCopy& copy, SourceUpdate& out) const;
  Status import(const SourcePlace& place, const FeedSource& feed, SourceUpdate& out) const;

  const std::string& database_;
  const std::string directory_;
  const UpdateOptions& options_;
  bool from_directory_ = false;
  std::set<std::string, std::less<>> feeds_;  // in the database when the update began
};

Result<SourceCopy> Updater::fetch(const HttpClient& http, const SourcePlace& place,
                                  const SourceState& held) const {
  if (from_directory_ && place.from_mirror) return look_into_directory(place, held);
  const Fetcher fetcher(http, fetch_progress(options_, std::string(place.source.name)));
  return fetch_source(fetcher, place, held);
}

// A directory is read where it is: it is the copy.
Result<SourceCopy> Updater::look_into_directory(const SourcePlace& place,
                                                const SourceState& held) const {
  const std::string name(place.source.name);
  SourceCopy copy;
  copy.changed = true;
  copy.state = held;
  copy.import = {name, held_path(place.source, options_.mirror + "/" + name), {}};
  std::error_code failure;
  if (!fs::exists(copy.import.path, failure)) {
    return Error{ErrorCode::kNotFound, copy.import.path + ": is not there"};
  }
  RETURN_IF_ERROR(verify_beside(place.source, copy.import.path));
  return copy;
}

// What was fetched is taken over only where the database has taken it.
Status Updater::take(const SourcePlace& place, const SourceCopy& copy, SourceUpdate& out) const {
  if (copy.changed || !feeds_.contains(place.source.name)) {
    RETURN_IF_ERROR(import(place, copy.import, out));
    out.outcome = out.import.unchanged ? UpdateOutcome::kUnchanged : UpdateOutcome::kUpdated;
  }
  return take_over(place, copy);
}

Status Updater::import(const SourcePlace& place, const FeedSource& feed, SourceUpdate& out) const {
  ImportOptions read;
  read.complete = true;  // a source is the whole of what its publisher has
  read.limits = options_.limits;
  read.limits.document_bytes = std::max(read.limits.document_bytes, place.source.document_bytes);
  read.now = place.now;
  read.refuse_empty = !options_.allow_loss;
  read.refuse_shrinking = !options_.allow_loss;
  read.refuse_unreadable = !options_.allow_loss && is_set(place.source.form);
  if (options_.progress) {
    read.progress = [this](const std::string& name, std::uint64_t documents) {
      options_.progress({name, UpdateStep::kImport, documents, 0});
    };
    read.progress(feed.feed, 0);
  }
  ASSIGN_OR_RETURN(out.import, import_feed(feed, database_, read));
  if (out.import.is_in_place()) return ok_status();
  std::string why = "nothing in it could be read";
  if (!out.import.problems.empty()) {
    // The last is the one about the source as a whole.
    const Problem& problem = out.import.problems.back();
    why = problem.path.starts_with(directory_) ? problem.message
                                               : problem.path + ": " + problem.message;
  } else if (!out.import.skip_reasons.empty()) {
    why = out.import.skip_reasons.begin()->first;
  }
  return Error{ErrorCode::kInvalidInput, std::move(why)};
}

Result<std::vector<SourceUpdate>> Updater::run() {
  std::error_code failure;
  from_directory_ = !options_.mirror.empty() && !is_address(options_.mirror);
  if (from_directory_ && !fs::is_directory(options_.mirror, failure)) {
    return Error{ErrorCode::kNotFound, "'" + options_.mirror + "' is no directory of a mirror"};
  }
  if (const auto database = AdvisoryDatabase::open(database_)) {
    for (const FeedInfo& feed : database->feeds()) feeds_.insert(feed.name);
  } else if (database.error().code != ErrorCode::kNotFound) {
    return database.error();
  }
  SourceSteps steps;
  steps.fetch = [this](const HttpClient& http, const SourcePlace& place, const SourceState& held) {
    return fetch(http, place, held);
  };
  steps.take = [this](const SourcePlace& place, const SourceCopy& copy, SourceUpdate& out) {
    return take(place, copy, out);
  };
  steps.is_wanted = [this](const UpdateSource& source) { return !feeds_.contains(source.name); };
  steps.always_due = from_directory_;
  steps.with_changes = true;
  return run_sources(directory_, options_, steps);
}

}  // namespace

std::string_view name_of(UpdateOutcome outcome) {
  constexpr std::array<std::string_view, kUpdateOutcomes> kNames{
      "updated", "unchanged", "not due", "due", "absent", "busy", "failed"};
  return kNames[static_cast<std::size_t>(outcome)];
}

Result<std::vector<SourceUpdate>> update_database(const std::string& database_directory,
                                                  const UpdateOptions& options) {
  return Updater(database_directory, options).run();
}

std::map<std::string, SourceStanding> source_standings(const std::string& database_directory) {
  std::map<std::string, SourceStanding> standings;
  const std::string path = update_state_path(update_directory(database_directory));
  for (const auto& [name, state] : read_update_state(path)) {
    standings[name] = SourceStanding{state.checked_at, state.failed_at, state.error};
  }
  return standings;
}

}  // namespace seaworthy
