#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/guarded.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/codec/source.h"
#include "core/net/url.h"

namespace seaworthy {

struct HttpHeader {
  std::string name, value;
};

// The value of the first header of that name, in any case; "" where there is none.
std::string_view find_header(const std::vector<HttpHeader>& headers, std::string_view name);

// Bytes `first` to `last`, both included; without `last` to the end.
struct ByteRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};

struct BasicCredentials {
  std::string user, password;
};

// Who signs a request to AWS (Signature Version 4), and for which service and region.
struct AwsSigning {
  std::string access_key, secret_key, session_token;  // no token: ""
  std::string region, service;
};

// One request. At most one of basic, bearer and aws is used, in this order of preference; user and
// password of the URL stand in for `basic` where none of them is given. These credentials (and an
// Authorization or Cookie header) go to the URL's origin only: a redirect elsewhere drops them.
struct HttpRequest {
  std::string method = "GET";
  Url url;
  std::vector<HttpHeader> headers;
  std::string body;
  // A body that is not in memory: called for each try, gives `body_bytes` bytes. Not with `aws`.
  std::function<Result<std::unique_ptr<ByteSource>>()> open_body;
  std::uint64_t body_bytes = 0;
  std::optional<ByteRange> range;
  // download(): a server that sends more than `range`, from the front, is kUnsupported before its
  // body. Otherwise what was not asked for is read and dropped.
  bool needs_range = false;
  std::optional<BasicCredentials> basic;
  std::string bearer;
  std::optional<AwsSigning> aws;
  std::string unix_socket;  // talk through this socket; the URL still names host and path
  bool follow_redirects = true;
  // GET, HEAD, PUT, DELETE and OPTIONS may be repeated after a failure. A POST or PATCH only where
  // the caller knows that doing it twice does no harm.
  bool may_repeat = false;
  std::optional<int> tries;  // instead of HttpRetries::tries
  // download(): the bytes behind this URL never change (they are named by their digest), so a
  // broken answer may be continued whatever the server says about versions.
  bool immutable = false;
  std::optional<std::uint64_t> max_body_bytes;        // instead of HttpOptions::max_body_bytes
  std::optional<std::chrono::seconds> total_timeout;  // instead of HttpOptions::total_timeout
};

// How many requests a registry or an API still grants, where it tells (RateLimit-Limit,
// RateLimit-Remaining, RateLimit-Reset, with or without "X-"; Docker Hub's "100;w=21600").
struct RateLimit {
  std::optional<std::uint64_t> limit, remaining;
  std::optional<std::chrono::seconds> window, reset;
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  // The body. After download() only that of an answer that was not 2xx, cut at kErrorBodyBytes.
  std::string body;
  Url url;  // the one that answered, behind all redirects
  RateLimit rate_limit;
  std::optional<std::chrono::seconds> retry_after;
  std::uint64_t received_bytes = 0;  // of bodies, over all tries

  bool ok() const { return status >= 200 && status < 300; }
  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

inline constexpr std::size_t kErrorBodyBytes = 64 * 1024;

struct HttpTls {
  std::string ca_file;           // PEM, instead of the system's; "" the system's
  std::string certificate_file;  // client certificate and key, PEM
  std::string key_file;
  std::vector<std::string> insecure_hosts;  // "host" or "host:port": certificates are not verified
};

// Proxy URLs; user and password in them are used. `no_proxy` is curl's list: host names, domains,
// addresses and CIDR blocks, or "*"; and "host:port", as other clients read it.
struct HttpProxies {
  std::string http, https, no_proxy;
};
// HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case; lower case wins.
HttpProxies proxies_from_environment();

struct HttpRetries {
  int tries = 4;  // in a row without a new byte
  std::chrono::milliseconds first_delay{500};
  std::chrono::milliseconds max_delay{20'000};
  std::chrono::seconds max_retry_after{60};  // a server that asks for more gets no second try
};

// Replaced in tests, so that they neither wait nor depend on the day.
struct HttpClock {
  std::function<void(std::chrono::milliseconds)> sleep;  // default: really sleeps
  std::function<UnixSeconds()> now;                      // default: the wall clock
  std::function<double()> jitter;                        // 0..1; default: random
};

struct HttpOptions {
  std::string user_agent = "seaworthy";
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::seconds idle_timeout{60};  // less than min_bytes_per_second for so long
  std::uint64_t min_bytes_per_second = 100;
  std::chrono::seconds total_timeout{0};  // of one try; 0 none
  int max_redirects = 8;
  std::uint64_t max_header_bytes = 256 * kKiB;
  std::uint64_t max_body_bytes = 64 * kMiB;  // a larger one is kLimitExceeded
  HttpRetries retries;
  HttpTls tls;
  HttpProxies proxies = proxies_from_environment();
  HttpClock clock;
  std::function<bool()> cancelled;  // asked about once a second, and before every wait
  // Any thread. A server wants to be left alone for longer than `retries` would wait.
  std::function<void(const Url& asked, std::chrono::seconds wait)> told_to_wait;
};

// Takes a block of a body. An Error ends the transfer and is what download() returns.
using HttpSink = std::function<Status(std::string_view block)>;

// How the error begins where a certificate is in order, and that of another host.
inline constexpr std::string_view kTlsOtherName = "TLS: the certificate is that of another name";

// A synchronous HTTP client over libcurl, with HTTP/2 where the server has it. Thread safe: any
// number of threads may use one client; connections are kept and used again.
//
// Both functions retry what may pass (no connection, a broken or late answer, 408, 429, 500, 502,
// 503, 504), waiting longer each time or as long as Retry-After says; who stays silent for a whole
// timeout is asked once more only. They follow redirects
// themselves: never from https to http, never with credentials to another origin.
//
// An HTTP status is not an Error: the caller knows what a 404 means. After the last try the answer
// is returned as it came. Errors name method and URL without its query:
// kUnavailable: no connection, TLS (the message says "TLS:"), or an answer that broke off;
// kTimedOut; kLimitExceeded: body or headers too large; kInvalidInput: no HTTP, a redirect that is
// refused, or a token with a line break; kCancelled; kUsage: a request that cannot be sent (a
// header with a line break).
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options = {});
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // The whole body in memory.
  Result<HttpResponse> send(const HttpRequest& request) const;

  // A GET whose 2xx body goes to `sink` in order, each byte once. A body that breaks off is
  // continued with Range and If-Range; where the server does not do ranges the bytes that `sink`
  // has are read again and dropped. kConflict: the content changed meanwhile.
  Result<HttpResponse> download(const HttpRequest& request, const HttpSink& sink) const;

  const HttpOptions& options() const { return options_; }

 private:
  class Handles;
  HttpOptions options_;
  std::unique_ptr<Handles> handles_;

  friend class HttpExchange;
};

// Seconds that a Retry-After value asks for: a number, or a date seen from `now`. Empty where it
// is neither; a date that has passed is 0.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, UnixSeconds now);
RateLimit parse_rate_limit(const std::vector<HttpHeader>& headers);

// "bytes 5-9/100" or "bytes 5-9/*". Empty where it is no such range.
struct ContentRange {
  std::uint64_t first = 0, last = 0;
  std::optional<std::uint64_t> total;
};
std::optional<ContentRange> parse_content_range(std::string_view value);

}  // namespace seaworthy
