// containerd's own storage (containerd/metadata/buckets.go is the schema's specification):
//
//   io.containerd.metadata.v1.bolt/meta.db         v1 → namespace → images → name → target →
//                                                  digest, mediatype, size (a zigzag varint)
//   io.containerd.content.v1.content/blobs/sha256  one file for every document and layer
//
// The blobs have the layout of an OCI image layout, so only the index is another one. Layers that
// were unpacked may be gone from the store (discard_unpacked_layers), which is then said.
#include "scan/image/containerd.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "core/base/file.h"
#include "core/codec/bolt.h"
#include "core/codec/digest.h"
#include "scan/image/file_tree.h"
#include "scan/image/reference.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxListingBytes = 64 * kMiB;
constexpr int kTries = 5;  // while the daemon writes
constexpr std::size_t kShownNames = 20;

struct WantedImage {
  std::vector<std::string> names;  // as written, and with what goes without saying
  std::string space;               // namespace; "" any
};

WantedImage parse_wanted(std::string_view text) {
  WantedImage wanted;
  const std::size_t at = text.rfind('@');
  const bool has_space =
      at != std::string_view::npos && text.find_first_of(":/", at) == std::string_view::npos;
  if (has_space) {
    wanted.space = text.substr(at + 1);
    text = text.substr(0, at);
  }
  wanted.names.emplace_back(text);
  if (const auto reference = parse_reference(text)) wanted.names.push_back(reference->text());
  return wanted;
}

std::optional<std::uint64_t> zigzag(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 9; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if ((byte & 0x80U) == 0) {
      if ((value & 1U) != 0) return std::nullopt;  // negative
      return value >> 1U;
    }
  }
  return std::nullopt;
}

class Metadata {
 public:
  explicit Metadata(RangeReader& file) : file_(file) {}

  Result<Descriptor> find(const WantedImage& wanted, const Limits& limits) {
    ASSIGN_OR_RETURN(const std::vector<std::string> spaces, namespaces(wanted));
    std::vector<std::string> found;
    std::string name;
    std::string known;
    std::size_t shown = 0;
    for (const std::string& space : spaces) {
      ASSIGN_OR_RETURN(const auto images, list({"v1", space, "images"}));
      for (const BoltDatabase::Entry& image : images) {
        const bool meant =
            std::find(wanted.names.begin(), wanted.names.end(), image.key) != wanted.names.end();
        if (meant && (found.empty() || found.back() != space)) {
          found.push_back(space);
          name = image.key;
        }
        if (++shown <= kShownNames) {
          known += (known.empty() ? "" : ", ") + image.key.substr(0, 300) + "@" + space;
        }
      }
    }
    if (found.size() > 1 && std::find(found.begin(), found.end(), "default") != found.end()) {
      found = {"default"};
    }
    if (found.size() > 1) {
      return Error{ErrorCode::kNotFound, "the image is in several namespaces; add one of @" +
                                             found[0] + ", @" + found[1]};
    }
    if (found.empty()) {
      return Error{ErrorCode::kNotFound,
                   "containerd has no such image; it has " +
                       (known.empty() ? "none" : known + (shown > kShownNames ? ", ..." : ""))};
    }
    return target(found.front(), name, limits);
  }

 private:
  using Entries = std::vector<BoltDatabase::Entry>;

  // An empty list where there is no such bucket. Opened anew each time: the daemon may write.
  Result<Entries> list(const std::vector<std::string>& path) {
    for (int tries = 1;; ++tries) {
      ASSIGN_OR_RETURN(BoltDatabase database, BoltDatabase::open(file_));
      auto entries = database.list(path, kMaxListingBytes);
      if (entries) return entries;
      if (entries.error().code == ErrorCode::kNotFound) return Entries{};
      // A torn reading looks like damage, so damage is looked at again, too.
      if (tries == kTries) return std::move(entries).error();
    }
  }

