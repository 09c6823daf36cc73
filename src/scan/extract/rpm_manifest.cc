// Azure Linux's distroless images have no rpm database but a listing that the build left:
// var/lib/rpmmanifest/container-manifest-2, one package per line, ten fields between tabs:
//   name · version-release · install time · build time · vendor · "(none)" or epoch · size ·
//   architecture · epoch number · source rpm
#include <array>
#include <charconv>
#include <string>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/rpm_header.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 1> kAnchors{"var/lib/rpmmanifest/container-manifest-2"};
constexpr std::size_t kFields = 10;
enum Field : std::size_t {
  kName = 0,
  kVersion = 1,
  kVendorField = 4,
  kArch = 7,
  kEpoch = 8,
  kSource = 9
};

bool wants_manifest(const FileInfo& file) {
  return file.path == kAnchors[0];
}

// False where the line has not ten fields.
bool split(std::string_view line, std::array<std::string_view, kFields>& fields) {
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::size_t tab = line.find('\t');
    if ((tab == std::string_view::npos) != (i + 1 == kFields)) return false;
    fields[i] = line.substr(0, tab);
    line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  }
  return true;
}

bool read_line(std::string_view line, Package& package) {
  std::array<std::string_view, kFields> fields;
  if (!split(line, fields)) return false;
  const std::size_t dash = fields[kVersion].rfind('-');
  if (!is_plain_word(fields[kName]) || !is_plain_word(fields[kVersion]) ||
      dash == std::string_view::npos) {
    return false;
  }
  std::uint32_t epoch = 0;
  const std::string_view number = fields[kEpoch];
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), epoch);
  if (error != std::errc{} || end != number.data() + number.size()) return false;
  package.type = PackageType::kRpm;
  package.name = fields[kName];
  package.version =
      rpm_version(epoch, fields[kVersion].substr(0, dash), fields[kVersion].substr(dash + 1));
  package.arch = fields[kArch];
  if (fields[kVendorField] != "(none)")
    package.set_property(kVendor, std::string(fields[kVendorField]));
  set_source_rpm(fields[kSource], package);
  return true;
}

Result<Evidence> extract_manifest(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("os/rpm-manifest", files[0].path);
  LineReader lines(files[0].bytes);
  std::string_view line;
  while (lines.next(line)) {
    if (line.empty()) continue;
    Package package;
    if (!read_line(line, package)) {
      evidence.problem(problem::kUnreadableRecord,
                       "line " + std::to_string(lines.number()) + ": not a package's ten fields");
      continue;
    }
    if (!is_rpm_key(package.name) && !evidence.add(std::move(package))) break;
  }
  return evidence.take_database();
}

}  // namespace

extern const Extractor kRpmManifest;
const Extractor kRpmManifest{
    .name = "os/rpm-manifest",
    .description = "rpm packages of Azure Linux's distroless images",
    .max_file_bytes = 16 * kMiB,
    .is_database = true,
    .wants = wants_manifest,
    .extract = extract_manifest,
    .companions = nullptr,
    .anchors = kAnchors,
};

}  // namespace seaworthy
