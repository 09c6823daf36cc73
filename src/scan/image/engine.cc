// Images of a Docker or Podman engine, over the Docker Engine API, which podman speaks too. Two
// requests, both without a version, so that the engine answers in its newest one:
//
//   GET /images/NAME/json   whether there is such an image, and how large it is
//   GET /images/NAME/get    what `docker save NAME` writes, as a stream
//
// The stream is spooled: an archive names its layers at its end, and layers are read in parallel.
// The rejected design reads the engine's storage below /var/lib: it needs root, and every storage
// driver has another form.
#include "scan/image/engine.h"

#include <unistd.h>

#include <chrono>

#include "core/codec/json.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxAnswerBytes = 16 * kMiB;
// An engine may put an image together for minutes before its first byte.
constexpr std::chrono::seconds kIdleTimeout{600};

std::string host_variable(EngineKind kind) {
  return kind == EngineKind::kDocker ? "DOCKER_HOST" : "CONTAINER_HOST";
}

std::vector<std::string> usual_sockets(EngineKind kind, const Environment& environment) {
  const std::string run = environment("XDG_RUNTIME_DIR");
  const std::string home = environment("HOME");
  std::vector<std::string> paths;
  if (kind == EngineKind::kDocker) {
    paths.emplace_back("/var/run/docker.sock");
    if (!run.empty()) paths.push_back(run + "/docker.sock");
    if (!home.empty()) paths.push_back(home + "/.docker/run/docker.sock");
    return paths;
  }
  if (!run.empty()) paths.push_back(run + "/podman/podman.sock");
  paths.push_back("/run/user/" + std::to_string(::getuid()) + "/podman/podman.sock");
  paths.emplace_back("/run/podman/podman.sock");
  return paths;
}

Result<EngineAddress> through_socket(const std::string& path) {
  if (::access(path.c_str(), R_OK | W_OK) != 0) {
    Error error = errno_error(errno, "open engine socket", path);
    if (error.code == ErrorCode::kPermissionDenied) {
      error.message += "; run as a user who may use the engine";
    }
    return error;
  }
  ASSIGN_OR_RETURN(Url url, parse_url("http://localhost/"));
  return EngineAddress{path, std::move(url), {}};
}

Result<EngineAddress> over_tcp(const std::string& host, const std::string& variable,
                               const Environment& environment) {
  const bool secure = host.starts_with("https://") || !environment("DOCKER_TLS_VERIFY").empty();
  const std::string authority = host.substr(host.find("://") + 3);
  auto url = parse_url((secure ? "https://" : "http://") + authority);
  if (!url) return std::move(url).error().during(variable);
  EngineAddress address{"", *std::move(url), {}};
  if (!secure) return address;
  std::string directory = environment("DOCKER_CERT_PATH");
  if (directory.empty()) directory = environment("HOME") + "/.docker";
  address.tls.ca_file = directory + "/ca.pem";
  address.tls.certificate_file = directory + "/cert.pem";
  address.tls.key_file = directory + "/key.pem";
  return address;
}

// The engine's own words: {"message": "..."} of docker, {"cause": ..., "message": ...} of podman.
std::string message_of(const HttpResponse& response, const Limits& limits) {
  JsonDocument document;
  std::string said;
  if (document.parse(response.body, limits)) said = document.root()["message"].text();
  if (said.empty()) said = response.body;
  for (char& c : said) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return said.substr(0, 300);
}

class Engine {
 public:
  Engine(const EngineExport& wanted, EngineAddress address)
      : wanted_(wanted), address_(std::move(address)), client_(options(address_)) {}

  Status check() const {
    HttpRequest request = request_for("/json");
    request.max_body_bytes = kMaxAnswerBytes;
    ASSIGN_OR_RETURN(const HttpResponse response, client_.send(request));
    if (!response.ok()) return refused(response);
    JsonDocument document;
    Status parsed = document.parse(response.body, wanted_.limits);
    if (!parsed) return std::move(parsed).error().during("description of the image");
    const std::int64_t bytes = document.root()["Size"].integer();
    if (bytes > 0 && static_cast<std::uint64_t>(bytes) > wanted_.limits.spool_bytes) {
      return over_limit(wanted_.limits, &Limits::spool_bytes,
                        "an image of " + std::to_string(bytes) + " bytes");
    }
    return ok_status();
  }

