#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/net/http.h"
#include "scan/image/reference.h"
#include "scan/image/registry_endpoint.h"
#include "scan/image/registry_options.h"

namespace seaworthy {

// Writing to one repository of one registry (OCI distribution-spec 1.1, "Push"). Mirrors are not
// written to. Thread safe. Errors name the registry, the repository, the step, the HTTP status and
// the registry's own code; never a secret.
class RegistryPush {
 public:
  // kUnavailable where options.offline is set.
  static Result<std::unique_ptr<RegistryPush>> open(const Reference& reference,
                                                    const RegistryOptions& options);

  // Whether the repository has the blob already.
  Result<bool> has_blob(const std::string& digest);
  // The whole blob in one request.
  Status put_blob(const std::string& digest, std::string_view bytes);
  Status put_manifest(const std::string& tag_or_digest, std::string_view media_type,
                      std::string_view bytes);

  const std::string& name() const { return name_; }  // "ghcr.io/owner/app"

 private:
  RegistryPush(const Reference& reference, const RegistryOptions& options);

  const std::string name_;
  const RegistryOptions options_;
  const HttpClient http_;
  std::unique_ptr<RegistryEndpoint> endpoint_;
};

}  // namespace seaworthy
