// Amazon ECR hands out a password for twelve hours (GetAuthorizationToken, ECR API 2015-09-21; for
// the public gallery the API of ECR Public, which is in us-east-1 only). The user is always "AWS".
#include "scan/image/ecr.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "core/net/aws_credentials.h"

namespace seaworthy {
namespace {

constexpr UnixSeconds kUsualLifetime = 12 * 3600;

// Takes the first label, up to a dot, off the front.
std::string_view take_label(std::string_view& host) {
  const std::size_t dot = std::min(host.find('.'), host.size());
  const std::string_view label = host.substr(0, dot);
  host.remove_prefix(std::min(dot + 1, host.size()));
  return label;
}

bool is_region(std::string_view text) {
  return text.size() >= 9 && text.size() <= 30 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::string usual_endpoint(const EcrRegistry& registry) {
  if (registry.is_public) return "https://api.ecr-public.us-east-1.amazonaws.com/";
  const std::string domain = registry.china ? ".amazonaws.com.cn/" : ".amazonaws.com/";
  if (registry.fips) return "https://ecr-fips." + registry.region + domain;
  return "https://api.ecr." + registry.region + domain;
}

Result<EcrLogin> read_login(std::string_view json, const EcrRegistry& registry) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(json, Limits{}));
  JsonValue data = document.root()["authorizationData"];
  if (!registry.is_public) {
    const std::vector<JsonValue> all = data.elements();
    if (!all.empty()) data = all.front();
  }
  const auto plain = from_base64(data["authorizationToken"].text());
  const std::size_t colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return Error{ErrorCode::kInvalidInput, "the answer has no authorization token"};
  }
  // ECR writes seconds since 1970 with a fraction, ECR Public too.
  const double expires = data["expiresAt"].real();
  return EcrLogin{
      {plain->substr(0, colon), plain->substr(colon + 1), ""},
      expires > 0 && expires < 1e11 ? static_cast<UnixSeconds>(expires) : now() + kUsualLifetime};
}

}  // namespace

std::optional<EcrRegistry> parse_ecr_host(std::string_view host) {
  if (host == "public.ecr.aws") return EcrRegistry{"us-east-1", false, false, true};
  const std::string_view account = take_label(host);
  const bool is_account =
      account.size() == 12 &&
      std::all_of(account.begin(), account.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_account) return std::nullopt;
  EcrRegistry registry;
  std::string_view service = take_label(host);
  const bool dual_stack = service.starts_with("dkr-ecr");
  if (dual_stack) {
    service.remove_prefix(4);
  } else if (service == "dkr") {
    service = take_label(host);
  }
  if (service != "ecr" && service != "ecr-fips") return std::nullopt;
  registry.fips = service == "ecr-fips";
  registry.region = take_label(host);
  if (!is_region(registry.region)) return std::nullopt;
  registry.china = host == "amazonaws.com.cn" || host == "on.amazonwebservices.com.cn";
  if (!registry.china && host != "amazonaws.com" && host != "on.aws") return std::nullopt;
  return registry;
}

Result<EcrLogin> log_in_to_ecr(const EcrRegistry& registry, const HttpClient& http,
                               const Environment& environment) {
  ASSIGN_OR_RETURN(const AwsCredentials who,
                   find_aws_credentials(http, environment, registry.region));
  HttpRequest request;
  request.method = "POST";
  request.may_repeat = true;
  request.follow_redirects = false;
  request.body = "{}";
  const std::string target = registry.is_public
                                 ? "SpencerFrontendService.GetAuthorizationToken"
                                 : "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
  request.headers = {{"Content-Type", "application/x-amz-json-1.1"}, {"X-Amz-Target", target}};
  const std::string service = registry.is_public ? "ecr-public" : "ecr";
  ASSIGN_OR_RETURN(request.url, aws_endpoint(service, usual_endpoint(registry), environment));
  request.aws =
      AwsSigning{who.access_key, who.secret_key, who.session_token, registry.region, service};
  ASSIGN_OR_RETURN(const HttpResponse answer, send_to_aws(http, request));
  if (answer.ok()) return read_login(answer.body, registry);
  JsonDocument document;
  std::string why =
      "ECR GetAuthorizationToken as " + who.source + ": HTTP " + std::to_string(answer.status);
  if (document.parse(answer.body, Limits{})) {
    const JsonValue root = document.root();
    const JsonValue lower = root["message"];  // both are in use
    const std::string kind = aws_words(root["__type"].text(), who.session_token);
    const std::string words =
        aws_words(lower.text().empty() ? root["Message"].text() : lower.text(), who.session_token);
    why += (kind.empty() ? "" : " " + kind) + (words.empty() ? "" : ": " + words);
  }
  return Error{ErrorCode::kPermissionDenied, std::move(why)};
}

}  // namespace seaworthy
