// opkg's database, as OpenWrt, Yocto and distroless images have it, in Debian's control format
// (deb822(5)):
//   DIR/status             every package, with dpkg's three-word Status
//   DIR/status.d/NAME      one package each, in images built without opkg
//   DIR/info/NAME.control  the control file of an installed package; it alone names the source
//   DIR/info/NAME.list     the files of a package, one path per line
// DIR is usr/lib/opkg (OpenWrt) or var/lib/opkg (Yocto). A package that stands in status and has a
// control file is one package. Versions are not Debian's ("git-23.118.7-1"); no feed judges them.
#include <array>
#include <string>

#include "core/codec/digest.h"
#include "core/model/problem.h"
#include "scan/extract/control_records.h"
#include "scan/extract/deb_words.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/other_package.h"

namespace seaworthy {
namespace {

constexpr std::string_view kControl = ".control";
constexpr std::string_view kList = ".list";
constexpr std::array<std::string_view, 6> kAnchors{
    "usr/lib/opkg/status",    "var/lib/opkg/status", "usr/lib/opkg/status.d/",
    "var/lib/opkg/status.d/", "usr/lib/opkg/info/",  "var/lib/opkg/info/"};

enum class Part { kNone, kStatus, kSingle, kFiles };

Part part_of(std::string_view path) {
  if (path == kAnchors[0] || path == kAnchors[1]) return Part::kStatus;
  if (is_child_of(path, kAnchors[2]) || is_child_of(path, kAnchors[3])) return Part::kSingle;
  if (!is_child_of(path, kAnchors[4]) && !is_child_of(path, kAnchors[5])) return Part::kNone;
  if (path.ends_with(kControl)) return Part::kSingle;
  return path.ends_with(kList) ? Part::kFiles : Part::kNone;
}

bool wants_opkg(const FileInfo& file) {
  return part_of(file.path) != Part::kNone;
}

std::string at_line(std::size_t line, std::string_view what) {
  return "line " + std::to_string(line) + ": " + std::string(what);
}

// Whether the third word of Status says that the package's files are not there.
bool is_removed(const ControlRecord& record) {
  std::string_view words = record.value("Status");
  next_word(words);
  next_word(words);
  const std::string_view state = next_word(words);
  return state == "not-installed" || state == "config-files";
}

void check_record(const ControlRecord& record, Package& package, EvidenceBuilder& evidence) {
  std::string bad;
  if (!is_deb_name(package.name)) bad = "Package";
  if (!package.source_name.empty() && !is_deb_name(package.source_name)) {
    bad += bad.empty() ? "SourceName" : ", SourceName";
    package.source_name.clear();
  }
  if (bad.empty()) return;
  evidence.problem(problem::kUnreadableRecord,
                   at_line(record.line, bad + " of " + package.name + " is no name"));
  package.set_property(kDoubt, "its record is malformed (" + bad + ")");
}

// False where no further record can be taken.
bool add_package(const ControlRecord& record, EvidenceBuilder& evidence) {
  if (is_removed(record)) return true;
  const std::string_view name = record.value("Package");
  const std::string_view version = record.value("Version");
  const std::string_view arch = record.value("Architecture");
  if (!is_plain_word(name) || !is_plain_word(version)) {
    const std::string missing =
        is_plain_word(name) ? "version of " + std::string(name) : std::string("package name");
    evidence.problem(problem::kUnreadableRecord,
                     at_line(record.line, "record without a usable " + missing));
    return true;
  }
  Purl purl;
  purl.type = "opkg";
  purl.name = name;
  purl.version = version;
  if (is_deb_architecture(arch) || is_deb_name(arch))
    purl.qualifiers = {{"arch", std::string(arch)}};
  Package package = other_package(purl);
  package.source_name = record.value("SourceName");
  package.set_property(kMaintainer, std::string(record.value("Maintainer")));
  if (const std::string_view license = record.value("License"); !license.empty()) {
    package.licenses.emplace_back(license);
  }
  check_record(record, package, evidence);
  return evidence.add(std::move(package));
}

void report_oddities(const ControlRecord& record, EvidenceBuilder& evidence) {
  for (const std::size_t line : record.bad_lines) {
    evidence.problem(problem::kUnreadableRecord, at_line(line, "no field; the line is ignored"));
  }
  for (const ControlRecord::Field& field : record.fields) {
    if (record.find(field.name) == &field) continue;
    evidence.problem(
        problem::kUnreadableRecord,
        at_line(field.line, "field " + std::string(field.name) + " again; the first one holds"));
  }
}

Result<Evidence> read_records(const FileView& file, bool is_status) {
  static const std::vector<std::string_view> kFields{
      "Package", "Status", "Version", "Architecture", "SourceName", "Maintainer", "License"};
  EvidenceBuilder evidence("os/opkg", file.path);
  ControlReader reader(file.bytes, kFields);
  ControlRecord record;
  while (reader.next(record)) {
    report_oddities(record, evidence);
    if (!add_package(record, evidence)) break;
  }
  if (is_status) evidence.expect_whole_lines(file.bytes);
  return evidence.take_database();
}

Result<Evidence> read_files(const FileView& file) {
  EvidenceBuilder evidence("os/opkg", file.path);
  std::string_view name = base_name(file.path);
  name.remove_suffix(kList.size());
  OwnedFiles owned{.package = std::string(name), .path_hashes = {}, .below_opt = false};
  LineReader lines(file.bytes);
  std::string_view line;
  while (lines.next(line)) {
    line = line.substr(0, line.find('\t'));  // opkg 0.4 writes the mode behind the path
    while (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty() || line.size() > kMaxOwnedPath) continue;
    owned.path_hashes.push_back(path_hash(line));
  }
  evidence.own(std::move(owned));
  return evidence.take();
}

Result<Evidence> extract_opkg(std::span<const FileView> files, const Limits&) {
  const Part part = part_of(files[0].path);
  return part == Part::kFiles ? read_files(files[0])
                              : read_records(files[0], part == Part::kStatus);
}

}  // namespace

extern const Extractor kOpkg;
const Extractor kOpkg{
    .name = "os/opkg",
    .description = "opkg packages and their files of usr/lib/opkg and var/lib/opkg",
    .max_file_bytes = 32 * kMiB,
    .is_database = true,
    .wants = wants_opkg,
    .extract = extract_opkg,
    .companions = nullptr,
    .anchors = kAnchors,
};

}  // namespace seaworthy
