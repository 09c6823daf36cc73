#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>

#include "core/base/file.h"
#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "front/cli/command.h"

namespace seaworthy {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string environment_name(std::string_view flag) {
  std::string name = "SEAWORTHY_";
  for (const char c : flag) name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

bool is_true(std::string_view text) {
  return text == "1" || text == "true" || text == "yes" || text == "on";
}

Status set_from(const Flag& flag, std::string_view value, std::string_view where,
                Options& options) {
  if (flag.value.empty() && !is_true(value)) return ok_status();
  Status set = flag.set(options, value);
  if (!set) return std::move(set).error().during(where);
  return set;
}

// The configuration file: a YAML mapping whose keys are flag names; a repeatable flag may have a
// list. Keys of commands other than the one that runs are accepted and not used.
Status read_configuration(const Command& command, Options& options) {
  const char* chosen = std::getenv("SEAWORTHY_CONFIG");
  const std::string path =
      chosen != nullptr && *chosen != '\0' ? chosen : "/etc/seaworthy/seaworthy.yaml";
  auto text = read_file(path, 1 * kMiB);
  if (!text && chosen == nullptr) return ok_status();
  if (!text) return Error{ErrorCode::kUsage, text.error().message};
  const auto refuse = [&path](const Error& error) {
    return Error{ErrorCode::kUsage, path + ": " + error.message};
  };
  const auto json = yaml_to_json(*text, options.limits);
  if (!json) return refuse(json.error());
  JsonDocument document;
  if (const Status parsed = document.parse(*json, options.limits); !parsed) {
    return refuse(parsed.error());
  }
  for (const JsonValue::Member& member : document.root().members()) {
    const Flag* flag = find_flag(member.key);
    if (flag == nullptr) {
      return Error{ErrorCode::kUsage, path + ": '" + std::string(member.key) + "' is no setting"};
    }
    if (std::find(command.flags.begin(), command.flags.end(), member.key) == command.flags.end()) {
      continue;
    }
    std::vector<JsonValue> values = member.value.elements();
    if (!member.value.is_array()) values = {member.value};
    for (const JsonValue& value : values) {
      const std::string as_text = value.is_string() ? std::string(value.text()) : value.raw();
      RETURN_IF_ERROR(set_from(*flag, as_text, path, options));
    }
  }
  return ok_status();
}

Status read_environment(const Command& command, Options& options) {
  for (const std::string_view name : command.flags) {
    const std::string variable = environment_name(name);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') continue;
    RETURN_IF_ERROR(set_from(*find_flag(name), value, variable, options));
  }
  return ok_status();
}

Status check_arguments(const Command& command, const Options& options) {
  const std::size_t count = options.arguments.size();
  if (count >= command.min_arguments && count <= command.max_arguments) return ok_status();
  return Error{ErrorCode::kUsage,
               "seaworthy " + std::string(command.name) + " takes " +
                   (command.arguments.empty() ? "no argument" : std::string(command.arguments)) +
                   (count > command.max_arguments
                        ? ", not '" + options.arguments[command.max_arguments] + "' as well"
                        : "")};
}

Error unknown_flag(const Command& command, const std::string& word) {
  std::vector<std::string> known;
  for (const std::string_view name : command.flags) known.push_back("--" + std::string(name));
  const std::string near = nearest(word.substr(0, word.find('=')),
                                   std::vector<std::string_view>(known.begin(), known.end()));
  return Error{ErrorCode::kUsage, "'" + word + "' is no flag of seaworthy " +
                                      std::string(command.name) +
                                      (near.empty() ? "" : "; did you mean " + near + "?")};
}

// The first value that a flag refuses is kept in `failure`.
void add_flag(const Flag& flag, Options& options, std::optional<Error>& failure, CLI::App& app) {
  const auto set = [&options, &failure, &flag](const std::string& value) {
    Status status = flag.set(options, value);
    if (!status && !failure) failure = std::move(status).error();
  };
  const std::string spelled = "--" + std::string(flag.name);
  if (flag.value.empty()) {
    app.add_flag_callback(spelled, [set] { set(""); });
    return;
  }
  const auto set_all = [set](const std::vector<std::string>& values) {
    for (const std::string& value : values) set(value);
  };
  app.add_option_function<std::vector<std::string>>(spelled, set_all)
      ->expected(1)
      ->multi_option_policy(flag.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                            : CLI::MultiOptionPolicy::TakeLast)
      ->allow_extra_args(false);
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t distance = word.size() / 3 + 2;
  for (const std::string_view each : known) {
    const std::size_t found = edit_distance(word, each);
    if (found < distance) {
      distance = found;
      best = each;
    }
  }
  return std::string(best);
}

Result<Options> parse_options(const Command& command, const std::vector<std::string>& words) {
  Options options = default_options();
  RETURN_IF_ERROR(read_configuration(command, options));
  RETURN_IF_ERROR(read_environment(command, options));
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_option("arguments", options.arguments);
  std::optional<Error> failure;
  for (const std::string_view name : command.flags) {
    add_flag(*find_flag(name), options, failure, app);
  }
  try {  // the parsing library reports by exception; nothing below throws on purpose
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    return Error{ErrorCode::kUsage, error.what()};
  }
  for (const std::string& word : app.remaining()) {
    if (word.size() > 1 && word.starts_with('-')) return unknown_flag(command, word);
    options.arguments.push_back(word);
  }
  if (failure) return *std::move(failure);
  RETURN_IF_ERROR(check_arguments(command, options));
  if (options.cache_directory == "none") options.cache_directory.clear();
  return options;
}

}  // namespace seaworthy
