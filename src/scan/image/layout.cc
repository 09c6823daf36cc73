// OCI layouts: image-spec 1.1, "Image Layout". A directory (or tar) with index.json and
// blobs/<algorithm>/<hex>; a name is an annotation of an entry of index.json.
//
// From a reference to images it is four steps: the entries of index.json that the reference means,
// the image manifests below them (indexes may nest), the platforms among those, and then per
// platform the manifest, the configuration and the layers. Producers differ in all of them:
//  - index.json may list the platforms itself or point to one index that does; without a reference
//    both are one image, several names are not.
//  - Child manifests often carry their platform; where one does not, its configuration tells.
//  - An archive saved from a multi-platform image may lack the blobs of the other platforms. What
//    is not there is no choice, and is only an error when it was asked for.
#include "scan/image/layout.h"

#include <algorithm>

#include "core/codec/digest.h"
#include "scan/image/platform_choice.h"
#include "scan/image/soci.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxIndexes = 1024;     // read for one target
constexpr std::size_t kMaxUnlabelled = 1024;  // manifests read only to learn their platform

}  // namespace

Error LayoutReader::blob_error(std::string_view what, std::string_view digest,
                               std::string_view why) const {
  return {ErrorCode::kInvalidInput, content_.name() + ": " + std::string(what) + " " +
                                        std::string(digest) + " " + std::string(why)};
}

Result<std::string> LayoutReader::read_blob(const Descriptor& descriptor, std::uint64_t max_bytes,
                                            DocumentKind kind) {
  const Result<Hasher::Algorithm> algorithm = algorithm_of(descriptor.digest);
  if (!algorithm) {
    return Error(algorithm.error()).during(content_.name() + ": " + std::string(name_of(kind)));
  }
  const auto matches = [&](std::string_view bytes) {
    Hasher hasher(*algorithm);
    hasher.update(bytes);
    return hasher.finish() == descriptor.digest;
  };
  if (!descriptor.data.empty() && descriptor.size <= max_bytes) {
    Result<std::string> inside = from_base64(descriptor.data);
    if (inside && inside->size() == descriptor.size && matches(*inside)) return inside;
  }
  Result<std::string> bytes = content_.read(descriptor, kind, max_bytes);
  if (!bytes) {
    misses_blobs_ = misses_blobs_ || bytes.error().code == ErrorCode::kNotFound;
    return bytes;
  }
  if (bytes->size() != descriptor.size) {
    return blob_error(name_of(kind), descriptor.digest,
                      "has " + std::to_string(bytes->size()) + " bytes, its descriptor says " +
                          std::to_string(descriptor.size));
  }
  if (!matches(*bytes)) {
    return blob_error(name_of(kind), descriptor.digest,
                      "does not have that digest: it was damaged or changed");
  }
  return bytes;
}

Result<Manifest> LayoutReader::read_manifest(const Descriptor& descriptor, DocumentKind kind) {
  ASSIGN_OR_RETURN(const std::string bytes, read_blob(descriptor, kMaxManifestBytes, kind));
  Result<Manifest> manifest = parse_manifest(bytes, options_.limits);
  if (!manifest) {
    return std::move(manifest).error().during(content_.name() + ": " + std::string(name_of(kind)) +
                                              " " + descriptor.digest);
  }
  return manifest;
}

Result<std::vector<Descriptor>> LayoutReader::read_root() {
  ASSIGN_OR_RETURN(std::vector<Descriptor> entries, content_.roots(options_.limits));
  std::erase_if(entries, [](const Descriptor& entry) { return entry.is_no_image(); });
  if (entries.empty()) {
    return Error{ErrorCode::kInvalidInput, content_.name() + ": index.json lists no image"};
  }
  return entries;
}

