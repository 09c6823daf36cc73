#pragma once

#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/environment.h"
#include "core/net/http.h"

namespace seaworthy {

struct AwsCredentials {
  std::string access_key, secret_key, session_token;
  std::optional<UnixSeconds> expires;
  std::string source;  // "the environment", "profile staging", ...: for messages
};

// Whoever this process is to AWS, asked in the order of Amazon's own tools:
//   1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
//   2. AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN (Kubernetes): STS
//   3. the profile AWS_PROFILE (default "default") of ~/.aws/credentials and ~/.aws/config: keys,
//      a role with source_profile, credential_source or web_identity_token_file
//   4. AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI (ECS, EKS pod identity)
//   5. the instance metadata service, version 2 (EC2), unless AWS_EC2_METADATA_DISABLED
// The first that is configured decides: its failure is an error that names it, never a reason to go
// on as somebody else. kNotFound: none is configured. kUnsupported: a profile that needs another
// program (credential_process, SSO).
// `region`: of what the credentials are for; STS is asked there where neither the environment nor
// the profile names another.
Result<AwsCredentials> find_aws_credentials(const HttpClient& http, const Environment& environment,
                                            const std::string& region = "us-east-1");

// Sends a request that may be repeated. What AWS throttles (HTTP 400 with a code that says so) is
// asked again like any other failure that may pass.
Result<HttpResponse> send_to_aws(const HttpClient& http, const HttpRequest& request);

// The first line of AWS's own message, for people; "" where it holds `secret`. What follows in the
// lines behind may repeat the request, signature and token included.
std::string aws_words(std::string_view message, std::string_view secret);

// The address of a service ("ecr", "sts"): AWS_ENDPOINT_URL_<SERVICE> or AWS_ENDPOINT_URL where
// set, else `usual`.
Result<Url> aws_endpoint(std::string_view service, std::string_view usual,
                         const Environment& environment);

}  // namespace seaworthy
