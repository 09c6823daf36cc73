// The credential provider chain of the AWS SDKs ("Standardized credential providers" in the AWS
// SDKs and Tools Reference Guide). STS answers XML, of which four elements matter; everything else
// answers JSON. Whatever is read here is secret: messages say where something was read, never what.
#include "core/net/aws_credentials.h"

#include <algorithm>
#include <array>
#include <thread>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/codec/json.h"
#include "core/net/aws_profile.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxTokenBytes = 64 * kKiB;
constexpr int kMaxSourceProfiles = 8;
constexpr std::string_view kSessionName = "seaworthy";

// Metadata services are one hop away or not there at all.
HttpClient nearby_client(const HttpClient& http) {
  HttpOptions options = http.options();
  options.proxies = {};
  options.connect_timeout = std::chrono::milliseconds(1000);
  options.total_timeout = std::chrono::seconds(5);
  options.retries.tries = 2;
  return HttpClient(std::move(options));
}

Error refused(const HttpResponse& answer, std::string_view what) {
  return {ErrorCode::kPermissionDenied,
          std::string(what) + ": HTTP " + std::to_string(answer.status)};
}

// The text of the first element of that name; STS writes it without attributes or entities.
std::string element(std::string_view xml, const std::string& name) {
  const std::string open = "<" + name + ">";
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return "";
  const std::size_t end = xml.find("</" + name + ">", begin);
  if (end == std::string_view::npos) return "";
  return std::string(xml.substr(begin + open.size(), end - begin - open.size()));
}

Result<AwsCredentials> complete(AwsCredentials found, std::string_view expires) {
  if (found.access_key.empty() || found.secret_key.empty()) {
    return Error{ErrorCode::kInvalidInput, "the answer has no credentials"};
  }
  found.expires = parse_time(expires);
  return found;
}

Result<AwsCredentials> credentials_of_json(std::string_view json) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(json, Limits{}));
  const JsonValue root = document.root();
  AwsCredentials found{std::string(root["AccessKeyId"].text()),
                       std::string(root["SecretAccessKey"].text()),
                       std::string(root["Token"].text()),
                       {},
                       {}};
  return complete(std::move(found), root["Expiration"].text());
}

class CredentialChain {
 public:
  CredentialChain(const HttpClient& http, const Environment& environment,
                  const std::string& usual_region)
      : http_(http), environment_(environment), usual_region_(usual_region) {}

  Result<AwsCredentials> find() const {
    if (!environment_("AWS_ACCESS_KEY_ID").empty()) return from_variables();
    if (const std::string file = environment_("AWS_WEB_IDENTITY_TOKEN_FILE"); !file.empty()) {
      const std::string role = environment_("AWS_ROLE_ARN");
      return labelled(web_identity(file, role, region({}, role)),
                      "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE");
    }
    std::string name = environment_("AWS_PROFILE");
    const bool named = !name.empty();
    if (!named) name = "default";
    auto profile = read_aws_profile(name, environment_);
    if (!profile) return std::move(profile).error();
    if (named || says_who(*profile)) return labelled(from_profile(name, 0), "profile " + name);
    if (const auto url = container_url()) return labelled(from_container(*url), "the container");
    if (lower_case(environment_("AWS_EC2_METADATA_DISABLED")) != "true") {
      auto found = labelled(from_instance(), "the instance");
      if (found || found.error().code != ErrorCode::kUnavailable) return found;
    }
    return Error{ErrorCode::kNotFound,
                 "no AWS credentials in the environment, in a profile, in the container or on the "
                 "instance"};
  }

 private:
  static Result<AwsCredentials> labelled(Result<AwsCredentials> found, const std::string& source) {
    if (!found) return std::move(found).error().during("AWS credentials of " + source);
    found->source = source;
    return found;
  }

  static bool says_who(const AwsProfile& profile) {
    for (const char* key :
         {"aws_access_key_id", "role_arn", "credential_process", "sso_session", "sso_start_url"}) {
      if (profile.contains(key)) return true;
    }
    return false;
  }

