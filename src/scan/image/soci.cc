// SOCI indexes (awslabs/soci-snapshotter, docs/soci-index-manifest-v2.md). An index is an image
// manifest whose "layers" are tables of contents (ztocs, core/codec/ztoc.h), each with an
// annotation that says of which layer.
//
//   version 2   the image's manifest names the index by digest in an annotation, so who signed or
//               pinned the image did so with the index
//   version 1   the index names the image as its subject and is found by the referrers API. Whoever
//               may push to the repository can attach one to an image that exists, and pinning the
//               image does not help: it is used only where the user says so.
#include "scan/image/soci.h"

#include <algorithm>

#include "core/codec/digest.h"

namespace seaworthy {
namespace {

bool may_have_table(const ImageLayer& layer) {
  return layer.bytes.remote != nullptr && !layer.descriptor.table &&
         layer.descriptor.form == LayerForm::kTar;
}

// The SOCI index of that digest, verified.
Result<Manifest> read_index(const ImageContent& content, const ImageOptions& options,
                            const std::string& digest) {
  ASSIGN_OR_RETURN(const Hasher::Algorithm algorithm, algorithm_of(digest));
  Descriptor descriptor;
  descriptor.digest = digest;
  ASSIGN_OR_RETURN(const std::string bytes,
                   content.read(descriptor, DocumentKind::kManifest, kMaxManifestBytes));
  Hasher hasher(algorithm);
  hasher.update(bytes);
  if (const std::string found = hasher.finish(); found != digest) {
    return Error{ErrorCode::kInvalidInput, "SOCI index " + digest + " has the digest " + found};
  }
  auto manifest = parse_manifest(bytes, options.limits);
  if (!manifest) return std::move(manifest).error().during("SOCI index " + digest);
  if (manifest->kind != ManifestKind::kImage || !manifest->is_soci_index()) {
    return Error{ErrorCode::kInvalidInput, "SOCI index " + digest + " is another document"};
  }
  return manifest;
}

// The first SOCI index that is attached to the image; "" where there is none.
Result<std::string> attached_index(const ImageContent& content, const ImageOptions& options,
                                   const std::string& image_digest) {
  auto bytes = content.referrers(image_digest);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::string();
  if (!bytes) return std::move(bytes).error();
  auto list = parse_manifest(*bytes, options.limits);
  if (!list) return std::move(list).error().during("referrers of " + image_digest);
  if (list->kind != ManifestKind::kIndex) return std::string();
  const auto found =
      std::find_if(list->entries.begin(), list->entries.end(),
                   [](const Descriptor& entry) { return entry.artifact_type == kSociIndexV1Type; });
  return found == list->entries.end() ? std::string() : found->digest;
}

Status use_index(const ImageContent& content, const ImageOptions& options,
                 const std::string& digest, Image& image) {
  ASSIGN_OR_RETURN(const Manifest index, read_index(content, options, digest));
  if (image.soci_index.empty() && index.subject != image.digest) {
    return Error{ErrorCode::kInvalidInput, "SOCI index " + digest + " is of another image"};
  }
  for (ImageLayer& layer : image.layers) {
    const auto table = std::find_if(
        index.entries.begin(), index.entries.end(),
        [&](const Descriptor& entry) { return entry.soci_layer == layer.descriptor.digest; });
    // Small layers have none.
    if (table == index.entries.end() || !may_have_table(layer)) continue;
    ASSIGN_OR_RETURN(layer.table, content.open_layer(*table));
    layer.descriptor.table = LayerTable{TocForm::kSoci, table->digest, std::to_string(table->size)};
  }
  return ok_status();
}

Status find_and_use(const ImageContent& content, const ImageOptions& options, std::string& digest,
                    Image& image) {
  if (digest.empty()) {
    if (options.soci != SociUse::kAttached) return ok_status();
    ASSIGN_OR_RETURN(digest, attached_index(content, options, image.digest));
  }
  return digest.empty() ? ok_status() : use_index(content, options, digest, image);
}

}  // namespace

void add_soci_tables(const ImageContent& content, const ImageOptions& options, Image& image) {
  if (options.soci == SociUse::kNever ||
      std::none_of(image.layers.begin(), image.layers.end(), may_have_table)) {
    return;
  }
  std::string digest = image.soci_index;
  const Status used = find_and_use(content, options, digest, image);
  if (used) return;
  for (ImageLayer& layer : image.layers) {
    if (!may_have_table(layer)) continue;
    layer.descriptor.table = LayerTable{TocForm::kSoci, digest, ""};
    layer.table_missing = used.error().message;
  }
}

}  // namespace seaworthy
