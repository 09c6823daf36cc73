#include "scan/update/publish.h"

#include <vector>

#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "scan/update/publish_target.h"

namespace seaworthy {
namespace {

struct Blob {
  std::string_view media_type, bytes;
  std::string digest, title;
};

void write_descriptor(JsonWriter& out, const Blob& blob) {
  out.begin_object();
  out.member("mediaType", blob.media_type);
  out.member("digest", blob.digest);
  out.member("size", static_cast<std::uint64_t>(blob.bytes.size()));
  out.key("annotations");
  out.begin_object();
  out.member("org.opencontainers.image.title", blob.title);
  out.end_object();
  out.end_object();
}

std::string manifest_text(const Blob& config, const std::vector<Blob>& layers, UnixSeconds built) {
  JsonWriter out(false);
  out.begin_object();
  out.member("schemaVersion", 2);
  out.member("mediaType", kOciManifestType);
  out.member("artifactType", kArtifactType);
  out.key("config");
  write_descriptor(out, config);
  out.key("layers");
  out.begin_array();
  for (const Blob& layer : layers) write_descriptor(out, layer);
  out.end_array();
  out.key("annotations");
  out.begin_object();
  out.member("org.opencontainers.image.created", rfc3339(built));
  out.end_object();
  out.end_object();
  return out.take();
}

Status send_blob(const ArtifactTarget& target, const Blob& blob, PublishResult& result) {
  ASSIGN_OR_RETURN(const bool there, target.has_blob(blob.digest));
  if (there) {
    ++result.blobs_there;
    return ok_status();
  }
  RETURN_IF_ERROR(target.put_blob(blob.digest, blob.bytes));
  ++result.blobs_sent;
  result.bytes_sent += blob.bytes.size();
  return ok_status();
}

}  // namespace

Result<PublishResult> publish_database(const ExportedDatabase& database,
                                       const std::string& signatures, const std::string& key_chain,
                                       const std::string& target_text,
                                       const PublishOptions& options) {
  if (database.header.is_delta) {
    return Error{ErrorCode::kInvalidInput,
                 "a registry has whole parts only; who pulls fetches those that changed"};
  }
  ASSIGN_OR_RETURN(const ArtifactTarget target,
                   open_artifact_target(target_text, options.registry));
  const Blob config{kHeaderType, database.header_text, sha256(database.header_text), "header"};
  std::vector<Blob> layers;
  if (!signatures.empty()) {
    layers.push_back({kSignaturesType, signatures, sha256(signatures), "signatures"});
  }
  if (!key_chain.empty()) layers.push_back({kKeyChainType, key_chain, sha256(key_chain), "keys"});
  for (std::size_t i = 0; i < database.parts.size(); ++i) {
    const PartEntry& part = database.header.parts[i];
    layers.push_back({kPartType, database.parts[i], part.digest, part.name});
  }
  PublishResult result;
  RETURN_IF_ERROR(send_blob(target, config, result));
  std::uint64_t done = 0;
  for (const Blob& layer : layers) {
    if (options.progress) options.progress(layer.title, done++, layers.size());
    RETURN_IF_ERROR(send_blob(target, layer, result));
  }
  const std::string manifest = manifest_text(config, layers, database.header.built_at);
  RETURN_IF_ERROR(target.put_manifest(manifest, std::string(kArtifactType)));
  result.digest = sha256(manifest);
  return result;
}

}  // namespace seaworthy
