// Alpine's database of installed packages: lib/apk/db/installed (usr/lib/apk/db/installed since
// the merge of /usr), the text index of apk-tools 2 and 3. A record is a run of `K:value` lines
// and ends at an empty line; letters are case sensitive. Of interest here:
//   P name   V version   A architecture   L licence   o origin (source package)   m maintainer
//   F directory, and behind it   R a file in that directory
// Advisories name the origin, whose version is the package's own.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 2> kDatabases{"lib/apk/db/installed",
                                                     "usr/lib/apk/db/installed"};

bool wants_apk_db(const FileInfo& file) {
  return file.path == kDatabases[0] || file.path == kDatabases[1];
}

struct ApkRecord {
  std::size_t line = 0;  // where it begins; 0: no line yet
  Package package;
  OwnedFiles owned;
  std::string_view directory;
};

void add_file(std::string_view name, ApkRecord& record) {
  ++record.package.files;
  if (record.directory.size() + name.size() >= kMaxOwnedPath) return;
  std::string path(record.directory);
  if (!path.empty()) path += '/';
  record.owned.path_hashes.push_back(path_hash(path.append(name)));
}

// A field that stands twice keeps its first value: a second name inside one record would hide the
// first package.
void keep_first(std::string& field, std::string_view value) {
  if (field.empty()) field = value;
}

void read_field(char key, std::string_view value, ApkRecord& record) {
  Package& package = record.package;
  switch (key) {
    case 'P':
      return keep_first(package.name, value);
    case 'V':
      return keep_first(package.version, value);
    case 'A':
      return keep_first(package.arch, value);
    case 'o':
      return keep_first(package.source_name, value);
    case 'L':
      if (package.licenses.empty() && !value.empty()) package.licenses.emplace_back(value);
      return;
    case 'm':
      return package.set_property(kMaintainer, std::string(value));
    case 'F':
      record.directory = value;
      return;
    case 'R':
      return add_file(value, record);
    default:
      return;
  }
}

// What apk writes: letters, digits and a little more, nothing that another tool's syntax uses.
bool holds_only(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           more.find(c) != std::string_view::npos;
  });
}

bool is_apk_name(std::string_view text) {
  return is_plain_word(text) && holds_only(text, "-+._");
}

// Fields that hold what apk never writes. The package is kept, and marked: its advisories may be
// filed under what was there before.
void check_fields(ApkRecord& record, EvidenceBuilder& evidence) {
  Package& package = record.package;
  std::string bad;
  const auto complain = [&](std::string_view field, std::string_view what) {
    if (!bad.empty()) bad += ", ";
    bad += what;
    evidence.problem(problem::kUnreadableRecord, "line " + std::to_string(record.line) + ": " +
                                                     std::string(field) + " of " + package.name +
                                                     " is no " + std::string(what));
  };
  if (!is_apk_name(package.name)) complain("P:", "name");
  if (!holds_only(package.version, "-+._~")) complain("V:", "version");
  if (!package.source_name.empty() && !is_apk_name(package.source_name)) {
    complain("o:", "origin");
    package.source_name.clear();
  }
  if (!package.arch.empty() && !is_apk_name(package.arch)) {
    complain("A:", "architecture");
    package.arch.clear();
  }
  if (!bad.empty()) package.set_property(kDoubt, "its record is malformed (" + bad + ")");
}

// False where no further record can be taken.
bool finish_record(ApkRecord record, EvidenceBuilder& evidence) {
  if (record.line == 0) return true;
  Package& package = record.package;
  package.type = PackageType::kApk;
  const bool has_name = is_plain_word(package.name);
  if (!has_name || !is_plain_word(package.version)) {
    evidence.problem(problem::kUnreadableRecord,
                     "line " + std::to_string(record.line) + ": record without a usable " +
                         (has_name ? "version (V:) of " + package.name : "name (P:)"));
    return true;
  }
  check_fields(record, evidence);
  record.owned.package = package.name;
  evidence.own(std::move(record.owned));
  return evidence.add(std::move(package));
}

Result<Evidence> extract_apk_db(std::span<const FileView> files, const Limits&) {
  const FileView& file = files[0];
  if (file.bytes.starts_with("ADB")) {
    return Error{ErrorCode::kUnsupported, "the binary database of apk-tools 3 (ADB) is not read"};
  }
  EvidenceBuilder evidence("os/apk", file.path);
  LineReader lines(file.bytes);
  ApkRecord record;
  std::string_view line;
  while (lines.next(line)) {
    if (line.empty()) {
      if (!finish_record(std::exchange(record, {}), evidence)) return evidence.take_database();
      continue;
    }
    if (record.line == 0) record.line = lines.number();
    if (line.size() < 2 || line[1] != ':') {
      evidence.problem(problem::kUnreadableRecord, "line " + std::to_string(lines.number()) +
                                                       ": no field; the line is ignored");
      continue;
    }
    // Two records that lost the empty line between them.
    if ((line[0] == 'P' && !record.package.name.empty()) ||
        (line[0] == 'V' && !record.package.version.empty())) {
      evidence.problem(problem::kUnreadableRecord, "line " + std::to_string(lines.number()) + ": " +
                                                       line[0] + ": again in the record of " +
                                                       record.package.name +
                                                       "; a package may be missing");
    }
    read_field(line[0], line.substr(2), record);
  }
  finish_record(std::move(record), evidence);
  evidence.expect_whole_lines(file.bytes);
  return evidence.take_database();
}

}  // namespace

extern const Extractor kApkDb;
const Extractor kApkDb{
    .name = "os/apk",
    .description = "Alpine packages and their files of lib/apk/db/installed",
    .max_file_bytes = 128 * kMiB,
    .is_database = true,
    .wants = wants_apk_db,
    .extract = extract_apk_db,
    .companions = nullptr,
    .anchors = kDatabases,
};

}  // namespace seaworthy
