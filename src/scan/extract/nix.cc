// Nix and Guix. What is installed is what is in the store, nix/store or gnu/store, one path per
// package output; the database, nix/var/nix/db/db.sqlite or var/guix/db/db.sqlite, has the same in
// its table ValidPaths(id, path, hash, registrationTime, deriver, ...). Images mostly have no
// database, so the names of the store's directories are read as well; both give the same packages,
// and the inventory lists each once. The outputs of a package are one package.
//
// Which of them a profile or another package refers to (table Refs) makes no difference: everything
// in the image can be run.
#include <array>
#include <set>
#include <string>
#include <utility>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"
#include "scan/extract/sqlite_table.h"
#include "scan/extract/store_path.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 2> kDatabases{"nix/var/nix/db/db.sqlite",
                                                     "var/guix/db/db.sqlite"};
constexpr std::array<std::string_view, 2> kStores{"nix/store/", "gnu/store/"};
constexpr std::string_view kWal = "-wal";

bool is_database(std::string_view path) {
  return path == kDatabases[0] || path == kDatabases[1];
}

bool wants_database(const FileInfo& file) {
  std::string_view path = file.path;
  if (path.ends_with(kWal)) path.remove_suffix(kWal.size());
  return is_database(path);
}

std::vector<std::string> database_companions(std::string_view path) {
  if (!is_database(path)) return {};
  return {std::string(path) + std::string(kWal)};
}

Package package_of(const StorePackage& found) {
  Purl purl;
  purl.type = found.store;
  purl.name = found.name;
  purl.version = found.version;
  return other_package(purl);
}

Result<Evidence> extract_database(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("os/nix", files[0].path);
  // A log is read with its database, never alone: it may stand in a higher layer.
  if (files[0].path.ends_with(kWal)) return evidence.take();
  ASSIGN_OR_RETURN(
      const SqliteDatabase database,
      SqliteDatabase::open(files[0].bytes, files.size() > 1 ? files[1].bytes : std::string_view{}));
  std::set<std::pair<std::string, std::string>> seen;
  const auto row = [&](const std::vector<SqliteValue>& columns, const std::string& where) {
    constexpr std::size_t kPath = 1, kDeriver = 4;
    if (columns.size() <= kPath || !is_store_path(columns[kPath].bytes)) {
      evidence.problem(problem::kUnreadableRecord, where + ": no path of the store");
      return true;
    }
    const std::string_view deriver =
        columns.size() > kDeriver ? columns[kDeriver].bytes : std::string_view{};
    const auto found = parse_store_path(columns[kPath].bytes, deriver);
    if (!found || !seen.emplace(found->name, found->version).second) return true;
    return evidence.add(package_of(*found));
  };
  RETURN_IF_ERROR(database.rows("ValidPaths", row, [&](const std::string& message) {
    evidence.problem(problem::kPackageDbCorrupt, message);
  }));
  return evidence.take_database();
}

bool wants_no_file(const FileInfo&) {
  return false;
}

bool wants_store_directory(std::string_view path) {
  return (path.starts_with(kStores[0]) || path.starts_with(kStores[1])) &&
         parse_store_path(path, {}).has_value();
}

Result<Evidence> extract_directory(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("os/nix-store", files[0].path);
  if (const auto found = parse_store_path(files[0].path, {})) evidence.add(package_of(*found));
  return evidence.take();
}

}  // namespace

extern const Extractor kNixDb;
const Extractor kNixDb{
    .name = "os/nix",
    .description = "packages in the databases of Nix and Guix",
    .max_file_bytes = 512 * kMiB,
    .is_database = true,
    .wants = wants_database,
    .extract = extract_database,
    .companions = database_companions,
    .anchors = kDatabases,
};

extern const Extractor kNixStore;
const Extractor kNixStore{
    .name = "os/nix-store",
    .description = "packages by the names of directories in the Nix and Guix stores",
    .max_file_bytes = 1,
    .is_database = true,
    .wants = wants_no_file,
    .extract = extract_directory,
    .companions = nullptr,
    .anchors = kStores,
    .wants_directory = wants_store_directory,
};

}  // namespace seaworthy
