// The branch that an Alpine image installs from: etc/apk/repositories, one repository per line,
// `https://dl-cdn.alpinelinux.org/alpine/v3.18/main`. Images of a branch under development, and
// release images switched to edge, are recognized by this alone: their release file still names the
// version they began with. The branch is the part of the path in front of the repository's name.
//
// A line `@tag URL` serves only packages that are pinned to the tag, and a local path names no
// branch: neither says what the image's branch is. The first other line that names one decides.
//
// apk does not record which repository a package came from. Where a repository is named that is
// neither main nor community of a branch, a package that Alpine's advisories never spoke of may be
// its, so these are kept as well.
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

struct Repository {
  std::string_view address;  // without its scheme
  std::string_view branch;   // "" where the path names none
  std::string_view name;     // "main"
  bool is_latest = false;    // of "latest-stable", Alpine's own name for its newest branch
};

// Of a line without its tag; no address: a comment, or a local path.
Repository repository_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (url.starts_with('#') || scheme == std::string_view::npos) return {};
  Repository out{url.substr(scheme + 3), {}, {}, false};
  while (out.address.ends_with('/')) out.address.remove_suffix(1);
  const std::size_t end = out.address.rfind('/');
  if (end == std::string_view::npos) return out;
  out.name = out.address.substr(end + 1);
  const std::string_view part = base_name(out.address.substr(0, end));
  out.branch = branch_of_part(part);
  out.is_latest = part == "latest-stable";
  return out;
}

// Alpine's advisories are about main and community; a branch's testing has none.
bool is_followed(const Repository& repository) {
  return (!repository.branch.empty() || repository.is_latest) &&
         (repository.name == "main" || repository.name == "community");
}

void read_line(std::string_view line, Distro& distro) {
  constexpr std::size_t kMostText = 500;
  std::string_view url = next_word(line);
  const bool tagged = url.starts_with('@');
  if (tagged) url = next_word(line);
  const Repository repository = repository_of(url);
  if (repository.address.empty()) return;
  if (!tagged && distro.repository_branch.empty()) distro.repository_branch = repository.branch;
  std::string& others = distro.other_repositories;
  const bool fits = others.size() + repository.address.size() < kMostText;
  if (is_followed(repository) || !fits || !is_plain_word(repository.address)) return;
  others += (others.empty() ? "" : ", ") + std::string(repository.address);
}

Result<Evidence> extract_repositories(std::span<const FileView> files, const Limits&) {
  Evidence evidence = EvidenceBuilder("os/apk-repositories", files[0].path).take();
  Distro distro;
  LineReader lines(files[0].bytes);
  std::string_view line;
  while (lines.next(line)) read_line(line, distro);
  if (distro.repository_branch.empty() && distro.other_repositories.empty()) return evidence;
  distro.path = files[0].path;
  evidence.distro = std::move(distro);
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
