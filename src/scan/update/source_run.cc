#include "scan/update/source_run.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/base/guarded.h"
#include "core/net/url.h"
#include "scan/advisory/environment.h"
#include "scan/update/source_pool.h"

namespace seaworthy {
namespace {

constexpr std::chrono::minutes kUrgent{5};

std::string with_slash(std::string text) {
  if (!text.ends_with('/')) text += '/';
  return text;
}

std::string address_of(const UpdateOptions& options, const UpdateSource& source) {
  const std::string name(source.name);
  if (const auto at = options.addresses.find(name); at != options.addresses.end()) {
    return at->second;
  }
  if (options.mirror.empty()) return std::string(source.address);
  return with_slash(options.mirror) + name + "/";
}

bool is_chosen(const UpdateOptions& options, const UpdateSource& source) {
  return options.only.empty() ||
         std::find(options.only.begin(), options.only.end(), source.name) != options.only.end();
}

std::string host_of(const Url& url) {
  return url.host + ":" + std::to_string(url.effective_port());
}

std::string host_of(const std::string& address) {
  const auto url = parse_url(address);
  return url ? host_of(*url) : std::string();
}

bool is_silence(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimedOut;
}

// One source on its way: filled by the thread that fetches it, then read by the one that takes it
// in.
struct Work {
  SourceUpdate out;
  SourcePlace place;
  SourceState state;
  Fd lock;
  std::optional<Result<SourceCopy>> copy;  // none where nothing was asked for
};

class SourceRun {
 public:
  SourceRun(const std::string& directory, const UpdateOptions& options, const SourceSteps& steps)
      : directory_(directory),
        state_path_(update_state_path(directory)),
        options_(options),
        steps_(steps),
        now_(options.now != 0 ? options.now : now()),
        http_(http_options()) {}

  Result<std::vector<SourceUpdate>> run();

 private:
  HttpOptions http_options() {
    HttpOptions http = options_.http;
    http.cancelled = [this] { return stopping_.load(); };
    http.told_to_wait = [this](const Url& asked, std::chrono::seconds wait) {
      waits_.with([&](auto& waits) {
        UnixSeconds& until = waits[host_of(asked)];
        until = std::max(until, now_ + wait.count());
      });
    };
    return http;
  }
  // What its host asked for, in this run or an earlier one; 0: it may be asked now.
  UnixSeconds wait_until(const Work& work) const;
  bool is_due(const Work& work) const;
  // False: there is nothing to fetch, or not now; `work` says why.
  bool begin(Work& work) const;
  // False: its host did not answer.
  bool fetch(Work& work) const;
  void give_up(Work& work) const;
  Status take(Work& work);
  Status settle(Work& work);

