#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace seaworthy {

struct RegistryCredentials {
  std::string user, password;
  std::string identity_token;  // an OAuth2 refresh token, instead of user and password
};

// Asks `docker-credential-NAME get` for a server. The one program that is ever started besides our
// own workers, because Docker keeps most users' credentials nowhere else (decision 0008): executed
// directly, never through a shell, with a time limit and bounded output. Empty where the program
// knows no credentials for this server. kNotFound: no such program; kTimedOut; kUnavailable: it
// failed; kUsage: a name that is no file name.
Result<std::optional<RegistryCredentials>> ask_credential_helper(
    const std::string& name, const std::string& server,
    std::chrono::milliseconds time = std::chrono::seconds(30));

}  // namespace seaworthy
