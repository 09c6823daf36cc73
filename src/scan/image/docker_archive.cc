// The archives of `docker save` and `podman save --format docker-archive`: Docker image spec 1.2.
//
//   manifest.json: [{"Config": "<hex>.json", "RepoTags": ["a:1"], "Layers": ["<hex>/layer.tar"]}]
//
// Layers are lowest first, uncompressed as Docker writes them but not everywhere, and may be links
// to members of other layers. Since Docker 25 the same archive is an OCI layout too, and the paths
// are blobs/sha256/<hex>: the caller tries that reading first.
#include "scan/image/docker_archive.h"

#include <algorithm>
#include <set>

#include "core/base/clock.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "scan/image/manifest.h"
#include "scan/image/platform_choice.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxListBytes = 16 * kMiB;

Result<JsonDocument> read_json(const FileTree& tree, std::string_view path, std::uint64_t max_bytes,
                               const Limits& limits) {
  const std::string step = tree.name() + ": " + std::string(path);
  ASSIGN_OR_RETURN(const LayerBytes file, tree.open(path));
  Result<std::string> bytes = read_content(file, max_bytes);
  if (!bytes) return std::move(bytes).error().during(step);
  JsonDocument document;
  Status parsed = document.parse(*bytes, limits);
  if (!parsed) return std::move(parsed).error().during(step);
  return document;
}

// The digest that a member's path states: blobs/<algorithm>/<hex> or <hex>.json; "" none.
std::string digest_in_path(std::string_view path) {
  std::string digest;
  if (path.starts_with("blobs/")) {
    digest = path.substr(6);
    std::replace(digest.begin(), digest.end(), '/', ':');
  } else if (path.ends_with(".json")) {
    digest = "sha256:" + std::string(path.substr(0, path.size() - 5));
  }
  return is_digest(digest) ? digest : "";
}

bool is_meant(const JsonValue& entry, std::string_view ref) {
  const std::string id = digest_in_path(entry["Config"].text());
  if (!id.empty() && (ref == id || ref == id.substr(id.find(':') + 1))) return true;
  for (const JsonValue& tag : entry["RepoTags"].elements()) {
    if (tag.text() == ref || tag.text().ends_with("/" + std::string(ref))) return true;
  }
  return false;
}

std::string list_tags(const std::vector<JsonValue>& entries) {
  std::string text;
  std::size_t shown = 0;
  for (const JsonValue& entry : entries) {
    if (++shown > 20) return text + ", ...";
    const std::vector<JsonValue> tags = entry["RepoTags"].elements();
    text += text.empty() ? "" : ", ";
    text += tags.empty() ? entry["Config"].text() : tags.front().text();
  }
  return text;
}

Result<JsonValue> choose_entry(const FileTree& tree, const JsonValue& root, std::string_view ref) {
  if (!root.is_array()) {
    return Error{ErrorCode::kInvalidInput, tree.name() + ": manifest.json is not a list of images"};
  }
  const std::vector<JsonValue> entries = root.elements();
  std::vector<JsonValue> meant;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(meant),
               [&](const JsonValue& entry) { return ref.empty() || is_meant(entry, ref); });
  if (entries.empty()) {
    return Error{ErrorCode::kInvalidInput, tree.name() + ": manifest.json lists no image"};
  }
  if (meant.empty()) {
    return Error{ErrorCode::kNotFound, tree.name() + " has no image '" + std::string(ref) +
                                           "'; it has " + list_tags(entries)};
  }
  for (const JsonValue& entry : meant) {
    if (entry["Config"].text() == meant.front()["Config"].text()) continue;
    return Error{ErrorCode::kNotFound,
                 tree.name() +
                     " holds several images; choose one by adding :NAME to the target, "
                     "where NAME is one of " +
                     list_tags(meant)};
  }
  return meant.front();
}

Result<ImageConfig> read_config(const FileTree& tree, std::string_view path, const Limits& limits) {
  const std::string step = tree.name() + ": configuration " + std::string(path.substr(0, 300));
  const Result<LayerBytes> file = tree.open(path);
  if (!file)
    return Error{ErrorCode::kInvalidInput, step + " is missing: the archive is incomplete"};
  Result<std::string> bytes = read_content(*file, kMaxConfigBytes);
  if (!bytes) return std::move(bytes).error().during(step);
  const std::string digest = digest_in_path(path);
  if (!digest.empty()) {
    ASSIGN_OR_RETURN(const Hasher::Algorithm algorithm, algorithm_of(digest));
    Hasher hasher(algorithm);
    hasher.update(*bytes);
    if (hasher.finish() != digest) {
      return Error{ErrorCode::kInvalidInput, step +
                                                 " does not have that digest: it was damaged or "
                                                 "changed"};
    }
  }
  Result<ImageConfig> config = parse_config(*bytes, limits);
  if (!config) return std::move(config).error().during(step);
  return config;
}

Result<ImageLayer> read_layer(const FileTree& tree, const std::string& path, std::size_t number) {
  ImageLayer layer;
  layer.descriptor.digest = digest_in_path(path);
  layer.descriptor.media_type = "application/vnd.docker.image.rootfs.diff.tar";
  Result<LayerBytes> bytes = tree.open(path);
  if (!bytes && bytes.error().code != ErrorCode::kNotFound) return std::move(bytes).error();
  if (bytes) {
    layer.descriptor.size = bytes->size;
    layer.bytes = *std::move(bytes);
  } else {
    layer.missing = "layer " + std::to_string(number) + " " + path.substr(0, 300) +
                    " is missing in " + tree.name();
  }
  return layer;
}

