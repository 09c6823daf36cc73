// Small pure functions on standard input, for scripts and for the tests of others: one line in,
// one line out.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iostream>
#include <optional>
#include <string>

#include "core/model/package.h"
#include "core/version/version.h"
#include "front/cli/command.h"
#include "front/cli/output.h"
#include "scan/advisory/cvss.h"
#include "scan/advisory/feed.h"
#include "scan/extract/extractor.h"
#include "scan/report/text.h"

namespace seaworthy {
namespace {

void for_each_line(const std::function<std::string(std::string_view)>& answer) {
  std::string line;
  while (std::getline(std::cin, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::cout << answer(line) << "\n";
  }
}

Result<int> run_vercmp(const Options& options) {
  const VersionScheme* scheme = find_version_scheme(options.arguments.front());
  if (scheme == nullptr) {
    std::string known;
    for (const VersionScheme* each : all_version_schemes()) known += " " + std::string(each->name);
    return Error{ErrorCode::kUsage,
                 "'" + options.arguments.front() + "' is no scheme; there are" + known};
  }
  for_each_line([scheme](std::string_view line) -> std::string {
    const std::size_t space = line.find_first_of(" \t");
    if (space == std::string_view::npos) return "?";
    const std::size_t second = line.find_first_not_of(" \t", space);
    if (second == std::string_view::npos) return "?";
    return std::string(sign_of(scheme->compare(line.substr(0, space), line.substr(second))));
  });
  return kExitDone;
}

Result<int> run_cvss(const Options&) {
  for_each_line([](std::string_view line) -> std::string {
    const auto score = cvss_base_score(line);
    if (!score) return "error: not a whole CVSS vector of version 2, 3 or 4";
    const long tenths = std::lround(*score * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
  });
  return kExitDone;
}

Result<int> run_purl(const Options&) {
  for_each_line([](std::string_view line) -> std::string {
    const auto purl = parse_purl(line);
    return purl ? to_text(*purl) : "error: not a package URL";
  });
  return kExitDone;
}

// One line for a script, as many as it takes for a person.
void print_row(std::string_view name, std::string_view description) {
  constexpr std::size_t kIndent = 24;
  const std::size_t width = ::isatty(STDOUT_FILENO) == 1
                                ? static_cast<std::size_t>(terminal_width()) - kIndent
                                : std::string_view::npos;
  std::string label(name);
  label.resize(std::max(label.size() + 1, kIndent), ' ');
  for (const std::string& line : wrap(description, width)) {
    std::cout << label << line << "\n";
    label.assign(kIndent, ' ');
  }
}

Result<int> run_list(const Options& options) {
  const std::string& what = options.arguments.front();
  const auto print = print_row;
  if (what == "extractors") {
    for (const Extractor* each : all_extractors()) print(each->name, each->description);
  } else if (what == "feeds") {
    for (const Feed* each : all_feeds()) print(each->name, each->description);
  } else if (what == "formats") {
    for (const Format* each : all_formats()) print(each->name, each->description);
  } else if (what == "schemes") {
    for (const VersionScheme* each : all_version_schemes()) print(each->name, each->description);
  } else if (what == "limits") {
    const Limits defaults;
    for (const LimitRow& row : limit_rows()) {
      print(row.name, std::string(row.help) + " (" + std::to_string(defaults.*row.field) + " " +
                          std::string(row.unit) + ")");
    }
  } else {
    return Error{
        ErrorCode::kUsage,
        "'" + what + "' cannot be listed; there are extractors, feeds, formats, schemes, limits"};
  }
  return kExitDone;
}

constexpr std::array<Example, 1> kVercmpExamples{
    Example{"echo '1.2-1 1.2-1+b1' | seaworthy tool vercmp deb", "prints <"}};

constexpr std::array<Example, 1> kCvssExamples{
    Example{"echo AV:N/AC:L/Au:N/C:P/I:P/A:P | seaworthy tool cvss", "prints 7.5"}};

}  // namespace

extern const Command kToolVercmp;
const Command kToolVercmp{.name = "tool vercmp",
                          .arguments = "SCHEME",
                          .summary = "compare two versions a line: < = > or ?",
                          .description = "`seaworthy list schemes` names the schemes.",
                          .flags = {},
                          .examples = kVercmpExamples,
                          .min_arguments = 1,
                          .max_arguments = 1,
                          .run = run_vercmp};

extern const Command kToolCvss;
const Command kToolCvss{.name = "tool cvss",
                        .arguments = "",
                        .summary = "base scores of CVSS vectors, one a line",
                        .description = "Versions 2, 3.0, 3.1 and 4.0. Only base metrics count.",
                        .flags = {},
                        .examples = kCvssExamples,
                        .min_arguments = 0,
                        .max_arguments = 0,
                        .run = run_cvss};

extern const Command kToolPurl;
const Command kToolPurl{.name = "tool purl",
                        .arguments = "",
                        .summary = "package URLs in canonical form, one a line",
                        .description = "",
                        .flags = {},
                        .examples = {},
                        .min_arguments = 0,
                        .max_arguments = 0,
                        .run = run_purl};

extern const Command kList;
const Command kList{.name = "list",
                    .arguments = "WHAT",
                    .summary = "what this program reads and writes",
                    .description = "WHAT is extractors, feeds, formats, schemes or limits.",
                    .flags = {},
                    .examples = {},
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .run = run_list};

}  // namespace seaworthy
