// dpkg's database of installed packages: one control paragraph per package in
// var/lib/dpkg/status, or, in distroless images, one file per package in var/lib/dpkg/status.d/.
// Format: deb822(5); states: dpkg(1), "Information about packages".
//
// The third word of Status decides whether the files of a package are there. `not-installed` and
// `config-files` mean that they are not; every other state (unpacked, half-installed,
// half-configured, triggers-*) means that they may be, so such packages count and carry the state
// as a property. The first word is only what the administrator wants to happen next.
//
// Between two rewrites of the status file dpkg keeps what changed in var/lib/dpkg/updates/: files
// named 0000, 0001, ... each with newer paragraphs of some packages (dpkg: lib/dpkg/dbmodify.c).
// Who reads the database applies them in the order of their numbers. An image that was made while
// dpkg ran, or after it was killed, has them. dpkg reads package names in any case as lower case.
//
// Advisories name source packages. `Source: foo (1.2)` gives the source version where it is not
// the binary's, above all for binary-only rebuilds (+b1), whose own version no advisory knows.
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/model/problem.h"
#include "scan/extract/control_records.h"
#include "scan/extract/deb_words.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kStatusFile = "var/lib/dpkg/status";
constexpr std::string_view kStatusDirectory = "var/lib/dpkg/status.d/";
constexpr std::string_view kUpdates = "var/lib/dpkg/updates/";
constexpr int kMostUpdates = 250;  // dpkg rewrites the status file before there are more
constexpr std::array<std::string_view, 2> kStatusAnchors{kStatusFile, kUpdates};
constexpr std::array<std::string_view, 1> kDistrolessAnchors{kStatusDirectory};

enum class NoStatus { kIsInstalled, kIsBroken };

bool wants_status(const FileInfo& file) {
  if (file.path == kStatusFile) return true;
  return is_child_of(file.path, kUpdates) && is_digits(file.path.substr(kUpdates.size()));
}

// The updates alone say nothing: they are read with the file that they change.
std::vector<std::string> updates_of(std::string_view path) {
  std::vector<std::string> files;
  if (path != kStatusFile) return files;
  for (int i = 0; i <= kMostUpdates; ++i) {
    const std::string number = std::to_string(i);
    files.push_back(std::string(kUpdates) + std::string(4 - number.size(), '0') + number);
  }
  return files;
}

bool wants_distroless(const FileInfo& file) {
  return is_child_of(file.path, kStatusDirectory) && !file.path.ends_with(".md5sums");
}

std::string at_line(std::size_t line, std::string_view what) {
  return "line " + std::to_string(line) + ": " + std::string(what);
}

// Reports what is odd about a paragraph without making it worthless.
void report_oddities(const ControlRecord& record, EvidenceBuilder& evidence) {
  for (const std::size_t line : record.bad_lines) {
    evidence.problem(problem::kUnreadableRecord, at_line(line, "no field; the line is ignored"));
  }
  for (const ControlRecord::Field& field : record.fields) {
    if (record.find(field.name) != &field) {
      evidence.problem(
          problem::kUnreadableRecord,
          at_line(field.line, "field " + std::string(field.name) + " again; the first one holds"));
    }
  }
}

// "foo (1.2)" or "foo"; false where the text is neither. A name or version that could be read is
// kept even then.
bool set_source(std::string_view text, Package& package) {
  const std::string_view name = next_word(text);
  text = trim(text);
  if (!is_deb_name(name)) return false;
  package.source_name = name;
  if (text.empty()) return true;
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return false;
  const std::string_view version = trim(text.substr(1, text.size() - 2));
  if (!is_deb_version(version)) return false;
  package.source_version = version;
  return true;
}

// Fields that hold what dpkg never writes. The package is kept, and marked: its advisories may be
// filed under what was there before.
void check_fields(const ControlRecord& record, Package& package, EvidenceBuilder& evidence) {
  std::string bad;
  const auto complain = [&](std::string_view field, std::string_view what) {
    if (!bad.empty()) bad += ", ";
    bad += field;
    const ControlRecord::Field* found = record.find(field);
    evidence.problem(
        problem::kUnreadableRecord,
        at_line(found == nullptr ? record.line : found->line,
                std::string(field) + " of " + package.name + " is " + std::string(what)));
  };
  if (!is_deb_name(package.name)) complain("Package", "no name of a Debian package");
  if (!is_deb_version(package.version)) complain("Version", "no Debian version");
  if (!package.arch.empty() && !is_deb_architecture(package.arch)) {
    complain("Architecture", "no architecture");
    package.arch.clear();
  }
  const ControlRecord::Field* source = record.find("Source");
  if (source != nullptr && !set_source(source->value, package)) {
    complain("Source", "no source package, alone or with its version in parentheses");
  }
  if (!bad.empty()) package.set_property(kDoubt, "its record is malformed (" + bad + ")");
}

// The third word of Status; "installed" where there is no Status and none is needed.
std::string_view state_of(const ControlRecord& record, NoStatus no_status,
                          EvidenceBuilder& evidence) {
  const ControlRecord::Field* status = record.find("Status");
  if (status == nullptr && no_status == NoStatus::kIsInstalled) return "installed";
  std::string_view words = status == nullptr ? std::string_view{} : status->value;
  next_word(words);
  next_word(words);
  const std::string_view state = next_word(words);
  if (!state.empty()) return state;
  evidence.problem(
      problem::kUnreadableRecord,
      at_line(record.line, "Status has no third word; the package is taken as installed"));
  return "unknown";
}

