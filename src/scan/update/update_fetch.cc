// One source's newer copy. Archives of many documents (OSV, CSAF) are fetched whole once a week, or
// when too much changed; in between only the documents that the source's own list of changes names
// are fetched, into a directory beside the archive, which the import reads over it
// (FeedSource::overlay). npm's archive has 250 MB and changes every few minutes; its changes of an
// hour are some dozens of documents.
//
// The archive is written by another job of the publisher than the list, so the list is read from
// some time before the archive's date on: a document that is fetched twice does no harm.
#include "scan/update/update_fetch.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/net/url.h"
#include "scan/update/update_changes.h"
#include "scan/update/update_file_set.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxArchiveBytes = 4 * kGiB;
constexpr std::uint64_t kMaxFileBytes = 1 * kGiB;
constexpr std::uint64_t kMaxListBytes = 128 * kMiB;
constexpr std::uint64_t kMaxDocumentBytes = 64 * kMiB;
constexpr std::uint64_t kPieceBytes = 32 * kMiB;
constexpr std::size_t kMostChanges = 2000;
constexpr std::size_t kManyOwed = 10;  // so many at once, and nothing else: the source is at fault
constexpr UnixSeconds kWholeAfter = 7 * 86'400;
constexpr UnixSeconds kOsvOverlap = 3'600, kCsafOverlap = 86'400;

constexpr const char* kOsvArchive = "all.zip";
constexpr const char* kOsvList = "modified_id.csv";
constexpr const char* kCsafArchive = "archive.tar.zst";

bool exists(const std::string& path) {
  std::error_code failure;
  return fs::exists(path, failure);
}

std::string path_of(const std::string& address) {
  const auto url = parse_url(address);
  return url ? url->path : std::string();
}

Status make_directory(const std::string& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  return failure ? Status(errno_error(failure.value(), "make directory", path)) : ok_status();
}

class SourceFetch {
 public:
  SourceFetch(const Fetcher& fetcher, const SourcePlace& place, const SourceState& held)
      : fetcher_(fetcher), place_(place) {
    // What another address said of its files says nothing about this one's.
    if (held.address == place.address) copy_.state = held;
    copy_.state.address = place.address;
    copy_.import.feed = place.source.name;
    copy_.import.path = held_path(place.source, place.directory);
    if (exists(changes_directory())) copy_.import.overlay = changes_directory();
  }

  Result<SourceCopy> run() {
    RETURN_IF_ERROR(make_directory(place_.directory));
    const bool directory = place_.address.ends_with('/');
    if (is_set(place_.source.form)) {
      RETURN_IF_ERROR(fetch_set());
    } else if (!directory || place_.from_mirror || place_.source.form == SourceForm::kFile) {
      RETURN_IF_ERROR(fetch_file());
    } else if (place_.source.form == SourceForm::kOsv) {
      RETURN_IF_ERROR(fetch_osv());
    } else {
      RETURN_IF_ERROR(fetch_csaf());
    }
    return std::move(copy_);
  }

 private:
  std::string changes_directory() const { return place_.directory + "/changed"; }
  std::string name() const {
    return fs::path(held_path(place_.source, place_.directory)).filename();
  }
  bool has_archive() const { return exists(held_path(place_.source, place_.directory)); }

  // What is held counts only where the file is still there.
  Validators known(const std::string& file) const {
    const auto at = copy_.state.files.find(file);
    return at == copy_.state.files.end() || !has_archive() ? Validators{} : at->second;
  }

  // The whole source in one file.
  Status fetch_whole(const std::string& url, FetchOptions options) {
    RETURN_IF_ERROR(make_directory(place_.directory + "/new"));
    const std::string path = place_.directory + "/new/" + name();
    const bool one_file = place_.source.form == SourceForm::kFile;
    options.max_bytes = one_file ? kMaxFileBytes : kMaxArchiveBytes;
    ASSIGN_OR_RETURN(const FetchedFile fetched,
                     fetcher_.to_file(url, path, known(name()), options));
    copy_.state.archive_at = fetched.modified > 0 ? fetched.modified : place_.now;
    if (!fetched.changed) return ok_status();
    copy_.changed = true;
    copy_.is_whole = true;
    copy_.bytes += fetched.bytes;
    copy_.replaces = copy_.import.path;
    copy_.import.path = path;
    copy_.import.overlay.clear();
    copy_.state.files[name()] = fetched.validators;
    return ok_status();
  }

  Status fetch_file() {
    FetchOptions options;
    std::string url = place_.address;
    if (url.ends_with('/')) url += name();
    if (place_.from_mirror) {
      options.checksum_url = url + ".sha256";
      options.checksum_optional = true;
    }
    if (place_.source.form != SourceForm::kFile) options.piece_bytes = kPieceBytes;
    return fetch_whole(url, options);
  }

  bool must_be_whole() const {
    return !place_.with_changes || !has_archive() ||
           place_.now - copy_.state.archive_at > kWholeAfter;
  }

