#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/environment.h"
#include "core/net/http.h"
#include "scan/image/credential_helper.h"

namespace seaworthy {

// A registry of Amazon ECR, as its host name says:
// ACCOUNT.dkr.ecr[-fips].REGION.amazonaws.com[.cn], ACCOUNT.dkr-ecr[-fips].REGION.on.aws, or
// public.ecr.aws.
struct EcrRegistry {
  std::string region;
  bool fips = false, china = false, is_public = false;
};
std::optional<EcrRegistry> parse_ecr_host(std::string_view host);

struct EcrLogin {
  RegistryCredentials credentials;
  UnixSeconds expires = 0;
};
// GetAuthorizationToken with whatever AWS credentials this process has. kNotFound: it has none.
Result<EcrLogin> log_in_to_ecr(const EcrRegistry& registry, const HttpClient& http,
                               const Environment& environment);

}  // namespace seaworthy
