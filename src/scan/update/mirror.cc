#include "scan/update/mirror.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/codec/digest.h"
#include "scan/advisory/environment.h"
#include "scan/update/update_fetch.h"
#include "scan/update/update_file_set.h"
#include "scan/update/update_state.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

// Of a file, or of all files below a directory.
std::uint64_t size_of(const std::string& path) {
  std::error_code failure;
  if (!fs::is_directory(path, failure)) {
    const std::uintmax_t size = fs::file_size(path, failure);
    return failure ? 0 : size;
  }
  std::uint64_t total = 0;
  for (fs::recursive_directory_iterator at(path, failure), end; !failure && at != end;
       at.increment(failure)) {
    std::error_code unreadable;
    if (at->is_regular_file(unreadable)) total += at->file_size(unreadable);
  }
  return total;
}

// First the checksum: between the two renames a reader refuses the old file, and tries again.
Status write_beside(const SourcePlace& place, const SourceCopy& copy) {
  if (is_set(place.source.form)) return write_checksums(place.directory, copy.import.path);
  ASSIGN_OR_RETURN(const std::string digest, digest_of_file(copy.import.path));
  return write_file_atomically(copy.replaces + ".sha256",
                               digest.substr(digest.find(':') + 1) + "  " +
                                   fs::path(copy.replaces).filename().string() + "\n");
}

// Nothing reads what is mirrored, so its size is all that there is to judge it by.
Status check_size(const SourceCopy& copy, bool force) {
  const std::uint64_t before = size_of(copy.replaces);
  const std::uint64_t after = size_of(copy.import.path);
  if (force || copy.replaces.empty() || after >= before / 2) return ok_status();
  return Error{ErrorCode::kInvalidInput,
               "it has " + std::to_string(after) + " bytes, less than half of the " +
                   std::to_string(before) + " of the last copy, which stays"};
}

Status mirror_source(const Fetcher& fetcher, const SourcePlace& place, bool force,
                     SourceState& state, SourceUpdate& out) {
  ASSIGN_OR_RETURN(SourceCopy copy, fetch_source(fetcher, place, state));
  out.bytes = copy.bytes;
  out.outcome = copy.changed ? UpdateOutcome::kUpdated : UpdateOutcome::kUnchanged;
  if (!copy.replaces.empty()) {
    RETURN_IF_ERROR(check_size(copy, force));
    RETURN_IF_ERROR(write_beside(place, copy));
  }
  RETURN_IF_ERROR(take_over(place, copy));
  std::error_code failure;
  fs::remove(place.directory + "/new", failure);
  state = std::move(copy.state);
  return ok_status();
}

}  // namespace

Status verify_beside(const UpdateSource& source, const std::string& path) {
  if (is_set(source.form)) return verify_checksums(fs::path(path).parent_path());
  const auto text = read_file(path + ".sha256", 4 * kKiB);
  if (!text && text.error().code == ErrorCode::kNotFound) return ok_status();
  if (!text) return text.error();
  const std::string_view line = trim(*text);
  const std::string wanted = "sha256:" + lower_case(line.substr(0, line.find_first_of(" \t\r\n")));
  if (!is_digest(wanted)) return Error{ErrorCode::kInvalidInput, path + ".sha256: is no checksum"};
  ASSIGN_OR_RETURN(const std::string found, digest_of_file(path));
  if (found == wanted) return ok_status();
  return Error{ErrorCode::kInvalidInput,
               path + ": wrong checksum: published " + wanted + ", the file has " + found};
}

Result<std::vector<SourceUpdate>> mirror_sources(const std::string& directory,
                                                 const UpdateOptions& options) {
  RETURN_IF_ERROR(check_names(options));
  ASSIGN_OR_RETURN(const Fd lock, lock_for_writing(directory));
  const std::string state_path = update_state_path(directory);
  UpdateState state = read_update_state(state_path);
  const HttpClient http(options.http);
  std::vector<SourceUpdate> updates;
  for (const UpdateSource& source : update_sources()) {
    if (!is_chosen(options, source)) continue;
    SourceUpdate out;
    out.name = source.name;
    out.address = address_of(options, source);
    SourceState& held = state[out.name];
    SourcePlace place{source, out.address, directory + "/" + out.name};
    place.from_mirror = !options.mirror.empty() && !options.addresses.contains(out.name);
    place.with_changes = false;
    place.now = options.now != 0 ? options.now : now();
    const bool due = options.force || !held.error.empty() || place.now < held.checked_at ||
                     place.now - held.checked_at >= std::chrono::seconds(source.interval).count();
    if (!due || options.dry_run) {
      out.outcome = due ? UpdateOutcome::kDue : UpdateOutcome::kNotDue;
    } else {
      const Fetcher fetcher(http, [&](std::uint64_t done, std::uint64_t total) {
        if (options.progress) options.progress(out.name, done, total);
      });
      const auto status = mirror_source(fetcher, place, options.force, held, out);
      note_outcome(status, place.now, held, out);
      RETURN_IF_ERROR(write_update_state(state_path, state));
    }
    updates.push_back(std::move(out));
  }
  return updates;
}

}  // namespace seaworthy
