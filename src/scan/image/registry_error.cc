#include "scan/image/registry_error.h"

#include "core/codec/json.h"

namespace seaworthy {
namespace {

ErrorCode code_of(int status) {
  if (status == 401 || status == 403) return ErrorCode::kPermissionDenied;
  if (status == 404) return ErrorCode::kNotFound;
  if (status == 408 || status == 429 || status >= 500) return ErrorCode::kUnavailable;
  return ErrorCode::kInvalidInput;
}

// The first entry of {"errors": [{"code", "message"}]} (OCI distribution-spec, "Error Codes").
std::string own_words(std::string_view body) {
  JsonDocument document;
  if (!document.parse(body, Limits{})) return "";
  const std::vector<JsonValue> errors = document.root()["errors"].elements();
  if (errors.empty()) return "";
  const std::string code = shown_text(errors.front()["code"].text(), 60);
  const std::string message = shown_text(errors.front()["message"].text());
  return (code.empty() ? "" : " " + code) + (message.empty() ? "" : ": " + message);
}

std::string rate_words(const HttpResponse& answer) {
  std::string words;
  const RateLimit& rate = answer.rate_limit;
  if (rate.limit) {
    words += "; the registry grants " + std::to_string(*rate.limit) + " requests";
    if (rate.window) words += " in " + std::to_string(rate.window->count()) + " s";
    if (rate.remaining) words += ", " + std::to_string(*rate.remaining) + " are left";
  }
  if (answer.retry_after) {
    words += "; it asks to wait " + std::to_string(answer.retry_after->count()) + " s";
  }
  return words;
}

}  // namespace

std::string shown_text(std::string_view text, std::size_t max_bytes) {
  std::string shown;
  for (const char c : text.substr(0, max_bytes)) {
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return shown + (text.size() > max_bytes ? "..." : "");
}

Error registry_error(const HttpResponse& answer) {
  std::string message = "HTTP " + std::to_string(answer.status) + own_words(answer.body);
  if (answer.status == 407) {
    message +=
        "; the proxy wants to know who asks: user and password go into HTTP_PROXY, "
        "http://USER:PASSWORD@HOST";
  }
  if (answer.status == 429) message += rate_words(answer);
  return {code_of(answer.status), std::move(message)};
}

}  // namespace seaworthy
