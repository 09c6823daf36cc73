// Docker's config.json and podman's auth.json:
//
//   {"auths": {"ghcr.io": {"auth": base64("user:password")} or {"identitytoken": "..."}},
//    "credHelpers": {"gcr.io": "gcloud"}, "credsStore": "desktop"}
//
// Keys have been written in many ways: "host", "https://host", "https://host/v1/", and by podman
// "host/namespace" for a part of a registry, of which the longest that fits counts. Docker Hub is
// "https://index.docker.io/v1/".
#include "scan/image/docker_credentials.h"

#include <vector>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxConfigFileBytes = 4 * kMiB;
constexpr std::string_view kDockerHubKey = "https://index.docker.io/v1/";

// A key without what login commands have added over the years.
std::string_view plain_key(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  }
  for (const std::string_view suffix : {"/v1/", "/v2/", "/v1", "/v2", "/"}) {
    if (key.ends_with(suffix)) {
      key.remove_suffix(suffix.size());
      break;
    }
  }
  return key;
}

bool is_docker_hub(std::string_view host) {
  return host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io";
}

// How well a key fits: 0 not at all, else the longer the better.
std::size_t fit_of(std::string_view key, const Reference& reference) {
  const std::string_view plain = plain_key(key);
  const std::string_view host = plain.substr(0, plain.find('/'));
  const bool same_host = lower_case(host) == reference.registry ||
                         (reference.registry == "docker.io" && is_docker_hub(host));
  if (!same_host) return 0;
  if (host.size() == plain.size()) return 1;
  const std::string_view path = plain.substr(host.size() + 1);
  const std::string_view name = reference.repository;
  const bool inside =
      name.starts_with(path) && (name.size() == path.size() || name[path.size()] == '/');
  return inside ? 1 + path.size() : 0;
}

JsonValue best_entry(const JsonValue& table, const Reference& reference) {
  JsonValue best;
  std::size_t best_fit = 0;
  for (const JsonValue::Member& member : table.members()) {
    const std::size_t fit = fit_of(member.key, reference);
    if (fit <= best_fit) continue;
    best = member.value;
    best_fit = fit;
  }
  return best;
}

Result<std::optional<RegistryCredentials>> credentials_of_entry(const JsonValue& entry) {
  RegistryCredentials found;
  found.identity_token = entry["identitytoken"].text();
  found.user = entry["username"].text();
  found.password = entry["password"].text();
  if (const std::string_view auth = entry["auth"].text(); !auth.empty()) {
    const auto plain = from_base64(auth);
    const std::size_t colon = plain ? plain->find(':') : std::string::npos;
    if (colon == std::string::npos) {
      return Error{ErrorCode::kInvalidInput, "an `auth` that is not base64 of user:password"};
    }
    found.user = plain->substr(0, colon);
    found.password = plain->substr(colon + 1);
    while (found.password.ends_with('\0')) found.password.pop_back();  // old Docker padded it
  }
  if (found.password.empty() && found.identity_token.empty()) {
    return std::optional<RegistryCredentials>();
  }
  return std::optional(std::move(found));
}

struct AuthFile {
  std::string path;
  bool required = false;
};

std::vector<AuthFile> auth_files(const std::string& auth_file, const Environment& environment) {
  if (!auth_file.empty()) return {{auth_file, true}};
  std::vector<AuthFile> files;
  if (std::string named = environment("REGISTRY_AUTH_FILE"); !named.empty()) {
    return {{std::move(named), true}};
  }
  const std::string home = environment("HOME");
  const auto add = [&](const std::string& base, const std::string& path) {
    if (!base.empty()) files.push_back({base + path, false});
  };
  add(environment("XDG_RUNTIME_DIR"), "/containers/auth.json");
  const std::string config = environment("XDG_CONFIG_HOME");
  add(config.empty() && !home.empty() ? home + "/.config" : config, "/containers/auth.json");
  const std::string docker = environment("DOCKER_CONFIG");
  add(docker.empty() && !home.empty() ? home + "/.docker" : docker, "/config.json");
  return files;
}

}  // namespace

Result<std::optional<RegistryCredentials>> credentials_in_file(std::string_view json,
                                                               const Reference& reference) {
  JsonDocument document;
  if (!document.parse(json, Limits{}) || !document.root().is_object()) {
    return Error{ErrorCode::kInvalidInput, "not a JSON object"};
  }
  const JsonValue root = document.root();
  const std::string server =
      reference.registry == "docker.io" ? std::string(kDockerHubKey) : reference.registry;
  if (const JsonValue helper = best_entry(root["credHelpers"], reference); helper.is_string()) {
    return ask_credential_helper(std::string(helper.text()), server);
  }
  ASSIGN_OR_RETURN(auto found, credentials_of_entry(best_entry(root["auths"], reference)));
  if (found) return found;
  if (const std::string store(root["credsStore"].text()); !store.empty()) {
    return ask_credential_helper(store, server);
  }
  return std::optional<RegistryCredentials>();
}

Result<std::optional<RegistryCredentials>> find_docker_credentials(const Reference& reference,
                                                                   const std::string& auth_file,
                                                                   const Environment& environment) {
  for (const AuthFile& file : auth_files(auth_file, environment)) {
    const auto bytes = read_file(file.path, kMaxConfigFileBytes);
    if (!bytes && bytes.error().code == ErrorCode::kNotFound && !file.required) continue;
    if (!bytes) return bytes.error();
    auto found = credentials_in_file(*bytes, reference);
    if (!found) return std::move(found).error().during(file.path);
    if (*found) return found;
  }
  return std::optional<RegistryCredentials>();
}

}  // namespace seaworthy
