#include "scan/image/image.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/codec/sif.h"
#include "core/codec/source.h"
#include "core/codec/squashfs.h"
#include "core/codec/tar_header.h"
#include "scan/image/containerd.h"
#include "scan/image/docker_archive.h"
#include "scan/image/engine.h"
#include "scan/image/file_tree.h"
#include "scan/image/layout.h"
#include "scan/image/reference.h"
#include "scan/image/registry_content.h"
#include "scan/image/sif_image.h"
#include "scan/image/target.h"

namespace seaworthy {
namespace {

// A copy of what standard input or a pipe gives, so that it can be read more than once.
Result<std::shared_ptr<Fd>> spool(int from, const std::string& name, const Limits& limits) {
  ASSIGN_OR_RETURN(Fd copy, open_spool());
  std::string block(1 * kMiB, '\0');
  std::uint64_t total = 0;
  while (true) {
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "read", name);
    if (got == 0) break;
    total += static_cast<std::uint64_t>(got);
    if (total > limits.spool_bytes) {
      return over_limit(limits, &Limits::spool_bytes, "spool " + name);
    }
    Status written =
        write_all(copy.get(), std::string_view(block).substr(0, static_cast<std::size_t>(got)));
    if (!written) return std::move(written).error().during("spool " + name);
  }
  if (total == 0) return Error{ErrorCode::kInvalidInput, name + " is empty"};
  return std::make_shared<Fd>(std::move(copy));
}

constexpr std::string_view kArchiveForms =
    "an image archive is a tar of an OCI layout or from `docker save`, plain or compressed with "
    "gzip, zstd, xz or bzip2";

// A file that is plainly something else gets a better answer than what a tar reader has to say.
Status check_is_archive(int fd, const std::string& name) {
  std::array<char, kTarBlock> first{};
  const ssize_t got = ::pread(fd, first.data(), first.size(), 0);
  if (got < 0) return errno_error(errno, "read", name);
  if (got == 0) return Error{ErrorCode::kInvalidInput, name + " is empty"};
  const std::string_view head(first.data(), static_cast<std::size_t>(got));
  const std::size_t begin = head.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (begin != std::string_view::npos && head[begin] == '{') {
    return Error{ErrorCode::kUnsupported,
                 name + " is JSON, not an image archive; for an SBOM write sbom:" + name};
  }
  if (sniff_compression(head) != Compression::kNone) return ok_status();
  if (head.size() == kTarBlock &&
      (is_zero_block(head.data()) || tar_checksum_matches(head.data()))) {
    return ok_status();
  }
  return Error{ErrorCode::kInvalidInput, name +
                                             " is no image: it is neither a tar nor compressed; " +
                                             std::string(kArchiveForms) +
                                             ". Other targets: a SIF file, a directory, sbom:FILE"};
}

// A SIF file or a squashfs image; `image` stays empty where the file is neither.
Status open_squashfs_forms(const std::shared_ptr<Fd>& file, const std::string& name, bool must,
                           std::vector<Image>& images) {
  std::array<char, 64> first{};
  const ssize_t got = ::pread(file->get(), first.data(), first.size(), 0);
  if (got < 0) return errno_error(errno, "read", name);
  const std::string_view head(first.data(), static_cast<std::size_t>(got));
  if (is_sif(head)) {
    ASSIGN_OR_RETURN(images.emplace_back(), open_sif(file, name));
  } else if (is_squashfs(head)) {
    ASSIGN_OR_RETURN(images.emplace_back(), open_squashfs(file, name));
  } else if (must) {
    return Error{ErrorCode::kInvalidInput, name + " is no SIF file: there is no such header"};
  }
  return ok_status();
}

// An archive that is both an OCI layout and a docker-archive is read as a layout, where every
// manifest has a digest. Only a layout with missing blobs gives way to manifest.json, which may be
// whole where the multi-platform index is not; a blob that does not have its digest never does.
Result<std::vector<Image>> open_tree(const FileTree& tree, const Target& target,
                                     const ImageOptions& options) {
  const bool has_list = tree.has("manifest.json") || tree.has("repositories");
  if (tree.has("index.json")) {
    LayoutReader reader(tree, options);
    Result<std::vector<Image>> images = reader.open(target.ref);
    if (!reader.misses_blobs() || !has_list) return images;
    Result<std::vector<Image>> listed = open_docker_archive(tree, target.ref, options);
    if (!listed) return images;
    for (const ImageLayer& layer : listed->front().layers) {
      if (!layer.missing.empty()) return images;
    }
    return listed;
  }
  if (target.kind == TargetKind::kOciArchive) {
    return Error{ErrorCode::kInvalidInput,
                 tree.name() + " has no index.json: it is no OCI archive" +
                     (has_list ? "; write docker-archive:" + tree.name() : "")};
  }
  if (has_list) return open_docker_archive(tree, target.ref, options);
  return Error{ErrorCode::kInvalidInput,
               tree.name() +
                   " is a tar, but no image: it has neither index.json nor manifest.json; "
                   "unpack a root file system and scan it with dir:"};
}

Result<std::vector<Image>> open_archive(std::shared_ptr<Fd> file, const Target& target,
                                        const ImageOptions& options) {
  const std::string name = target.kind == TargetKind::kStdin ? "standard input" : target.path;
  std::vector<Image> images;
  RETURN_IF_ERROR(open_squashfs_forms(file, name, target.kind == TargetKind::kSif, images));
  if (!images.empty()) return images;
  RETURN_IF_ERROR(check_is_archive(file->get(), name));
  if (!options.index_archive) {
    return Error{ErrorCode::kInternal, name + ": there is nothing that can list an archive"};
  }
  Result<ArchiveIndex> index = options.index_archive(std::move(file));
  if (!index) return std::move(index).error().during("read archive " + name);
  ASSIGN_OR_RETURN(const std::unique_ptr<FileTree> tree, archive_tree(name, *std::move(index)));
  return open_tree(*tree, target, options);
}

Result<std::vector<Image>> open_registry(const std::string& text, const ImageOptions& options) {
  ASSIGN_OR_RETURN(const Reference reference, parse_reference(text));
  auto content = open_registry_content(reference, options.registry);
  if (!content) {
    // "imagee.tar" is a valid name at Docker Hub too; whoever meant a file should read that.
    Error error = std::move(content).error();
    if (!text.starts_with(reference.registry + "/")) {
      error.message += "; there is no file or directory '" + text + "' either";
    }
    return error;
  }
  return LayoutReader(**content, options).open("");
}

Result<std::vector<Image>> open_engine(const Target& target, const ImageOptions& options) {
  const EngineKind kind =
      target.kind == TargetKind::kDocker ? EngineKind::kDocker : EngineKind::kPodman;
  ASSIGN_OR_RETURN(std::shared_ptr<Fd> archive,
                   export_image({kind, target.path, options.platforms, options.registry.offline,
                                 options.limits, options.registry.environment}));
  const std::string name = std::string(name_of(kind)) + ":" + target.path;
  return open_archive(std::move(archive), {TargetKind::kArchive, name, ""}, options);
}

Result<std::vector<Image>> open_any(const Target& target, const ImageOptions& options) {
  switch (target.kind) {
    case TargetKind::kRootfs: {
      std::vector<Image> images(1);
      images.front().rootfs = target.path;
      return images;
    }
    case TargetKind::kRegistry:
      return open_registry(target.path, options);
    case TargetKind::kOciDirectory: {
      ASSIGN_OR_RETURN(const std::unique_ptr<FileTree> tree, directory_tree(target.path));
      return LayoutReader(*tree, options).open(target.ref);
    }
    case TargetKind::kStdin: {
      ASSIGN_OR_RETURN(std::shared_ptr<Fd> file,
                       spool(STDIN_FILENO, "standard input", options.limits));
      return open_archive(std::move(file), target, options);
    }
    case TargetKind::kDocker:
    case TargetKind::kPodman:
      return open_engine(target, options);
    case TargetKind::kContainerd: {
      ASSIGN_OR_RETURN(const auto content,
                       open_containerd(options.containerd_root, target.path, options.limits));
      return LayoutReader(*content, options).open("");
    }
    case TargetKind::kArchive:
    case TargetKind::kOciArchive:
    case TargetKind::kDockerArchive:
    case TargetKind::kSif: {
      ASSIGN_OR_RETURN(Fd file, open_for_reading(target.path));
      auto shared = std::make_shared<Fd>(std::move(file));
      if (::lseek(shared->get(), 0, SEEK_CUR) < 0) {  // a pipe, from a shell's <(...)
        ASSIGN_OR_RETURN(shared, spool(shared->get(), target.path, options.limits));
      }
      return open_archive(std::move(shared), target, options);
    }
  }
  return Error{ErrorCode::kInternal, "a target of no kind"};
}

}  // namespace

Result<std::vector<Image>> open_images(const std::string& target, const ImageOptions& options) {
  ASSIGN_OR_RETURN(const Target parsed, parse_target(target));
  ASSIGN_OR_RETURN(std::vector<Image> images, open_any(parsed, options));
  for (Image& image : images) image.reference = target;
  return images;
}

}  // namespace seaworthy
