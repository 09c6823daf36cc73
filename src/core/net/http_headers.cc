// What single headers of an answer say (RFC 9110; RateLimit-* of the IETF draft and as registries
// send them). Every value is the server's word: whatever does not parse counts as not sent.
#include <curl/curl.h>

#include <charconv>

#include "core/base/text.h"
#include "core/net/http.h"

namespace seaworthy {
namespace {

// Digits at the front of `text`, taken off it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  const auto value = take_number(text);
  return text.empty() ? value : std::nullopt;
}

constexpr std::uint64_t kMaxSeconds = 10ULL * 365 * 24 * 3600;  // no longer wait means anything

std::optional<std::chrono::seconds> seconds_of(std::optional<std::uint64_t> number) {
  if (!number) return std::nullopt;
  return std::chrono::seconds(std::min(*number, kMaxSeconds));
}

std::string_view find_rate_header(const std::vector<HttpHeader>& headers, std::string_view name) {
  const std::string_view found = find_header(headers, "RateLimit-" + std::string(name));
  return found.empty() ? find_header(headers, "X-RateLimit-" + std::string(name)) : found;
}

}  // namespace

std::string_view find_header(const std::vector<HttpHeader>& headers, std::string_view name) {
  for (const HttpHeader& header : headers) {
    if (lower_case(header.name) == lower_case(name)) return header.value;
  }
  return {};
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, UnixSeconds now) {
  value = trim(value);
  if (const auto seconds = seconds_of(whole_number(value))) return seconds;
  if (value.empty() || value.size() > 64) return std::nullopt;
  const std::time_t date = curl_getdate(std::string(value).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return seconds_of(date > now ? static_cast<std::uint64_t>(date - now) : 0);
}

RateLimit parse_rate_limit(const std::vector<HttpHeader>& headers) {
  RateLimit rate;
  std::string_view limit = find_rate_header(headers, "Limit");
  rate.limit = take_number(limit);
  std::string_view remaining = find_rate_header(headers, "Remaining");
  rate.remaining = take_number(remaining);
  for (const std::string_view rest : {limit, remaining}) {
    const std::size_t at = rest.find("w=");
    std::string_view window = at == std::string_view::npos ? "" : rest.substr(at + 2);
    if (!rate.window) rate.window = seconds_of(take_number(window));
  }
  rate.reset = seconds_of(whole_number(find_rate_header(headers, "Reset")));
  return rate;
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
  if (lower_case(value.substr(0, 6)) != "bytes ") return std::nullopt;
  value = trim(value.substr(6));
  ContentRange range;
  const auto first = take_number(value);
  if (!first || !value.starts_with('-')) return std::nullopt;
  value.remove_prefix(1);
  const auto last = take_number(value);
  if (!last || *last < *first || !value.starts_with('/')) return std::nullopt;
  value.remove_prefix(1);
  range.first = *first;
  range.last = *last;
  if (value == "*") return range;
  range.total = whole_number(value);
  if (!range.total || *range.total <= range.last) return std::nullopt;
  return range;
}

}  // namespace seaworthy
