#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/environment.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/image.h"
#include "core/net/http.h"

namespace seaworthy {

enum class EngineKind { kDocker, kPodman };
std::string_view name_of(EngineKind kind);  // "docker", "podman"

// How an engine is talked to: through a socket of this machine, or else over TCP.
struct EngineAddress {
  std::string unix_socket;  // "" for TCP
  Url url;                  // of the API's root
  HttpTls tls;
};

// $DOCKER_HOST or $CONTAINER_HOST (unix://PATH, tcp://HOST:PORT; DOCKER_TLS_VERIFY and
// DOCKER_CERT_PATH as docker's own client reads them), else the first socket that exists among the
// usual ones: of the machine and of the user, rootless engines and Docker Desktop included.
// kNotFound lists what was looked for; kUnsupported: ssh.
Result<EngineAddress> find_engine(EngineKind kind, const Environment& environment);

struct EngineExport {
  EngineKind kind = EngineKind::kDocker;
  std::string image;                // name or id, as the engine knows it
  std::vector<Platform> platforms;  // one: that one is asked for, where the engine can tell
  bool offline = false;             // only through a socket of this machine
  Limits limits;
  Environment environment = process_environment;
};

// The image as the archive that the engine's `save` writes, in an unlinked file.
// kNotFound: no engine, or it has no such image; kPermissionDenied: its socket; kLimitExceeded:
// larger than limits.spool_bytes; kUnavailable, kTimedOut: the engine does not answer.
Result<std::shared_ptr<Fd>> export_image(const EngineExport& wanted);

}  // namespace seaworthy
