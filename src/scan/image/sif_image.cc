#include "scan/image/sif_image.h"

#include <algorithm>

#include "core/base/clock.h"
#include "core/codec/range_reader.h"
#include "core/codec/sif.h"
#include "core/codec/squashfs.h"

namespace seaworthy {
namespace {

// A file system of which nothing can be read is no image, so its superblock is looked at here.
Result<ImageLayer> squashfs_layer(std::shared_ptr<Fd> file, std::uint64_t offset,
                                  std::uint64_t size, const std::string& name) {
  const auto readable = SquashfsReader::open(*ranges_of_file(file->get(), offset, size), Limits{});
  if (!readable) return Error(readable.error()).during(name);
  ImageLayer layer;
  layer.descriptor.form = LayerForm::kSquashfs;
  layer.descriptor.size = size;
  layer.bytes = {std::move(file), offset, size, {}};
  return layer;
}

Status check_file_system(const SifObject& partition, const std::string& name) {
  switch (partition.file_system) {
    case SifFileSystem::kSquashfs:
      return ok_status();
    case SifFileSystem::kEncrypted:
      return Error{ErrorCode::kUnsupported,
                   name + ": the file system is encrypted, so nothing can be said about it"};
    case SifFileSystem::kExt3:
      return Error{ErrorCode::kUnsupported,
                   name + ": the file system is ext3, which is not read; squashfs is"};
    default:
      return Error{ErrorCode::kUnsupported,
                   name + ": the file system is of kind " +
                       std::to_string(static_cast<unsigned>(partition.file_system)) +
                       ", which is not read; squashfs is"};
  }
}

Error no_partition(const SifFile& sif, const std::string& name) {
  const bool oci = std::any_of(sif.objects.begin(), sif.objects.end(), [](const SifObject& each) {
    return each.kind == SifKind::kOciRootIndex;
  });
  if (oci) {
    return {ErrorCode::kUnsupported,
            name +
                " is an OCI-SIF file, whose layers are not read; push it to a registry or "
                "export it as an OCI archive, and scan that"};
  }
  return {ErrorCode::kInvalidInput, name + ": the SIF file has no primary system partition"};
}

}  // namespace

Result<Image> open_sif(std::shared_ptr<Fd> file, const std::string& name) {
  ASSIGN_OR_RETURN(const std::uint64_t size, file_size(file->get()));
  auto sif = parse_sif(*ranges_of_file(file->get(), 0, size));
  if (!sif) return std::move(sif).error().during(name);
  const SifObject* primary = nullptr;
  Image image;
  for (const SifObject& object : sif->objects) {
    if (object.kind != SifKind::kPartition) continue;
    if (object.role == SifRole::kPrimarySystem) {
      if (primary != nullptr) {
        return Error{ErrorCode::kInvalidInput, name + ": two primary system partitions"};
      }
      primary = &object;
    } else {
      const char* what = object.role == SifRole::kOverlay ? "an overlay" : "a further";
      image.problems.push_back({"", -1, "open partition", problem::kLayerUnreadable,
                                std::string(what) + " partition '" + object.name.substr(0, 100) +
                                    "' of " + std::to_string(object.size) + " bytes is not read"});
    }
  }
  if (primary == nullptr) return no_partition(*sif, name);
  RETURN_IF_ERROR(check_file_system(*primary, name));
  image.platform = {"linux", primary->arch.empty() ? sif->arch : primary->arch, ""};
  if (sif->created > 0) image.created = rfc3339(sif->created);
  ASSIGN_OR_RETURN(image.layers.emplace_back(),
                   squashfs_layer(std::move(file), primary->offset, primary->size, name));
  return image;
}

Result<Image> open_squashfs(std::shared_ptr<Fd> file, const std::string& name) {
  auto size = file_size(file->get());
  if (!size) return std::move(size).error().during(name);
  Image image;
  ASSIGN_OR_RETURN(image.layers.emplace_back(), squashfs_layer(std::move(file), 0, *size, name));
  return image;
}

}  // namespace seaworthy
