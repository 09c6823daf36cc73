// Azure Linux's distroless images have no rpm database but a listing that the build left:
// var/lib/rpmmanifest/container-manifest-2, one package per line, ten fields between tabs:
//   name · version-release · install time · build time · vendor · "(none)" or epoch · size ·
//   architecture · epoch number · source rpm
// Beside it stands container-manifest-1, the plain `name-version-release.arch` of rpm -qa. It is
// read only where the better one, whose companion it is, is missing: it knows neither epochs nor
// sources.
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

constexpr std::array<std::string_view, 2> kAnchors{"var/lib/rpmmanifest/container-manifest-2",
                                                   "var/lib/rpmmanifest/container-manifest-1"};
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
  return file.path == kAnchors[0] || file.path == kAnchors[1];
}

std::vector<std::string> manifest_companions(std::string_view path) {
  if (path != kAnchors[0]) return {};
  return {std::string(kAnchors[1])};
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

// "bash-5.1.8-4.cm2.x86_64"; false where the text has not these four parts.
bool read_plain_line(std::string_view line, Package& package) {
  const std::size_t arch = line.rfind('.');
  if (arch == std::string_view::npos || !is_plain_word(line)) return false;
  const std::size_t release = line.rfind('-', arch);
  if (release == std::string_view::npos || release == 0) return false;
  const std::size_t version = line.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0 || version + 1 == release ||
      release + 1 >= arch) {
    return false;
  }
  package.type = PackageType::kRpm;
  package.name = line.substr(0, version);
  package.version = line.substr(version + 1, arch - version - 1);
  package.arch = line.substr(arch + 1);
  package.set_property(kDoubt, "its epoch and source package are not recorded");
  return true;
}

Result<Evidence> extract_manifest(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("os/rpm-manifest", files[0].path);
  const bool is_plain = files[0].path == kAnchors[1];
  LineReader lines(files[0].bytes);
  std::string_view line;
  while (lines.next(line)) {
    if (line.empty()) continue;
    Package package;
    if (is_plain ? !read_plain_line(line, package) : !read_line(line, package)) {
      evidence.problem(problem::kUnreadableRecord, "line " + std::to_string(lines.number()) +
                                                       (is_plain ? ": not name-version-release.arch"
                                                                 : ": not a package's ten fields"));
      continue;
    }
    if (!is_rpm_key(package.name) && !evidence.add(std::move(package))) break;
  }
  evidence.expect_whole_lines(files[0].bytes);
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
    .companions = manifest_companions,
    .anchors = kAnchors,
};

}  // namespace seaworthy
