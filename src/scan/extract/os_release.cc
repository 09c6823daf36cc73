// Which distribution an image is. The files, best first; a reader that finds several takes the
// first in this order:
//    1. etc/os-release, then usr/lib/os-release                 os-release(5), freedesktop.org
//    2. files of one distribution, in the order of kFiles below (etc/alpine-release, ...)
//    3. etc/redhat-release, etc/system-release                  shared by a whole family
//    4. etc/lsb-release                                         LSB; copied by derivatives
//    5. etc/debian_version                                      Ubuntu has Debian's here, too
//
// os-release is a list of shell assignments. It is read by the specification's rules for quoting,
// never by a shell: no expansion, the last assignment of a name holds.
#include <algorithm>
#include <array>
#include <string>

#include "core/model/problem.h"
#include "scan/extract/distro_id.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"
#include "scan/extract/release_files.h"

namespace seaworthy {
namespace {

using ReadRelease = void (*)(std::string_view text, Distro& distro);

struct ReleaseFile {
  std::string_view path;
  ReadRelease read;
};

constexpr std::array kFiles{
    ReleaseFile{"etc/os-release", nullptr},
    ReleaseFile{"usr/lib/os-release", nullptr},
    ReleaseFile{"etc/alpine-release", read_alpine_release},
    ReleaseFile{"etc/mariner-release", read_build_release},
    ReleaseFile{"etc/azurelinux-release", read_build_release},
    ReleaseFile{"etc/photon-release", read_build_release},
    ReleaseFile{"etc/oracle-release", read_sentence_release},
    ReleaseFile{"etc/rocky-release", read_sentence_release},
    ReleaseFile{"etc/almalinux-release", read_sentence_release},
    ReleaseFile{"etc/centos-release", read_sentence_release},
    ReleaseFile{"etc/fedora-release", read_sentence_release},
    ReleaseFile{"usr/lib/fedora-release", read_sentence_release},
    ReleaseFile{"etc/SuSE-release", read_suse_release},
    ReleaseFile{"etc/gentoo-release", read_sentence_release},
    ReleaseFile{"etc/arch-release", read_arch_release},
    ReleaseFile{"etc/redhat-release", read_sentence_release},
    ReleaseFile{"etc/system-release", read_sentence_release},
    ReleaseFile{"usr/lib/system-release", read_sentence_release},
    ReleaseFile{"etc/lsb-release", read_lsb_release},
    ReleaseFile{"etc/debian_version", read_debian_version},
};

constexpr auto kAnchors = [] {
  std::array<std::string_view, kFiles.size()> paths{};
  for (std::size_t i = 0; i < paths.size(); ++i) paths[i] = kFiles[i].path;
  return paths;
}();

// Bottlerocket's images keep the file below the root that they mount.
constexpr std::string_view kBottlerocket = "-bottlerocket-linux-gnu/sys-root/usr/lib/os-release";

bool wants_release(const FileInfo& file) {
  constexpr std::size_t kShortest = 14, kLongest = 22;  // of kFiles
  if (file.path.ends_with(kBottlerocket)) return true;
  if (file.path.size() < kShortest || file.path.size() > kLongest) return false;
  return std::find(kAnchors.begin(), kAnchors.end(), file.path) != kAnchors.end();
}

void read_os_release(std::string_view text, Distro& distro, EvidenceBuilder& evidence) {
  std::vector<std::size_t> bad_lines;
  const Assignments values = read_assignments(text, bad_lines);
  for (const std::size_t line : bad_lines) {
    evidence.problem(problem::kUnreadableRecord,
                     "line " + std::to_string(line) + ": no assignment; the line is ignored");
  }
  fill_from_os_release(values, distro);
}

Result<Evidence> extract_release(std::span<const FileView> files, const Limits&) {
  const FileView& file = files[0];
  EvidenceBuilder evidence("os/release", file.path);
  const auto known = std::find_if(kFiles.begin(), kFiles.end(),
                                  [&](const ReleaseFile& row) { return row.path == file.path; });
  Distro distro;
  if (known == kFiles.end() || known->read == nullptr) {
    read_os_release(file.bytes, distro, evidence);
  } else {
    known->read(file.bytes, distro);
  }
  if (distro.id.empty()) {
    evidence.problem(problem::kUnreadableRecord, "names no distribution");
    return evidence.take();
  }
  finish_distro(distro);
  distro.path = file.path;
  Evidence result = evidence.take();
  result.distro = std::move(distro);
  return result;
}

}  // namespace

extern const Extractor kOsRelease;
const Extractor kOsRelease{
    .name = "os/release",
    .description = "the distribution, from os-release and its older relatives",
    .max_file_bytes = 1 * kMiB,
    .is_database = false,
    .wants = wants_release,
    .extract = extract_release,
    .companions = nullptr,
    .anchors = kAnchors,
};

}  // namespace seaworthy
