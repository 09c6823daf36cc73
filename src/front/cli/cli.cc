#include "front/cli/cli.h"

#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "front/cli/command.h"
#include "scan/report/text.h"

namespace seaworthy {

namespace {

int fail(const Error& error) {
  std::cerr << "seaworthy: " << printable(error.message) << "\n";
  return exit_code_of(error.code);
}

// The command whose name starts the words; two-word names win. `used` counts the words it took.
const Command* find_command(const std::vector<std::string>& words, std::size_t& used) {
  for (used = 2; used >= 1; --used) {
    if (words.size() < used) continue;
    const std::string name = used == 2 ? words[0] + " " + words[1] : words[0];
    for (const Command* command : all_commands()) {
      if (command->name == name) return command;
    }
  }
  return nullptr;
}

int unknown_command(const std::vector<std::string>& words) {
  std::vector<std::string_view> known;
  for (const Command* command : all_commands()) known.push_back(command->name);
  const std::string both = words.size() > 1 ? words[0] + " " + words[1] : words[0];
  std::string near = nearest(both, known);
  if (near.empty()) near = nearest(words[0], known);
  std::cerr << "seaworthy: '" << printable(both) << "' is no command"
            << (near.empty() ? "; `seaworthy --help` lists them" : "; did you mean " + near + "?")
            << "\n";
  return kExitUsage;
}

bool asks_for_help(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--") return false;
    if (word == "--help" || word == "-h") return true;
  }
  return false;
}

int run_words(std::vector<std::string> words) {
  if (words.empty()) {
    std::cerr << help_text();
    return kExitUsage;
  }
  if (words[0] == "--version" || words[0] == "version") {
    std::cout << version_page();
    return kExitDone;
  }
  if (words[0] == "help" && words.size() > 1 && words[1] == "--markdown") {
    std::cout << reference_page();
    return kExitDone;
  }
  const bool wants_help = words[0] == "help" || asks_for_help(words);
  if (words[0] == "help") words.erase(words.begin());
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    std::cout << help_text();
    return kExitDone;
  }
  std::size_t used = 0;
  const Command* command = find_command(words, used);
  if (command == nullptr) {
    const bool names_group_alone = words.size() == 1 || words[1].starts_with('-');
    const std::string group = names_group_alone ? group_help_text(words[0]) : "";
    if (group.empty()) return unknown_command(words);
    (wants_help ? std::cout : std::cerr) << group;
    return wants_help ? kExitDone : kExitUsage;
  }
  if (wants_help) {
    std::cout << help_text(*command);
    return kExitDone;
  }
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(used));
  const auto options = parse_options(*command, words);
  if (!options) return fail(options.error());
  const auto code = command->run(*options);
  return code ? *code : fail(code.error());
}

}  // namespace

int run_cli(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT: a closed pipe is an error of write, not our end
  try {
    return run_words({argv + 1, argv + argc});
  } catch (const std::exception& bug) {
    std::cerr << "seaworthy: internal error: " << printable(bug.what()) << "\n";
    return kExitFailed;
  }
}

}  // namespace seaworthy
