#include "scan/update/mirror.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/codec/digest.h"
#include "scan/update/source_run.h"
#include "scan/update/update_file_set.h"

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
Status check_size(const SourceCopy& copy, bool allow_loss) {
  const std::uint64_t before = size_of(copy.replaces);
  const std::uint64_t after = size_of(copy.import.path);
  if (allow_loss || copy.replaces.empty() || after >= before / 2) return ok_status();
  return Error{ErrorCode::kInvalidInput,
               "it has " + std::to_string(after) + " bytes, less than half of the " +
                   std::to_string(before) +
                   " of the last copy, which stays (--allow-loss takes it)"};
}

Status keep_copy(const SourcePlace& place, const SourceCopy& copy, bool allow_loss) {
  if (!copy.replaces.empty()) {
    RETURN_IF_ERROR(check_size(copy, allow_loss));
    RETURN_IF_ERROR(write_beside(place, copy));
  }
  RETURN_IF_ERROR(take_over(place, copy));
  std::error_code failure;
  fs::remove(place.directory + "/new", failure);
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
  SourceSteps steps;
  steps.fetch = [&](const HttpClient& http, const SourcePlace& place, const SourceState& held) {
    const Fetcher fetcher(http, fetch_progress(options, std::string(place.source.name)));
    return fetch_source(fetcher, place, held);
  };
  steps.take = [&](const SourcePlace& place, const SourceCopy& copy, SourceUpdate&) {
    return keep_copy(place, copy, options.allow_loss);
  };
  return run_sources(directory, options, steps);
}

}  // namespace seaworthy
