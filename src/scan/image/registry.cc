// Pulling from a registry (OCI distribution-spec 1.1, "Pull"; manifests may also be Docker's). What
// a registry says is believed only as far as digests reach: a manifest must have the digest that it
// was asked for by, and everything below is named by digest in turn. Only where a tag was asked for
// the registry chooses; then its Docker-Content-Digest must at least agree with what it sent.
#include "scan/image/registry.h"

#include <algorithm>

#include "core/codec/digest.h"
#include "scan/image/registry_error.h"

namespace seaworthy {
namespace {

constexpr std::string_view kAccepted =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

bool is_schema1(std::string_view media_type) {
  return media_type.starts_with("application/vnd.docker.distribution.manifest.v1+");
}

// The media type without parameters.
std::string media_type_of(const HttpResponse& answer) {
  const std::string_view value = answer.header("Content-Type");
  return std::string(value.substr(0, value.find_first_of("; \t")));
}

Status check_digest(std::string_view bytes, const std::string& digest, const std::string& who) {
  ASSIGN_OR_RETURN(const Hasher::Algorithm algorithm, algorithm_of(digest));
  Hasher hasher(algorithm);
  hasher.update(bytes);
  if (const std::string actual = hasher.finish(); actual != digest) {
    return Error{ErrorCode::kInvalidInput,
                 "the registry sent other bytes: " + who + digest + ", they have " + actual};
  }
  return ok_status();
}

}  // namespace

RegistryRepository::RegistryRepository(const Reference& reference, const RegistryOptions& options)
    : name_(reference.registry + "/" + reference.repository),
      options_(options),
      http_(registry_http_options(options)) {}

Result<std::shared_ptr<RegistryRepository>> RegistryRepository::open(
    const Reference& reference, const RegistryOptions& options) {
  if (options.offline) {
    return Error{ErrorCode::kUnavailable,
                 reference.text() + " is in a registry, and --offline forbids the network"};
  }
  auto repository = std::shared_ptr<RegistryRepository>(new RegistryRepository(reference, options));
  for (const RegistryMirror& mirror : options.mirrors) {
    if (mirror.registry != reference.registry) continue;
    ASSIGN_OR_RETURN(auto endpoint,
                     RegistryEndpoint::of_mirror(repository->http_, repository->options_, reference,
                                                 mirror.address));
    repository->endpoints_.push_back(std::move(endpoint));
  }
  ASSIGN_OR_RETURN(auto endpoint, RegistryEndpoint::of_registry(repository->http_,
                                                                repository->options_, reference));
  repository->endpoints_.push_back(std::move(endpoint));
  return repository;
}

// What the first endpoint gives that gives anything. The registry's own answer is the error; what
// its mirrors said stands behind.
template <class Value, class Ask>
Result<Value> RegistryRepository::first_of(std::string_view step, Ask ask,
                                           bool registry_only) const {
  std::string mirrors;
  for (std::size_t i = registry_only ? endpoints_.size() - 1 : 0;; ++i) {
    RegistryEndpoint& endpoint = *endpoints_[i];
    const bool is_mirror = i + 1 < endpoints_.size();
    if (is_mirror && endpoint.is_down()) continue;
    Result<Value> found = ask(endpoint);
    if (found) return found;
    if (!is_mirror) {
      Error error = std::move(found).error().during(step).during(name_);
      error.message += mirrors;
      return error;
    }
    // One wait for a mirror that is not there is enough.
    if (found.error().code == ErrorCode::kUnavailable) endpoint.set_down();
    mirrors += "; mirror " + endpoint.host() + ": " + found.error().message;
  }
}

Result<RegistryDocument> RegistryRepository::manifest(const std::string& tag_or_digest) {
  return first_of<RegistryDocument>(
      "get manifest " + tag_or_digest,
      [&](RegistryEndpoint& endpoint) { return manifest_from(endpoint, tag_or_digest); });
}

Result<RegistryDocument> RegistryRepository::manifest_from(RegistryEndpoint& endpoint,
                                                           const std::string& tag_or_digest) const {
  ASSIGN_OR_RETURN(HttpResponse answer,
                   endpoint.get("manifests/" + tag_or_digest, {{"Accept", std::string(kAccepted)}},
                                kMaxManifestBytes));
  RegistryDocument document{media_type_of(answer), tag_or_digest, std::move(answer.body)};
  if (is_schema1(document.media_type)) {
    return Error{ErrorCode::kUnsupported,
                 "the registry has a Docker schema 1 manifest only, which is not read; push the "
                 "image again with a newer client"};
  }
  const bool by_digest = is_digest(tag_or_digest);
  const std::string said(answer.header("Docker-Content-Digest"));
  if (!by_digest) document.digest = is_digest(said) ? said : sha256(document.bytes);
  RETURN_IF_ERROR(
      check_digest(document.bytes, document.digest, by_digest ? "asked for " : "it says "));
  // What a page of a login or a proxy would pass for, where it was asked for by a tag.
  if (by_digest) return document;
  auto parsed = parse_manifest(document.bytes, Limits{});
  if (parsed || parsed.error().code != ErrorCode::kInvalidInput) return document;
  return std::move(parsed).error().during("the answer is no manifest");
}

std::string RegistryRepository::mirrors() const {
  std::string names;
  for (std::size_t i = 0; i + 1 < endpoints_.size(); ++i) {
    names += (names.empty() ? "mirror " : ", ") + endpoints_[i]->host();
  }
  return names;
}

Result<std::string> RegistryRepository::referrers(const std::string& digest) {
  return first_of<std::string>(
      "list what is attached to " + digest, [&](RegistryEndpoint& endpoint) -> Result<std::string> {
        std::string tag = digest;
        std::replace(tag.begin(), tag.end(), ':', '-');
        const std::vector<HttpHeader> headers{{"Accept", std::string(kAccepted)}};
        auto answer = endpoint.get("referrers/" + digest, headers, kMaxManifestBytes);
        if (!answer && answer.error().code == ErrorCode::kNotFound) {
          answer = endpoint.get("manifests/" + tag, headers, kMaxManifestBytes);
        }
        if (!answer) return std::move(answer).error();
        return std::move(answer->body);
      });
}

Result<std::string> RegistryRepository::blob(const Descriptor& descriptor,
                                             std::uint64_t max_bytes) {
  return first_of<std::string>(
      "get blob " + descriptor.digest, [&](RegistryEndpoint& endpoint) -> Result<std::string> {
        ASSIGN_OR_RETURN(HttpResponse answer,
                         endpoint.get("blobs/" + descriptor.digest, {}, max_bytes));
        RETURN_IF_ERROR(check_digest(answer.body, descriptor.digest, "asked for "));
        return std::move(answer.body);
      });
}

Status RegistryRepository::stream(const Descriptor& descriptor, const HttpSink& sink,
                                  bool registry_only) {
  std::uint64_t given = 0;
  std::optional<Error> sink_error;
  const auto counted = [&](std::string_view block) -> Status {
    if (block.size() > descriptor.size - given) {
      return Error{ErrorCode::kInvalidInput, "the blob is larger than its descriptor says, " +
                                                 std::to_string(descriptor.size) + " bytes"};
    }
    if (Status taken = sink(block); !taken) {
      sink_error = taken.error();
      return taken;
    }
    given += block.size();
    return ok_status();
  };
  Status streamed = first_of<Nothing>(
      "get blob " + descriptor.digest,
      [&](RegistryEndpoint& endpoint) -> Status {
        if (sink_error) return *sink_error;  // no other mirror changes that
        if (given == descriptor.size && given > 0) return ok_status();
        // One byte more than there should be, so that a longer blob is noticed by our own check.
        RETURN_IF_ERROR(endpoint.download("blobs/" + descriptor.digest, {given, {}},
                                          descriptor.size + 1, counted));
        if (given == descriptor.size) return ok_status();
        return Error{ErrorCode::kInvalidInput, "the blob has " + std::to_string(given) +
                                                   " bytes, its descriptor says " +
                                                   std::to_string(descriptor.size)};
      },
      registry_only);
  if (sink_error) return *std::move(sink_error);
  return streamed;
}

Result<std::string> RegistryRepository::range(const Descriptor& descriptor, std::uint64_t offset,
                                              std::uint64_t size) {
  if (size == 0 || size > descriptor.size || offset > descriptor.size - size) {
    return Error{ErrorCode::kInvalidInput, name_ + ": a range outside of " + descriptor.digest};
  }
  return first_of<std::string>(
      "get " + std::to_string(size) + " bytes of " + descriptor.digest,
      [&](RegistryEndpoint& endpoint) -> Result<std::string> {
        std::string bytes;
        RETURN_IF_ERROR(endpoint.download("blobs/" + descriptor.digest, {offset, offset + size - 1},
                                          descriptor.size, [&](std::string_view block) {
                                            bytes += block;
                                            return ok_status();
                                          }));
        if (bytes.size() == size) return bytes;
        return Error{ErrorCode::kUnavailable,
                     "the registry gave " + std::to_string(bytes.size()) + " bytes"};
      });
}

}  // namespace seaworthy
