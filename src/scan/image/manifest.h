#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/image.h"

namespace seaworthy {

inline constexpr std::uint64_t kMaxManifestBytes = 4 * kMiB;  // what registries accept at least
inline constexpr std::uint64_t kMaxConfigBytes = 16 * kMiB;
inline constexpr std::size_t kMaxLayers = 4096;

// What one stored document says about another: type, digest, size, and the few annotations and
// fields that choose between documents.
struct Descriptor {
  std::string media_type;
  std::string digest;  // as written; not yet known to be one
  std::uint64_t size = 0;
  std::string artifact_type;
  std::string data;  // base64 of the content, where it travels inside
  std::optional<Platform> platform;
  std::string ref_name;             // org.opencontainers.image.ref.name
  std::string containerd_name;      // io.containerd.image.name
  std::string reference_type;       // vnd.docker.reference.type
  std::optional<LayerTable> table;  // of a layer: eStargz, zstd:chunked
  std::string soci_layer;           // of a table in a SOCI index: the layer's digest

  // What stands in an index beside images, with the platform of one: BuildKit's provenance and
  // SBOMs, SOCI indexes.
  bool is_no_image() const;
};

enum class ManifestKind { kIndex, kImage };

struct Manifest {
  ManifestKind kind = ManifestKind::kImage;
  std::string artifact_type;
  Descriptor config;                // of an image
  std::vector<Descriptor> entries;  // children of an index, layers of an image
  std::string subject;              // digest of the manifest that this one is attached to
  std::string soci_index;           // of an image: digest of its SOCI index

  bool is_soci_index() const;
};

inline constexpr std::string_view kSociIndexV1Type = "application/vnd.amazon.soci.index.v1+json";

// Reads an image manifest or index, OCI or Docker (schema 2). The kind comes from the content, and
// must not contradict its own mediaType. kUnsupported: Docker's schema 1; kLimitExceeded: too many
// layers; kInvalidInput: damaged, or an image and an index at once.
Result<Manifest> parse_manifest(std::string_view json, const Limits& limits);

// True for what a descriptor's media type can tell without reading the document.
bool is_index_type(std::string_view media_type);
bool is_image_manifest_type(std::string_view media_type);

// Why a layer of this media type cannot be read; "" where it can.
std::string unreadable_layer_type(std::string_view media_type);
// Layers that an image may name without holding them.
bool is_foreign_layer_type(std::string_view media_type);

// kUnsupported where the manifest describes something else than an image.
Status check_is_image(const Manifest& manifest);

struct ImageConfig {
  Platform platform;
  std::string created;  // RFC 3339, UTC; "" unknown
  std::vector<std::string> diff_ids;
  // One per layer; empty where the history does not fit the layers.
  std::vector<std::string> created_by;
};

// kInvalidInput: no configuration of an image, or one whose diff_ids are no digests.
Result<ImageConfig> parse_config(std::string_view json, const Limits& limits);

}  // namespace seaworthy
