#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/net/http_transfer.h"

namespace seaworthy {

// One call of HttpClient: send() in http.cc, download() in http_download.cc.
class HttpExchange {
 public:
  // Both must outlive the exchange.
  HttpExchange(const HttpClient& client, const HttpRequest& request)
      : client_(client), options_(client.options_), request_(request) {}

  Result<HttpResponse> send();
  Result<HttpResponse> download(const HttpSink& sink);

 private:
  using Begin = std::function<Status(const HttpResponse& head)>;

  Status check();
  Status check_cancelled() const;
  Error failure(Error error) const {
    return std::move(error).during(request_.method + " " + request_.url.shown());
  }
  UnixSeconds time() const { return options_.clock.now ? options_.clock.now() : now(); }
  Result<HttpResponse> outcome(TransferResult result) const;
  // One transfer, and those that redirects lead to.
  TransferResult follow(HttpRequest request, const Begin& begin, const HttpSink& sink);
  TransferResult transfer(const HttpRequest& request, const Begin& begin, const HttpSink& sink);
  // False where this was the last try, or the server wants a longer wait than we are ready for.
  bool wait_before_retry(int tries, const TransferResult& result);
  double jitter() const;
  void sleep(std::chrono::milliseconds delay) const;

  HttpRequest continuation(std::uint64_t base) const;
  Status begin(const HttpResponse& head, std::uint64_t base);
  Status begin_part(const HttpResponse& head, std::uint64_t wanted);
  Status learn_size(const HttpResponse& head, std::uint64_t base);
  Status take(std::string_view block, const HttpSink& sink);
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

bool is_passing_status(int status);  // it may be another one if asked again

}  // namespace seaworthy