  // The list of changes as it was at the last update.
  std::string held_list() const { return place_.directory + "/" + kOsvList; }

  // What the list names that it did not name at the last update; without that one, what is younger
  // than the archive.
  Result<std::vector<DocumentChange>> osv_changes(const std::string& list) const {
    ASSIGN_OR_RETURN(std::vector<DocumentChange> changes, parse_osv_changes(list));
    const auto held = read_file(held_list(), kMaxListBytes);
    const auto before = held ? parse_osv_changes(*held) : Error{ErrorCode::kNotFound, ""};
    return before && !before->empty() ? changes_beyond(std::move(changes), *before)
                                      : changes_since(std::move(changes), copy_.state.changes_to);
  }

  // The archive where it must be, else what changed since. An archive that is not renewed while the
  // list grows leaves the changes, however many.
  Status fetch_osv() {
    std::vector<DocumentChange> changes;
    if (!must_be_whole()) {
      ASSIGN_OR_RETURN(
          const std::optional<std::string> list,
          fetcher_.to_text(place_.address + kOsvList, copy_.state.files[kOsvList], kMaxListBytes));
      if (!list) return fetch_changes({});
      ASSIGN_OR_RETURN(changes, osv_changes(*list));
      if (changes.size() <= kMostChanges) {
        RETURN_IF_ERROR(fetch_changes(changes));
        return write_file_atomically(held_list(), *list);
      }
    }
    FetchOptions options;
    options.piece_bytes = kPieceBytes;
    RETURN_IF_ERROR(fetch_whole(place_.address + kOsvArchive, options));
    if (copy_.changed) {
      std::error_code failure;
      fs::remove(held_list(), failure);  // what it names is in the archive, or is fetched again
    }
    return begin_changes(changes, kOsvOverlap);
  }

  Status fetch_csaf() {
    std::vector<DocumentChange> changes;
    if (!must_be_whole()) {
      ASSIGN_OR_RETURN(changes, csaf_changes());
      if (changes.size() <= kMostChanges) return fetch_changes(changes);
    }
    Validators none;
    ASSIGN_OR_RETURN(const std::optional<std::string> latest,
                     fetcher_.to_text(place_.address + "archive_latest.txt", none, kKiB));
    const std::string file(trim(latest.value_or("")));
    if (!is_safe_path(file) || file.find('/') != std::string::npos) {
      return Error{ErrorCode::kInvalidInput, "archive_latest.txt names no archive"};
    }
    FetchOptions options;
    options.piece_bytes = kPieceBytes;
    options.checksum_url = place_.address + file + ".sha256";
    options.checksum_optional = true;
    RETURN_IF_ERROR(fetch_whole(place_.address + file, options));
    copy_.state.archive = file;
    return begin_changes(changes, kCsafOverlap);
  }

  // Behind a new archive the lists are read anew, from some time before it on.
  Status begin_changes(const std::vector<DocumentChange>& changes, UnixSeconds overlap) {
    if (!copy_.changed) return fetch_changes(changes);
    copy_.state.changes_to = copy_.state.archive_at - overlap;
    copy_.state.owed.clear();
    for (const char* list : {kOsvList, "changes.csv"}) copy_.state.files.erase(list);
    return ok_status();
  }

  Result<std::vector<DocumentChange>> csaf_changes() {
    std::vector<DocumentChange> all;
    for (const bool removed : {false, true}) {
      const std::string list = removed ? "deletions.csv" : "changes.csv";
      // A removal is a change too: where the first list is the same, so is the second.
      Validators none;
      Validators& known = removed ? none : copy_.state.files[list];
      ASSIGN_OR_RETURN(const std::optional<std::string> text,
                       fetcher_.to_text(place_.address + list, known, kMaxListBytes));
      if (!text) return all;
      ASSIGN_OR_RETURN(std::vector<DocumentChange> changes, parse_csaf_changes(*text, removed));
      all.insert(all.end(), changes.begin(), changes.end());
    }
    return changes_since(std::move(all), copy_.state.changes_to);
  }

  // The documents that changed, and those that could not be had at earlier updates.
  Status fetch_changes(std::vector<DocumentChange> changes) {
    add_owed(changes);
    std::set<std::string>& owed = copy_.state.owed;
    for (const DocumentChange& change : changes) {
      ASSIGN_OR_RETURN(const bool here, fetch_document(change));
      copy_.state.changes_to = std::max(copy_.state.changes_to, change.time);
      copy_.changes += here ? 1 : 0;
      if (here) {
        owed.erase(change.path);
      } else {
        owed.insert(change.path);
      }
    }
    if (copy_.changes == 0 && owed.size() >= kManyOwed) {
      return Error{ErrorCode::kNotFound, "none of " + std::to_string(owed.size()) +
                                             " changed documents could be had; " + copy_.owed};
    }
    if (copy_.changes > 0) {
      copy_.changed = true;
      copy_.import.overlay = changes_directory();
    }
    return ok_status();
  }

