#include "scan/pipeline/scan.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "core/base/file.h"
#include "core/codec/source.h"
#include "scan/advisory/database.h"
#include "scan/match/archive_identity.h"
#include "scan/match/match.h"
#include "scan/pipeline/layers.h"
#include "scan/sbom/sbom.h"

namespace seaworthy {
namespace {

ImageOptions image_options(const ScanOptions& options) {
  ImageOptions image;
  image.platforms = options.platforms;
  image.all_platforms = options.all_platforms;
  image.limits = options.limits;
  image.registry = options.registry;
  if (options.attached_soci) image.soci = SociUse::kAttached;
  if (options.full_layers) image.soci = SociUse::kNever;
  image.containerd_root = options.containerd_root;
  image.index_archive = [&options](std::shared_ptr<Fd> input) -> Result<ArchiveIndex> {
    ASSIGN_OR_RETURN(const std::uint64_t size, file_size(input->get()));
    ASSIGN_OR_RETURN(Fd spool, open_spool());
    ASSIGN_OR_RETURN(ArchiveListing listing,
                     list_archive({input->get(), 0, size, false}, spool.get(),
                                  {options.limits, options.sandbox, {}}));
    ArchiveIndex index;
    index.file = listing.spooled ? std::make_shared<Fd>(std::move(spool)) : std::move(input);
    for (ArchiveMemberIndex& member : listing.members) {
      index.members.push_back(
          {std::move(member.path), std::move(member.link_target), member.offset, member.size});
    }
    return index;
  };
  return image;
}

ReportTarget target_of(const Image& image, const std::vector<LayerInventory>& layers) {
  ReportTarget target;
  target.reference = image.reference;
  target.digest = image.digest;
  target.platform = image.rootfs.empty() ? image.platform.text() : "";
  target.created = image.created;
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const LayerDescriptor& descriptor = image.layers[i].descriptor;
    target.layers.push_back({layers[i].digest,
                             layers[i].diff_id.empty() ? descriptor.diff_id : layers[i].diff_id,
                             layers[i].stored_bytes == 0 ? descriptor.size : layers[i].stored_bytes,
                             descriptor.created_by, layers[i].table});
  }
  return target;
}

// No feed speaks about Windows and its updates, and what is installed stands in hives that are not
// read; the packages of languages are found as everywhere.
void describe_windows(const Image& image, Inventory& inventory) {
  Distro windows;
  windows.id = "windows";
  windows.version = image.platform.os_version;
  windows.name = "Windows" + (windows.version.empty() ? "" : " " + windows.version);
  inventory.problems.push_back({"", -1, "list packages", problem::kPackageDbMissing,
                                windows.name + " itself is not assessed: neither its updates nor "
                                               "what is installed in it are known; packages of "
                                               "languages are listed"});
  inventory.distro = std::move(windows);
}

Result<Report> inventory_report(const Image& image, const ScanOptions& options) {
  Report report;
  ASSIGN_OR_RETURN(const std::vector<LayerInventory> layers, read_layers(image, options));
  ASSIGN_OR_RETURN(report.inventory, fold_image(image, layers, options));
  report.target = target_of(image, layers);
  if (image.platform.os == "windows") describe_windows(image, report.inventory);
  report.inventory.problems.insert(report.inventory.problems.end(), image.problems.begin(),
                                   image.problems.end());
  return report;
}

// Plain or compressed; "-" is standard input.
Result<Report> read_sbom(const std::string& path, const Limits& limits) {
  const std::uint64_t most = limits.document_bytes;
  ASSIGN_OR_RETURN(std::string bytes, read_file(path == "-" ? "/dev/stdin" : path, most));
  if (const Compression compression = sniff_compression(bytes); compression != Compression::kNone) {
    const auto source = inflate(source_of_memory(bytes), compression, limits);
    auto inflated = read_all(*source, most);
    if (!inflated) return std::move(inflated).error().during(name_of(compression));
    return parse_sbom(*inflated, limits);
  }
  return parse_sbom(bytes, limits);
}

Result<std::vector<Report>> inventories_of(const std::string& target, const ScanOptions& options) {
  std::vector<Report> reports;
  if (target.starts_with("sbom:")) {
    const std::string path = target.substr(5);
    auto report = read_sbom(path, options.limits);
    if (!report) {
      return std::move(report).error().during(path == "-" ? "standard input" : path);
    }
    report->target.reference = target;
    reports.push_back(*std::move(report));
    return reports;
  }
  ASSIGN_OR_RETURN(const std::vector<Image> images, open_images(target, image_options(options)));
  for (const Image& image : images) {
    auto report = inventory_report(image, options);
    if (!report) return std::move(report).error().during(target);
    reports.push_back(*std::move(report));
  }
  return reports;
}

void match_report(Report& report, const AdvisoryDatabase& database, const ScanOptions& options) {
  identify_archives(report.inventory,
                    [&](std::string_view sha1) { return database.archives(sha1); });
  MatchResult result = match(report.inventory, database, {options.limits, options.now});
  report.has_database = true;
  report.database_built_at = rfc3339(database.built_at());
  report.coverage = summarize(result);
  report.feeds = std::move(result.feeds);
  report.end_of_life = std::move(result.end_of_life);
  report.missing = std::move(result.missing);
  report.findings = std::move(result.findings);
  report.package_coverage = std::move(result.coverage);
  report.problems.insert(report.problems.end(), result.problems.begin(), result.problems.end());
  std::sort(report.findings.begin(), report.findings.end(),
            [&](const Finding& a, const Finding& b) { return finding_before(report, a, b); });
}

}  // namespace

Result<std::vector<Report>> scan(const std::string& target, const ScanOptions& options) {
  std::optional<AdvisoryDatabase> database;
  if (options.match) {
    ASSIGN_OR_RETURN(database, AdvisoryDatabase::open(options.database_directory));
    if (database->built_at() == 0 && database->feeds().empty()) {  // of an update that failed
      return Error{ErrorCode::kNotFound,
                   "the advisory database in '" + options.database_directory +
                       "' is empty; `seaworthy db update`, or `seaworthy db import PATH...`, "
                       "fills it"};
    }
  }
  auto reports = inventories_of(target, options);
  if (!reports) return std::move(reports).error();
  for (Report& report : *reports) {
    report.tool_version = options.tool_version;
    report.problems = report.inventory.problems;
    const bool is_told = report.inventory.distro && report.inventory.distro->id == "windows";
    if (!options.match && report.inventory.databases.empty() && !is_told) {
      const char* left = report.inventory.packages.empty()
                             ? "this list says nothing"
                             : "what an operating system installed is not in this list";
      report.problems.push_back({"", -1, "list packages", problem::kPackageDbMissing,
                                 std::string("no package database was found: ") + left});
    }
    if (database) match_report(report, *database, options);
    sort_problems(report.problems);
    report.verdict = judge(report, options.thresholds);
  }
  return reports;
}

std::string default_cache_directory() {
  if (const char* base = std::getenv("XDG_CACHE_HOME"); base != nullptr && *base != '\0') {
    return std::string(base) + "/seaworthy";
  }
  const char* home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? "" : std::string(home) + "/.cache/seaworthy";
}

}  // namespace seaworthy
