#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <numeric>

#include "front/cli/command.h"
#include "front/cli/config_file.h"

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
  for (const std::string_view name : flags_of(command)) known.push_back("--" + std::string(name));
  const std::string near = nearest(word.substr(0, word.find('=')),
                                   std::vector<std::string_view>(known.begin(), known.end()));
  const std::string name = "seaworthy " + std::string(command.name);
  return Error{ErrorCode::kUsage, "'" + word + "' is no flag of " + name +
                                      (near.empty() ? "; `" + name + " --help` lists them"
                                                    : "; did you mean " + near + "?")};
}

// One flag as the command line has it.
struct GivenFlag {
  const Flag* flag;
  std::string value;
};

void add_flag(const Flag& flag, std::vector<GivenFlag>& given, CLI::App& app) {
  const std::string spelled = "--" + std::string(flag.name);
  if (flag.value.empty()) {
    app.add_flag_callback(spelled, [&given, &flag] { given.push_back({&flag, ""}); });
    return;
  }
  const auto keep = [&given, &flag](const std::vector<std::string>& values) {
    for (const std::string& value : values) given.push_back({&flag, value});
  };
  app.add_option_function<std::vector<std::string>>(spelled, keep)
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
  std::vector<std::string> arguments;
  std::vector<GivenFlag> given;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_option("arguments", arguments);
  const std::vector<std::string_view> names = flags_of(command);
  for (const std::string_view name : names) add_flag(*find_flag(name), given, app);
  try {  // the parsing library reports by exception; nothing below throws on purpose
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    return Error{ErrorCode::kUsage, error.what()};
  }
  for (const std::string& word : app.remaining()) {
    if (word.size() > 1 && word.starts_with('-')) return unknown_flag(command, word);
    arguments.push_back(word);
  }
  std::string config_file;
  for (const GivenFlag& each : given) {
    if (each.flag->name == kConfigFlag) config_file = each.value;
  }
  Options options = default_options();
  options.arguments = std::move(arguments);
  RETURN_IF_ERROR(read_config_file(config_file, names, options));
  RETURN_IF_ERROR(read_environment(names, options));
  for (const std::string& complaint : unknown_variables(environ)) {
    std::cerr << "seaworthy: " << complaint << "\n";
  }
  for (const GivenFlag& each : given) RETURN_IF_ERROR(each.flag->set(options, each.value));
  RETURN_IF_ERROR(check_arguments(command, options));
  if (options.cache_directory == "none") options.cache_directory.clear();
  return options;
}

}  // namespace seaworthy