  void add_owed(std::vector<DocumentChange>& changes) const {
    std::set<std::string> listed;
    for (const DocumentChange& change : changes) listed.insert(change.path);
    for (const std::string& path : copy_.state.owed) {
      if (!listed.contains(path)) changes.push_back({0, path, false});
    }
  }

  // False: the server does not have what its list names, or has something else there. A publisher's
  // network may hand out the list before the document, so the old copy stays and it is asked for
  // again. One that the list says is removed is taken away: an empty file hides that of the
  // archive.
  Result<bool> fetch_document(const DocumentChange& change) {
    const std::string path = changes_directory() + "/" + change.path;
    RETURN_IF_ERROR(make_directory(fs::path(path).parent_path()));
    Validators none;
    std::optional<std::string> text("");
    if (!change.removed) {
      auto answer = fetcher_.to_text(place_.address + change.path, none, kMaxDocumentBytes);
      if (!answer && answer.error().code != ErrorCode::kNotFound) return std::move(answer).error();
      if (!answer) return owe(answer.error().message);
      text = *std::move(answer);
      if (!is_document_of(change.path, *text)) {
        return owe(place_.address + change.path + ": another document is there");
      }
      copy_.bytes += text->size();
    }
    RETURN_IF_ERROR(write_file_atomically(path, *text));
    return true;
  }

  bool owe(const std::string& why) {
    if (copy_.owed.empty()) copy_.owed = why;
    return false;
  }

  bool is_document_of(const std::string& path, const std::string& text) const {
    return place_.source.form == SourceForm::kOsv ? is_osv_document(path, text)
                                                  : is_csaf_document(path, text);
  }

  // What arrived of a set that is not whole is of no use, and the disk may be full of it.
  Status fetch_set() {
    FileSet set(fetcher_, place_, copy_);
    const Status status = fill(set);
    if (!status) set.discard();
    return status;
  }

  Status fill(FileSet& set) {
    RETURN_IF_ERROR(set.begin());
    if (!place_.address.ends_with('/')) {
      const std::string file = fs::path(path_of(place_.address)).filename();
      RETURN_IF_ERROR(
          set.require({is_safe_path(file) ? file : "document", place_.address, "", ""}));
    } else if (place_.from_mirror) {
      RETURN_IF_ERROR(lay_out_mirror(set));
    } else {
      RETURN_IF_ERROR(lay_out(set));
    }
    return set.finish();
  }

  Status lay_out(FileSet& set) const {
    switch (place_.source.form) {
      case SourceForm::kAlpine:
        return lay_out_alpine(set);
      case SourceForm::kAmazon:
        return lay_out_amazon(set);
      case SourceForm::kBodhi:
        return lay_out_bodhi(set);
      case SourceForm::kDebianLists:
        return lay_out_debian_lists(set);
      case SourceForm::kNvd:
        return lay_out_nvd(set);
      case SourceForm::kPages:
        return lay_out_pages(set);
      case SourceForm::kPhoton:
        return lay_out_photon(set);
      case SourceForm::kSuseOval:
        return lay_out_suse_oval(set);
      case SourceForm::kFile:
      case SourceForm::kOsv:
      case SourceForm::kCsaf:
        break;
    }
    return Error{ErrorCode::kInternal, "no set of files"};
  }

  const Fetcher& fetcher_;
  const SourcePlace& place_;
  SourceCopy copy_;
};

}  // namespace

std::string held_path(const UpdateSource& source, const std::string& directory) {
  if (is_set(source.form)) return directory + "/files";
  if (source.form == SourceForm::kOsv) return directory + "/" + kOsvArchive;
  if (source.form == SourceForm::kCsaf) return directory + "/" + kCsafArchive;
  return directory + "/" + std::string(source.file);
}

Result<SourceCopy> fetch_source(const Fetcher& fetcher, const SourcePlace& place,
                                const SourceState& held) {
  return SourceFetch(fetcher, place, held).run();
}

// A directory is not renamed over another: between the two renames nothing is held, and whoever
// dies there fetches everything anew.
Status take_over(const SourcePlace& place, const SourceCopy& copy) {
  std::error_code failure;
  const std::string old = place.directory + "/new/old";
  if (!copy.replaces.empty()) {
    if (is_set(place.source.form)) {
      fs::remove_all(old, failure);
      fs::rename(copy.replaces, old, failure);
    }
    if (std::rename(copy.import.path.c_str(), copy.replaces.c_str()) != 0) {
      return errno_error(errno, "rename", copy.import.path);
    }
  }
  fs::remove_all(old, failure);
  if (copy.is_whole) fs::remove_all(place.directory + "/changed", failure);
  return ok_status();
}

void discard_copy(const SourceCopy& copy) {
  std::error_code failure;
  if (!copy.replaces.empty()) fs::remove_all(copy.import.path, failure);
}

}  // namespace seaworthy
