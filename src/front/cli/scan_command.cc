#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>
#include <system_error>

#include "core/base/file.h"
#include "front/cli/command.h"
#include "front/cli/progress.h"
#include "scan/pipeline/scan.h"
#include "scan/policy/policy.h"
#include "scan/report/format.h"
#include "scan/report/text.h"

namespace seaworthy {
namespace {

bool wants_color(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  return takes_escapes(fd) && (no_color == nullptr || *no_color == '\0');
}

int terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 100;
  return std::clamp<int>(size.ws_col, 80, 200);
}

// Several reports (one per platform of an index) in one output.
std::string write_reports(const Format& format, const std::vector<Report>& reports,
                          const FormatOptions& show) {
  std::string out;
  for (const Report& report : reports) {
    if (reports.size() > 1 && format.several == Several::kArray) out += out.empty() ? "[\n" : ",\n";
    if (format.several == Several::kBelow && !out.empty()) out += "\n";
    out += format.write(report, show);
  }
  return reports.size() > 1 && format.several == Several::kArray ? out + "]\n" : out;
}

// "bom.cdx.json" for linux/arm64/v8 is "bom.cdx.linux-arm64-v8.json". `taken`: names given already,
// because an index may hold a platform twice.
std::string file_of_platform(const std::string& file, const Report& report,
                             std::set<std::string>& taken) {
  const std::filesystem::path path(file);
  std::string platform = report.target.platform.empty() ? "image" : report.target.platform;
  std::replace_if(
      platform.begin(), platform.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_'; }, '-');
  const std::string stem = (path.parent_path() / path.stem()).string() + "." + platform;
  std::string name = stem + path.extension().string();
  for (int copy = 2; !taken.insert(name).second; ++copy) {
    name = stem + "-" + std::to_string(copy) + path.extension().string();
  }
  return name;
}

Status write_file_per_platform(const FormatChoice& choice, const std::string& file,
                               const std::vector<Report>& reports, const FormatOptions& show) {
  std::set<std::string> taken;
  if (file.empty()) {
    const std::string name(choice.format->name);
    return Error{ErrorCode::kUsage, "--format " + name + " describes one image and there are " +
                                        std::to_string(reports.size()) +
                                        ": name a file (--format " + name + "=FILE.json writes " +
                                        file_of_platform("FILE.json", reports.front(), taken) +
                                        " and so on), or choose one --platform"};
  }
  for (const Report& report : reports) {
    RETURN_IF_ERROR(write_file_atomically(file_of_platform(file, report, taken),
                                          choice.format->write(report, show)));
  }
  return ok_status();
}

Status write_outputs(const std::vector<Report>& reports, const Options& options,
                     std::string_view default_format) {
  std::vector<FormatChoice> choices = options.formats;
  if (choices.empty()) choices.push_back({find_format(default_format), ""});
  const auto to_standard_output = std::count_if(
      choices.begin(), choices.end(), [](const FormatChoice& each) { return each.file.empty(); });
  if (to_standard_output > 1) {
    return Error{ErrorCode::kUsage, "two formats for one output; write --format NAME=FILE"};
  }
  for (const FormatChoice& choice : choices) {
    const std::string file = choice.file.empty() ? options.output : choice.file;
    FormatOptions show = options.show;
    show.every_finding = options.verbose;
    show.color = file.empty() && wants_color(STDOUT_FILENO);
    show.width = file.empty() ? terminal_width() : 100;
    if (reports.size() > 1 && choice.format->several == Several::kOneFileEach) {
      RETURN_IF_ERROR(write_file_per_platform(choice, file, reports, show));
      continue;
    }
    const std::string text = write_reports(*choice.format, reports, show);
    if (file.empty()) {
      Status written = write_all(STDOUT_FILENO, text);
      if (!written) return std::move(written).error().during("standard output");
    } else {
      RETURN_IF_ERROR(write_file_atomically(file, text));
    }
  }
  return ok_status();
}

// `explain` speaks of the last scan unless it is given another report.
void keep_last_report(const std::vector<Report>& reports, const Options& options) {
  if (options.cache_directory.empty() || reports.empty()) return;
  const std::string path = last_report_path(options);
  std::error_code failure;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failure);
  FormatOptions everything;
  everything.show_packages = true;
  everything.show_suppressed = true;
  const Status kept =
      write_file_atomically(path, find_format("json")->write(reports.front(), everything));
  if (!kept && options.verbose)
    std::cerr << "seaworthy: " << printable(kept.error().message) << "\n";
}

}  // namespace

ScanOptions scan_options_of(const Options& options) {
  ScanOptions scan_options;
  scan_options.platforms = options.platforms;
  scan_options.all_platforms = options.all_platforms;
  scan_options.limits = options.limits;
  scan_options.sandbox = options.sandbox;
  scan_options.cache_directory = options.cache_directory;
  scan_options.database_directory = options.database_directory;
  scan_options.jobs = options.jobs;
  scan_options.full_layers = options.full_layers;
  scan_options.attached_soci = options.attached_soci;
  scan_options.registry = options.registry;
  scan_options.containerd_root = options.containerd_root;
  scan_options.registry.user_agent = "seaworthy/" + version_text();
  scan_options.thresholds = options.thresholds;
  scan_options.now = now();
  scan_options.tool_version = version_text();
  return scan_options;
}

