// The rpm database in its three formats, told apart by name and checked by content:
//   Packages         BerkeleyDB hash    up to RHEL 8, Amazon Linux 2, Fedora 32
//   Packages.db      NDB                SUSE
//   rpmdb.sqlite     SQLite, with rpmdb.sqlite-wal beside it     all others
// The directory moved from var/lib/rpm to usr/lib/sysimage/rpm; ostree systems use usr/share/rpm.
#include <array>
#include <string>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/rpm_blobs.h"
#include "scan/extract/rpm_header.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 3> kDirectories{"var/lib/rpm/", "usr/lib/sysimage/rpm/",
                                                       "usr/share/rpm/"};
constexpr std::string_view kBdb = "Packages";
constexpr std::string_view kNdb = "Packages.db";
constexpr std::string_view kSqlite = "rpmdb.sqlite";
constexpr std::string_view kWal = "rpmdb.sqlite-wal";

bool wants_rpm_db(const FileInfo& file) {
  const std::string_view name = base_name(file.path);
  if (name != kBdb && name != kNdb && name != kSqlite && name != kWal) return false;
  const std::string_view directory = file.path.substr(0, file.path.size() - name.size());
  return directory == kDirectories[0] || directory == kDirectories[1] ||
         directory == kDirectories[2];
}

std::vector<std::string> rpm_companions(std::string_view path) {
  if (base_name(path) != kSqlite) return {};
  return {std::string(path) + "-wal"};
}

bool add_record(std::string_view blob, const std::string& where, EvidenceBuilder& evidence) {
  Result<RpmRecord> record = read_rpm_header(blob);
  if (!record) {
    evidence.problem(problem::kUnreadableRecord, where + ": " + record.error().message);
    return true;
  }
  const std::string_view doubt = record->package.property(kDoubt);
  if (!doubt.empty()) {
    evidence.problem(problem::kUnreadableRecord, where + ": " + record->package.name + ": " +
                                                     std::string(doubt) +
                                                     "; it may be of another package or version");
  } else if (is_rpm_key(record->package.name)) {
    return true;
  }
  evidence.own(std::move(record->owned));
  return evidence.add(std::move(record->package));
}

Status read_database(std::span<const FileView> files, const BlobSink& sink) {
  const std::string_view name = base_name(files[0].path);
  if (name == kBdb) return read_rpm_bdb(files[0].bytes, sink);
  if (name == kNdb) return read_rpm_ndb(files[0].bytes, sink);
  return read_rpm_sqlite(files[0].bytes, files.size() > 1 ? files[1].bytes : std::string_view{},
                         sink);
}

Result<Evidence> extract_rpm_db(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("os/rpm", files[0].path);
  // A log is read with its database, never alone: it may stand in a higher layer.
  if (base_name(files[0].path) == kWal) return evidence.take();
  const BlobSink sink{
      .blob = [&](std::string_view blob,
                  const std::string& where) { return add_record(blob, where, evidence); },
      .damage =
          [&](const std::string& message) {
            evidence.problem(problem::kPackageDbCorrupt, message);
          }};
  RETURN_IF_ERROR(read_database(files, sink));
  return evidence.take_database();
}

}  // namespace

extern const Extractor kRpmDb;
const Extractor kRpmDb{
    .name = "os/rpm",
    .description = "rpm packages and their files: BerkeleyDB, NDB and SQLite databases",
    .max_file_bytes = 512 * kMiB,
    .is_database = true,
    .wants = wants_rpm_db,
    .extract = extract_rpm_db,
    .companions = rpm_companions,
    .anchors = kDirectories,
};

}  // namespace seaworthy
