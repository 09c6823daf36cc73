#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "scan/image/registry_options.h"
#include "scan/update/export.h"

namespace seaworthy {

// The database as an OCI artifact (image-spec 1.1): the header is the configuration, the
// signatures, the chain of key sets and every part are layers. Which layer is which part is decided
// by the digests in the signed header, never by the manifest, which nobody signs.
inline constexpr std::string_view kArtifactType = "application/vnd.seaworthy.db.v1";
inline constexpr std::string_view kHeaderType = "application/vnd.seaworthy.db.header.v1+json";
inline constexpr std::string_view kSignaturesType =
    "application/vnd.seaworthy.db.signatures.v1+json";
inline constexpr std::string_view kKeyChainType = "application/vnd.seaworthy.db.keys.v1+json";
inline constexpr std::string_view kPartType = "application/vnd.seaworthy.db.part.v1+zstd";

struct PublishResult {
  std::string digest;  // of the manifest
  std::uint64_t blobs_sent = 0, bytes_sent = 0, blobs_there = 0;
};

struct PublishOptions {
  RegistryOptions registry;
  std::function<void(const std::string& part, std::uint64_t done, std::uint64_t total)> progress;
};

// Publishes to `target`: "registry/repository[:tag]", or "oci:DIR[:ref]" (a layout in a directory,
// which is made). Blobs that are there already are not sent again; the manifest goes last, so a
// reader never finds one whose blobs are missing. kInvalidInput: a delta.
Result<PublishResult> publish_database(const ExportedDatabase& database,
                                       const std::string& signatures, const std::string& key_chain,
                                       const std::string& target, const PublishOptions& options);

}  // namespace seaworthy
