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

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxRootIndexBytes = 16 * kMiB;  // of index.json: shared layouts are long
constexpr std::size_t kMaxIndexes = 1024;                // read for one target
constexpr std::size_t kMaxUnlabelled = 1024;  // manifests read only to learn their platform

constexpr std::string_view kHowToComplete =
    "; the archive is incomplete, as `docker save` makes it from a multi-platform image of which "
    "only some platforms were pulled: save one platform (docker save --platform OS/ARCH), or copy "
    "the whole image (skopeo copy --all)";

}  // namespace

std::string blob_path(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  return "blobs/" + std::string(digest.substr(0, colon)) + "/" +
         std::string(digest.substr(colon + 1));
}

Error LayoutReader::blob_error(std::string_view what, std::string_view digest,
                               std::string_view why) const {
  return {ErrorCode::kInvalidInput, tree_.name() + ": " + std::string(what) + " " +
                                        std::string(digest) + " " + std::string(why)};
}

Result<std::string> LayoutReader::read_blob(const Descriptor& descriptor, std::uint64_t max_bytes,
                                            std::string_view what) {
  const Result<Hasher::Algorithm> algorithm = algorithm_of(descriptor.digest);
  if (!algorithm) return Error(algorithm.error()).during(tree_.name() + ": " + std::string(what));
  const auto matches = [&](std::string_view bytes) {
    Hasher hasher(*algorithm);
    hasher.update(bytes);
    return hasher.finish() == descriptor.digest;
  };
  if (!descriptor.data.empty() && descriptor.size <= max_bytes) {
    Result<std::string> inside = from_base64(descriptor.data);
    if (inside && inside->size() == descriptor.size && matches(*inside)) return inside;
  }
  const Result<LayerBytes> blob = tree_.open(blob_path(descriptor.digest));
  if (!blob) {
    if (blob.error().code != ErrorCode::kNotFound) return blob.error();
    misses_blobs_ = true;
    return blob_error(what, descriptor.digest, "is missing" + std::string(kHowToComplete));
  }
  if (blob->size != descriptor.size) {
    return blob_error(what, descriptor.digest,
                      "has " + std::to_string(blob->size) + " bytes, its descriptor says " +
                          std::to_string(descriptor.size));
  }
  Result<std::string> bytes = read_content(*blob, max_bytes);
  if (!bytes) {
    return std::move(bytes).error().during(tree_.name() + ": " + std::string(what) + " " +
                                           descriptor.digest);
  }
  if (!matches(*bytes)) {
    return blob_error(what, descriptor.digest,
                      "does not have that digest: it was damaged or changed");
  }
  return bytes;
}

Result<Manifest> LayoutReader::read_manifest(const Descriptor& descriptor, std::string_view what) {
  ASSIGN_OR_RETURN(const std::string bytes, read_blob(descriptor, kMaxManifestBytes, what));
  Result<Manifest> manifest = parse_manifest(bytes, options_.limits);
  if (!manifest) {
    return std::move(manifest).error().during(tree_.name() + ": " + std::string(what) + " " +
                                              descriptor.digest);
  }
  return manifest;
}

Result<std::vector<Descriptor>> LayoutReader::read_root() {
  const std::string step = tree_.name() + ": index.json";
  const Result<LayerBytes> file = tree_.open("index.json");
  if (!file) {
    return Error{
        file.error().code == ErrorCode::kNotFound ? ErrorCode::kInvalidInput : file.error().code,
        tree_.name() + " is no OCI layout: " + file.error().message};
  }
  Result<std::string> bytes = read_content(*file, kMaxRootIndexBytes);
  if (!bytes) return std::move(bytes).error().during(step);
  Result<Manifest> root = parse_manifest(*bytes, options_.limits);
  if (!root) return std::move(root).error().during(step);
  if (root->kind != ManifestKind::kIndex) {
    return Error{ErrorCode::kInvalidInput, step + ": an image manifest where an index belongs"};
  }
  std::vector<Descriptor> entries = std::move(root->entries);
  std::erase_if(entries, [](const Descriptor& entry) { return entry.is_attestation(); });
  if (entries.empty()) return Error{ErrorCode::kInvalidInput, step + " lists no image"};
  return entries;
}

Status LayoutReader::expand(const Descriptor& descriptor, std::size_t entry, std::uint64_t depth,
                            std::vector<Leaf>& leaves) {
  if (descriptor.is_attestation()) return ok_status();
  if (depth > options_.limits.nesting) {
    return over_limit(options_.limits, &Limits::nesting,
                      tree_.name() + ": nested indexes, at " + descriptor.digest);
  }
  bool is_index = is_index_type(descriptor.media_type);
  if (descriptor.media_type.empty() && expanded_.size() < kMaxIndexes) {
    const Result<Manifest> peeked = read_manifest(descriptor, "manifest");
    is_index = peeked.ok() && peeked->kind == ManifestKind::kIndex;
  }
  if (!is_index) {
    if (!collected_.insert(descriptor.digest).second) return ok_status();
    Leaf leaf{descriptor, entry, descriptor.platform.value_or(Platform{}), true};
    leaf.present = !descriptor.data.empty() || !is_digest(descriptor.digest) ||
                   tree_.has(blob_path(descriptor.digest));
    leaves.push_back(std::move(leaf));
    return ok_status();
  }
  if (!expanded_.insert(descriptor.digest).second) return ok_status();
  if (expanded_.size() > kMaxIndexes) {
    return Error{ErrorCode::kLimitExceeded,
                 tree_.name() + ": more than " + std::to_string(kMaxIndexes) + " indexes"};
  }
  ASSIGN_OR_RETURN(const Manifest index, read_manifest(descriptor, "index"));
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
      return Error{ErrorCode::kLimitExceeded, tree_.name() + ": more than " +
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
    return Error{ErrorCode::kInvalidInput, tree_.name() + " holds no image manifest"};
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
    image.problems.insert(image.problems.end(), problems.begin(), problems.end());
    images.push_back(std::move(image));
  }
  return images;
}

}  // namespace seaworthy
