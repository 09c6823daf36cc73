#include "front/cli/config_file.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "core/base/file.h"
#include "core/base/lines.h"
#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "front/cli/command.h"
#include "scan/report/text.h"

namespace seaworthy {
namespace {

constexpr const char* kSystemFile = "/etc/seaworthy/seaworthy.yaml";
constexpr std::string_view kVariablePrefix = "SEAWORTHY_";
constexpr std::uint64_t kMaxConfigFileBytes = 1 * kMiB;

std::string environment_name(std::string_view flag) {
  std::string name(kVariablePrefix);
  for (const char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

Status set_from(const Flag& flag, std::string_view value, std::string_view where,
                Options& options) {
  if (flag.value.empty()) {
    const bool on = value == "1" || value == "true" || value == "yes" || value == "on";
    const bool off = value == "0" || value == "false" || value == "no" || value == "off";
    if (!on && !off) {
      return Error{ErrorCode::kUsage, std::string(where) + ": " + std::string(flag.name) + ": '" +
                                          std::string(value) + "' is neither true nor false"};
    }
    if (off) return ok_status();
  }
  Status set = flag.set(options, value);
  if (!set) return std::move(set).error().during(where);
  return set;
}

// The line on which a key of the mapping stands, or the one below it that has the value: the YAML
// reader keeps no positions. 0 where it is not found, as in a mapping on one line.
std::uint64_t line_of(std::string_view text, std::string_view key, std::string_view value) {
  LineReader lines(text);
  std::uint64_t found = 0;
  for (std::string_view line; lines.next(line);) {
    if (found == 0) {
      std::string_view start = line;
      if (start.starts_with('"') || start.starts_with('\'')) start.remove_prefix(1);
      if (!start.starts_with(key)) continue;
      start.remove_prefix(key.size());
      start.remove_prefix(std::min(start.find_first_not_of("\"' "), start.size()));
      if (!start.starts_with(':')) continue;
      found = lines.number();
    }
    if (!value.empty() && line.find(value) != std::string_view::npos) return lines.number();
  }
  return found;
}

std::string text_of(const JsonValue& value) {
  return value.is_string() ? std::string(value.text()) : value.raw();
}

Status read_setting(const JsonValue::Member& member, std::string_view text, const std::string& path,
                    std::span<const std::string_view> flags, Options& options) {
  const auto at = [&](std::string_view value) {
    const std::uint64_t line = line_of(text, member.key, value);
    return line == 0 ? path : path + ":" + std::to_string(line);
  };
  const Flag* flag = find_flag(member.key);
  if (flag == nullptr || flag->name == kConfigFlag) {
    std::vector<std::string_view> known;
    for (const Flag& each : all_flags()) {
      if (each.name != kConfigFlag) known.push_back(each.name);
    }
    const std::string near = nearest(member.key, known);
    return Error{ErrorCode::kUsage, at("") + ": '" + std::string(member.key) + "' is no setting" +
                                        (near.empty() ? "" : "; did you mean " + near + "?")};
  }
  const bool list = member.value.is_array();
  if (member.value.is_object() || (list && !flag->repeatable)) {
    return Error{ErrorCode::kUsage, at("") + ": '" + std::string(member.key) + "' takes one value" +
                                        (flag->repeatable ? " or a list of values" : "")};
  }
  if (std::find(flags.begin(), flags.end(), member.key) == flags.end()) return ok_status();
  const std::vector<JsonValue> values =
      list ? member.value.elements() : std::vector<JsonValue>{member.value};
  for (const JsonValue& value : values) {
    const std::string as_text = text_of(value);
    RETURN_IF_ERROR(set_from(*flag, as_text, at(as_text), options));
  }
  return ok_status();
}

}  // namespace

Status read_config_file(const std::string& chosen, std::span<const std::string_view> flags,
                        Options& options) {
  const char* variable = std::getenv("SEAWORTHY_CONFIG");
  const bool from_variable = chosen.empty() && variable != nullptr && *variable != '\0';
  std::string path = chosen;
  if (path.empty()) path = from_variable ? variable : kSystemFile;
  const auto text = read_file(path, kMaxConfigFileBytes);
  if (!text) {
    const bool optional = chosen.empty() && !from_variable;
    if (optional && text.error().code == ErrorCode::kNotFound) return ok_status();
    return Error{ErrorCode::kUsage, "configuration file: " + text.error().message};
  }
  const auto refuse = [&path](const Error& error) {
    return Error{ErrorCode::kUsage, path + ": " + error.message};
  };
  const auto json = yaml_to_json(*text, options.limits);
  if (!json) return refuse(json.error());
  JsonDocument document;
  if (const Status parsed = document.parse(*json, options.limits); !parsed) {
    return refuse(parsed.error());
  }
  if (*json == "null") return ok_status();  // nothing but comments
  if (!document.root().is_object()) {
    return Error{ErrorCode::kUsage, path + ": not a mapping of settings to values"};
  }
  for (const JsonValue::Member& member : document.root().members()) {
    RETURN_IF_ERROR(read_setting(member, *text, path, flags, options));
  }
  return ok_status();
}

std::vector<std::string> unknown_variables(const char* const* environment) {
  std::vector<std::string> known, complaints;
  for (const Flag& flag : all_flags()) known.push_back(environment_name(flag.name));
  const std::vector<std::string_view> names(known.begin(), known.end());
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    std::string_view name = *environment;
    name = name.substr(0, name.find('='));
    if (!name.starts_with(kVariablePrefix)) continue;
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string near = nearest(name, names);
    complaints.push_back("the environment variable " + printable(name) + " is no setting" +
                         (near.empty() ? "" : "; did you mean " + near + "?"));
  }
  std::sort(complaints.begin(), complaints.end());
  return complaints;
}

Status read_environment(std::span<const std::string_view> flags, Options& options) {
  for (const std::string_view name : flags) {
    if (name == kConfigFlag) continue;
    const std::string variable = environment_name(name);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') continue;
    RETURN_IF_ERROR(set_from(*find_flag(name), value, variable, options));
  }
  return ok_status();
}

}  // namespace seaworthy