  const std::string& directory_;
  const std::string state_path_;
  const UpdateOptions& options_;
  const SourceSteps& steps_;
  const UnixSeconds now_;
  std::atomic<bool> stopping_ = false;
  mutable Guarded<std::map<std::string, UnixSeconds>> waits_;  // by host
  const HttpClient http_;
};

UnixSeconds SourceRun::wait_until(const Work& work) const {
  const std::string host = host_of(work.out.address);
  UnixSeconds until = work.state.wait_host == host ? work.state.wait_until : 0;
  waits_.with([&](const auto& waits) {
    const auto told = waits.find(host);
    if (told != waits.end()) until = std::max(until, told->second);
  });
  return until > now_ ? until : 0;
}

bool SourceRun::is_due(const Work& work) const {
  const SourceState& state = work.state;
  if (steps_.always_due || options_.force || state.checked_at == 0 || !state.error.empty()) {
    return true;
  }
  if (state.address != work.out.address) return true;
  const UnixSeconds since = now_ - state.checked_at;
  const UpdateSource& source = work.place.source;
  return since < 0 || since >= std::chrono::seconds(source.interval).count() ||
         (steps_.is_wanted && steps_.is_wanted(source));
}

bool SourceRun::begin(Work& work) const {
  auto lock = lock_for_writing(work.place.directory);
  if (!lock && lock.error().code == ErrorCode::kConflict) {
    work.out.outcome = UpdateOutcome::kBusy;
    return false;
  }
  if (!lock) {
    work.copy.emplace(std::move(lock).error());
    return false;
  }
  work.lock = *std::move(lock);
  // Another process may have been at it since this one looked.
  work.state = read_update_state(state_path_)[work.out.name];
  if (!is_due(work)) {
    work.out.outcome = UpdateOutcome::kNotDue;
    return false;
  }
  const UnixSeconds until = options_.force ? 0 : wait_until(work);
  if (until == 0) return true;
  work.copy.emplace(
      Error{ErrorCode::kUnavailable,
            host_of(work.out.address) + " asked to be left alone until " + rfc3339(until)});
  return false;
}

void SourceRun::give_up(Work& work) const {
  if (!begin(work)) return;
  work.copy.emplace(Error{ErrorCode::kUnavailable,
                          host_of(work.out.address) +
                              " did not answer another source; it is asked at the next update"});
}

bool SourceRun::fetch(Work& work) const {
  if (!begin(work)) return true;
  work.copy.emplace(steps_.fetch(http_, work.place, work.state));
  return *work.copy || !is_silence(work.copy->error());
}

// The Error of a source; the caller notes it and goes on.
Status SourceRun::settle(Work& work) {
  SourceUpdate& out = work.out;
  Result<SourceCopy>& copy = *work.copy;
  if (!copy && copy.error().code == ErrorCode::kNotFound && work.place.from_mirror) {
    out.outcome = UpdateOutcome::kAbsent;
    return ok_status();
  }
  if (!copy) return copy.error();
  out.bytes = copy->bytes;
  out.changes = copy->changes;
  out.owed = copy->state.owed.size();
  out.outcome = copy->changed ? UpdateOutcome::kUpdated : UpdateOutcome::kUnchanged;
  RETURN_IF_ERROR(steps_.take(work.place, *copy, out));
  work.state = std::move(copy->state);
  work.state.checked_at = now_;
  work.state.failed_at = 0;
  work.state.error.clear();
  if (out.owed > 0) {
    work.state.failed_at = now_;
    work.state.error = std::to_string(out.owed) +
                       (out.owed == 1 ? " changed document" : " changed documents") +
                       " could not be had, and will be asked for again";
    if (!copy->owed.empty()) work.state.error += ": " + copy->owed;
    out.error = work.state.error;
  }
  work.state.wait_host.clear();
  work.state.wait_until = 0;
  if (out.outcome == UpdateOutcome::kUpdated) work.state.changed_at = now_;
  return ok_status();
}

Status SourceRun::take(Work& work) {
  if (work.copy) {
    const Status status = settle(work);
    if (!status) {
      if (*work.copy) discard_copy(**work.copy);
      work.out.outcome = UpdateOutcome::kFailed;
      work.out.error = status.error().message;
      work.state.error = work.out.error;
      work.state.failed_at = now_;
      work.state.wait_until = wait_until(work);
      work.state.wait_host = work.state.wait_until > 0 ? host_of(work.out.address) : "";
    }
    if (work.out.outcome != UpdateOutcome::kAbsent) {
      RETURN_IF_ERROR(keep_source_state(directory_, work.out.name, work.state));
    }
  }
  work.lock.reset();
  work.copy.reset();
  if (options_.finished) options_.finished(work.out);
  return ok_status();
}

Result<std::vector<SourceUpdate>> SourceRun::run() {
  UpdateState states = read_update_state(state_path_);
  std::vector<Work> works;
  for (const UpdateSource& source : update_sources()) {
    if (!is_chosen(options_, source)) continue;
    const std::string name(source.name);
    Work work{{}, {source, address_of(options_, source), directory_ + "/" + name}, {}, {}, {}};
    work.out.name = name;
    work.out.address = work.place.address;
    work.place.from_mirror = !options_.mirror.empty() && !options_.addresses.contains(name);
    work.place.with_changes = steps_.with_changes;
    work.place.now = now_;
    work.state = std::move(states[name]);
    works.push_back(std::move(work));
  }
  std::vector<SourceTask> tasks;
  std::vector<Work*> due;
  for (Work& work : works) {
    const bool asked = is_due(work);
    if (asked && !options_.dry_run) {
      due.push_back(&work);
      tasks.push_back({host_of(work.out.address), work.place.source.interval <= kUrgent});
      continue;
    }
    work.out.outcome = asked ? UpdateOutcome::kDue : UpdateOutcome::kNotDue;
    if (options_.finished) options_.finished(work.out);
  }
  const PoolCalls calls{[&](std::size_t i) { return fetch(*due[i]); },
                        [&](std::size_t i) { return take(*due[i]); },
                        [&](std::size_t i) { give_up(*due[i]); }};
  RETURN_IF_ERROR(fetch_and_take(tasks, {}, calls, stopping_));
  std::vector<SourceUpdate> updates;
  updates.reserve(works.size());
  for (Work& work : works) updates.push_back(std::move(work.out));
  return updates;
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
    std::string message = "'" + name + "' is no source; there are ";
    for (const UpdateSource& source : update_sources()) {
      message.append(&source == &update_sources().front() ? "" : ", ").append(source.name);
    }
    return Error{ErrorCode::kUsage, std::move(message)};
  }
  return ok_status();
}

}  // namespace

Result<std::vector<SourceUpdate>> run_sources(const std::string& directory,
                                              const UpdateOptions& options,
                                              const SourceSteps& steps) {
  RETURN_IF_ERROR(check_names(options));
  return SourceRun(directory, options, steps).run();
}

FetchProgress fetch_progress(const UpdateOptions& options, const std::string& source) {
  return [&options, source](std::uint64_t done, std::uint64_t total) {
    if (options.progress) options.progress({source, UpdateStep::kFetch, done, total});
  };
}

}  // namespace seaworthy
