#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/net/http.h"
#include "scan/image/reference.h"
#include "scan/image/registry_auth.h"
#include "scan/image/registry_options.h"

namespace seaworthy {

// How every client of a registry speaks HTTP.
HttpOptions registry_http_options(const RegistryOptions& options);

// One host that serves one repository: the registry itself, or a mirror of it. Thread safe.
class RegistryEndpoint {
 public:
  // `http` and `options` must outlive this.
  static Result<std::unique_ptr<RegistryEndpoint>> of_registry(const HttpClient& http,
                                                               const RegistryOptions& options,
                                                               const Reference& reference);
  static Result<std::unique_ptr<RegistryEndpoint>> of_mirror(const HttpClient& http,
                                                             const RegistryOptions& options,
                                                             const Reference& reference,
                                                             const std::string& address);

  // GET of "manifests/latest" or "blobs/sha256:...". An answer that is no success is an Error, with
  // "HOST/REPOSITORY" in front and what can be done about it.
  Result<HttpResponse> get(const std::string& path, std::vector<HttpHeader> headers,
                           std::uint64_t max_bytes);

  // The bytes of a blob from `first` on, at most `max_bytes`, `last` included where it is given.
  // With `last` it is these bytes or none: kUnsupported where the registry does not do ranges.
  Result<HttpResponse> download(const std::string& path, ByteRange range, std::uint64_t max_bytes,
                                const HttpSink& sink);

  // Any other request to "blobs/...", "manifests/...". An answer that is no success is an Error.
  Result<HttpResponse> send(const std::string& path, HttpRequest request);
  // The same to an address that the registry named. Another host than the registry's gets no
  // credentials and its questions no answer.
  Result<HttpResponse> send_to(Url url, HttpRequest request);

  const std::string& host() const { return reference_.registry; }

  // A mirror that could not be reached is not asked again.
  bool is_down() const { return down_; }
  void set_down() { down_ = true; }

 private:
  using Send = std::function<Result<HttpResponse>(const HttpRequest& request)>;
  static constexpr std::uint64_t kNothing = 0;

  RegistryEndpoint(const HttpClient& http, const RegistryOptions& options, Reference reference,
                   Url base);
  // `given` counts what arrived: where it grows, another token is not one try too many.
  Result<HttpResponse> ask(const std::string& path, HttpRequest request, const Send& send,
                           const std::uint64_t& given = kNothing);
  Result<HttpResponse> ask_url(Url url, HttpRequest request, const Send& send,
                               const std::uint64_t& given = kNothing);
  Result<HttpResponse> refuse(const HttpResponse& answer) const;
  Error with_tls_advice(Error error) const;
  std::string scheme();
  bool is_insecure() const;

  const HttpClient& http_;
  const RegistryOptions& options_;
  const Reference reference_;  // the registry is this host
  const Url base_;             // .../v2/REPOSITORY/; the scheme is chosen by scheme()
  RegistryAuth auth_;
  std::atomic<bool> down_ = false;
  std::mutex scheme_mutex_;  // held while the first request finds out
  std::string scheme_;       // "" not known yet
};

}  // namespace seaworthy
