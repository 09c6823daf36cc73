// Manifests, indexes and configurations: OCI image-spec 1.1 and Docker's "image manifest v2,
// schema 2", which differ in media types only.
//
// What a document is, its content decides: `manifests` is an index, `layers` an image. One that has
// both would be an image to one reader and an index to another (the ambiguity of CVE-2021-41190),
// so it is refused, and so is a mediaType that says otherwise than the content.
#include "scan/image/manifest.h"

#include <algorithm>
#include <array>

#include "core/base/clock.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"

namespace seaworthy {
namespace {

// "10.0.20348.2113", of Windows; "" where it is no such version.
std::string version_of(const JsonValue& json) {
  const std::string_view text = json.text();
  const bool plain = text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
                       return (c >= '0' && c <= '9') || c == '.';
                     });
  return plain ? std::string(text) : "";
}

constexpr std::array<std::string_view, 2> kIndexTypes{
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json"};
constexpr std::array<std::string_view, 2> kImageTypes{
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json"};
constexpr std::array<std::string_view, 2> kConfigTypes{
    "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"};
constexpr std::array<std::string_view, 3> kLayerTypes{
    "application/vnd.oci.image.layer.v1.tar", "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip"};
constexpr std::array<std::string_view, 3> kForeignLayerTypes{
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"};
constexpr std::array<std::string_view, 2> kSociTypes{kSociIndexV1Type,
                                                     "application/vnd.amazon.soci.index.v2+json"};

template <class List>
bool lists(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Foreign text in a message: short, and without what would move a terminal's cursor.
std::string quoted(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, 200)) {
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return shown + "'";
}

std::string_view without_compression(std::string_view media_type) {
  for (const std::string_view suffix : {"+gzip", "+zstd"}) {
    if (media_type.ends_with(suffix)) media_type.remove_suffix(suffix.size());
  }
  if (media_type.ends_with(".zstd")) media_type.remove_suffix(5);
  return media_type;
}

// The table of contents that a layer's annotations name. Some tools write both kinds for one
// layer; the one with a position is then the one whose bytes are there.
std::optional<LayerTable> read_table(const JsonValue& annotations) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kChunked{
      {{kChunkedPositionAnnotation, kChunkedChecksumAnnotation},
       {kOldChunkedPositionAnnotation, kOldChunkedChecksumAnnotation}}};
  for (const auto& [position, checksum] : kChunked) {
    if (annotations[position].text().empty()) continue;
    return LayerTable{TocForm::kZstdChunked, std::string(annotations[checksum].text()),
                      std::string(annotations[position].text())};
  }
  const std::string_view digest = annotations[kStargzDigestAnnotation].text();
  if (digest.empty()) return std::nullopt;
  return LayerTable{TocForm::kStargz, std::string(digest), ""};
}

Result<Descriptor> read_descriptor(const JsonValue& json, std::string_view what) {
  Descriptor found;
  found.media_type = json["mediaType"].text();
  found.digest = json["digest"].text();
  found.artifact_type = json["artifactType"].text();
  found.data = json["data"].text();
  if (found.digest.empty()) {
    return Error{ErrorCode::kInvalidInput, std::string(what) + " has no digest"};
  }
  const std::int64_t size = json["size"].integer();
  if (!json["size"].is_number() || size < 0) {
    return Error{ErrorCode::kInvalidInput,
                 std::string(what) + " " + quoted(found.digest) + " has no size"};
  }
  found.size = static_cast<std::uint64_t>(size);
  const JsonValue platform = json["platform"];
  if (platform.is_object() && !platform["architecture"].text().empty()) {
    found.platform =
        Platform{std::string(platform["os"].text()), std::string(platform["architecture"].text()),
                 std::string(platform["variant"].text()), version_of(platform["os.version"])};
  }
  const JsonValue annotations = json["annotations"];
  found.ref_name = annotations["org.opencontainers.image.ref.name"].text();
  found.containerd_name = annotations["io.containerd.image.name"].text();
  found.reference_type = annotations["vnd.docker.reference.type"].text();
  found.table = read_table(annotations);
  found.soci_layer = annotations["com.amazon.soci.image-layer-digest"].text();
  return found;
}

Result<std::vector<Descriptor>> read_descriptors(const JsonValue& json, std::string_view what) {
  std::vector<Descriptor> found;
  for (const JsonValue& element : json.elements()) {
    ASSIGN_OR_RETURN(
        Descriptor descriptor,
        read_descriptor(element, std::string(what) + " " + std::to_string(found.size())));
    found.push_back(std::move(descriptor));
  }
  return found;
}

Status check_schema(const JsonValue& root) {
  if (!root.is_object()) return Error{ErrorCode::kInvalidInput, "not a JSON object"};
  const std::string_view media_type = root["mediaType"].text();
  if (root["schemaVersion"].integer() == 1 || root["fsLayers"].exists() ||
      media_type.starts_with("application/vnd.docker.distribution.manifest.v1+")) {
    return Error{ErrorCode::kUnsupported,
                 "a Docker schema 1 manifest, which is not read; pull the image with a newer "
                 "client, or push it again"};
  }
  if (root["manifests"].exists() && (root["layers"].exists() || root["config"].exists())) {
    return Error{ErrorCode::kInvalidInput, "an index and an image at once"};
  }
  const bool is_index = root["manifests"].is_array();
  if (!is_index && !root["layers"].is_array()) {
    return Error{ErrorCode::kInvalidInput, "neither an image manifest nor an index"};
  }
  if ((is_index && is_image_manifest_type(media_type)) ||
      (!is_index && is_index_type(media_type))) {
    return Error{ErrorCode::kInvalidInput,
                 "its mediaType " + quoted(media_type) + " contradicts its content"};
  }
  return ok_status();
}

// The lines of the history that made a layer, in layer order.
std::vector<std::string> read_history(const JsonValue& history, std::size_t layers) {
  std::vector<std::string> lines;
  for (const JsonValue& step : history.elements()) {
    if (!step["empty_layer"].boolean()) lines.emplace_back(step["created_by"].text());
  }
  // A history that does not fit would put commands beside the wrong layers.
  if (lines.size() != layers) lines.clear();
  return lines;
}

}  // namespace

bool Descriptor::is_no_image() const {
  return !reference_type.empty() || lists(kSociTypes, artifact_type) ||
         (platform && platform->os == "unknown" && platform->arch == "unknown");
}

bool Manifest::is_soci_index() const {
  return lists(kSociTypes, artifact_type) || lists(kSociTypes, config.media_type);
}

bool is_index_type(std::string_view media_type) {
  return lists(kIndexTypes, media_type);
}
bool is_image_manifest_type(std::string_view media_type) {
  return lists(kImageTypes, media_type);
}
bool is_foreign_layer_type(std::string_view media_type) {
  return lists(kForeignLayerTypes, without_compression(media_type));
}

std::string unreadable_layer_type(std::string_view media_type) {
  if (media_type.empty() || lists(kLayerTypes, without_compression(media_type)) ||
      is_foreign_layer_type(media_type)) {
    return {};
  }
  if (media_type.ends_with("+encrypted")) return "the layer is encrypted";
  return "layers of type " + quoted(media_type) + " are not read";
}

Result<Manifest> parse_manifest(std::string_view json, const Limits& limits) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(json, limits));
  const JsonValue root = document.root();
  RETURN_IF_ERROR(check_schema(root));
  Manifest manifest;
  manifest.artifact_type = root["artifactType"].text();
  if (root["manifests"].exists()) {
    manifest.kind = ManifestKind::kIndex;
    ASSIGN_OR_RETURN(manifest.entries, read_descriptors(root["manifests"], "manifest"));
    return manifest;
  }
  manifest.subject = root["subject"]["digest"].text();
  manifest.soci_index = root["annotations"]["com.amazon.soci.index-digest"].text();
  ASSIGN_OR_RETURN(manifest.config, read_descriptor(root["config"], "config"));
  ASSIGN_OR_RETURN(manifest.entries, read_descriptors(root["layers"], "layer"));
  if (manifest.entries.size() > kMaxLayers) {
    return Error{ErrorCode::kLimitExceeded, std::to_string(manifest.entries.size()) +
                                                " layers, more than " + std::to_string(kMaxLayers)};
  }
  return manifest;
}

