// Which files each Debian package put into the image: var/lib/dpkg/info/NAME[:ARCH].list, one
// absolute path per line, or in distroless images var/lib/dpkg/status.d/NAME.md5sums, "<md5>  path"
// per line without a leading slash.
//
// A .list names directories too, and nothing in it says which are which. dpkg writes a directory
// in front of what it holds, so a line that the next one continues below "/" is a directory and is
// dropped: directories belong to many packages, and ownership is asked for files only. An empty
// directory stays and does no harm.
#include <array>
#include <string>

#include "core/codec/digest.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kInfoDirectory = "var/lib/dpkg/info/";
constexpr std::string_view kStatusDirectory = "var/lib/dpkg/status.d/";
constexpr std::string_view kList = ".list";
constexpr std::string_view kSums = ".md5sums";
constexpr std::array<std::string_view, 2> kAnchors{kInfoDirectory, kStatusDirectory};

bool wants_file_list(const FileInfo& file) {
  if (file.path.ends_with(kList)) return is_child_of(file.path, kInfoDirectory);
  return file.path.ends_with(kSums) && is_child_of(file.path, kStatusDirectory);
}

// "libc6:amd64.list" is of package libc6.
std::string_view package_of(std::string_view path, std::string_view suffix) {
  std::string_view name = base_name(path);
  name.remove_suffix(suffix.size());
  return name.substr(0, name.find(':'));
}

std::string_view without_slash(std::string_view path) {
  while (path.starts_with('/') || path.starts_with("./")) {
    path.remove_prefix(path.starts_with('/') ? 1 : 2);
  }
  return path;
}

void add_path(std::string_view path, OwnedFiles& owned) {
  if (path.empty() || path == "." || path.size() > kMaxOwnedPath) return;
  owned.path_hashes.push_back(path_hash(path));
  owned.below_opt = owned.below_opt || path.starts_with("opt/");
}

void read_list(std::string_view text, OwnedFiles& owned) {
  LineReader lines(text);
  std::string_view line;
  std::string_view held;  // added once the next line shows that it is no directory
  while (lines.next(line)) {
    const std::string_view path = without_slash(line);
    const bool is_below =
        path.size() > held.size() && path.starts_with(held) && path[held.size()] == '/';
    if (!is_below) add_path(held, owned);
    held = path;
  }
  add_path(held, owned);
}

void read_sums(std::string_view text, OwnedFiles& owned) {
  LineReader lines(text);
  std::string_view line;
  while (lines.next(line)) {
    constexpr std::size_t kSumAndBlanks = 34;  // 32 hex digits, then a blank and a blank or "*"
    if (line.size() > kSumAndBlanks) add_path(without_slash(line.substr(kSumAndBlanks)), owned);
  }
}

Result<Evidence> extract_file_list(std::span<const FileView> files, const Limits&) {
  const FileView& file = files[0];
  const bool is_list = file.path.ends_with(kList);
  EvidenceBuilder evidence("os/dpkg-files", file.path);
  OwnedFiles owned{.package = std::string(package_of(file.path, is_list ? kList : kSums)),
                   .path_hashes = {},
                   .below_opt = false};
  is_list ? read_list(file.bytes, owned) : read_sums(file.bytes, owned);
  evidence.own(std::move(owned));
  return evidence.take();
}

}  // namespace

extern const Extractor kDpkgFiles;
const Extractor kDpkgFiles{
    .name = "os/dpkg-files",
    .description = "files that each Debian package owns",
    .max_file_bytes = 32 * kMiB,
    .is_database = false,
    .wants = wants_file_list,
    .extract = extract_file_list,
    .companions = nullptr,
    .anchors = kAnchors,
};

}  // namespace seaworthy
