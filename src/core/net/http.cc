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
#include "core/net/http_exchange.h"

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
  if (broken(request.bearer)) return Error{ErrorCode::kInvalidInput, "a token with a line break"};
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

}  // namespace

bool is_passing_status(int status) {
  return std::find(kPassingStatus.begin(), kPassingStatus.end(), status) != kPassingStatus.end();
}

Result<HttpResponse> HttpExchange::send() {
  RETURN_IF_ERROR(check());
  for (int tries = 1;; ++tries) {
    TransferResult result = follow(request_, {}, {});
    const bool passing =
        result.error ? result.transient : is_passing_status(result.response.status);
    if (!passing || !may_repeat(request_) || !wait_before_retry(tries, result)) {
      return outcome(std::move(result));
    }
    RETURN_IF_ERROR(check_cancelled());
  }
}

Status HttpExchange::check() {
  if (Status good = check_request(request_); !good) return failure(std::move(good).error());
  return check_cancelled();
}

Status HttpExchange::check_cancelled() const {
  if (options_.cancelled && options_.cancelled()) {
    return failure({ErrorCode::kCancelled, "cancelled"});
  }
  return ok_status();
}

Result<HttpResponse> HttpExchange::outcome(TransferResult result) const {
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

TransferResult HttpExchange::follow(HttpRequest request, const Begin& begin, const HttpSink& sink) {
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
    result.error = next
                       ? Error{ErrorCode::kInvalidInput,
                               "more than " + std::to_string(options_.max_redirects) + " redirects"}
                       : std::move(next).error();
    return result;
  }
}

TransferResult HttpExchange::transfer(const HttpRequest& request, const Begin& begin,
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

bool HttpExchange::wait_before_retry(int tries, const TransferResult& result) {
  constexpr int kTriesOfSilence = 2;  // each of them has cost a whole timeout
  const HttpResponse& answer = result.response;
  const HttpRetries& retries = options_.retries;
  int most = request_.tries.value_or(retries.tries);
  if (result.error && result.error->code == ErrorCode::kTimedOut) {
    most = std::min(most, kTriesOfSilence);
  }
  if (tries >= most) return false;
  const double doubled =
      static_cast<double>(retries.first_delay.count()) * std::pow(2.0, std::min(tries - 1, 20));
  const double longest = std::min(doubled, static_cast<double>(retries.max_delay.count()));
  // Between half and all of it: clients that failed together do not come back together.
  milliseconds delay(static_cast<std::int64_t>(longest * (0.5 + 0.5 * jitter())));
  if (answer.retry_after) {
    if (*answer.retry_after > retries.max_retry_after) {
      if (options_.told_to_wait) options_.told_to_wait(request_.url, *answer.retry_after);
      return false;
    }
    delay = std::max<milliseconds>(delay, *answer.retry_after);
  }
  sleep(delay);
  return true;
}

double HttpExchange::jitter() const {
  if (options_.clock.jitter) return std::clamp(options_.clock.jitter(), 0.0, 1.0);
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution(0.0, 1.0)(random);
}

void HttpExchange::sleep(milliseconds delay) const {
  if (options_.clock.sleep) return options_.clock.sleep(delay);
  constexpr milliseconds kStep{200};
  while (delay > milliseconds(0) && !(options_.cancelled && options_.cancelled())) {
    std::this_thread::sleep_for(std::min(delay, kStep));
    delay -= kStep;
  }
}

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
