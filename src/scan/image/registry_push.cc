#include "scan/image/registry_push.h"

#include <utility>

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxAnswerBytes = 1 * kMiB;

}  // namespace

RegistryPush::RegistryPush(const Reference& reference, const RegistryOptions& options)
    : name_(reference.registry + "/" + reference.repository),
      options_(options),
      http_(registry_http_options(options)) {}

Result<std::unique_ptr<RegistryPush>> RegistryPush::open(const Reference& reference,
                                                         const RegistryOptions& options) {
  if (options.offline) {
    return Error{ErrorCode::kUnavailable,
                 reference.text() + " is in a registry, and --offline forbids the network"};
  }
  auto push = std::unique_ptr<RegistryPush>(new RegistryPush(reference, options));
  ASSIGN_OR_RETURN(push->endpoint_,
                   RegistryEndpoint::of_registry(push->http_, push->options_, reference));
  return push;
}

Result<bool> RegistryPush::has_blob(const std::string& digest) {
  HttpRequest request;
  request.method = "HEAD";
  request.max_body_bytes = kMaxAnswerBytes;
  auto answer = endpoint_->send("blobs/" + digest, std::move(request));
  if (answer) return true;
  if (answer.error().code == ErrorCode::kNotFound) return false;
  return std::move(answer).error().during("look for blob " + digest).during(name_);
}

// A POST opens an upload and says where it goes; one PUT there brings the bytes. A PUT that broke
// off cannot be repeated: the registry may have closed the upload.
Status RegistryPush::put_blob(const std::string& digest, std::string_view bytes) {
  const auto put = [&]() -> Status {
    HttpRequest start;
    start.method = "POST";
    start.may_repeat = true;  // an upload that is not used expires
    start.headers = {{"Content-Length", "0"}};
    start.max_body_bytes = kMaxAnswerBytes;
    ASSIGN_OR_RETURN(const HttpResponse started,
                     endpoint_->send("blobs/uploads/", std::move(start)));
    const std::string_view location = started.header("Location");
    if (location.empty()) {
      return Error{ErrorCode::kInvalidInput, "the registry does not say where the upload goes"};
    }
    ASSIGN_OR_RETURN(Url url, join_url(started.url, location));
    url.add_query("digest", digest);
    HttpRequest upload;
    upload.method = "PUT";
    upload.headers = {{"Content-Type", "application/octet-stream"}};
    upload.body = bytes;
    upload.max_body_bytes = kMaxAnswerBytes;
    RETURN_IF_ERROR(endpoint_->send_to(std::move(url), std::move(upload)));
    return ok_status();
  };
  Status done = put();
  if (!done) return std::move(done).error().during("push blob " + digest).during(name_);
  return done;
}

Status RegistryPush::put_manifest(const std::string& tag_or_digest, std::string_view media_type,
                                  std::string_view bytes) {
  HttpRequest request;
  request.method = "PUT";
  request.headers = {{"Content-Type", std::string(media_type)}};
  request.body = bytes;
  request.max_body_bytes = kMaxAnswerBytes;
  auto answer = endpoint_->send("manifests/" + tag_or_digest, std::move(request));
  if (answer) return ok_status();
  return std::move(answer).error().during("push manifest " + tag_or_digest).during(name_);
}

}  // namespace seaworthy