Result<Image> image_of(const FileTree& tree, const std::vector<std::string>& paths,
                       const ImageConfig& config) {
  Image image;
  image.platform = config.platform;
  image.created = config.created;
  bool any = paths.empty();
  for (std::size_t i = 0; i < paths.size(); ++i) {
    ASSIGN_OR_RETURN(ImageLayer layer, read_layer(tree, paths[i], i));
    any = any || layer.missing.empty();
    if (image.platform.os == "windows") {
      layer.descriptor.form = LayerForm::kWindowsTar;
      layer.missing_by_design = !layer.missing.empty();  // its lowest layers are foreign ones
    }
    if (i < config.diff_ids.size()) layer.descriptor.diff_id = config.diff_ids[i];
    if (i < config.created_by.size()) layer.descriptor.created_by = config.created_by[i];
    image.layers.push_back(std::move(layer));
  }
  if (!any) {
    return Error{ErrorCode::kInvalidInput,
                 tree.name() + ": no layer can be read: " + image.layers.front().missing};
  }
  return image;
}

Status check_layer_count(const FileTree& tree, std::size_t layers) {
  if (layers <= kMaxLayers) return ok_status();
  return Error{ErrorCode::kLimitExceeded, tree.name() + ": " + std::to_string(layers) +
                                              " layers, more than " + std::to_string(kMaxLayers)};
}

Result<Image> read_listed(const FileTree& tree, std::string_view ref, const Limits& limits) {
  ASSIGN_OR_RETURN(const JsonDocument list,
                   read_json(tree, "manifest.json", kMaxListBytes, limits));
  ASSIGN_OR_RETURN(const JsonValue entry, choose_entry(tree, list.root(), ref));
  ASSIGN_OR_RETURN(const ImageConfig config, read_config(tree, entry["Config"].text(), limits));
  std::vector<std::string> paths;
  for (const JsonValue& path : entry["Layers"].elements()) paths.emplace_back(path.text());
  RETURN_IF_ERROR(check_layer_count(tree, paths.size()));
  if (paths.size() != config.diff_ids.size()) {
    return Error{ErrorCode::kInvalidInput,
                 tree.name() + ": the configuration does not fit: diff ids " +
                     std::to_string(config.diff_ids.size()) + ", layers of manifest.json " +
                     std::to_string(paths.size())};
  }
  return image_of(tree, paths, config);
}

// `repositories`: {"name": {"tag": "<id of the top layer>"}}. Each <id>/json names its parent.
Result<std::string> top_layer(const FileTree& tree, std::string_view ref, const Limits& limits) {
  ASSIGN_OR_RETURN(const JsonDocument list, read_json(tree, "repositories", kMaxListBytes, limits));
  std::set<std::string> tops;
  std::string names;
  for (const JsonValue::Member& repository : list.root().members()) {
    for (const JsonValue::Member& tag : repository.value.members()) {
      const std::string name = std::string(repository.key) + ":" + std::string(tag.key);
      if (names.size() < 1000) names += (names.empty() ? "" : ", ") + name;
      if (ref.empty() || ref == name) tops.emplace(tag.value.text());
    }
  }
  if (tops.size() != 1) {
    return Error{
        ErrorCode::kNotFound,
        tree.name() +
            (tops.empty() ? " has no image '" + std::string(ref) + "'" : " holds several images") +
            "; choose one by adding :NAME to the target, where NAME is one of " + names};
  }
  return *tops.begin();
}

Result<Image> read_legacy(const FileTree& tree, std::string_view ref, const Limits& limits) {
  ASSIGN_OR_RETURN(std::string id, top_layer(tree, ref, limits));
  std::vector<std::string> paths;
  ImageConfig config;
  while (!id.empty()) {
    RETURN_IF_ERROR(check_layer_count(tree, paths.size() + 1));
    ASSIGN_OR_RETURN(const JsonDocument layer,
                     read_json(tree, id + "/json", kMaxConfigBytes, limits));
    const JsonValue root = layer.root();
    if (paths.empty()) {  // the top one speaks for the image
      config.platform = {std::string(root["os"].text()), std::string(root["architecture"].text()),
                         std::string(root["variant"].text())};
      if (const auto created = parse_time(root["created"].text()))
        config.created = rfc3339(*created);
    }
    paths.push_back(id + "/layer.tar");
    id = root["parent"].text();
  }
  std::reverse(paths.begin(), paths.end());
  return image_of(tree, paths, config);
}

}  // namespace

Result<std::vector<Image>> open_docker_archive(const FileTree& tree, std::string_view ref,
                                               const ImageOptions& options) {
  Result<Image> image = tree.has("manifest.json") ? read_listed(tree, ref, options.limits)
                                                  : read_legacy(tree, ref, options.limits);
  if (!image) return std::move(image).error();
  for (const Platform& wanted : options.platforms) {
    if (options.all_platforms || choose_platform({image->platform}, wanted)) continue;
    return Error{ErrorCode::kNotFound, tree.name() + " has no image for " + wanted.text() +
                                           "; it has " + image->platform.text()};
  }
  std::vector<Image> images;
  images.push_back(*std::move(image));
  return images;
}

}  // namespace seaworthy
