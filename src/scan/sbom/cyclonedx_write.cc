// CycloneDX 1.6 (ECMA-424), JSON.
//
// The image is metadata.component, the distribution a component of type operating-system, and every
// package a library component with its purl. Three things have no field of their own and are
// properties (scan/sbom/property_names.h): where a package was found (layer, path), what the reader
// needs to rebuild the package exactly, and what could not be read or judged. The last matters
// most: an SBOM that leaves out what went wrong turns an incomplete scan into a complete one.
//
// The serial number must be unique per document and the output the same for the same input, so it
// is a UUID (version 8, RFC 9562) made of the SHA-256 of the document that has zeros in its place.
#include <map>

#include "core/base/clock.h"
#include "core/codec/digest.h"
#include "core/codec/json.h"
#include "scan/sbom/cyclonedx.h"
#include "scan/sbom/property_names.h"

namespace seaworthy {
namespace {

constexpr std::string_view kNoSerial = "urn:uuid:00000000-0000-0000-0000-000000000000";
constexpr const char* kImageRef = "target";
constexpr const char* kDistroRef = "distribution";

void write_property(JsonWriter& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.begin_object();
  out.member("name", name);
  out.member("value", value);
  out.end_object();
}

void write_layer(JsonWriter& out, int layer) {
  if (layer >= 0) write_property(out, property_name::kLayer, std::to_string(layer));
}

std::string json_of(const ReportLayer& layer) {
  JsonWriter out(false);
  out.begin_object();
  out.member("digest", layer.digest);
  out.member("diff_id", layer.diff_id);
  out.member("size", layer.size);
  out.member("created_by", layer.created_by);
  out.end_object();
  return out.take();
}

std::string json_of(const Problem& problem) {
  JsonWriter out(false);
  out.begin_object();
  out.member("path", problem.path);
  out.member("layer", problem.layer);
  out.member("step", problem.step);
  out.member("code", problem.code);
  out.member("message", problem.message);
  out.end_object();
  return out.take();
}

std::string json_of(const Inventory::Database& database) {
  JsonWriter out(false);
  out.begin_object();
  out.member("path", database.path);
  out.member("extractor", database.extractor);
  out.member("layer", database.layer);
  out.member("packages", static_cast<std::uint64_t>(database.packages));
  out.end_object();
  return out.take();
}

std::string json_of(const CoverageSummary::Reason& reason) {
  JsonWriter out(false);
  out.begin_object();
  out.member("reason", reason.reason);
  out.member("count", reason.count);
  out.end_object();
  return out.take();
}

void write_target(JsonWriter& out, const ReportTarget& target) {
  out.key("component");
  out.begin_object();
  out.member("bom-ref", kImageRef);
  out.member("type", "container");
  out.member("name", target.reference.empty() ? std::string("image") : target.reference);
  if (!target.digest.empty()) out.member("version", target.digest);
  out.key("properties");
  out.begin_array();
  write_property(out, property_name::kReference, target.reference);
  write_property(out, property_name::kDigest, target.digest);
  write_property(out, property_name::kPlatform, target.platform);
  write_property(out, property_name::kCreated, target.created);
  for (const ReportLayer& layer : target.layers) {
    write_property(out, property_name::kTargetLayer, json_of(layer));
  }
  out.end_array();
  out.end_object();
}

void write_coverage(JsonWriter& out, const CoverageSummary& coverage) {
  const auto count = [&](const char* name, std::uint64_t value) {
    write_property(out, property_name::kCoverage + std::string(name), std::to_string(value));
  };
  count("packages", coverage.packages);
  count("matched", coverage.matched);
  count("clean", coverage.clean);
  count("unassessed", coverage.unassessed);
  for (const CoverageSummary::Reason& reason : coverage.reasons) {
    write_property(out, property_name::kUnassessed, json_of(reason));
  }
}

void write_metadata(JsonWriter& out, const Report& report) {
  out.key("metadata");
  out.begin_object();
  if (const auto created = parse_time(report.target.created)) {
    out.member("timestamp", rfc3339(*created));
  }
  out.key("tools");
  out.begin_object();
  out.key("components");
  out.begin_array();
  out.begin_object();
  out.member("type", "application");
  out.member("name", "seaworthy");
  if (!report.tool_version.empty()) out.member("version", report.tool_version);
  out.end_object();
  out.end_array();
  out.end_object();
  write_target(out, report.target);
  out.key("properties");
  out.begin_array();
  for (const Inventory::Database& database : report.inventory.databases) {
    write_property(out, property_name::kDatabase, json_of(database));
  }
  std::vector<Problem> problems = report.problems;
  problems.insert(problems.end(), report.inventory.problems.begin(),
                  report.inventory.problems.end());
  sort_problems(problems);
  for (const Problem& problem : problems) {
    write_property(out, property_name::kProblem, json_of(problem));
  }
  if (report.has_database) write_coverage(out, report.coverage);
  out.end_array();
  out.end_object();
}

void write_distro(JsonWriter& out, const Distro& distro) {
  out.begin_object();
  out.member("bom-ref", kDistroRef);
  out.member("type", "operating-system");
  out.member("name", distro.id);
  if (!distro.version.empty()) out.member("version", distro.version);
  if (!distro.name.empty()) out.member("description", distro.name);
  out.key("properties");
  out.begin_array();
  write_property(out, property_name::kType, "distro");
  write_property(out, property_name::kDistroCodename, distro.codename);
  for (const std::string& id : distro.like) write_property(out, property_name::kDistroLike, id);
  write_property(out, property_name::kDistroVariant, distro.variant);
  write_property(out, property_name::kDistroBranch, distro.repository_branch);
  for (const std::string& name : distro.content_sets) {
    write_property(out, property_name::kDistroContentSet, name);
  }
  for (const std::string& cpe : distro.cpes) write_property(out, property_name::kDistroCpe, cpe);
  write_property(out, property_name::kPath, distro.path);
  write_layer(out, distro.layer);
  out.end_array();
  out.end_object();
}

void write_licenses(JsonWriter& out, const std::vector<std::string>& licenses) {
  if (licenses.empty()) return;
  out.key("licenses");
  out.begin_array();
  for (const std::string& name : licenses) {
    out.begin_object();
    out.key("license");
    out.begin_object();
    out.member("name", name);  // `id` is for names on the SPDX list only
    out.end_object();
    out.end_object();
  }
  out.end_array();
}

void write_package(JsonWriter& out, const Package& package, const std::string& purl,
                   const std::string& ref) {
  out.begin_object();
  out.member("bom-ref", ref);
  out.member("type", "library");
  out.member("name", package.name);
  out.member("version", package.version);
  write_licenses(out, package.licenses);
  out.member("purl", purl);
  out.key("properties");
  out.begin_array();
  write_property(out, property_name::kType, name_of(package.type));
  write_property(out, property_name::kArch, package.arch);
  write_property(out, property_name::kSourceName, package.source_name);
  write_property(out, property_name::kSourceVersion, package.source_version);
  write_property(out, property_name::kPath, package.path);
  write_layer(out, package.layer);
  if (package.files > 0) write_property(out, property_name::kFiles, std::to_string(package.files));
  for (const auto& [key, value] : package.properties) {
    write_property(out, property_name::kProperty + key, value);
  }
  out.end_array();
  out.end_object();
}

std::string write_with_serial(const Report& report, std::string_view serial) {
  JsonWriter out;
  out.begin_object();
  out.member("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
  out.member("bomFormat", "CycloneDX");
  out.member("specVersion", "1.6");
  out.member("serialNumber", serial);
  out.member("version", 1);
  write_metadata(out, report);
  out.key("components");
  out.begin_array();
  const Inventory& inventory = report.inventory;
  const Distro* distro = inventory.distro ? &*inventory.distro : nullptr;
  if (distro != nullptr) write_distro(out, *distro);
  std::map<std::string, int> copies;  // bom-ref is unique in a document; a purl need not be
  for (const Package& package : inventory.packages) {
    const std::string purl = purl_of(package, distro);
    const int copy = ++copies[purl];
    write_package(out, package, purl, copy == 1 ? purl : purl + " " + std::to_string(copy));
  }
  out.end_array();
  out.end_object();
  return out.take();
}

std::string serial_of(std::string_view document) {
  std::string hex = sha256(document).substr(7, 32);
  hex[12] = '8';  // the version, and below the variant
  hex[16] = "89ab"[(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') & 3];
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace

std::string write_cyclonedx(const Report& report) {
  std::string document = write_with_serial(report, kNoSerial);
  const std::string serial = serial_of(document);
  // The first occurrence is the serial number's: only fixed text stands before it.
  document.replace(document.find(kNoSerial), kNoSerial.size(), serial);
  return document;
}

}  // namespace seaworthy
