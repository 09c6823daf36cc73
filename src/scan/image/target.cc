#include "scan/image/target.h"

#include <sys/stat.h>

#include <array>

#include "scan/image/reference.h"

namespace seaworthy {
namespace {

constexpr std::string_view kForms =
    "registry/repo[:tag][@digest], docker:NAME, podman:NAME, containerd:NAME[@namespace], "
    "oci:DIR[:ref], oci-archive:FILE, docker-archive:FILE, sif:FILE, dir:ROOTFS, sbom:FILE, a "
    "path, - for an image archive on standard input, or sbom:- for an SBOM there";

bool exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

bool is_directory(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Error no_such(std::string_view path) {
  return {ErrorCode::kNotFound, "no such file or directory: " + std::string(path)};
}

// Splits "PATH[:ref]" or "PATH@digest" where PATH exists. The whole text is tried first.
Result<Target> split_ref(TargetKind kind, std::string_view text) {
  if (text.empty()) {
    return Error{ErrorCode::kUsage,
                 "the target names no path; the forms are " + std::string(kForms)};
  }
  if (exists(std::string(text))) return Target{kind, std::string(text), ""};
  for (std::size_t at = text.find_first_of(":@"); at != std::string_view::npos;
       at = text.find_first_of(":@", at + 1)) {
    const std::string path(text.substr(0, at));
    if (path.empty() || !exists(path)) continue;
    return Target{kind, path, std::string(text.substr(at + 1))};
  }
  return no_such(text.substr(0, text.find(':')));
}

Result<Target> parse_bare(std::string_view text) {
  const std::string path(text);
  if (is_directory(path)) {
    const bool layout = exists(path + "/oci-layout") || exists(path + "/index.json");
    return Target{layout ? TargetKind::kOciDirectory : TargetKind::kRootfs, path, ""};
  }
  if (exists(path)) return Target{TargetKind::kArchive, path, ""};
  if (text.starts_with('/') || text.starts_with("./") || text.starts_with("../") ||
      text.ends_with(".tar") || text.ends_with(".tgz") || text.ends_with(".gz")) {
    return no_such(text);
  }
  auto reference = parse_reference(text);
  if (!reference) {
    return Error{ErrorCode::kUsage, "there is no file '" + path + "', and " +
                                        reference.error().message + "; the forms are " +
                                        std::string(kForms)};
  }
  return Target{TargetKind::kRegistry, path, ""};
}

struct Scheme {
  std::string_view prefix;
  TargetKind kind;
};
constexpr std::array kSchemes{
    Scheme{"oci:", TargetKind::kOciDirectory}, Scheme{"oci-archive:", TargetKind::kOciArchive},
    Scheme{"docker-archive:", TargetKind::kDockerArchive}, Scheme{"sif:", TargetKind::kSif}};
// Names, not paths.
constexpr std::array kStores{Scheme{"docker:", TargetKind::kDocker},
                             Scheme{"podman:", TargetKind::kPodman},
                             Scheme{"containerd:", TargetKind::kContainerd}};

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (text.empty()) {
    return Error{ErrorCode::kUsage, "no target; the forms are " + std::string(kForms)};
  }
  if (text.find('\0') != std::string_view::npos) {
    return Error{ErrorCode::kUsage, "the target holds a zero byte"};
  }
  if (text == "-") return Target{TargetKind::kStdin, "", ""};
  for (const Scheme& scheme : kSchemes) {
    if (!text.starts_with(scheme.prefix)) continue;
    ASSIGN_OR_RETURN(Target target, split_ref(scheme.kind, text.substr(scheme.prefix.size())));
    if (is_directory(target.path) != (scheme.kind == TargetKind::kOciDirectory)) {
      return Error{ErrorCode::kInvalidInput,
                   target.path +
                       (scheme.kind == TargetKind::kOciDirectory
                            ? " is not a directory; for a file write oci-archive:"
                            : " is a directory; for an OCI layout write oci:") +
                       target.path};
    }
    return target;
  }
  if (text.starts_with("dir:")) {
    const std::string path(text.substr(4));
    if (path.empty()) return Error{ErrorCode::kUsage, "dir: names no directory"};
    if (!exists(path)) return no_such(path);
    if (!is_directory(path)) return Error{ErrorCode::kInvalidInput, path + " is not a directory"};
    return Target{TargetKind::kRootfs, path, ""};
  }
  if (text.starts_with("sbom:")) {
    return Error{ErrorCode::kUsage, "an SBOM holds no image; it can be scanned, not opened"};
  }
  for (const Scheme& store : kStores) {
    if (!text.starts_with(store.prefix)) continue;
    const std::string name(text.substr(store.prefix.size()));
    if (name.empty()) {
      return Error{ErrorCode::kUsage, std::string(store.prefix) + " names no image"};
    }
    return Target{store.kind, name, ""};
  }
  return parse_bare(text);
}

}  // namespace seaworthy