// False where no further record can be taken.
bool add_package(const ControlRecord& record, NoStatus no_status, EvidenceBuilder& evidence) {
  const std::string_view name = record.value("Package");
  const std::string_view version = record.value("Version");
  const std::string_view state = state_of(record, no_status, evidence);
  if (state == "not-installed" || state == "config-files") return true;
  if (!is_plain_word(name) || !is_plain_word(version)) {
    const std::string missing = is_plain_word(name) ? "version" : "package name";
    evidence.problem(
        problem::kUnreadableRecord,
        at_line(record.line, "record without a usable " + missing +
                                 (missing == "version" ? " of " + std::string(name) : "")));
    return true;
  }
  Package package;
  package.type = PackageType::kDeb;
  package.name = lower_case(name);
  package.version = version;
  package.arch = record.value("Architecture");
  check_fields(record, package, evidence);
  package.set_property(kMaintainer, std::string(record.value("Maintainer")));
  package.set_property(kOrigin, std::string(record.value("Origin")));
  package.set_property(kVendor, std::string(record.value("Vendor")));
  if (state != "installed") package.set_property(kStatus, std::string(state));
  return evidence.add(std::move(package));
}

// A package has one paragraph for each architecture.
using RecordKey = std::pair<std::string, std::string_view>;

RecordKey key_of(const ControlRecord& record) {
  return {lower_case(record.value("Package")), record.value("Architecture")};
}

// Adds the records for which `counts` is true.
template <class Counts>
void add_records(const FileView& file, NoStatus no_status, EvidenceBuilder& evidence,
                 const Counts& counts) {
  static const std::vector<std::string_view> fields{
      "Package", "Status", "Version", "Architecture", "Source", "Maintainer", "Origin", "Vendor"};
  ControlReader reader(file.bytes, fields);
  ControlRecord record;
  while (reader.next(record)) {
    if (!counts(record)) continue;
    report_oddities(record, evidence);
    if (!add_package(record, no_status, evidence)) break;
  }
  // Builders of distroless images write status.d, and not all of them end the last line.
  if (no_status == NoStatus::kIsBroken) evidence.expect_whole_lines(file.bytes);
}

// The update files behind files[0]: which file and line has the last word on a package.
using LastWords = std::map<RecordKey, std::pair<std::size_t, std::size_t>>;

LastWords read_updates(std::span<const FileView> files) {
  static const std::vector<std::string_view> fields{"Package", "Architecture"};
  LastWords last;
  for (std::size_t i = 1; i < files.size(); ++i) {
    ControlReader reader(files[i].bytes, fields);
    ControlRecord record;
    while (reader.next(record)) last[key_of(record)] = {i, record.line};
  }
  return last;
}

Result<Evidence> extract_status(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder status("os/dpkg", files[0].path);
  if (files[0].path != kStatusFile && files[0].path.starts_with(kUpdates)) {
    const std::vector<std::string> known = updates_of(kStatusFile);
    if (std::find(known.begin(), known.end(), files[0].path) == known.end()) {
      status.problem(problem::kPackageDbCorrupt,
                     "has no name that dpkg gives such a file: not read");
    }
    return status.take();
  }
  const LastWords last = read_updates(files);
  const auto is_current = [&](std::size_t file) {
    return [&last, file](const ControlRecord& record) {
      const auto found = last.find(key_of(record));
      return found == last.end() ? file == 0 : found->second == std::pair{file, record.line};
    };
  };
  add_records(files[0], NoStatus::kIsBroken, status, is_current(0));
  ASSIGN_OR_RETURN(Evidence evidence, status.take_database());
  for (std::size_t i = 1; i < files.size(); ++i) {
    EvidenceBuilder update("os/dpkg", files[i].path);
    add_records(files[i], NoStatus::kIsBroken, update, is_current(i));
    Evidence more = update.take();
    std::move(more.packages.begin(), more.packages.end(), std::back_inserter(evidence.packages));
    for (Problem& problem : more.problems) {
      problem.path = files[i].path;
      evidence.problems.push_back(std::move(problem));
    }
  }
  return evidence;
}

Result<Evidence> extract_distroless(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("os/dpkg-distroless", files[0].path);
  add_records(files[0], NoStatus::kIsInstalled, evidence, [](const auto&) { return true; });
  return evidence.take_database();
}

}  // namespace

extern const Extractor kDpkgStatus;
const Extractor kDpkgStatus{
    .name = "os/dpkg",
    .description = "Debian packages of var/lib/dpkg/status and its updates",
    .max_file_bytes = 64 * kMiB,
    .is_database = true,
    .wants = wants_status,
    .extract = extract_status,
    .companions = updates_of,
    .anchors = kStatusAnchors,
};

extern const Extractor kDpkgDistroless;
const Extractor kDpkgDistroless{
    .name = "os/dpkg-distroless",
    .description = "Debian packages of var/lib/dpkg/status.d/*, as distroless images have them",
    .max_file_bytes = 4 * kMiB,
    .is_database = true,
    .wants = wants_distroless,
    .extract = extract_distroless,
    .companions = nullptr,
    .anchors = kDistrolessAnchors,
};

}  // namespace seaworthy
