#pragma once

#include <optional>
#include <string>

#include "core/base/environment.h"
#include "core/base/result.h"
#include "scan/image/credential_helper.h"
#include "scan/image/reference.h"

namespace seaworthy {

// What `docker login` and `podman login` have kept for this registry. The files, the first that
// names it wins: `auth_file` alone where it is not ""; else REGISTRY_AUTH_FILE, podman's auth.json,
// and config.json below DOCKER_CONFIG or ~/.docker. Within a file: a credential helper of that
// registry, `auths`, the common store. A file that is not there is passed over, unless it was asked
// for by name; one that cannot be read is an Error, because going on without would be going on as
// somebody else. Messages never hold what a file says.
Result<std::optional<RegistryCredentials>> find_docker_credentials(const Reference& reference,
                                                                   const std::string& auth_file,
                                                                   const Environment& environment);

// Reads one such file's text. Also what the tests and the fuzz target call.
Result<std::optional<RegistryCredentials>> credentials_in_file(std::string_view json,
                                                               const Reference& reference);

}  // namespace seaworthy