  // Where STS is asked for a role. A partition (China, GovCloud) knows its own roles only.
  std::string region(const AwsProfile& profile, std::string_view role) const {
    for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
      if (std::string value = environment_(variable); !value.empty()) return value;
    }
    const auto found = profile.find("region");
    if (found != profile.end()) return found->second;
    struct Partition {
      std::string_view arn, regions, first;
    };
    constexpr std::array kOthers{Partition{"arn:aws-cn:", "cn-", "cn-north-1"},
                                 Partition{"arn:aws-us-gov:", "us-gov-", "us-gov-west-1"}};
    for (const Partition& other : kOthers) {
      const bool is_there = usual_region_.starts_with(other.regions);
      if (role.starts_with(other.arn) && !is_there) return std::string(other.first);
      if (role.starts_with("arn:aws:") && is_there) return "us-east-1";
    }
    return usual_region_;
  }

  Result<AwsCredentials> from_variables() const {
    AwsCredentials found{environment_("AWS_ACCESS_KEY_ID"),
                         environment_("AWS_SECRET_ACCESS_KEY"),
                         environment_("AWS_SESSION_TOKEN"),
                         {},
                         "the environment"};
    if (!found.secret_key.empty()) return found;
    return Error{ErrorCode::kUsage, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not"};
  }

  Result<AwsCredentials> from_profile(const std::string& name, int depth) const {
    if (depth > kMaxSourceProfiles) {
      return Error{ErrorCode::kUsage, "its source_profile leads round in a circle"};
    }
    ASSIGN_OR_RETURN(AwsProfile profile, read_aws_profile(name, environment_));
    if (profile.contains("role_arn")) return assume(profile, name, depth);
    if (profile.contains("aws_access_key_id")) {
      AwsCredentials found{profile["aws_access_key_id"],
                           profile["aws_secret_access_key"],
                           profile["aws_session_token"],
                           {},
                           {}};
      return complete(std::move(found), "");
    }
    if (says_who(profile)) {
      return Error{ErrorCode::kUnsupported,
                   "credential_process and SSO are not read; put the credentials into the "
                   "environment (aws configure export-credentials --format env)"};
    }
    return Error{ErrorCode::kNotFound, "there is no such profile with credentials"};
  }

  Result<AwsCredentials> assume(AwsProfile& profile, const std::string& name, int depth) const {
    if (profile.contains("web_identity_token_file")) {
      return web_identity(profile["web_identity_token_file"], profile["role_arn"],
                          region(profile, profile["role_arn"]));
    }
    ASSIGN_OR_RETURN(const AwsCredentials base, base_of(profile, name, depth));
    const std::string where = region(profile, profile["role_arn"]);
    HttpRequest request;
    request.aws = AwsSigning{base.access_key, base.secret_key, base.session_token, where, "sts"};
    std::string body =
        "Action=AssumeRole&Version=2011-06-15&RoleArn=" + percent_encode(profile["role_arn"]) +
        "&RoleSessionName=" + std::string(kSessionName);
    if (!profile["external_id"].empty()) {
      body += "&ExternalId=" + percent_encode(profile["external_id"]);
    }
    return ask_sts(std::move(request), std::move(body), where);
  }

  // Whoever asks for the role of a profile.
  Result<AwsCredentials> base_of(AwsProfile& profile, const std::string& name, int depth) const {
    const std::string source = profile["source_profile"];
    if (source.empty()) return from_source(profile["credential_source"]);
    if (source != name) {
      auto base = from_profile(source, depth + 1);
      if (!base) return std::move(base).error().during("its source_profile " + source);
      return base;
    }
    if (profile["aws_access_key_id"].empty() || profile["aws_secret_access_key"].empty()) {
      return Error{ErrorCode::kUsage, "its source_profile is itself, and it has no keys"};
    }
    return AwsCredentials{profile["aws_access_key_id"],
                          profile["aws_secret_access_key"],
                          profile["aws_session_token"],
                          {},
                          {}};
  }

  Result<AwsCredentials> from_source(const std::string& source) const {
    if (source == "Environment") {
      if (!environment_("AWS_ACCESS_KEY_ID").empty()) return from_variables();
      return Error{ErrorCode::kUsage,
                   "credential_source is Environment, and AWS_ACCESS_KEY_ID is not set"};
    }
    if (source == "Ec2InstanceMetadata") return from_instance();
    if (source == "EcsContainer") {
      if (const auto url = container_url()) return from_container(*url);
      return Error{ErrorCode::kUsage,
                   "credential_source is EcsContainer, and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI "
                   "is not set"};
    }
    return Error{ErrorCode::kUsage,
                 "role_arn takes a source_profile, or a credential_source that is Environment, "
                 "Ec2InstanceMetadata or EcsContainer"};
  }

  Result<AwsCredentials> web_identity(const std::string& file, const std::string& role,
                                      const std::string& region) const {
    if (role.empty()) return Error{ErrorCode::kUsage, "there is no role (AWS_ROLE_ARN)"};
    ASSIGN_OR_RETURN(const std::string token, read_file(file, kMaxTokenBytes));
    std::string session = environment_("AWS_ROLE_SESSION_NAME");
    if (session.empty()) session = kSessionName;
    return ask_sts({},
                   "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" +
                       percent_encode(role) + "&RoleSessionName=" + percent_encode(session) +
                       "&WebIdentityToken=" + percent_encode(trim(token)),
                   region);
  }

  Result<AwsCredentials> ask_sts(HttpRequest request, std::string body,
                                 const std::string& region) const {
    const std::string domain = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    ASSIGN_OR_RETURN(request.url,
                     aws_endpoint("sts", "https://sts." + region + domain + "/", environment_));
    request.method = "POST";
    request.body = std::move(body);
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    request.may_repeat = true;
    request.follow_redirects = false;  // the body holds a token
    const std::string secret = request.aws ? request.aws->session_token : "";
    ASSIGN_OR_RETURN(const HttpResponse answer, send_to_aws(http_, request));
    if (!answer.ok()) {
      const std::string code = aws_words(element(answer.body, "Code"), secret);
      const std::string words = aws_words(element(answer.body, "Message"), secret);
      Error error = refused(answer, "ask STS for a role" + (code.empty() ? "" : " (" + code + ")"));
      if (!words.empty()) error.message += ": " + words;
      return error;
    }
    return complete({element(answer.body, "AccessKeyId"),
                     element(answer.body, "SecretAccessKey"),
                     element(answer.body, "SessionToken"),
                     {},
                     {}},
                    element(answer.body, "Expiration"));
  }

  std::optional<std::string> container_url() const {
    if (const std::string path = environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        !path.empty()) {
      return "http://169.254.170.2" + path;
    }
    const std::string url = environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    return url.empty() ? std::nullopt : std::optional(url);
  }

  Result<AwsCredentials> from_container(const std::string& address) const {
    HttpRequest request;
    ASSIGN_OR_RETURN(request.url, parse_url(address));
    // The SDKs' rule: a token goes in the clear only to the machine's own agents.
    constexpr std::array<std::string_view, 3> kAgents{"169.254.170.2", "169.254.170.23",
                                                      "fd00:ec2::23"};
    const bool near = is_loopback(request.url.host) ||
                      std::find(kAgents.begin(), kAgents.end(), request.url.host) != kAgents.end();
    if (request.url.scheme != "https" && !near) {
      return Error{ErrorCode::kUsage,
                   "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor local"};
    }
    std::string token = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const std::string file = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        !file.empty()) {
      ASSIGN_OR_RETURN(token, read_file(file, kMaxTokenBytes));
    }
    if (!token.empty()) request.headers = {{"Authorization", std::string(trim(token))}};
    ASSIGN_OR_RETURN(const HttpResponse answer, nearby_client(http_).send(request));
    if (!answer.ok()) return refused(answer, "ask the container's agent");
    return credentials_of_json(answer.body);
  }

  // Version 2 only: a token first, so that a request forged through a proxy gets nothing.
  Result<AwsCredentials> from_instance() const {
    std::string base = environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (base.empty()) base = "http://169.254.169.254";
    while (base.ends_with('/')) base.pop_back();
    const HttpClient http = nearby_client(http_);
    HttpRequest request;
    ASSIGN_OR_RETURN(request.url, parse_url(base + "/latest/api/token"));
    request.method = "PUT";
    request.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "300"}};
    auto token = http.send(request);
    if (!token || !token->ok()) {
      return Error{ErrorCode::kUnavailable, "there is no metadata service"};
    }
    request.method = "GET";
    request.headers = {{"X-aws-ec2-metadata-token", std::string(trim(token->body))}};
    const std::string list = base + "/latest/meta-data/iam/security-credentials/";
    ASSIGN_OR_RETURN(request.url, parse_url(list));
    ASSIGN_OR_RETURN(const HttpResponse roles, http.send(request));
    const std::string role(trim(roles.body.substr(0, roles.body.find('\n'))));
    if (roles.status == 404 || role.empty()) {
      return Error{ErrorCode::kUnavailable, "the instance has no role"};
    }
    if (!roles.ok()) return refused(roles, "ask for the instance's role");
    ASSIGN_OR_RETURN(request.url, parse_url(list + percent_encode(role)));
    ASSIGN_OR_RETURN(const HttpResponse answer, http.send(request));
    if (!answer.ok()) return refused(answer, "ask for the role's credentials");
    return credentials_of_json(answer.body);
  }

  const HttpClient& http_;
  const Environment& environment_;
  const std::string usual_region_;
};

}  // namespace