Status LayoutReader::expand(const Descriptor& descriptor, std::size_t entry, std::uint64_t depth,
                            std::vector<Leaf>& leaves) {
  if (descriptor.is_no_image()) return ok_status();
  if (depth > options_.limits.nesting) {
    return over_limit(options_.limits, &Limits::nesting,
                      content_.name() + ": nested indexes, at " + descriptor.digest);
  }
  bool is_index = is_index_type(descriptor.media_type);
  if (descriptor.media_type.empty() && expanded_.size() < kMaxIndexes) {
    const Result<Manifest> peeked = read_manifest(descriptor, DocumentKind::kManifest);
    is_index = peeked.ok() && peeked->kind == ManifestKind::kIndex;
  }
  if (!is_index) {
    if (!collected_.insert(descriptor.digest).second) return ok_status();
    Leaf leaf{descriptor, entry, descriptor.platform.value_or(Platform{}), true};
    leaf.present = !descriptor.data.empty() || !is_digest(descriptor.digest) ||
                   content_.may_have(descriptor.digest);
    leaves.push_back(std::move(leaf));
    return ok_status();
  }
  if (!expanded_.insert(descriptor.digest).second) return ok_status();
  if (expanded_.size() > kMaxIndexes) {
    return Error{ErrorCode::kLimitExceeded,
                 content_.name() + ": more than " + std::to_string(kMaxIndexes) + " indexes"};
  }
  ASSIGN_OR_RETURN(const Manifest index, read_manifest(descriptor, DocumentKind::kIndex));
  if (index.kind != ManifestKind::kIndex) {
    return blob_error("index", descriptor.digest, "is an image manifest");
  }
  for (const Descriptor& child : index.entries) {
    RETURN_IF_ERROR(expand(child, entry, depth + 1, leaves));
  }
  return ok_status();
}

// Reads the configuration of every leaf whose descriptor names no platform. One that is no image
// (a signature, an SBOM) is dropped while others remain.
Status LayoutReader::learn_platforms(std::vector<Leaf>& leaves) {
  std::vector<Leaf> known;
  std::optional<Error> first_failure;
  std::size_t unlabelled = 0;
  for (Leaf& leaf : leaves) {
    if (leaf.descriptor.platform || !leaf.present) {
      known.push_back(std::move(leaf));
      continue;
    }
    if (++unlabelled > kMaxUnlabelled) {
      return Error{ErrorCode::kLimitExceeded, content_.name() + ": more than " +
                                                  std::to_string(kMaxUnlabelled) +
                                                  " manifests that name no platform"};
    }
    Result<Image> image = read_image(leaf);
    if (image) {
      leaf.platform = image->platform;
      if (leaf.platform.os != "unknown") known.push_back(std::move(leaf));
    } else if (image.error().code != ErrorCode::kUnsupported &&
               (leaf.descriptor.media_type.empty() ||
                is_image_manifest_type(leaf.descriptor.media_type))) {
      return std::move(image).error();
    } else if (!first_failure) {
      first_failure = std::move(image).error();
    }
  }
  if (known.empty() && first_failure) return *std::move(first_failure);
  leaves = std::move(known);
  return ok_status();
}

Result<std::vector<LayoutReader::Leaf>> LayoutReader::find_leaves(
    const std::vector<Descriptor>& entries) {
  std::vector<Leaf> leaves;
  for (std::size_t i = 0; i < entries.size(); ++i)
    RETURN_IF_ERROR(expand(entries[i], i, 0, leaves));
  if (leaves.size() > 1 || !options_.platforms.empty()) RETURN_IF_ERROR(learn_platforms(leaves));
  if (leaves.empty()) {
    return Error{ErrorCode::kInvalidInput, content_.name() + " holds no image manifest"};
  }
  return leaves;
}

Result<std::vector<Image>> LayoutReader::open(std::string_view ref) {
  ASSIGN_OR_RETURN(const std::vector<Descriptor> entries, entries_for(ref));
  ASSIGN_OR_RETURN(const std::vector<Leaf> leaves, find_leaves(entries));
  std::vector<Problem> problems;
  ASSIGN_OR_RETURN(const std::vector<std::size_t> chosen, choose(leaves, problems));
  std::vector<Image> images;
  for (const std::size_t i : chosen) {
    ASSIGN_OR_RETURN(Image image, read_image(leaves[i]));
    add_soci_tables(content_, options_, image);
    image.problems.insert(image.problems.end(), problems.begin(), problems.end());
    images.push_back(std::move(image));
  }
  return images;
}

}  // namespace seaworthy
