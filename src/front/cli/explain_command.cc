#include <unistd.h>

#include <array>

#include "core/base/file.h"
#include "front/cli/command.h"
#include "scan/report/format.h"

namespace seaworthy {

std::string last_report_path(const Options& options) {
  return options.cache_directory + "/last-report.json";
}

namespace {

Result<int> run_explain(const Options& options) {
  std::string path = options.report_file;
  if (path.empty()) {
    if (options.cache_directory.empty()) {
      return Error{ErrorCode::kUsage, "without a cache there is no last scan; give --report FILE"};
    }
    path = last_report_path(options);
  }
  auto bytes = read_file(path, options.limits.document_bytes);
  if (!bytes && options.report_file.empty() && bytes.error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kNotFound,
                 "there is no last scan here; scan first, or give --report FILE"};
  }
  if (!bytes) return std::move(bytes).error();
  auto report = parse_report(*bytes);
  if (!report) return std::move(report).error().during(path);
  ASSIGN_OR_RETURN(const std::string text,
                   explain(*report, options.arguments.front(), options.package));
  RETURN_IF_ERROR(write_all(STDOUT_FILENO, text));
  return kExitDone;
}

constexpr std::array<std::string_view, 3> kFlags{"package", "report", "cache"};
constexpr std::array<Example, 2> kExamples{
    Example{"seaworthy explain CVE-2022-1271", "every finding with this id in the last scan"},
    Example{"seaworthy explain CVE-2022-1271 --package gzip --report report.json",
            "one package, from a kept report (written with --packages)"}};

}  // namespace

extern const Command kExplain;
const Command kExplain{
    .name = "explain",
    .arguments = "FINDING",
    .summary = "why it matched: layer, path, rule, advisory document",
    .description = "FINDING is a vulnerability id, one of its aliases, or an advisory id.",
    .flags = kFlags,
    .examples = kExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_explain};

}  // namespace seaworthy