namespace {

Result<std::vector<Report>> run_scan(const Options& options, bool with_match) {
  ScanOptions scan_options = scan_options_of(options);
  scan_options.match = with_match;
  ProgressBar bar(!options.quiet && takes_escapes(STDERR_FILENO));
  scan_options.progress = [&bar](const ScanProgress& progress) {
    bar.show(progress.step, progress.done, progress.total);
  };
  return scan(options.arguments.front(), scan_options);
}

// "app.tar (linux/arm64), layer 2, var/lib/dpkg/status": where a problem is.
std::string place_of(const Problem& problem, const ReportTarget& target) {
  std::string place = target.reference;
  if (!target.platform.empty()) place += " (" + target.platform + ")";
  if (problem.layer >= 0) place += ", layer " + std::to_string(problem.layer);
  if (!problem.path.empty()) place += ", " + problem.path;
  return place;
}

Result<int> run_scan_command(const Options& options) {
  ASSIGN_OR_RETURN(const std::vector<Report> reports, run_scan(options, true));
  RETURN_IF_ERROR(write_outputs(reports, options, "table"));
  keep_last_report(reports, options);
  int code = kExitDone;
  for (const Report& report : reports) {
    const int own = exit_code_of(report, options.thresholds);
    if (own == kExitUnseaworthy || code == kExitDone) code = own;
  }
  return code;
}

Result<int> run_sbom_command(const Options& options) {
  ASSIGN_OR_RETURN(const std::vector<Report> reports, run_scan(options, false));
  Options shown = options;
  shown.show.show_packages = true;  // an inventory without its packages would say nothing
  RETURN_IF_ERROR(write_outputs(reports, shown, "cyclonedx"));
  for (const Report& report : reports) {
    for (const Problem& problem : report.problems) {
      if (options.quiet && !makes_verdict_unknown(problem)) continue;  // no note: the list lacks it
      std::cerr << "seaworthy: problem: "
                << printable(place_of(problem, report.target) + ": " + problem.step + ": " +
                             problem.message)
                << "\n";
    }
  }
  return kExitDone;
}

constexpr std::array<std::string_view, 27> kScanFlags{"format",
                                                      "output",
                                                      "severity",
                                                      "only-fixed",
                                                      "show-suppressed",
                                                      "packages",
                                                      "fail-on",
                                                      "require-complete",
                                                      "allow-incomplete",
                                                      "platform",
                                                      "containerd-root",
                                                      "db",
                                                      "cache",
                                                      "jobs",
                                                      "full-layers",
                                                      "attached-soci",
                                                      "limit",
                                                      "sandbox",
                                                      "offline",
                                                      "insecure-registry",
                                                      "registry-mirror",
                                                      "registry-auth",
                                                      "registry-ca",
                                                      "registry-cert",
                                                      "registry-key",
                                                      "quiet",
                                                      "verbose"};

constexpr std::array<Example, 7> kScanExamples{
    Example{"seaworthy scan ghcr.io/example/app:1.4", "an image in a registry"},
    Example{"seaworthy scan oci:build/image:1.4", "an OCI layout, tag 1.4"},
    Example{"docker save app:1.4 | seaworthy scan --fail-on high -", "in CI, with a threshold"},
    Example{"seaworthy scan --platform all oci:multi", "every image of an index"},
    Example{"seaworthy scan --format table --format json=report.json app.tar",
            "read the table, keep the report"},
    Example{"seaworthy scan sbom:app.cdx.json", "what an SBOM lists"},
    Example{"ssh build cat app.cdx.json.gz | seaworthy scan sbom:-", "the same from elsewhere"}};

constexpr std::array<std::string_view, 19> kSbomFlags{
    "format",          "output",        "platform",    "containerd-root",
    "cache",           "jobs",          "full-layers", "attached-soci",
    "limit",           "sandbox",       "offline",     "insecure-registry",
    "registry-mirror", "registry-auth", "registry-ca", "registry-cert",
    "registry-key",    "quiet",         "verbose"};

constexpr std::array<Example, 3> kSbomExamples{
    Example{"seaworthy sbom app.tar > app.cdx.json", "CycloneDX 1.6"},
    Example{"seaworthy sbom --format spdx=app.spdx.json --format cyclonedx=app.cdx.json app.tar",
            "two forms at once"},
    Example{"seaworthy sbom --format table dir:/mnt/root", "the package list for people"}};

}  // namespace

extern const Command kScan;
const Command kScan{
    .name = "scan",
    .arguments = "TARGET",
    .summary = "inventory, match, verdict",
    .description =
        "Reads an image, lists the packages that are installed, matches them against the\n"
        "advisory database and says whether the image is fit to run. The report ends\n"
        "with what was not assessed, and why.",
    .flags = kScanFlags,
    .examples = kScanExamples,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_scan_command};

extern const Command kSbom;
const Command kSbom{.name = "sbom",
                    .arguments = "TARGET",
                    .summary = "inventory only, needs no database",
                    .description =
                        "Lists what an image holds, by default as CycloneDX JSON. With\n"
                        "--platform all each image goes into a file of its own: bom.json\n"
                        "becomes bom.linux-amd64.json, bom.linux-arm64.json, ...",
                    .flags = kSbomFlags,
                    .examples = kSbomExamples,
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .run = run_sbom_command};

}  // namespace seaworthy
