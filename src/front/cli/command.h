#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "front/cli/options.h"
#include "scan/pipeline/scan.h"

namespace seaworthy {

// Exit codes of the contract (docs/reference/cli.md).
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUnseaworthy = 2;
inline constexpr int kExitUnknown = 3;
inline constexpr int kExitUsage = 64;
int exit_code_of(ErrorCode code);

struct Example {
  std::string_view line;
  std::string_view what;
};

// One command. The parser, `--help`, suggestions and the reference page come from this row.
struct Command {
  std::string_view name;       // "scan", "db import"
  std::string_view arguments;  // "TARGET"
  std::string_view summary;
  std::string_view description;
  std::span<const std::string_view> flags;  // names in all_flags()
  std::span<const Example> examples;
  std::size_t min_arguments, max_arguments;
  Result<int> (*run)(const Options& options);  // the exit code
};

// Every command, in the order help lists them.
std::span<const Command* const> all_commands();

// The command's own flags and `config`, which every command has that has any.
std::vector<std::string_view> flags_of(const Command& command);

// Reads flags from the configuration file, the environment (SEAWORTHY_*) and `words`, the later
// winning. kUsage with a suggestion where a flag is mistyped.
Result<Options> parse_options(const Command& command, const std::vector<std::string>& words);

std::string help_text();                        // `seaworthy --help`
std::string help_text(const Command& command);  // `seaworthy scan --help`
// `seaworthy db`: the commands whose first word it is; "" where there are none.
std::string group_help_text(std::string_view group);
std::string reference_page();  // docs/reference/cli.md

// The known word that `word` most likely meant; "" where none is near.
std::string nearest(std::string_view word, const std::vector<std::string_view>& known);

std::string version_text();  // "0.1.0"
// `seaworthy --version`: version and commit, then the formats that decide which databases, caches
// and reports this program can read.
std::string version_page();

// How the options ask for a scan; `match` is true.
ScanOptions scan_options_of(const Options& options);

// Where the last scan is kept for `explain`.
std::string last_report_path(const Options& options);

}  // namespace seaworthy