Status check_is_image(const Manifest& manifest) {
  const std::string& type = manifest.config.media_type;
  if (type.empty() || lists(kConfigTypes, type)) return ok_status();
  return Error{ErrorCode::kUnsupported,
               "is an artifact, not an image (" +
                   (manifest.artifact_type.empty() ? "config type " + quoted(type)
                                                   : "type " + quoted(manifest.artifact_type)) +
                   ")"};
}

Result<ImageConfig> parse_config(std::string_view json, const Limits& limits) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(json, limits));
  const JsonValue root = document.root();
  const JsonValue ids = root["rootfs"]["diff_ids"];
  if (!root.is_object() || !root["rootfs"].is_object()) {
    return Error{ErrorCode::kInvalidInput, "not the configuration of an image: it has no rootfs"};
  }
  ImageConfig config;
  config.platform = {std::string(root["os"].text()), std::string(root["architecture"].text()),
                     std::string(root["variant"].text()), version_of(root["os.version"])};
  if (const auto created = parse_time(root["created"].text())) config.created = rfc3339(*created);
  for (const JsonValue& id : ids.elements()) {
    if (!is_digest(id.text())) {
      return Error{ErrorCode::kInvalidInput, "diff_id " + std::to_string(config.diff_ids.size()) +
                                                 " " + quoted(id.text()) + " is no digest"};
    }
    config.diff_ids.emplace_back(id.text());
  }
  config.created_by = read_history(root["history"], config.diff_ids.size());
  return config;
}

}  // namespace seaworthy