  Result<Fd> save() const {
    ASSIGN_OR_RETURN(Fd spool, open_spool());
    HttpRequest request = request_for("/get");
    if (wanted_.platforms.size() == 1 && wanted_.kind == EngineKind::kDocker) {
      const Platform& one = wanted_.platforms.front();
      request.url.add_query("platform", R"({"os":")" + one.os + R"(","architecture":")" + one.arch +
                                            R"(","variant":")" + one.variant + "\"}");
    }
    request.max_body_bytes = wanted_.limits.spool_bytes + 1;
    std::uint64_t total = 0;
    ASSIGN_OR_RETURN(const HttpResponse response,
                     client_.download(request, [&](std::string_view block) -> Status {
                       total += block.size();
                       if (total > wanted_.limits.spool_bytes) {
                         return over_limit(wanted_.limits, &Limits::spool_bytes, "save the image");
                       }
                       Status written = write_all(spool.get(), block);
                       if (!written) return std::move(written).error().during("spool");
                       return written;
                     }));
    if (!response.ok()) return refused(response);
    return spool;
  }

 private:
  static HttpOptions options(const EngineAddress& address) {
    HttpOptions options;
    options.idle_timeout = kIdleTimeout;
    options.retries.tries = 1;  // an engine on this machine that fails, fails again
    options.proxies = {};
    options.tls = address.tls;
    return options;
  }

  HttpRequest request_for(std::string_view what) const {
    HttpRequest request;
    request.url = address_.url;
    if (!request.url.path.ends_with('/')) request.url.path += '/';
    request.url.path += "images/" + percent_encode(wanted_.image, "/:@") + std::string(what);
    request.unix_socket = address_.unix_socket;
    request.follow_redirects = false;
    return request;
  }

  Error refused(const HttpResponse& response) const {
    const std::string engine(name_of(wanted_.kind));
    const std::string said = message_of(response, wanted_.limits);
    if (response.status == 404) {
      return {ErrorCode::kNotFound, "the engine has no such image (" + said +
                                        "); pull it first: " + engine + " pull " + wanted_.image};
    }
    return {ErrorCode::kUnavailable,
            "the engine answers " + std::to_string(response.status) + ": " + said};
  }

  const EngineExport& wanted_;
  const EngineAddress address_;
  const HttpClient client_;
};

}  // namespace

std::string_view name_of(EngineKind kind) {
  return kind == EngineKind::kDocker ? "docker" : "podman";
}

Result<EngineAddress> find_engine(EngineKind kind, const Environment& environment) {
  const std::string variable = host_variable(kind);
  const std::string host = environment(variable.c_str());
  if (host.starts_with("unix://")) return through_socket(host.substr(7));
  if (host.starts_with("/")) return through_socket(host);
  if (host.starts_with("tcp://") || host.starts_with("http://") || host.starts_with("https://")) {
    return over_tcp(host, variable, environment);
  }
  if (!host.empty()) {
    return Error{ErrorCode::kUnsupported, variable + " names an engine by " +
                                              host.substr(0, host.find(':')) +
                                              ", which is not spoken; unix:// and tcp:// are"};
  }
  std::string looked;
  for (const std::string& path : usual_sockets(kind, environment)) {
    if (::access(path.c_str(), F_OK) == 0) return through_socket(path);
    looked += (looked.empty() ? "" : ", ") + path;
  }
  return Error{ErrorCode::kNotFound, "no " + std::string(name_of(kind)) +
                                         " engine: there is no socket at " + looked +
                                         "; start it, or set " + variable};
}

Result<std::shared_ptr<Fd>> export_image(const EngineExport& wanted) {
  const std::string name = std::string(name_of(wanted.kind)) + ":" + wanted.image;
  const auto named = [&](Error error) { return std::move(error).during(name); };
  auto address = find_engine(wanted.kind, wanted.environment);
  if (!address) return named(std::move(address).error());
  if (wanted.offline && address->unix_socket.empty()) {
    return named({ErrorCode::kUnavailable, "--offline: the engine is reached over the network"});
  }
  const Engine engine(wanted, *std::move(address));
  if (Status there = engine.check(); !there) return named(std::move(there).error());
  auto saved = engine.save();
  if (!saved) return named(std::move(saved).error());
  return std::make_shared<Fd>(*std::move(saved));
}

}  // namespace seaworthy
