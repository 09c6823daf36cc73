#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/report.h"

namespace seaworthy {

// What the user chose to see; it never changes what was found.
struct FormatOptions {
  bool show_packages = false;        // --packages
  bool show_suppressed = false;      // --show-suppressed
  bool only_fixed = false;           // --only-fixed
  bool every_finding = false;        // --verbose: the table folds nothing
  std::vector<Severity> severities;  // --severity; empty: all
  bool color = false;                // only where the output is a terminal
  int width = 100;                   // columns, for table
};

// How the reports of several platforms go into one output.
enum class Several {
  kOneFileEach,  // a document of this format describes one image
  kArray,        // a JSON array
  kBelow,        // one below the other, for people
};

// One output format. `write` is pure: the same report gives the same bytes.
struct Format {
  std::string_view name;
  std::string_view description;
  std::string_view media_type;
  std::string (*write)(const Report& report, const FormatOptions& options);
  Several several = Several::kOneFileEach;
};

std::span<const Format* const> all_formats();
const Format* find_format(std::string_view name);  // null where there is none

// The findings that the options select, in report order.
std::vector<const Finding*> selected_findings(const Report& report, const FormatOptions& options);

// How many findings --severity and --only-fixed hide. Every format says it where it is not 0.
std::size_t filtered_findings(const Report& report, const FormatOptions& options);

// `explain`: everything behind the findings with this id (optionally only of one package name):
// image, layer, path, rule, advisory document, severities by source. kNotFound: there is none.
Result<std::string> explain(const Report& report, std::string_view id, std::string_view package);

// Reads a report back from its JSON form (for explain, diff, baselines).
Result<Report> parse_report(std::string_view json);

}  // namespace seaworthy
