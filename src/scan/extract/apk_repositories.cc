// The branch that an Alpine image installs from: etc/apk/repositories, one repository per line,
// `https://dl-cdn.alpinelinux.org/alpine/v3.18/main`. Images of a branch under development, and
// release images switched to edge, are recognized by this alone: their release file still names the
// version they began with. The branch is the part of the path in front of the repository's name.
//
// A line `@tag URL` serves only packages that are pinned to the tag, and a local path names no
// branch: both are passed over. The first line that names a branch decides.
#include <array>
#include <string>

#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 1> kAnchors{"etc/apk/repositories"};

bool wants_repositories(const FileInfo& file) {
  return file.path == kAnchors[0];
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "3.18" of "v3.18", "edge" of "edge", "" of anything else.
std::string_view branch_of_part(std::string_view part) {
  if (part == "edge") return part;
  if (!part.starts_with('v')) return {};
  part.remove_prefix(1);
  const std::size_t dot = part.find('.');
  if (dot == std::string_view::npos) return {};
  return is_digits(part.substr(0, dot)) && is_digits(part.substr(dot + 1)) ? part
                                                                           : std::string_view{};
}

std::string_view branch_of_line(std::string_view line) {
  const std::string_view url = next_word(line);
  const std::size_t scheme = url.find("://");
  if (url.starts_with('#') || url.starts_with('@') || scheme == std::string_view::npos) return {};
  std::string_view path = url.substr(scheme + 3);
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::size_t end = path.rfind('/');
  if (end == std::string_view::npos) return {};
  return branch_of_part(base_name(path.substr(0, end)));
}

Result<Evidence> extract_repositories(std::span<const FileView> files, const Limits&) {
  Evidence evidence = EvidenceBuilder("os/apk-repositories", files[0].path).take();
  LineReader lines(files[0].bytes);
  std::string_view line;
  while (lines.next(line)) {
    const std::string_view branch = branch_of_line(line);
    if (branch.empty()) continue;
    evidence.distro.emplace();
    evidence.distro->repository_branch = branch;
    evidence.distro->path = files[0].path;
    break;
  }
  return evidence;
}

}  // namespace

extern const Extractor kApkRepositories;
const Extractor kApkRepositories{
    .name = "os/apk-repositories",
    .description = "the Alpine branch that packages are installed from",
    .max_file_bytes = 1 * kMiB,
    .is_database = false,
    .wants = wants_repositories,
    .extract = extract_repositories,
    .companions = nullptr,
    .anchors = kAnchors,
};

}  // namespace seaworthy
