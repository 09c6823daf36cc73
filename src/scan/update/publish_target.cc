#include "scan/update/publish_target.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "core/base/file.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "core/codec/source.h"
#include "scan/image/layout.h"
#include "scan/image/manifest.h"
#include "scan/image/reference.h"
#include "scan/image/registry.h"
#include "scan/image/registry_push.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLayoutPrefix = "oci:";
constexpr std::string_view kLayoutFile = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::uint64_t kMaxIndexBytes = 16 * kMiB;

// "DIR[:ref]"; a directory whose name has a colon is taken as it is where it exists.
struct LayoutName {
  std::string directory, ref;
};
LayoutName layout_name(std::string_view text) {
  text.remove_prefix(kLayoutPrefix.size());
  std::error_code failure;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find('/', colon) != std::string_view::npos ||
      fs::is_directory(text, failure)) {
    return {std::string(text), "latest"};
  }
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

std::string ref_of(const JsonValue& entry) {
  return std::string(entry["annotations"]["org.opencontainers.image.ref.name"].text());
}

Result<std::string> index_of(const std::string& directory) {
  return read_file(directory + "/index.json", kMaxIndexBytes);
}

// index.json with this manifest under the ref, and everything else that was in it.
Result<std::string> index_with(const LayoutName& name, std::string_view manifest,
                               const std::string& artifact_type) {
  JsonDocument old;
  std::vector<std::string> others;
  if (const auto bytes = index_of(name.directory)) {
    if (Status parsed = old.parse(*bytes, Limits{}); !parsed) {
      return std::move(parsed).error().during(name.directory + "/index.json");
    }
    for (const JsonValue& entry : old.root()["manifests"].elements()) {
      if (ref_of(entry) != name.ref) others.push_back(entry.raw());
    }
  }
  JsonWriter out(false);
  out.begin_object();
  out.member("schemaVersion", 2);
  out.member("mediaType", "application/vnd.oci.image.index.v1+json");
  out.key("manifests");
  out.begin_array();
  for (const std::string& other : others) out.raw(other);
  out.begin_object();
  out.member("mediaType", kOciManifestType);
  out.member("digest", sha256(manifest));
  out.member("size", static_cast<std::uint64_t>(manifest.size()));
  out.member("artifactType", artifact_type);
  out.key("annotations");
  out.begin_object();
  out.member("org.opencontainers.image.ref.name", name.ref);
  out.end_object();
  out.end_object();
  out.end_array();
  out.end_object();
  return out.take();
}

Result<ArtifactTarget> layout_target(const std::string& text) {
  const LayoutName name = layout_name(text);
  std::error_code failure;
  fs::create_directories(name.directory + "/blobs/sha256", failure);
  if (failure) return errno_error(failure.value(), "create", name.directory);
  ArtifactTarget target;
  target.has_blob = [name](const std::string& digest) -> Result<bool> {
    std::error_code unknown;
    return fs::exists(name.directory + "/" + blob_path(digest), unknown);
  };
  target.put_blob = [name](const std::string& digest, std::string_view bytes) {
    return write_file_atomically(name.directory + "/" + blob_path(digest), bytes);
  };
  target.put_manifest = [name](std::string_view manifest, const std::string& type) -> Status {
    ASSIGN_OR_RETURN(const std::string index, index_with(name, manifest, type));
    RETURN_IF_ERROR(
        write_file_atomically(name.directory + "/" + blob_path(sha256(manifest)), manifest));
    RETURN_IF_ERROR(write_file_atomically(name.directory + "/oci-layout", kLayoutFile));
    return write_file_atomically(name.directory + "/index.json", index);
  };
  return target;
}

Status read_blob(const std::string& path, std::uint64_t size, const HttpSink& sink) {
  ASSIGN_OR_RETURN(const Fd fd, open_for_reading(path));
  const auto source = source_of_file(fd.get(), 0, size);
  std::string block(256 * kKiB, '\0');
  for (;;) {
    ASSIGN_OR_RETURN(const std::size_t got, source->read({block.data(), block.size()}));
    if (got == 0) return ok_status();
    RETURN_IF_ERROR(sink(std::string_view(block).substr(0, got)));
  }
}

Result<std::string> layout_manifest(const LayoutName& name, const Limits& limits) {
  ASSIGN_OR_RETURN(const std::string index, index_of(name.directory));
  JsonDocument document;
  if (Status parsed = document.parse(index, limits); !parsed) {
    return std::move(parsed).error().during(name.directory + "/index.json");
  }
  for (const JsonValue& entry : document.root()["manifests"].elements()) {
    const std::string digest(entry["digest"].text());
    if (ref_of(entry) != name.ref || !is_digest(digest)) continue;
    ASSIGN_OR_RETURN(std::string manifest,
                     read_file(name.directory + "/" + blob_path(digest), kMaxManifestBytes));
    if (sha256(manifest) == digest) return manifest;
    return Error{ErrorCode::kInvalidInput,
                 name.directory + ": manifest " + digest + " does not have that digest"};
  }
  return Error{ErrorCode::kNotFound, name.directory + " has nothing under '" + name.ref + "'"};
}

}  // namespace

Result<ArtifactTarget> open_artifact_target(const std::string& text,
                                            const RegistryOptions& options) {
  if (text.starts_with(kLayoutPrefix)) return layout_target(text);
  ASSIGN_OR_RETURN(const Reference reference, parse_reference(text));
  if (!reference.digest.empty()) {
    return Error{ErrorCode::kUsage, "'" + text + "': a database is published under a tag"};
  }
  ASSIGN_OR_RETURN(auto opened, RegistryPush::open(reference, options));
  const std::shared_ptr<RegistryPush> push = std::move(opened);  // the functions share it
  ArtifactTarget target;
  target.has_blob = [push](const std::string& digest) { return push->has_blob(digest); };
  target.put_blob = [push](const std::string& digest, std::string_view bytes) {
    return push->put_blob(digest, bytes);
  };
  target.put_manifest = [push, tag = reference.tag](std::string_view manifest, const std::string&) {
    return push->put_manifest(tag, kOciManifestType, manifest);
  };
  return target;
}

Result<ArtifactSource> open_artifact_source(const std::string& text, const RegistryOptions& options,
                                            const Limits& limits) {
  if (text.starts_with(kLayoutPrefix)) {
    const LayoutName name = layout_name(text);
    return ArtifactSource{
        text, [name, limits] { return layout_manifest(name, limits); },
        [name](const std::string& digest, std::uint64_t size, const HttpSink& sink) {
          return read_blob(name.directory + "/" + blob_path(digest), size, sink);
        }};
  }
  ASSIGN_OR_RETURN(const Reference reference, parse_reference(text));
  ASSIGN_OR_RETURN(const std::shared_ptr<RegistryRepository> repository,
                   RegistryRepository::open(reference, options));
  return ArtifactSource{
      text,
      [repository, wanted = reference.wanted()]() -> Result<std::string> {
        ASSIGN_OR_RETURN(RegistryDocument document, repository->manifest(wanted));
        return std::move(document.bytes);
      },
      [repository](const std::string& digest, std::uint64_t size, const HttpSink& sink) {
        Descriptor descriptor;
        descriptor.digest = digest;
        descriptor.size = size;
        return repository->stream(descriptor, sink);
      }};
}

}  // namespace seaworthy
