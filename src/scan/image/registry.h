#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/net/http.h"
#include "scan/image/manifest.h"
#include "scan/image/reference.h"
#include "scan/image/registry_endpoint.h"
#include "scan/image/registry_options.h"

namespace seaworthy {

// A manifest or index as a registry gave it, its digest verified.
struct RegistryDocument {
  std::string media_type, digest, bytes;
};

// One repository of one registry, and the mirrors that stand in for it: each is asked in turn, the
// registry itself last. A mirror's answer that is not what was asked for is none. Thread safe.
// Errors name the registry, the repository, the step, the HTTP status and the registry's own code;
// never a secret.
class RegistryRepository {
 public:
  // kUnavailable where options.offline is set.
  static Result<std::shared_ptr<RegistryRepository>> open(const Reference& reference,
                                                          const RegistryOptions& options);

  // The manifest of a tag or a digest. What came is hashed and must have the digest that was asked
  // for, or that the registry says it has. kUnsupported: Docker's schema 1.
  Result<RegistryDocument> manifest(const std::string& tag_or_digest);

  // The index of what is attached to the manifest of a digest: of the referrers API, or else of the
  // tag that stands in for it. Nothing vouches for it. kNotFound: there is none.
  Result<std::string> referrers(const std::string& digest);

  // A small blob, its digest verified.
  Result<std::string> blob(const Descriptor& descriptor, std::uint64_t max_bytes);

  // All bytes of a blob in order, each once; a broken connection is continued, at the next mirror
  // where need be. Not verified. kInvalidInput: the blob has another size than its descriptor says;
  // kNotFound: there is no such blob; the sink's own error as it is. `registry_only`: no mirror is
  // asked.
  Status stream(const Descriptor& descriptor, const HttpSink& sink, bool registry_only = false);

  // Some bytes of a blob. kUnsupported: the registry does not do ranges.
  Result<std::string> range(const Descriptor& descriptor, std::uint64_t offset, std::uint64_t size);

  const std::string& name() const { return name_; }  // "ghcr.io/owner/app"
  std::string mirrors() const;                       // "mirror a.example, b.example"; "" none

 private:
  RegistryRepository(const Reference& reference, const RegistryOptions& options);
  Result<RegistryDocument> manifest_from(RegistryEndpoint& endpoint,
                                         const std::string& tag_or_digest) const;
  template <class Value, class Ask>
  Result<Value> first_of(std::string_view step, Ask ask, bool registry_only = false) const;

  const std::string name_;
  const RegistryOptions options_;
  const HttpClient http_;
  std::vector<std::unique_ptr<RegistryEndpoint>> endpoints_;  // mirrors, then the registry
};

}  // namespace seaworthy
