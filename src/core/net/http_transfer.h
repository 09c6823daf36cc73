#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/net/http.h"

namespace seaworthy {

// What one request over one connection came to. libcurl is known to http_transfer.cc only.
struct TransferResult {
  HttpResponse response;
  bool answered = false;       // the header is complete
  std::optional<Error> error;  // what ended it early
  bool transient = false;      // the error may pass
};

struct Transfer {
  const HttpRequest* request;       // not owned
  std::vector<HttpHeader> headers;  // all that are sent, authorization among them
  // Called once with the header when the body begins, for every status; may be empty. An Error
  // ends the transfer.
  std::function<Status(const HttpResponse& head)> begin;
  HttpSink sink;  // takes 2xx bodies; empty: they go to response.body
  std::uint64_t max_body_bytes;
};

// A libcurl easy handle and the connections it keeps. One thread at a time.
class TransferHandle {
 public:
  TransferHandle();
  TransferHandle(TransferHandle&&) noexcept;
  TransferHandle& operator=(TransferHandle&&) noexcept;
  ~TransferHandle();

  TransferResult run(const Transfer& transfer, const HttpOptions& options);

 private:
  struct Close {
    void operator()(void* handle) const;
  };
  std::unique_ptr<void, Close> handle_;
};

}  // namespace seaworthy
