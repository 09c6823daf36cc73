#include "scan/update/update_file_set.h"

#include <filesystem>
#include <set>
#include <system_error>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "scan/update/update_indexes.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFileBytes = 2 * kGiB;
constexpr std::uint64_t kMaxIndexBytes = 64 * kMiB;
constexpr const char* kFiles = "files";
constexpr const char* kChecksums = "SHA256SUMS";

Result<std::set<std::string>> files_below(const std::string& directory) {
  std::set<std::string> found;
  std::error_code failure;
  fs::recursive_directory_iterator at(directory, failure);
  for (; !failure && at != fs::recursive_directory_iterator(); at.increment(failure)) {
    if (at->is_regular_file()) found.insert(at->path().lexically_relative(directory));
  }
  if (failure) return errno_error(failure.value(), "read directory", directory);
  return found;
}

bool is_file(const std::string& path) {
  std::error_code failure;
  return fs::is_regular_file(path, failure);
}

}  // namespace

FileSet::FileSet(const Fetcher& fetcher, const SourcePlace& place, SourceCopy& copy)
    : fetcher_(fetcher),
      place_(place),
      copy_(copy),
      new_directory_(place.directory + "/new/" + kFiles) {}

Status FileSet::begin() {
  std::error_code failure;
  fs::remove_all(new_directory_, failure);
  fs::create_directories(new_directory_, failure);
  if (failure) return errno_error(failure.value(), "make directory", new_directory_);
  return ok_status();
}

std::string FileSet::held(const std::string& path) const {
  return place_.directory + "/" + kFiles + "/" + path;
}

Result<std::string> FileSet::make_place(const std::string& path) {
  std::string to = new_directory_ + "/" + path;
  std::error_code failure;
  fs::create_directories(fs::path(to).parent_path(), failure);
  if (failure) return errno_error(failure.value(), "make directory for", to);
  return to;
}

// A copy where the file system has no links; its time says how old the data is, so it stays.
Status FileSet::link_held(const std::string& path, const std::string& to) {
  std::error_code failure;
  fs::remove(to, failure);  // an index may name a file twice
  fs::create_hard_link(held(path), to, failure);
  if (!failure) return ok_status();
  failure.clear();
  fs::copy_file(held(path), to, failure);
  if (!failure) fs::last_write_time(to, fs::last_write_time(held(path)), failure);
  if (failure) return errno_error(failure.value(), "copy", held(path));
  return ok_status();
}

Result<bool> FileSet::add(const FileOffer& offer) {
  ASSIGN_OR_RETURN(const std::string to, make_place(offer.path));
  const auto at = copy_.state.files.find(offer.path);
  const bool has = at != copy_.state.files.end() && is_file(held(offer.path));
  Validators known;
  if (has && offer.version.empty()) known = at->second;
  if (has && !offer.version.empty() && at->second.etag == offer.version) {
    files_[offer.path] = at->second;
    RETURN_IF_ERROR(link_held(offer.path, to));
    return true;
  }
  FetchOptions options;
  options.max_bytes = kMaxFileBytes;
  options.digest = offer.digest;
  auto fetched = fetcher_.to_file(offer.url, to, known, options);
  if (!fetched && fetched.error().code == ErrorCode::kNotFound) return false;
  if (!fetched) return std::move(fetched).error();
  files_[offer.path] =
      offer.version.empty() ? std::move(fetched->validators) : Validators{offer.version, ""};
  if (!fetched->changed) {
    RETURN_IF_ERROR(link_held(offer.path, to));
    return true;
  }
  changed_ = true;
  copy_.bytes += fetched->bytes;
  return true;
}

Status FileSet::require(const FileOffer& offer) {
  ASSIGN_OR_RETURN(const bool found, add(offer));
  if (found) return ok_status();
  return Error{ErrorCode::kNotFound, offer.url + ": the server answered 404"};
}

Status FileSet::keep(const std::string& path, std::string_view bytes) {
  ASSIGN_OR_RETURN(const std::string to, make_place(path));
  copy_.bytes += bytes.size();
  files_[path] = {};
  if (const auto before = read_file(held(path), bytes.size()); before && *before == bytes) {
    return link_held(path, to);
  }
  changed_ = true;
  return write_file_atomically(to, bytes);
}

Status FileSet::finish() {
  if (files_.empty()) {
    return Error{ErrorCode::kNotFound, place_.address + ": has none of the files of its form"};
  }
  const std::string held_directory = place_.directory + "/" + kFiles;
  ASSIGN_OR_RETURN(const std::set<std::string> after, files_below(new_directory_));
  const auto before = files_below(held_directory);
  copy_.state.files = std::move(files_);
  if (!changed_ && before && *before == after) return ok_status();
  copy_.changed = true;
  copy_.is_whole = true;
  copy_.replaces = held_directory;
  copy_.import.path = new_directory_;
  return ok_status();
}

void FileSet::discard() {
  std::error_code failure;
  fs::remove_all(new_directory_, failure);
}

Result<std::string> FileSet::read(const std::string& url) const {
  Validators none;
  ASSIGN_OR_RETURN(std::optional<std::string> text, fetcher_.to_text(url, none, kMaxIndexBytes));
  return std::move(text).value_or(std::string());
}

Status lay_out_mirror(FileSet& set) {
  ASSIGN_OR_RETURN(const std::string text, set.read(set.address() + kChecksums));
  auto checksums = parse_checksums(text);
  if (!checksums) return std::move(checksums).error().during(kChecksums);
  const std::string below = std::string(kFiles) + "/";
  for (const auto& [path, digest] : *checksums) {
    if (!path.starts_with(below)) continue;
    RETURN_IF_ERROR(set.require({path.substr(below.size()), set.address() + path, digest, digest}));
  }
  return ok_status();
}

Status write_checksums(const std::string& source_directory, const std::string& files) {
  ASSIGN_OR_RETURN(const std::set<std::string> found, files_below(files));
  std::string text;
  for (const std::string& file : found) {
    std::string path = files;
    path.append("/").append(file);
    ASSIGN_OR_RETURN(const std::string digest, digest_of_file(path));
    text.append(digest.substr(digest.find(':') + 1)).append("  ").append(kFiles);
    text.append("/").append(file).append("\n");
  }
  return write_file_atomically(source_directory + "/" + kChecksums, text);
}

Status verify_checksums(const std::string& source_directory) {
  ASSIGN_OR_RETURN(const std::string text,
                   read_file(source_directory + "/" + kChecksums, kMaxIndexBytes));
  auto checksums = parse_checksums(text);
  if (!checksums) return std::move(checksums).error().during(source_directory + "/" + kChecksums);
  std::set<std::string> named;
  for (const auto& [path, digest] : *checksums) {
    ASSIGN_OR_RETURN(const std::string found, digest_of_file(source_directory + "/" + path));
    if (found != digest) {
      return Error{ErrorCode::kInvalidInput, source_directory + "/" + path +
                                                 ": wrong checksum: published " + digest +
                                                 ", the file has " + found};
    }
    named.insert(path);
  }
  ASSIGN_OR_RETURN(const std::set<std::string> present,
                   files_below(source_directory + "/" + kFiles));
  for (const std::string& file : present) {
    if (named.contains(std::string(kFiles) + "/" + file)) continue;
    return Error{ErrorCode::kInvalidInput,
                 source_directory + "/" + kFiles + "/" + file + ": is not in " + kChecksums};
  }
  return ok_status();
}

}  // namespace seaworthy
