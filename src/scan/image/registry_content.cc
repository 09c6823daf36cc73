#include "scan/image/registry_content.h"

#include <atomic>

#include "scan/image/registry.h"

namespace seaworthy {
namespace {

class RegistryBlob final : public RemoteBlob {
 public:
  RegistryBlob(std::shared_ptr<RegistryRepository> repository, Descriptor descriptor)
      : repository_(std::move(repository)), descriptor_(std::move(descriptor)) {}

  Status stream(const std::function<Status(std::string_view)>& sink) const override {
    return repository_->stream(descriptor_, sink, registry_only_);
  }
  Result<std::string> range(std::uint64_t offset, std::uint64_t size) const override {
    return repository_->range(descriptor_, offset, size);
  }
  std::string distrust() const override {
    return registry_only_.exchange(true) ? "" : repository_->mirrors();
  }

 private:
  // Shared with the other layers of the image: connections, tokens, the way to the registry.
  const std::shared_ptr<RegistryRepository> repository_;
  const Descriptor descriptor_;
  mutable std::atomic<bool> registry_only_ = false;
};

class RegistryContent final : public ImageContent {
 public:
  RegistryContent(std::shared_ptr<RegistryRepository> repository, RegistryDocument root)
      : repository_(std::move(repository)), root_(std::move(root)) {}

  const std::string& name() const override { return repository_->name(); }
  bool may_have(std::string_view) const override { return true; }

  Result<std::vector<Descriptor>> roots(const Limits&) const override {
    Descriptor root;
    root.media_type = root_.media_type;
    root.digest = root_.digest;
    root.size = root_.bytes.size();
    return std::vector{std::move(root)};
  }

  Result<std::string> read(const Descriptor& descriptor, DocumentKind kind,
                           std::uint64_t max_bytes) const override {
    if (descriptor.digest == root_.digest) return root_.bytes;
    if (kind == DocumentKind::kConfiguration) return repository_->blob(descriptor, max_bytes);
    ASSIGN_OR_RETURN(RegistryDocument document, repository_->manifest(descriptor.digest));
    return std::move(document.bytes);
  }

  Result<std::string> referrers(const std::string& digest) const override {
    return repository_->referrers(digest);
  }

  Result<LayerBytes> open_layer(const Descriptor& descriptor) const override {
    if (is_foreign_layer_type(descriptor.media_type)) {
      return Error{ErrorCode::kNotFound, "a foreign layer"};
    }
    LayerBytes bytes;
    bytes.size = descriptor.size;
    bytes.remote = std::make_shared<RegistryBlob>(repository_, descriptor);
    return bytes;
  }

 private:
  const std::shared_ptr<RegistryRepository> repository_;
  const RegistryDocument root_;
};

}  // namespace

Result<std::unique_ptr<ImageContent>> open_registry_content(const Reference& reference,
                                                            const RegistryOptions& options) {
  ASSIGN_OR_RETURN(auto repository, RegistryRepository::open(reference, options));
  ASSIGN_OR_RETURN(RegistryDocument root, repository->manifest(reference.wanted()));
  return std::unique_ptr<ImageContent>(
      std::make_unique<RegistryContent>(std::move(repository), std::move(root)));
}

}  // namespace seaworthy
