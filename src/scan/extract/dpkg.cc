// dpkg's database of installed packages: one control paragraph per package in
// var/lib/dpkg/status, or, in distroless images, one file per package in var/lib/dpkg/status.d/.
// Format: deb822(5); states: dpkg(1), "Information about packages".
//
// The third word of Status decides whether the files of a package are there. `not-installed` and
// `config-files` mean that they are not; every other state (unpacked, half-installed,
// half-configured, triggers-*) means that they may be, so such packages count and carry the state
// as a property. The first word is only what the administrator wants to happen next.
//
// Advisories name source packages. `Source: foo (1.2)` gives the source version where it is not
// the binary's, above all for binary-only rebuilds (+b1), whose own version no advisory knows.
#include <algorithm>
#include <array>
#include <string>

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
constexpr std::array<std::string_view, 1> kStatusAnchors{kStatusFile};
constexpr std::array<std::string_view, 1> kDistrolessAnchors{kStatusDirectory};

enum class NoStatus { kIsInstalled, kIsBroken };

bool wants_status(const FileInfo& file) {
  return file.path == kStatusFile;
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
  package.name = name;
  package.version = version;
  package.arch = record.value("Architecture");
  check_fields(record, package, evidence);
  package.set_property(kMaintainer, std::string(record.value("Maintainer")));
  package.set_property(kOrigin, std::string(record.value("Origin")));
  package.set_property(kVendor, std::string(record.value("Vendor")));
  if (state != "installed") package.set_property(kStatus, std::string(state));
  return evidence.add(std::move(package));
}

Result<Evidence> extract_records(std::string_view extractor, const FileView& file,
                                 NoStatus no_status) {
  static const std::vector<std::string_view> kFields{
      "Package", "Status", "Version", "Architecture", "Source", "Maintainer", "Origin", "Vendor"};
  EvidenceBuilder evidence(extractor, file.path);
  ControlReader reader(file.bytes, kFields);
  ControlRecord record;
  while (reader.next(record)) {
    report_oddities(record, evidence);
    if (!add_package(record, no_status, evidence)) break;
  }
  // Builders of distroless images write status.d, and not all of them end the last line.
  if (no_status == NoStatus::kIsBroken) evidence.expect_whole_lines(file.bytes);
  return evidence.take_database();
}

Result<Evidence> extract_status(std::span<const FileView> files, const Limits&) {
  return extract_records("os/dpkg", files[0], NoStatus::kIsBroken);
}

Result<Evidence> extract_distroless(std::span<const FileView> files, const Limits&) {
  return extract_records("os/dpkg-distroless", files[0], NoStatus::kIsInstalled);
}

}  // namespace

extern const Extractor kDpkgStatus;
const Extractor kDpkgStatus{
    .name = "os/dpkg",
    .description = "Debian packages of var/lib/dpkg/status",
    .max_file_bytes = 64 * kMiB,
    .is_database = true,
    .wants = wants_status,
    .extract = extract_status,
    .companions = nullptr,
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
