// Authentication to registries (OCI distribution-spec leaves it open; this is what all of them do,
// "Token Authentication Specification" of the distribution project): 401 with a challenge, for
// Bearer a token server that gives a short-lived token for one scope, with Basic credentials, an
// OAuth2 refresh token, or nobody's.
#include "scan/image/registry_auth.h"

#include <algorithm>

#include "core/codec/json.h"
#include "scan/image/docker_credentials.h"
#include "scan/image/ecr.h"
#include "scan/image/registry_error.h"

namespace seaworthy {
namespace {

const AuthChallenge* find_scheme(const std::vector<AuthChallenge>& all, std::string_view scheme) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const AuthChallenge& each) { return each.scheme == scheme; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<AuthChallenge> challenges_of(const HttpResponse& refusal) {
  std::vector<AuthChallenge> all;
  for (const HttpHeader& header : refusal.headers) {
    if (find_header({header}, "WWW-Authenticate").empty()) continue;
    for (AuthChallenge& each : parse_challenges(header.value)) all.push_back(std::move(each));
  }
  return all;
}

Result<std::string> token_in(std::string_view json) {
  JsonDocument document;
  if (!document.parse(json, Limits{})) {
    return Error{ErrorCode::kInvalidInput, "the token server's answer is no JSON"};
  }
  const JsonValue root = document.root();
  std::string token(root["token"].text());
  if (token.empty()) token = root["access_token"].text();
  if (token.empty()) {
    return Error{ErrorCode::kInvalidInput, "the token server's answer has no token"};
  }
  return token;
}

// The scopes of a challenge stand in one parameter, in the question each has its own.
std::vector<std::string> scopes_of(const AuthChallenge& challenge, const Reference& reference) {
  std::vector<std::string> scopes;
  std::string_view left = challenge.scope;
  while (!left.empty()) {
    const std::size_t space = std::min(left.find(' '), left.size());
    if (space > 0) scopes.emplace_back(left.substr(0, space));
    left.remove_prefix(std::min(space + 1, left.size()));
  }
  if (scopes.empty()) scopes.push_back("repository:" + reference.repository + ":pull");
  return scopes;
}

std::string form_of(const std::vector<HttpHeader>& fields) {
  std::string form;
  for (const HttpHeader& field : fields) {
    form +=
        (form.empty() ? "" : "&") + percent_encode(field.name) + "=" + percent_encode(field.value);
  }
  return form;
}

}  // namespace

int RegistryAuth::authorize(HttpRequest& request) {
  const std::scoped_lock lock(mutex_);
  if (basic_ && credentials_) {
    request.basic = BasicCredentials{credentials_->user, credentials_->password};
  }
  request.bearer = token_;
  return number_;
}

Result<bool> RegistryAuth::answer(const HttpResponse& refusal, const Url& asked, bool verified,
                                  int number) {
  const std::scoped_lock lock(mutex_);
  if (number != number_) return true;  // another thread was faster
  const std::vector<AuthChallenge> challenges = challenges_of(refusal);
  RETURN_IF_ERROR(find_credentials());
  if (const AuthChallenge* bearer = find_scheme(challenges, "bearer"); bearer != nullptr) {
    if (Status fetched = fetch_token(*bearer, asked, verified); !fetched) {
      return std::move(fetched).error().during("get a token");
    }
    ++number_;
    return true;
  }
  if (find_scheme(challenges, "basic") != nullptr) return answer_basic();
  return false;
}

Result<bool> RegistryAuth::answer_basic() {
  if (basic_ || !credentials_ || credentials_->password.empty()) return false;
  basic_ = true;
  ++number_;
  return true;
}

std::string RegistryAuth::advice() const {
  const std::scoped_lock lock(mutex_);
  if (credentials_) return "; the credentials for " + reference_.registry + " were not accepted";
  if (!why_none_.empty()) return "; " + why_none_;
  if (!looked_up_) return "";
  return "; there are no credentials for " + reference_.registry + ": log in with docker or podman";
}

Status RegistryAuth::find_credentials() {
  const bool expired = credentials_expire_ && now() >= *credentials_expire_;
  if (looked_up_ && !expired) return ok_status();
  if (expired) {
    basic_ = false;
    credentials_.reset();
  }
  looked_up_ = true;
  auto kept = find_docker_credentials(reference_, options_.auth_file, options_.environment);
  if (!kept) return std::move(kept).error().during("look up credentials");
  credentials_ = *std::move(kept);
  const auto ecr = parse_ecr_host(reference_.registry);
  if (credentials_ || !ecr) return ok_status();
  auto login = log_in_to_ecr(*ecr, http_, options_.environment);
  if (!login) {
    // The public gallery serves anybody. Elsewhere the registry's refusal will say that there was
    // nothing to offer, and this is why.
    if (!ecr->is_public && login.error().code != ErrorCode::kNotFound) {
      return std::move(login).error();
    }
    why_none_ = login.error().message;
    return ok_status();
  }
  credentials_ = std::move(login->credentials);
  credentials_expire_ = login->expires;
  return ok_status();
}

bool RegistryAuth::is_insecure(const Url& url) const {
  const auto& list = options_.insecure;
  return std::find(list.begin(), list.end(), url.authority()) != list.end() ||
         std::find(list.begin(), list.end(), url.host) != list.end();
}

Result<HttpRequest> RegistryAuth::token_request(const AuthChallenge& challenge, const Url& asked,
                                                bool verified) const {
  HttpRequest request;
  auto realm = parse_url(challenge.realm);
  if (!realm) return std::move(realm).error().during("realm");
  request.url = *std::move(realm);
  const bool same_host = request.url.host == asked.host;
  if (request.url.scheme != "https" && !is_insecure(request.url) && !(same_host && !verified)) {
    return Error{ErrorCode::kPermissionDenied,
                 "the registry names a token server without https, " + request.url.shown()};
  }
  if (credentials_ && !verified && !same_host && !is_insecure(request.url)) {
    return Error{ErrorCode::kPermissionDenied,
                 "the registry's identity is not verified, and it asks to send the credentials to "
                 "another host, " +
                     request.url.authority()};
  }
  const std::vector<std::string> scopes = scopes_of(challenge, reference_);
  if (credentials_ && !credentials_->identity_token.empty()) {
    std::string all;
    for (const std::string& scope : scopes) all += (all.empty() ? "" : " ") + scope;
    request.method = "POST";
    request.may_repeat = true;
    request.follow_redirects = false;  // the body is a secret
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = form_of({{"grant_type", "refresh_token"},
                            {"refresh_token", credentials_->identity_token},
                            {"client_id", "seaworthy"},
                            {"service", challenge.service},
                            {"scope", all}});
    return request;
  }
  if (!challenge.service.empty()) request.url.add_query("service", challenge.service);
  for (const std::string& scope : scopes) request.url.add_query("scope", scope);
  if (credentials_) request.basic = BasicCredentials{credentials_->user, credentials_->password};
  return request;
}

Status RegistryAuth::fetch_token(const AuthChallenge& challenge, const Url& asked, bool verified) {
  ASSIGN_OR_RETURN(HttpRequest request, token_request(challenge, asked, verified));
  request.max_body_bytes = 1 * kMiB;
  // What stood in the realm would otherwise become credentials that nobody chose.
  request.url.user.clear();
  request.url.password.clear();
  ASSIGN_OR_RETURN(const HttpResponse answer, http_.send(request));
  if (!answer.ok()) {
    Error error = registry_error(answer).during(request.url.shown());
    if (error.code == ErrorCode::kPermissionDenied && !credentials_) {
      error.message += "; there are no credentials for " + reference_.registry;
    }
    return error;
  }
  ASSIGN_OR_RETURN(token_, token_in(answer.body));
  return ok_status();
}

}  // namespace seaworthy
