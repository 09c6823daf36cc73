// From one image manifest of a layout to an Image: configuration read and verified, layers opened.
#include "core/codec/digest.h"
#include "scan/image/layout.h"
#include "scan/image/platform_choice.h"

namespace seaworthy {

Result<ImageLayer> LayoutReader::read_layer(const Descriptor& descriptor, std::size_t number) {
  ImageLayer layer;
  layer.descriptor.digest = descriptor.digest;
  layer.descriptor.media_type = descriptor.media_type;
  layer.descriptor.size = descriptor.size;
  layer.descriptor.table = descriptor.table;
  const std::string what = "layer " + std::to_string(number);
  if (!is_digest(descriptor.digest)) {
    return blob_error(what, descriptor.digest.substr(0, 200),
                      "is not named by a sha256 or sha512 digest");
  }
  layer.missing = unreadable_layer_type(descriptor.media_type);
  layer.missing_by_design = !layer.missing.empty();
  if (layer.missing_by_design) return layer;
  Result<LayerBytes> blob = content_.open_layer(descriptor);
  if (!blob && blob.error().code == ErrorCode::kNotFound) {
    layer.missing_by_design = is_foreign_layer_type(descriptor.media_type);
    misses_blobs_ = misses_blobs_ || !layer.missing_by_design;
    layer.missing =
        what + " " + descriptor.digest + " (" + std::to_string(descriptor.size) +
        " bytes) is missing" +
        (layer.missing_by_design ? ": a foreign layer, which its owner distributes elsewhere"
                                 : " in " + content_.name());
    return layer;
  }
  if (!blob) return std::move(blob).error();
  if (blob->size != descriptor.size) {
    return blob_error(what, descriptor.digest,
                      "has " + std::to_string(blob->size) + " bytes, its descriptor says " +
                          std::to_string(descriptor.size));
  }
  layer.bytes = *std::move(blob);
  return layer;
}

namespace {

// Where the configuration tells no version of the system, what the index says of it is not denied.
void check_said_platform(Platform said, Image& image) {
  if (image.platform.os_version.empty()) said.os_version.clear();
  if (choose_platform({image.platform}, said)) return;
  image.problems.push_back(
      {"", -1, "read configuration", problem::kPlatform,
       "the index says " + said.full_text() + ", the configuration " + image.platform.full_text()});
}

}  // namespace

Status LayoutReader::add_layers(const Manifest& manifest, const ImageConfig& config, Image& image) {
  bool any = manifest.entries.empty();
  for (std::size_t i = 0; i < manifest.entries.size(); ++i) {
    ASSIGN_OR_RETURN(ImageLayer layer, read_layer(manifest.entries[i], i));
    layer.descriptor.diff_id = config.diff_ids[i];
    if (image.platform.os == "windows") layer.descriptor.form = LayerForm::kWindowsTar;
    if (!config.created_by.empty()) layer.descriptor.created_by = config.created_by[i];
    any = any || layer.missing.empty();
    image.layers.push_back(std::move(layer));
  }
  if (any) return ok_status();
  return blob_error("image", image.digest,
                    "has no layer that can be read: " + image.layers.front().missing);
}

Result<Image> LayoutReader::read_image(const Leaf& leaf) {
  const Descriptor& descriptor = leaf.descriptor;
  ASSIGN_OR_RETURN(const Manifest manifest, read_manifest(descriptor, DocumentKind::kManifest));
  if (manifest.kind != ManifestKind::kImage) {
    return blob_error("manifest", descriptor.digest,
                      "is an index, and its descriptor says an image");
  }
  if (Status is_image = check_is_image(manifest); !is_image) {
    return Error{is_image.error().code,
                 content_.name() + ": " + descriptor.digest + " " + is_image.error().message};
  }
  ASSIGN_OR_RETURN(const std::string bytes,
                   read_blob(manifest.config, kMaxConfigBytes, DocumentKind::kConfiguration));
  Result<ImageConfig> parsed = parse_config(bytes, options_.limits);
  if (!parsed) {
    return std::move(parsed).error().during(content_.name() + ": configuration " +
                                            manifest.config.digest);
  }
  const ImageConfig& config = *parsed;
  if (config.diff_ids.size() != manifest.entries.size()) {
    return blob_error("configuration", manifest.config.digest,
                      "does not fit: diff ids " + std::to_string(config.diff_ids.size()) +
                          ", layers of the manifest " + std::to_string(manifest.entries.size()));
  }
  Image image;
  image.digest = descriptor.digest;
  image.platform = config.platform;
  image.created = config.created;
  image.soci_index = manifest.soci_index;
  if (image.platform.arch.empty()) image.platform = leaf.platform;
  // Many configurations leave the variant out, which the index tells.
  if (image.platform.variant.empty() && image.platform.os == leaf.platform.os &&
      image.platform.arch == leaf.platform.arch) {
    image.platform.variant = leaf.platform.variant;
  }
  RETURN_IF_ERROR(add_layers(manifest, config, image));
  if (descriptor.platform) check_said_platform(*descriptor.platform, image);
  return image;
}

}  // namespace seaworthy