Result<AwsCredentials> find_aws_credentials(const HttpClient& http, const Environment& environment,
                                            const std::string& region) {
  return CredentialChain(http, environment, region).find();
}

Result<HttpResponse> send_to_aws(const HttpClient& http, const HttpRequest& request) {
  const HttpRetries& retries = http.options().retries;
  const auto& sleep = http.options().clock.sleep;
  const int most = request.tries.value_or(retries.tries);
  for (int tries = 1;; ++tries) {
    ASSIGN_OR_RETURN(HttpResponse answer, http.send(request));
    // "ThrottlingException" in JSON, "Throttling" or "RequestLimitExceeded" in XML.
    const bool throttled =
        answer.status == 400 && (answer.body.find("Throttl") != std::string::npos ||
                                 answer.body.find("TooManyRequests") != std::string::npos ||
                                 answer.body.find("RequestLimitExceeded") != std::string::npos);
    if (!throttled || tries >= most) return answer;
    const auto delay =
        std::min(retries.first_delay * (1 << std::min(tries, 10)), retries.max_delay);
    sleep ? sleep(delay) : std::this_thread::sleep_for(delay);
  }
}

std::string aws_words(std::string_view message, std::string_view secret) {
  constexpr std::size_t kMaxBytes = 300;
  if (!secret.empty() && message.find(secret) != std::string_view::npos) return "";
  std::string shown(message.substr(0, std::min(message.find_first_of("\r\n"), kMaxBytes)));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return shown;
}

Result<Url> aws_endpoint(std::string_view service, std::string_view usual,
                         const Environment& environment) {
  std::string variable = "AWS_ENDPOINT_URL_";
  for (const char c : service) {
    variable += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  std::string address;
  if (lower_case(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) != "true") {
    address = environment(variable.c_str());
    if (address.empty()) address = environment("AWS_ENDPOINT_URL");
  }
  if (address.empty()) return parse_url(usual);
  auto url = parse_url(address);
  if (!url) return std::move(url).error().during(variable);
  return url;
}

}  // namespace seaworthy
