// The files that `aws configure` writes: INI, with sections `[name]` in credentials and
// `[profile name]` in config, where only the default profile has no prefix.
#include "core/net/aws_profile.h"

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/text.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxProfileBytes = 1 * kMiB;

std::string path_from(const Environment& environment, const char* variable, const char* usual) {
  std::string path = environment(variable);
  if (!path.empty()) return path;
  const std::string home = environment("HOME");
  return home.empty() ? "" : home + usual;
}

// "" where the file is not there.
Result<std::string> read_if_there(const std::string& path) {
  if (path.empty()) return std::string();
  auto bytes = read_file(path, kMaxProfileBytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::string();
  return bytes;
}

}  // namespace

void read_ini_section(std::string_view text, std::string_view section, AwsProfile& profile) {
  bool inside = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view whole = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    const std::string_view line = trim(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const std::size_t close = line.find(']');
      inside = close != std::string_view::npos && trim(line.substr(1, close - 1)) == section;
      continue;
    }
    const std::size_t equals = line.find('=');
    const bool indented = whole.front() == ' ' || whole.front() == '\t';
    if (!inside || indented || equals == std::string_view::npos) continue;
    profile[lower_case(trim(line.substr(0, equals)))] = trim(line.substr(equals + 1));
  }
}

Result<AwsProfile> read_aws_profile(std::string_view name, const Environment& environment) {
  AwsProfile profile;
  ASSIGN_OR_RETURN(const std::string config,
                   read_if_there(path_from(environment, "AWS_CONFIG_FILE", "/.aws/config")));
  read_ini_section(config, name == "default" ? "default" : "profile " + std::string(name), profile);
  ASSIGN_OR_RETURN(
      const std::string credentials,
      read_if_there(path_from(environment, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials")));
  read_ini_section(credentials, name, profile);
  return profile;
}

}  // namespace seaworthy