  Result<std::vector<std::string>> namespaces(const WantedImage& wanted) {
    if (!wanted.space.empty()) return std::vector{wanted.space};
    ASSIGN_OR_RETURN(const Entries entries, list({"v1"}));
    std::vector<std::string> names;
    for (const BoltDatabase::Entry& entry : entries) {
      if (entry.is_bucket) names.push_back(entry.key);
    }
    return names;
  }

  Result<Descriptor> target(const std::string& space, const std::string& name, const Limits&) {
    ASSIGN_OR_RETURN(const Entries entries, list({"v1", space, "images", name, "target"}));
    Descriptor descriptor;
    for (const BoltDatabase::Entry& entry : entries) {
      if (entry.key == "digest") descriptor.digest = entry.value;
      if (entry.key == "mediatype") descriptor.media_type = entry.value;
      if (entry.key == "size") descriptor.size = zigzag(entry.value).value_or(0);
    }
    if (!is_digest(descriptor.digest) || descriptor.size == 0) {
      return Error{ErrorCode::kInvalidInput, "meta.db: the target of " + name + " is malformed"};
    }
    return descriptor;
  }

  RangeReader& file_;
};

class ContainerdContent final : public ImageContent {
 public:
  ContainerdContent(std::string name, std::unique_ptr<FileTree> tree, Descriptor root)
      : name_(std::move(name)),
        tree_(std::move(tree)),
        blobs_(content_of_tree(*tree_)),
        root_(std::move(root)) {}

  const std::string& name() const override { return name_; }
  Result<std::vector<Descriptor>> roots(const Limits&) const override { return std::vector{root_}; }
  bool may_have(std::string_view digest) const override { return blobs_->may_have(digest); }

  Result<std::string> read(const Descriptor& descriptor, DocumentKind kind,
                           std::uint64_t max_bytes) const override {
    auto bytes = blobs_->read(descriptor, kind, max_bytes);
    if (bytes || bytes.error().code != ErrorCode::kNotFound) return bytes;
    return Error{ErrorCode::kNotFound, name_ + ": " + std::string(name_of(kind)) + " " +
                                           descriptor.digest +
                                           " is not in the content store; pull that platform"};
  }
  Result<LayerBytes> open_layer(const Descriptor& descriptor) const override {
    return blobs_->open_layer(descriptor);
  }

 private:
  const std::string name_;
  const std::unique_ptr<FileTree> tree_;
  const std::unique_ptr<ImageContent> blobs_;
  const Descriptor root_;
};

Error unreadable(Error error, const std::string& root) {
  if (error.code == ErrorCode::kPermissionDenied) {
    error.message +=
        "; containerd's store is its user's alone: run as that user, or save the "
        "image: ctr images export image.tar NAME";
  } else if (error.code == ErrorCode::kNotFound) {
    error.message += "; is " + root + " where containerd keeps its data (--containerd-root)?";
  }
  return error;
}

}  // namespace

Result<std::unique_ptr<ImageContent>> open_containerd(const std::string& root,
                                                      std::string_view text, const Limits& limits) {
  const std::string name = "containerd:" + std::string(text);
  const auto named = [&](Error error) { return std::move(error).during(name); };
  auto file = open_for_reading(root + "/io.containerd.metadata.v1.bolt/meta.db");
  if (!file) return named(unreadable(std::move(file).error(), root));
  auto tree = directory_tree(root + "/io.containerd.content.v1.content");
  if (!tree) return named(unreadable(std::move(tree).error(), root));
  ASSIGN_OR_RETURN(const std::uint64_t size, file_size(file->get()));
  const auto ranges = ranges_of_file(file->get(), 0, size);
  auto target = Metadata(*ranges).find(parse_wanted(text), limits);
  if (!target) return named(std::move(target).error());
  return std::unique_ptr<ImageContent>(
      std::make_unique<ContainerdContent>(name, *std::move(tree), *std::move(target)));
}

}  // namespace seaworthy
