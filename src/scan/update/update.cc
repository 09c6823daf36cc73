#include "scan/update/update.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "scan/advisory/database.h"
#include "scan/advisory/environment.h"
#include "scan/update/mirror.h"
#include "scan/update/update_fetch.h"
#include "scan/update/update_state.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

bool is_address(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

std::string with_slash(std::string text) {
  if (!text.ends_with('/')) text += '/';
  return text;
}

class Updater {
 public:
  Updater(const std::string& database, const UpdateOptions& options)
      : database_(database),
        directory_(update_directory(database)),
        state_path_(update_state_path(directory_)),
        options_(options),
        now_(options.now != 0 ? options.now : now()),
        http_(options.http) {}

  Result<std::vector<SourceUpdate>> run();

 private:
  bool is_due(const UpdateSource& source, const std::string& address) const;
  // The Error of a source; the caller notes it and goes on.
  Status update(const UpdateSource& source, SourceUpdate& out);
  Status update_from_directory(const UpdateSource& source, SourceUpdate& out);
  Status take_in(const UpdateSource& source, const FeedSource& feed, SourceUpdate& out) const;
  bool database_has(std::string_view feed) const;

  const std::string& database_;
  const std::string directory_, state_path_;
  const UpdateOptions& options_;
  const UnixSeconds now_;
  const HttpClient http_;
  UpdateState state_;
  std::set<std::string, std::less<>> feeds_;  // in the database when the update began
};

bool Updater::is_due(const UpdateSource& source, const std::string& address) const {
  const auto at = state_.find(std::string(source.name));
  if (options_.force || at == state_.end() || !at->second.error.empty()) return true;
  if (at->second.address != address) return true;
  const UnixSeconds since = now_ - at->second.checked_at;
  return since < 0 || since >= std::chrono::seconds(source.interval).count() ||
         !database_has(source.name);
}

bool Updater::database_has(std::string_view feed) const {
  return feeds_.contains(feed);
}

// What was fetched is taken over only where the database has taken it.
Status Updater::take_in(const UpdateSource& source, const FeedSource& feed,
                        SourceUpdate& out) const {
  ImportOptions read;
  read.complete = true;  // a source is the whole of what its publisher has
  read.limits = options_.limits;
  read.limits.document_bytes = std::max(read.limits.document_bytes, source.document_bytes);
  read.now = now_;
  read.refuse_shrinking = !options_.force;
  read.refuse_unreadable = !options_.force && is_set(source.form);
  if (options_.progress) {
    read.progress = [this](const std::string& name, std::uint64_t documents) {
      options_.progress("import " + name + ", " + std::to_string(documents) + " documents", 0, 0);
    };
  }
  ASSIGN_OR_RETURN(out.import, import_feed(feed, database_, read));
  if (!out.import.refused && (out.import.unchanged || out.import.records > 0)) return ok_status();
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

Status Updater::update(const UpdateSource& source, SourceUpdate& out) {
  const std::string name(source.name);
  const Fetcher fetcher(http_, [&](std::uint64_t done, std::uint64_t total) {
    if (options_.progress) options_.progress(name, done, total);
  });
  SourcePlace place{source, out.address, directory_ + "/" + name};
  place.from_mirror = !options_.mirror.empty() && !options_.addresses.contains(name);
  place.now = now_;
  const SourceState held = state_[name];
  auto copy = fetch_source(fetcher, place, held);
  if (!copy && copy.error().code == ErrorCode::kNotFound && place.from_mirror) {
    out.outcome = UpdateOutcome::kAbsent;
    return ok_status();
  }
  if (!copy) return std::move(copy).error();
  out.bytes = copy->bytes;
  out.changes = copy->changes;
  out.outcome = UpdateOutcome::kUnchanged;
  if (copy->changed || !database_has(source.name)) {
    RETURN_IF_ERROR(take_in(source, copy->import, out));
    if (!out.import.unchanged) out.outcome = UpdateOutcome::kUpdated;
  }
  RETURN_IF_ERROR(take_over(place, *copy));
  SourceState& state = state_[name];
  state = std::move(copy->state);
  if (copy->changed) state.changed_at = now_;
  return ok_status();
}

// A directory is read where it is: it is the copy.
Status Updater::update_from_directory(const UpdateSource& source, SourceUpdate& out) {
  const std::string held =
      held_path(source, with_slash(options_.mirror) + std::string(source.name));
  std::error_code failure;
  if (!fs::exists(held, failure)) {
    out.outcome = UpdateOutcome::kAbsent;
    return ok_status();
  }
  RETURN_IF_ERROR(verify_beside(source, held));
  RETURN_IF_ERROR(take_in(source, FeedSource{std::string(source.name), held, {}}, out));
  out.outcome = out.import.unchanged ? UpdateOutcome::kUnchanged : UpdateOutcome::kUpdated;
  return ok_status();
}

Result<std::vector<SourceUpdate>> Updater::run() {
  std::error_code failure;
  const bool from_directory = !options_.mirror.empty() && !is_address(options_.mirror);
  if (from_directory && !fs::is_directory(options_.mirror, failure)) {
    return Error{ErrorCode::kNotFound, "'" + options_.mirror + "' is no directory of a mirror"};
  }
  Fd lock;
  if (!options_.dry_run) {
    ASSIGN_OR_RETURN(lock, lock_for_writing(directory_));
  }
  state_ = read_update_state(state_path_);
  if (const auto database = AdvisoryDatabase::open(database_)) {
    for (const FeedInfo& feed : database->feeds()) feeds_.insert(feed.name);
  } else if (database.error().code != ErrorCode::kNotFound) {
    return database.error();
  }
  std::vector<SourceUpdate> updates;
  for (const UpdateSource& source : update_sources()) {
    if (!is_chosen(options_, source)) continue;
    SourceUpdate out;
    out.name = source.name;
    out.address = address_of(options_, source);
    if (!from_directory && !is_due(source, out.address)) {
      out.outcome = UpdateOutcome::kNotDue;
    } else if (options_.dry_run) {
      out.outcome = UpdateOutcome::kDue;
    } else {
      const Status status =
          from_directory ? update_from_directory(source, out) : update(source, out);
      note_outcome(status, now_, state_[out.name], out);
      RETURN_IF_ERROR(write_update_state(state_path_, state_));
    }
    updates.push_back(std::move(out));
  }
  return updates;
}

}  // namespace

bool is_chosen(const UpdateOptions& options, const UpdateSource& source) {
  return options.only.empty() ||
         std::find(options.only.begin(), options.only.end(), source.name) != options.only.end();
}

std::string address_of(const UpdateOptions& options, const UpdateSource& source) {
  const std::string name(source.name);
  if (const auto at = options.addresses.find(name); at != options.addresses.end()) {
    return at->second;
  }
  if (options.mirror.empty()) return std::string(source.address);
  return with_slash(options.mirror) + name + "/";
}

void note_outcome(const Status& status, UnixSeconds now, SourceState& state, SourceUpdate& out) {
  if (status && out.outcome == UpdateOutcome::kAbsent) return;
  if (status) {
    state.checked_at = now;
    state.failed_at = 0;
    state.error.clear();
    return;
  }
  out.outcome = UpdateOutcome::kFailed;
  out.error = status.error().message;
  state.error = out.error;
  state.failed_at = now;
}

Status check_names(const UpdateOptions& options) {
  std::vector<std::string> names = options.only;
  for (const auto& [name, address] : options.addresses) {
    names.push_back(name);
    if (const auto url = parse_url(address); !url) {
      return Error{ErrorCode::kUsage, "source " + name + ": " + url.error().message};
    }
  }
  for (const std::string& name : names) {
    if (find_update_source(name) != nullptr) continue;
    std::string known;
    for (const UpdateSource& source : update_sources()) {
      known += (known.empty() ? "" : ", ") + std::string(source.name);
    }
    return Error{ErrorCode::kUsage, "'" + name + "' is no source; there are " + known};
  }
  return ok_status();
}

std::string_view name_of(UpdateOutcome outcome) {
  constexpr std::array<std::string_view, 6> kNames{"updated", "unchanged", "not due",
                                                   "due",     "absent",    "failed"};
  return kNames[static_cast<std::size_t>(outcome)];
}

Result<std::vector<SourceUpdate>> update_database(const std::string& database_directory,
                                                  const UpdateOptions& options) {
  RETURN_IF_ERROR(check_names(options));
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
