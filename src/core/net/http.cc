// From a request to an answer: authorization, redirects, retries and continued downloads. One
// HttpExchange per call:
//
//   send       →  try again while it may pass ┐
//   download   →  continue where it broke off ┴→  follow redirects  →  one transfer (libcurl)
#include "core/net/http.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <random>
#include <thread>

#include "core/base/text.h"
#include "core/codec/digest.h"
#include "core/net/aws_signature.h"
#include "core/net/http_transfer.h"

namespace seaworthy {

// Handles that are not in use. A handle brings its connections along.
class HttpClient::Handles {
 public:
  TransferHandle take() {
    return idle_.with([](std::vector<TransferHandle>& idle) {
      if (idle.empty()) return TransferHandle();
      TransferHandle handle = std::move(idle.back());
      idle.pop_back();
      return handle;
    });
  }
  void give_back(TransferHandle handle) {
    idle_.with([&](std::vector<TransferHandle>& idle) {
      if (idle.size() < kMaxIdle) idle.push_back(std::move(handle));
    });
  }

 private:
  static constexpr std::size_t kMaxIdle = 32;
  Guarded<std::vector<TransferHandle>> idle_;
};

namespace {

using std::chrono::milliseconds;

constexpr std::array<int, 6> kPassingStatus{408, 429, 500, 502, 503, 504};
constexpr std::array<std::string_view, 6> kSecretHeaders{
    "authorization",        "cookie",        "proxy-authorization",
    "x-amz-security-token", "private-token", "job-token"};
constexpr int kMaxContinuations = 100;  // of one download, however little each one brings

bool is_passing_status(int status) {
  return std::find(kPassingStatus.begin(), kPassingStatus.end(), status) != kPassingStatus.end();
}

bool is_secret(const HttpHeader& header) {
  const std::string name = lower_case(header.name);
  return std::find(kSecretHeaders.begin(), kSecretHeaders.end(), name) != kSecretHeaders.end();
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// What would end a header line early would be a header of somebody else's choice.
Status check_request(const HttpRequest& request) {
  const auto broken = [](std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  };
  const bool method_good =
      !request.method.empty() && std::all_of(request.method.begin(), request.method.end(),
                                             [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!method_good) return Error{ErrorCode::kUsage, "a request method that is none"};
  for (const HttpHeader& header : request.headers) {
    if (header.name.empty() || broken(header.name) || broken(header.value) ||
        header.name.find_first_of(": ") != std::string::npos) {
      return Error{ErrorCode::kUsage, "a request header with a line break or without a name"};
    }
  }
  if (broken(request.bearer)) return Error{ErrorCode::kUsage, "a token with a line break"};
  return ok_status();
}

void authorize(const HttpRequest& request, UnixSeconds now, std::vector<HttpHeader>& headers) {
  std::optional<BasicCredentials> basic = request.basic;
  if (!basic && request.bearer.empty() && !request.aws && !request.url.user.empty()) {
    basic = BasicCredentials{request.url.user, request.url.password};
  }
  if (basic) {
    headers.push_back({"Authorization", "Basic " + to_base64(basic->user + ":" + basic->password)});
  } else if (!request.bearer.empty()) {
    headers.push_back({"Authorization", "Bearer " + request.bearer});
  } else if (request.aws) {
    sign_for_aws(*request.aws, request.method, request.url, request.body, now, headers);
  }
}

void drop_credentials(HttpRequest& request) {
  std::erase_if(request.headers, is_secret);
  request.basic.reset();
  request.bearer.clear();
  request.aws.reset();
}

// The request that a redirect asks for (RFC 9110, 15.4).
Result<HttpRequest> redirected(const HttpRequest& request, const HttpResponse& answer) {
  auto target = join_url(request.url, answer.header("Location"));
  if (!target) return std::move(target).error().during("redirect");
  if (request.url.scheme == "https" && target->scheme == "http") {
    return Error{ErrorCode::kInvalidInput, "redirect from https to http://" + target->authority() +
                                               ", which is not followed"};
  }
  HttpRequest next = request;
  next.url = *std::move(target);
  if (!next.url.same_origin(request.url)) {
    drop_credentials(next);
    next.unix_socket.clear();
  }
  const bool becomes_get =
      answer.status == 303 ||
      ((answer.status == 301 || answer.status == 302) && request.method == "POST");
  if (becomes_get && request.method != "HEAD") {
    next.method = "GET";
    next.body.clear();
    next.open_body = nullptr;
    std::erase_if(next.headers,
                  [](const HttpHeader& h) { return lower_case(h.name).starts_with("content-"); });
  }
  return next;
}

bool may_repeat(const HttpRequest& request) {
  return request.may_repeat || (request.method != "POST" && request.method != "PATCH");
}

// An ETag that names exactly these bytes, not only their meaning.
std::string strong_etag(const HttpResponse& response) {
  const std::string_view etag = response.header("ETag");
  return etag.starts_with('"') ? std::string(etag) : "";
}

}  // namespace

// One call of HttpClient.
class HttpExchange {
 public:
  HttpExchange(const HttpClient& client, const HttpRequest& request)
      : client_(client), options_(client.options_), request_(request) {}

  Result<HttpResponse> send() {
    RETURN_IF_ERROR(check());
    for (int tries = 1;; ++tries) {
      TransferResult result = follow(request_, {}, {});
      const bool passing =
          result.error ? result.transient : is_passing_status(result.response.status);
      if (!passing || !may_repeat(request_) || !wait_before_retry(tries, result.response)) {
        return outcome(std::move(result));
      }
      RETURN_IF_ERROR(check_cancelled());
    }
  }

  Result<HttpResponse> download(const HttpSink& sink) {
    RETURN_IF_ERROR(check());
    const std::uint64_t base = request_.range ? request_.range->first : 0;
    int tries = 0;
    for (int round = 0; round < kMaxContinuations; ++round) {
      const std::uint64_t before = given_;
      TransferResult result = follow(
          continuation(base), [&](const HttpResponse& head) { return begin(head, base); },
          [&](std::string_view block) { return take(block, sink); });
      tries = given_ > before ? 1 : tries + 1;
      if (!result.error && result.response.ok() && is_short()) {
        result.error = {ErrorCode::kUnavailable, "the answer ended after " +
                                                     std::to_string(given_) + " of " +
                                                     std::to_string(*expected_) + " bytes"};
        result.transient = true;
      }
      const bool passing =
          result.error ? result.transient : is_passing_status(result.response.status);
      if (!passing || !wait_before_retry(tries, result.response)) {
        return outcome(std::move(result));
      }
      RETURN_IF_ERROR(check_cancelled());
    }
    return failure({ErrorCode::kUnavailable,
                    "broke off more than " + std::to_string(kMaxContinuations) + " times"});
  }

 private:
  Status check() {
    if (Status good = check_request(request_); !good) return failure(std::move(good).error());
    return check_cancelled();
  }

  Status check_cancelled() const {
    if (options_.cancelled && options_.cancelled()) {
      return failure({ErrorCode::kCancelled, "cancelled"});
    }
    return ok_status();
  }

  Error failure(Error error) const {
    return std::move(error).during(request_.method + " " + request_.url.shown());
  }

  UnixSeconds time() const { return options_.clock.now ? options_.clock.now() : now(); }

  Result<HttpResponse> outcome(TransferResult result) const {
    if (result.error) {
      Error error = *std::move(result.error);
      if (!result.response.url.same_origin(request_.url)) {
        error = std::move(error).during("redirected to " + result.response.url.shown());
      }
      return failure(std::move(error));
    }
    result.response.received_bytes = received_;
    return std::move(result.response);
  }

  // One transfer, and those that redirects lead to.
  TransferResult follow(HttpRequest request,
                        const std::function<Status(const HttpResponse&)>& begin,
                        const HttpSink& sink) {
    for (int redirects = 0;; ++redirects) {
      TransferResult result = transfer(request, begin, sink);
      HttpResponse& answer = result.response;
      if (result.error || !is_redirect(answer.status) || !request.follow_redirects ||
          answer.header("Location").empty()) {
        return result;
      }
      Result<HttpRequest> next = redirected(request, answer);
      if (next && redirects < options_.max_redirects) {
        request = *std::move(next);
        continue;
      }
      result.error =
          next ? Error{ErrorCode::kInvalidInput,
                       "more than " + std::to_string(options_.max_redirects) + " redirects"}
               : std::move(next).error();
      return result;
    }
  }

  TransferResult transfer(const HttpRequest& request,
                          const std::function<Status(const HttpResponse&)>& begin,
                          const HttpSink& sink) {
    Transfer one{&request, request.headers, begin, sink,
                 request.max_body_bytes.value_or(options_.max_body_bytes)};
    if (request.range) {
      const auto& last = request.range->last;
      one.headers.push_back({"Range", "bytes=" + std::to_string(request.range->first) + "-" +
                                          (last ? std::to_string(*last) : "")});
    }
    authorize(request, time(), one.headers);
    TransferHandle handle = client_.handles_->take();
    TransferResult result = handle.run(one, options_);
    client_.handles_->give_back(std::move(handle));
    result.response.rate_limit = parse_rate_limit(result.response.headers);
    result.response.retry_after = parse_retry_after(result.response.header("Retry-After"), time());
    received_ += result.response.received_bytes;
    return result;
  }

  // False where this was the last try, or the server wants a longer wait than we are ready for.
  bool wait_before_retry(int tries, const HttpResponse& answer) {
    const HttpRetries& retries = options_.retries;
    if (tries >= retries.tries) return false;
    const double doubled =
        static_cast<double>(retries.first_delay.count()) * std::pow(2.0, std::min(tries - 1, 20));
    const double longest = std::min(doubled, static_cast<double>(retries.max_delay.count()));
    // Between half and all of it: clients that failed together do not come back together.
    milliseconds delay(static_cast<std::int64_t>(longest * (0.5 + 0.5 * jitter())));
    if (answer.retry_after) {
      if (*answer.retry_after > retries.max_retry_after) return false;
      delay = std::max<milliseconds>(delay, *answer.retry_after);
    }
    sleep(delay);
    return true;
  }

  double jitter() const {
    if (options_.clock.jitter) return std::clamp(options_.clock.jitter(), 0.0, 1.0);
    thread_local std::minstd_rand random(std::random_device{}());
    return std::uniform_real_distribution(0.0, 1.0)(random);
  }

  void sleep(milliseconds delay) const {
    if (options_.clock.sleep) return options_.clock.sleep(delay);
    constexpr milliseconds kStep{200};
    while (delay > milliseconds(0) && !(options_.cancelled && options_.cancelled())) {
      std::this_thread::sleep_for(std::min(delay, kStep));
      delay -= kStep;
    }
  }

  // The request for what is still missing.
  HttpRequest continuation(std::uint64_t base) const {
    HttpRequest rest = request_;
    if (given_ == 0) return rest;
    rest.range = ByteRange{base + given_, request_.range ? request_.range->last : std::nullopt};
    if (!etag_.empty()) rest.headers.push_back({"If-Range", etag_});
    return rest;
  }

  // Looks at a header: where the body that follows begins, and whether it is still the same one.
  Status begin(const HttpResponse& head, std::uint64_t base) {
    skip_ = 0;
    if (!head.ok()) return ok_status();
    const std::string etag = strong_etag(head);
    if (given_ > 0 && !etag_.empty() && !etag.empty() && etag != etag_) return changed();
    if (head.status == 206) {
      RETURN_IF_ERROR(begin_part(head, base + given_));
    } else if (given_ > 0 || base > 0) {
      // The server does not do ranges, or has a new version (RFC 9110, 13.1.5).
      if (given_ > 0 && !request_.immutable && (etag_.empty() || etag != etag_)) return changed();
      skip_ = base + given_;
    }
    if (given_ == 0) etag_ = etag;
    return learn_size(head, base);
  }

  Status begin_part(const HttpResponse& head, std::uint64_t wanted) {
    const auto range = parse_content_range(head.header("Content-Range"));
    if (range && range->first == wanted && (request_.range || given_ > 0)) return ok_status();
    return Error{ErrorCode::kInvalidInput, "asked for bytes from " + std::to_string(wanted) +
                                               ", the answer has " +
                                               (range ? "bytes from " + std::to_string(range->first)
                                                      : std::string("no valid Content-Range"))};
  }

  // How many bytes the sink is going to get in all, where the header says so.
  Status learn_size(const HttpResponse& head, std::uint64_t base) {
    std::optional<std::uint64_t> total;
    if (const auto range = parse_content_range(head.header("Content-Range"));
        head.status == 206 && range) {
      total = range->last + 1 - base;
      if (!request_.range && range->total && *range->total < *total) total = range->total;
    }
    if (!total) return ok_status();
    if (expected_ && *expected_ != *total && given_ > 0) return changed();
    expected_ = total;
    return ok_status();
  }

  static Error changed() {
    return {ErrorCode::kConflict, "the content changed while it was downloaded"};
  }

  Status take(std::string_view block, const HttpSink& sink) {
    const std::size_t dropped = std::min<std::uint64_t>(skip_, block.size());
    skip_ -= dropped;
    block.remove_prefix(dropped);
    if (block.empty()) return ok_status();
    // A body that breaks off again and again must not get the limit anew each time.
    const std::uint64_t max = request_.max_body_bytes.value_or(options_.max_body_bytes);
    if (block.size() > max - std::min(max, given_)) {
      return Error{ErrorCode::kLimitExceeded,
                   "the answer is larger than " + std::to_string(max) + " bytes"};
    }
    if (request_.range && request_.range->last) {  // a 200 to a range may give too much
      const std::uint64_t wanted = *request_.range->last - request_.range->first + 1;
      block = block.substr(0, std::min<std::uint64_t>(block.size(), wanted - given_));
      if (block.empty()) return ok_status();
    }
    RETURN_IF_ERROR(sink(block));
    given_ += block.size();
    return ok_status();
  }

  bool is_short() const { return expected_ && given_ < *expected_; }

  const HttpClient& client_;
  const HttpOptions& options_;
  const HttpRequest& request_;
  std::uint64_t received_ = 0;  // over all transfers
  // Of a download:
  std::uint64_t given_ = 0;  // bytes that the sink has
  std::uint64_t skip_ = 0;   // bytes of this answer that it has already
  std::string etag_;
  std::optional<std::uint64_t> expected_;
};

HttpClient::HttpClient(HttpOptions options)
    : options_(std::move(options)), handles_(std::make_unique<Handles>()) {}
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request) const {
  return HttpExchange(*this, request).send();
}

Result<HttpResponse> HttpClient::download(const HttpRequest& request, const HttpSink& sink) const {
  return HttpExchange(*this, request).download(sink);
}

HttpProxies proxies_from_environment() {
  const auto read = [](const char* lower, const char* upper) -> std::string {
    for (const char* name : {lower, upper}) {
      const char* value = std::getenv(name);
      if (value != nullptr && *value != '\0') return value;
    }
    return "";
  };
  const std::string all = read("all_proxy", "ALL_PROXY");
  HttpProxies proxies{read("http_proxy", "HTTP_PROXY"), read("https_proxy", "HTTPS_PROXY"),
                      read("no_proxy", "NO_PROXY")};
  if (proxies.http.empty()) proxies.http = all;
  if (proxies.https.empty()) proxies.https = all;
  return proxies;
}

}  // namespace seaworthy
