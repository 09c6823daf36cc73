#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/net/http.h"
#include "scan/image/registry_options.h"

namespace seaworthy {

// Where artifacts are written to and read from: a repository in a registry, or an OCI layout in a
// directory, which is also what crosses an air gap.
struct ArtifactTarget {
  std::function<Result<bool>(const std::string& digest)> has_blob;
  std::function<Status(const std::string& digest, std::string_view bytes)> put_blob;
  std::function<Status(std::string_view manifest, const std::string& artifact_type)> put_manifest;
};

struct ArtifactSource {
  std::string name;  // for messages
  std::function<Result<std::string>()> manifest;
  // Not verified: the caller compares digests.
  std::function<Status(const std::string& digest, std::uint64_t size, const HttpSink& sink)> blob;
};

// `text` is "oci:DIR[:ref]" or "registry/repository[:tag][@digest]" (writing takes no digest).
Result<ArtifactTarget> open_artifact_target(const std::string& text,
                                            const RegistryOptions& options);
// kNotFound where nothing was published there.
Result<ArtifactSource> open_artifact_source(const std::string& text, const RegistryOptions& options,
                                            const Limits& limits);

inline constexpr std::string_view kOciManifestType = "application/vnd.oci.image.manifest.v1+json";

}  // namespace seaworthy
