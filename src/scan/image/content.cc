#include "scan/image/content.h"

#include "core/codec/digest.h"
#include "scan/image/layout.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxRootIndexBytes = 16 * kMiB;  // of index.json: shared layouts are long

constexpr std::string_view kHowToComplete =
    "; the archive is incomplete, as `docker save` makes it from a multi-platform image of which "
    "only some platforms were pulled: save one platform (docker save --platform OS/ARCH), or copy "
    "the whole image (skopeo copy --all)";

class TreeContent final : public ImageContent {
 public:
  explicit TreeContent(const FileTree& tree) : tree_(tree) {}

  const std::string& name() const override { return tree_.name(); }

  bool may_have(std::string_view digest) const override { return tree_.has(blob_path(digest)); }

  Result<std::vector<Descriptor>> roots(const Limits& limits) const override {
    const std::string step = name() + ": index.json";
    const Result<LayerBytes> file = tree_.open("index.json");
    if (!file) {
      return Error{
          file.error().code == ErrorCode::kNotFound ? ErrorCode::kInvalidInput : file.error().code,
          name() + " is no OCI layout: " + file.error().message};
    }
    Result<std::string> bytes = read_content(*file, kMaxRootIndexBytes);
    if (!bytes) return std::move(bytes).error().during(step);
    Result<Manifest> root = parse_manifest(*bytes, limits);
    if (!root) return std::move(root).error().during(step);
    if (root->kind != ManifestKind::kIndex) {
      return Error{ErrorCode::kInvalidInput, step + ": an image manifest where an index belongs"};
    }
    return std::move(root->entries);
  }

  Result<std::string> read(const Descriptor& descriptor, DocumentKind kind,
                           std::uint64_t max_bytes) const override {
    const std::string what = name() + ": " + std::string(name_of(kind)) + " " + descriptor.digest;
    const Result<LayerBytes> blob = tree_.open(blob_path(descriptor.digest));
    if (!blob && blob.error().code == ErrorCode::kNotFound) {
      return Error{ErrorCode::kNotFound, what + " is missing" + std::string(kHowToComplete)};
    }
    if (!blob) return blob.error();
    Result<std::string> bytes = read_content(*blob, max_bytes);
    if (!bytes) return std::move(bytes).error().during(what);
    return bytes;
  }

  Result<LayerBytes> open_layer(const Descriptor& descriptor) const override {
    return tree_.open(blob_path(descriptor.digest));
  }

 private:
  const FileTree& tree_;
};

}  // namespace

Result<std::string> ImageContent::referrers(const std::string& digest) const {
  return Error{ErrorCode::kNotFound, name() + ": nothing is attached to " + digest};
}

std::string_view name_of(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kIndex:
      return "index";
    case DocumentKind::kManifest:
      return "manifest";
    case DocumentKind::kConfiguration:
      return "configuration";
  }
  return "document";
}

std::unique_ptr<ImageContent> content_of_tree(const FileTree& tree) {
  return std::make_unique<TreeContent>(tree);
}

std::string blob_path(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  return "blobs/" + std::string(digest.substr(0, colon)) + "/" +
         std::string(digest.substr(colon + 1));
}

}  // namespace seaworthy
