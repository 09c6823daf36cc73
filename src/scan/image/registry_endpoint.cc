// One conversation with one host of the distribution API (OCI distribution-spec 1.1): requests
// below /v2/REPOSITORY/, and to where the registry sends an upload.
#include "scan/image/registry_endpoint.h"

#include <algorithm>

#include "scan/image/registry_error.h"

namespace seaworthy {
namespace {

constexpr int kMaxRounds = 3;  // ask, prove who we are, and once more where a token was too old

// Docker Hub's name is not its host.
std::string host_of(const std::string& registry) {
  return registry == "docker.io" ? "registry-1.docker.io" : registry;
}

}  // namespace

HttpOptions registry_http_options(const RegistryOptions& options) {
  HttpOptions http;
  http.user_agent = options.user_agent;
  http.tls = options.tls;
  http.tls.insecure_hosts.insert(http.tls.insecure_hosts.end(), options.insecure.begin(),
                                 options.insecure.end());
  return http;
}

RegistryEndpoint::RegistryEndpoint(const HttpClient& http, const RegistryOptions& options,
                                   Reference reference, Url base)
    : http_(http),
      options_(options),
      reference_(std::move(reference)),
      base_(std::move(base)),
      auth_(http, options, reference_) {
  if (base_.scheme == "http" || !is_insecure()) scheme_ = base_.scheme;
}

Result<std::unique_ptr<RegistryEndpoint>> RegistryEndpoint::of_registry(
    const HttpClient& http, const RegistryOptions& options, const Reference& reference) {
  ASSIGN_OR_RETURN(Url base, parse_url("https://" + host_of(reference.registry) + "/v2/" +
                                       reference.repository + "/"));
  return std::unique_ptr<RegistryEndpoint>(
      new RegistryEndpoint(http, options, reference, std::move(base)));
}

Result<std::unique_ptr<RegistryEndpoint>> RegistryEndpoint::of_mirror(
    const HttpClient& http, const RegistryOptions& options, const Reference& reference,
    const std::string& address) {
  auto url = parse_url(address.find("://") == std::string::npos ? "https://" + address : address);
  if (!url) return std::move(url).error().during("registry mirror");
  const std::string path = url->path;
  Reference mirrored = reference;
  mirrored.registry = url->authority();
  // A prefix is part of the repository's name at the mirror.
  if (path != "/") mirrored.repository = path.substr(1) + "/" + reference.repository;
  url->path = "/v2/" + mirrored.repository + "/";
  return std::unique_ptr<RegistryEndpoint>(
      new RegistryEndpoint(http, options, std::move(mirrored), *std::move(url)));
}

bool RegistryEndpoint::is_insecure() const {
  const auto& list = options_.insecure;
  return std::find(list.begin(), list.end(), base_.authority()) != list.end() ||
         std::find(list.begin(), list.end(), base_.host) != list.end();
}

// An insecure registry may speak https all the same, and then is asked so.
std::string RegistryEndpoint::scheme() {
  const std::scoped_lock lock(scheme_mutex_);
  if (!scheme_.empty()) return scheme_;
  HttpRequest probe;
  probe.url = base_;
  probe.url.scheme = "https";
  probe.url.path = "/v2/";
  probe.tries = 1;
  probe.follow_redirects = false;
  scheme_ = http_.send(probe) ? "https" : "http";
  return scheme_;
}

Result<HttpResponse> RegistryEndpoint::ask(const std::string& path, HttpRequest request,
                                           const Send& send, const std::uint64_t& given) {
  Url url = base_;
  url.scheme = scheme();
  url.path += path;
  return ask_url(std::move(url), std::move(request), send, given);
}

Result<HttpResponse> RegistryEndpoint::ask_url(Url url, HttpRequest request, const Send& send,
                                               const std::uint64_t& given) {
  Url own = base_;
  own.scheme = scheme();
  const bool is_own = url.same_origin(own);
  request.url = std::move(url);
  const bool verified = request.url.scheme == "https" && !is_insecure();
  for (int round = 1;; ++round) {
    const std::uint64_t before = given;
    HttpRequest authorized = request;
    const int number = is_own ? auth_.authorize(authorized) : 0;
    auto sent = send(authorized);
    if (!sent) return with_tls_advice(std::move(sent).error());
    HttpResponse answer = *std::move(sent);
    // A challenge counts only from the registry itself. Whoever a redirect or a mirror of blobs
    // leads to could ask for its credentials otherwise (CVE-2020-15157).
    const bool is_question = is_own && answer.status == 401 && answer.url.same_origin(request.url);
    if (answer.ok()) return answer;
    if (given > before) round = 1;
    if (!is_question || round == kMaxRounds) return refuse(answer);
    auto again = auth_.answer(answer, request.url, verified, number);
    if (!again) return std::move(again).error();
    if (!*again) return refuse(answer);
  }
}

Error RegistryEndpoint::with_tls_advice(Error error) const {
  if (error.message.find("TLS: ") == std::string::npos || is_insecure()) return error;
  // No authority changes whose certificate it is.
  if (error.message.find(kTlsOtherName) != std::string::npos) return error;
  const std::string& ca = options_.tls.ca_file;
  error.message += ca.empty() ? "; where this registry has a certificate of its own say "
                                "--registry-ca FILE, where it has none --insecure-registry "
                              : "; the authorities of --registry-ca " + ca +
                                    " do not help; where the registry has no certificate that "
                                    "can be verified say --insecure-registry ";
  error.message += base_.authority();
  return error;
}

Result<HttpResponse> RegistryEndpoint::refuse(const HttpResponse& answer) const {
  Error error = registry_error(answer);
  if (answer.status == 401 || answer.status == 403) error.message += auth_.advice();
  if (!answer.url.same_origin(base_) && answer.url.host != base_.host) {
    error = std::move(error).during("redirected to " + answer.url.authority());
  }
  return error;
}

Result<HttpResponse> RegistryEndpoint::get(const std::string& path, std::vector<HttpHeader> headers,
                                           std::uint64_t max_bytes) {
  HttpRequest request;
  request.headers = std::move(headers);
  request.max_body_bytes = max_bytes;
  return send(path, std::move(request));
}

Result<HttpResponse> RegistryEndpoint::send(const std::string& path, HttpRequest request) {
  return ask(path, std::move(request),
             [&](const HttpRequest& authorized) { return http_.send(authorized); });
}

Result<HttpResponse> RegistryEndpoint::send_to(Url url, HttpRequest request) {
  return ask_url(std::move(url), std::move(request),
                 [&](const HttpRequest& authorized) { return http_.send(authorized); });
}

Result<HttpResponse> RegistryEndpoint::download(const std::string& path, ByteRange range,
                                                std::uint64_t max_bytes, const HttpSink& sink) {
  HttpRequest request;
  request.immutable = true;
  request.max_body_bytes = max_bytes;
  request.needs_range = range.last.has_value();
  std::uint64_t given = 0;
  const auto counted = [&](std::string_view block) -> Status {
    RETURN_IF_ERROR(sink(block));
    given += block.size();
    return ok_status();
  };
  // A token may run out while a large layer is on its way: the next one continues behind it.
  const auto send = [&](HttpRequest authorized) {
    const std::uint64_t first = range.first + given;
    if (first > 0 || range.last) authorized.range = ByteRange{first, range.last};
    return http_.download(authorized, counted);
  };
  return ask(path, std::move(request), send, given);
}

}  // namespace seaworthy
