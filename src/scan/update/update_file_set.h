#pragma once

#include <string>
#include <string_view>

#include "scan/update/update_fetch.h"

namespace seaworthy {

// One file of a set, as its source offers it.
struct FileOffer {
  std::string path;  // below the set's directory, safe
  std::string url;
  // What names these very bytes where the source's index does (a digest): a file that is held under
  // this name is not asked for. "" asks the server whether it is newer.
  std::string version;
  std::string digest;  // "sha256:...", checked; "" not published
};

// A source that is more than one file. A new directory is laid out beside the held one: files that
// did not change are linked from there, the others fetched. Once the database has taken it the
// directories change places, so what is held is always one state of the source, and what the source
// no longer has is gone. One thread.
class FileSet {
 public:
  // The three must outlive the set.
  FileSet(const Fetcher& fetcher, const SourcePlace& place, SourceCopy& copy);

  // Begins an empty new directory.
  Status begin();
  // False where the server has no such file (404, 410). Every other failure is one of the source: a
  // set without one of its files would say that what stood in it is no longer so.
  Result<bool> add(const FileOffer& offer);
  // As add(); kNotFound where the server does not have it.
  Status require(const FileOffer& offer);
  // A file whose bytes are known already.
  Status keep(const std::string& path, std::string_view bytes);
  // Says in the copy what is to be imported and taken over. kNotFound: the set is empty.
  Status finish();
  // Removes what was laid out.
  void discard();

  // A small document that says what the set has.
  Result<std::string> read(const std::string& url) const;
  const std::string& address() const { return place_.address; }
  UnixSeconds now() const { return place_.now; }

 private:
  std::string held(const std::string& path) const;
  Result<std::string> make_place(const std::string& path);
  Status link_held(const std::string& path, const std::string& to);

  const Fetcher& fetcher_;
  const SourcePlace& place_;
  SourceCopy& copy_;
  const std::string new_directory_;
  std::map<std::string, Validators> files_;
  bool changed_ = false;
};

// How each form of set is laid out: one function in update_fetch_NAME.cc.
Status lay_out_alpine(FileSet& set);
Status lay_out_amazon(FileSet& set);
Status lay_out_bodhi(FileSet& set);
Status lay_out_debian_lists(FileSet& set);
Status lay_out_nvd(FileSet& set);
Status lay_out_pages(FileSet& set);
Status lay_out_photon(FileSet& set);
Status lay_out_suse_oval(FileSet& set);

// `url?page=N` for every page, to DIRECTORY/0001.json and so on.
Status add_pages(FileSet& set, const std::string& directory, const std::string& url);

// A set in a mirror: SHA256SUMS beside the directory "files".
Status lay_out_mirror(FileSet& set);
// Writes SHA256SUMS into `source_directory` for a set that lies in `files`.
Status write_checksums(const std::string& source_directory, const std::string& files);
// kInvalidInput where the files of a mirrored set are not those that SHA256SUMS names.
Status verify_checksums(const std::string& source_directory);

}  // namespace seaworthy
