// Downloads that are continued where they broke off (RFC 9110: Range, If-Range, Content-Range). Two
// parts are joined only where something says that they are parts of the same bytes: an ETag that
// names exactly these bytes, or the caller, who knows their digest.
#include <algorithm>

#include "core/net/http_exchange.h"

namespace seaworthy {
namespace {

constexpr int kMaxContinuations = 100;  // of one download, however little each one brings

// An ETag that names exactly these bytes, not only their meaning.
std::string strong_etag(const HttpResponse& response) {
  const std::string_view etag = response.header("ETag");
  return etag.starts_with('"') ? std::string(etag) : "";
}

Error changed() {
  return {ErrorCode::kConflict, "the content changed while it was downloaded"};
}

}  // namespace

Result<HttpResponse> HttpExchange::download(const HttpSink& sink) {
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
      result.error = {ErrorCode::kUnavailable, "the answer ended after " + std::to_string(given_) +
                                                   " of " + std::to_string(*expected_) + " bytes"};
      result.transient = true;
    }
    const bool passing =
        result.error ? result.transient : is_passing_status(result.response.status);
    if (!passing || !wait_before_retry(tries, result)) {
      return outcome(std::move(result));
    }
    RETURN_IF_ERROR(check_cancelled());
  }
  return failure({ErrorCode::kUnavailable,
                  "broke off more than " + std::to_string(kMaxContinuations) + " times"});
}

// The request for what is still missing.
HttpRequest HttpExchange::continuation(std::uint64_t base) const {
  HttpRequest rest = request_;
  if (given_ == 0) return rest;
  rest.range = ByteRange{base + given_, request_.range ? request_.range->last : std::nullopt};
  if (!etag_.empty()) rest.headers.push_back({"If-Range", etag_});
  return rest;
}

// Looks at a header: where the body that follows begins, and whether it is still the same one.
Status HttpExchange::begin(const HttpResponse& head, std::uint64_t base) {
  skip_ = 0;
  if (!head.ok()) return ok_status();
  const std::string etag = strong_etag(head);
  if (given_ > 0 && !etag_.empty() && !etag.empty() && etag != etag_) return changed();
  if (head.status == 206) {
    RETURN_IF_ERROR(begin_part(head, base + given_));
  } else if (request_.needs_range) {
    return Error{ErrorCode::kUnsupported, "the server does not give parts (Range)"};
  } else if (given_ > 0 || base > 0) {
    // The server does not do ranges, or has a new version (RFC 9110, 13.1.5).
    if (given_ > 0 && !request_.immutable && (etag_.empty() || etag != etag_)) return changed();
    skip_ = base + given_;
  }
  if (given_ == 0) etag_ = etag;
  return learn_size(head, base);
}

Status HttpExchange::begin_part(const HttpResponse& head, std::uint64_t wanted) {
  const auto range = parse_content_range(head.header("Content-Range"));
  if (range && range->first == wanted && (request_.range || given_ > 0)) return ok_status();
  return Error{ErrorCode::kInvalidInput, "asked for bytes from " + std::to_string(wanted) +
                                             ", the answer has " +
                                             (range ? "bytes from " + std::to_string(range->first)
                                                    : std::string("no valid Content-Range"))};
}

// How many bytes the sink is going to get in all, where the header says so.
Status HttpExchange::learn_size(const HttpResponse& head, std::uint64_t base) {
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

Status HttpExchange::take(std::string_view block, const HttpSink& sink) {
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

}  // namespace seaworthy
