#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/codec/digest.h"
#include "core/net/http.h"
#include "scan/update/update_state.h"

namespace seaworthy {

// Called while bytes arrive; `total` 0 where it is not known.
using FetchProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct FetchedFile {
  bool changed = false;  // false: the server has what is held already; nothing was written
  Validators validators;
  UnixSeconds modified = 0;  // by Last-Modified; 0 where the server does not say
  std::uint64_t bytes = 0;
};

struct FetchOptions {
  std::uint64_t max_bytes = 0;
  std::uint64_t piece_bytes = 0;  // 0: the whole at once
  // A published "HEX" or "HEX  NAME" of SHA-256 or SHA-512; "" none. Where it is `optional`, a
  // server that has none (404) is believed without.
  std::string checksum_url;
  bool checksum_optional = false;
  std::string digest;  // that is known already: "sha256:..." or "sha512:..."; "" none
};

// Fetches over one client, one request at a time. Where the server has what `known` names, nothing
// is transferred (If-None-Match, If-Modified-Since).
//
// A body goes to PATH.part first and is renamed when it is complete, so PATH is always a whole
// copy; its time is set to Last-Modified. Large files are asked for in pieces (Range, If-Range),
// with their ETag in PATH.part.etag: a download that was interrupted, even by the end of the
// process, goes on behind the last piece where the server still has exactly those bytes, and begins
// anew where it does not. A server without ranges or without ETags is asked for the whole, and for
// the whole again where that breaks off, three times at most.
//
// kNotFound: 404 and 410; kPermissionDenied: 401 and 403; kUnavailable: 429, 5xx and what the
// client calls so; kConflict: what broke off each time and cannot be continued; kInvalidInput: an
// empty body, or a checksum that is not that of the bytes; kLimitExceeded: more than `max_bytes`.
class Fetcher {
 public:
  Fetcher(const HttpClient& http, FetchProgress progress)
      : http_(http), progress_(std::move(progress)) {}

  Result<FetchedFile> to_file(const std::string& url, const std::string& path,
                              const Validators& known, const FetchOptions& options) const;

  // A small document into memory; nothing where it is what `known` names, which is updated.
  Result<std::optional<std::string>> to_text(const std::string& url, Validators& known,
                                             std::uint64_t max_bytes) const;

 private:
  Result<HttpResponse> append(const HttpRequest& request, int fd, std::uint64_t offset,
                              std::uint64_t total) const;
  Result<HttpResponse> whole(const HttpRequest& request, const std::string& part) const;
  Result<HttpResponse> in_pieces(const HttpRequest& request, const std::string& part,
                                 std::uint64_t piece_bytes) const;
  Result<HttpResponse> with_attempts(const HttpRequest& request, const std::string& part,
                                     std::uint64_t piece_bytes) const;
  Result<std::string> published_digest(const FetchOptions& options) const;
  Status verify(const std::string& part, const FetchOptions& options) const;

  const HttpClient& http_;
  const FetchProgress progress_;
};

// kInternal where the file cannot be read.
Result<std::string> digest_of_file(const std::string& path,
                                   Hasher::Algorithm algorithm = Hasher::Algorithm::kSha256);

}  // namespace seaworthy
