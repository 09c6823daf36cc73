#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scan/image/file_tree.h"
#include "scan/image/image.h"
#include "scan/image/manifest.h"

namespace seaworthy {

enum class DocumentKind { kIndex, kManifest, kConfiguration };
std::string_view name_of(DocumentKind kind);  // "index", "manifest", "configuration"

// Where a LayoutReader finds documents and layers by digest: the files of an OCI layout, or a
// registry. Gives bytes as they are; verifying them is the reader's part.
class ImageContent {
 public:
  virtual ~ImageContent() = default;

  // The entries of index.json; of a registry the one document that the reference names.
  virtual Result<std::vector<Descriptor>> roots(const Limits& limits) const = 0;

  // False where a child of an index is known to be missing, so that it is no choice.
  virtual bool may_have(std::string_view digest) const = 0;

  // kNotFound: it is missing, and the message says where and what to do about it.
  virtual Result<std::string> read(const Descriptor& descriptor, DocumentKind kind,
                                   std::uint64_t max_bytes) const = 0;

  // Opens a layer without reading it. kNotFound: it is missing.
  virtual Result<LayerBytes> open_layer(const Descriptor& descriptor) const = 0;

  // What is attached to the manifest of that digest: an index. kNotFound: nothing is, or such
  // things are not known here.
  virtual Result<std::string> referrers(const std::string& digest) const;

  // What messages call the whole.
  virtual const std::string& name() const = 0;
};

// An OCI layout. `tree` must outlive it.
std::unique_ptr<ImageContent> content_of_tree(const FileTree& tree);

}  // namespace seaworthy
