#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scan/image/content.h"
#include "scan/image/file_tree.h"
#include "scan/image/image.h"
#include "scan/image/manifest.h"

namespace seaworthy {

// Reads images from an OCI layout (index.json and blobs/), in a directory or an archive, or from a
// registry. Every manifest and configuration is verified against its digest before it is parsed.
class LayoutReader {
 public:
  // All must outlive the reader.
  LayoutReader(const ImageContent& content, const ImageOptions& options)
      : content_(content), options_(options) {}
  LayoutReader(const FileTree& tree, const ImageOptions& options)
      : owned_(content_of_tree(tree)), content_(*owned_), options_(options) {}

  // `ref` is a tag, a name or a digest in the layout; "" where it holds one image only.
  Result<std::vector<Image>> open(std::string_view ref);

  // True once a blob was wanted and not there: the archive is incomplete rather than damaged.
  bool misses_blobs() const { return misses_blobs_; }

 private:
  // One image manifest that an index offers.
  struct Leaf {
    Descriptor descriptor;
    std::size_t entry = 0;  // which entry of index.json it came from
    Platform platform;
    bool present = true;
  };

  Result<std::string> read_blob(const Descriptor& descriptor, std::uint64_t max_bytes,
                                DocumentKind kind);
  Result<Manifest> read_manifest(const Descriptor& descriptor, DocumentKind kind);
  Result<std::vector<Descriptor>> read_root();
  Result<std::vector<Descriptor>> entries_for(std::string_view ref);
  Status expand(const Descriptor& descriptor, std::size_t entry, std::uint64_t depth,
                std::vector<Leaf>& leaves);
  Status learn_platforms(std::vector<Leaf>& leaves);
  Result<std::vector<Leaf>> find_leaves(const std::vector<Descriptor>& entries);
  Result<std::vector<std::size_t>> choose(const std::vector<Leaf>& leaves,
                                          std::vector<Problem>& problems);
  Result<std::vector<std::size_t>> choose_for_host(const std::vector<Leaf>& leaves,
                                                   std::vector<Problem>& problems);
  Result<std::vector<std::size_t>> choose_all(const std::vector<Leaf>& leaves,
                                              std::vector<Problem>& problems);
  static void say_other_versions(const std::vector<Leaf>& leaves, const Leaf& chosen,
                                 const Platform& wanted, std::vector<Problem>& problems);
  Status check_one_image(const std::vector<Leaf>& leaves) const;
  Error missing_manifest(const std::vector<Leaf>& leaves, const Leaf& leaf);
  Result<Image> read_image(const Leaf& leaf);
  // kInvalidInput: none of its layers can be read.
  Status add_layers(const Manifest& manifest, const ImageConfig& config, Image& image);
  Result<ImageLayer> read_layer(const Descriptor& descriptor, std::size_t number);
  Error blob_error(std::string_view what, std::string_view digest, std::string_view why) const;

  const std::unique_ptr<ImageContent> owned_;
  const ImageContent& content_;
  const ImageOptions& options_;
  std::set<std::string> expanded_;   // indexes that were read: each once, so a cycle ends
  std::set<std::string> collected_;  // image manifests that are leaves already
  bool misses_blobs_ = false;
};

// "blobs/sha256/<hex>". `digest` must satisfy is_digest, which leaves no room for a path.
std::string blob_path(std::string_view digest);

}  // namespace seaworthy
