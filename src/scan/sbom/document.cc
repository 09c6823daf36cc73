#include "scan/sbom/document.h"

#include <map>

#include "core/base/clock.h"
#include "core/codec/digest.h"
#include "scan/sbom/property_names.h"
#include "scan/sbom/report_values.h"

namespace seaworthy {
namespace {

void add_layer(SbomComponent& component, int layer) {
  if (layer >= 0) component.add_property(property_name::kLayer, std::to_string(layer));
}

SbomComponent subject_of(const ReportTarget& target) {
  SbomComponent subject;
  subject.ref = "target";
  subject.type = "container";
  subject.name = target.reference.empty() ? std::string("image") : target.reference;
  subject.version = target.digest;
  subject.add_property(property_name::kReference, target.reference);
  subject.add_property(property_name::kDigest, target.digest);
  subject.add_property(property_name::kPlatform, target.platform);
  subject.add_property(property_name::kCreated, target.created);
  for (const ReportLayer& layer : target.layers) {
    subject.add_property(property_name::kTargetLayer, json_text(layer));
  }
  return subject;
}

SbomComponent distro_component(const Distro& distro) {
  SbomComponent component;
  component.ref = "distribution";
  component.type = "operating-system";
  component.name = distro.id;
  component.version = distro.version;
  component.description = distro.name;
  component.add_property(property_name::kType, "distro");
  component.add_property(property_name::kDistroCodename, distro.codename);
  for (const std::string& id : distro.like) {
    component.add_property(property_name::kDistroLike, id);
  }
  component.add_property(property_name::kDistroVariant, distro.variant);
  component.add_property(property_name::kDistroBranch, distro.repository_branch);
  component.add_property(property_name::kDistroOtherRepositories, distro.other_repositories);
  for (const std::string& name : distro.content_sets) {
    component.add_property(property_name::kDistroContentSet, name);
  }
  for (const std::string& cpe : distro.cpes) {
    component.add_property(property_name::kDistroCpe, cpe);
  }
  component.add_property(property_name::kPath, distro.path);
  add_layer(component, distro.layer);
  return component;
}

SbomComponent package_component(const Package& package, const Distro* distro) {
  SbomComponent component;
  component.type = "library";
  component.name = package.name;
  component.version = package.version;
  component.purl = purl_of(package, distro);
  component.licenses = package.licenses;
  component.source_name = package.source_name;
  component.source_version = package.source_version;
  component.add_property(property_name::kType, std::string(name_of(package.type)));
  component.add_property(property_name::kArch, package.arch);
  component.add_property(property_name::kSourceName, package.source_name);
  component.add_property(property_name::kSourceVersion, package.source_version);
  component.add_property(property_name::kPath, package.path);
  add_layer(component, package.layer);
  if (package.files > 0) {
    component.add_property(property_name::kFiles, std::to_string(package.files));
  }
  for (const auto& [key, value] : package.properties) {
    component.add_property(property_name::kProperty + key, value);
  }
  return component;
}

void add_state(const Report& report, std::vector<SbomProperty>& properties) {
  for (const Inventory::Database& database : report.inventory.databases) {
    properties.push_back({property_name::kDatabase, json_text(database)});
  }
  std::vector<Problem> problems = report.problems;
  problems.insert(problems.end(), report.inventory.problems.begin(),
                  report.inventory.problems.end());
  sort_problems(problems);
  for (const Problem& problem : problems) {
    properties.push_back({property_name::kProblem, json_text(problem)});
  }
  if (!report.has_database) return;
  const auto count = [&](const char* name, std::uint64_t value) {
    properties.push_back({property_name::kCoverage + std::string(name), std::to_string(value)});
  };
  count("packages", report.coverage.packages);
  count("matched", report.coverage.matched);
  count("clean", report.coverage.clean);
  count("unassessed", report.coverage.unassessed);
  for (const CoverageSummary::Reason& reason : report.coverage.reasons) {
    properties.push_back({property_name::kUnassessed, json_text(reason)});
  }
}

}  // namespace

std::string_view SbomComponent::property(std::string_view wanted) const {
  for (const SbomProperty& each : properties) {
    if (each.name == wanted) return each.value;
  }
  return {};
}

void SbomComponent::add_property(std::string_view property_name, std::string value) {
  if (!value.empty()) properties.push_back({std::string(property_name), std::move(value)});
}

SbomDocument document_of(const Report& report) {
  SbomDocument document;
  document.tool_version = report.tool_version;
  if (const auto created = parse_time(report.target.created)) {
    document.created = rfc3339(*created);
  }
  document.subject = subject_of(report.target);
  if (is_digest(report.target.digest) && report.target.digest.starts_with("sha256:")) {
    document.image_sha256 = report.target.digest.substr(7);
  }
  add_state(report, document.properties);
  const Distro* distro = report.inventory.distro ? &*report.inventory.distro : nullptr;
  document.has_distro = distro != nullptr;
  if (distro != nullptr) document.components.push_back(distro_component(*distro));
  std::map<std::string, int> copies;  // a reference is unique in a document; a purl need not be
  for (const Package& package : report.inventory.packages) {
    SbomComponent component = package_component(package, distro);
    const int copy = ++copies[component.purl];
    component.ref = copy == 1 ? component.purl : component.purl + " " + std::to_string(copy);
    document.components.push_back(std::move(component));
  }
  return document;
}

std::vector<SbomRelation> relations_of(const SbomDocument& document) {
  SbomRelation image{document.subject.ref, {}}, system{"distribution", {}};
  for (const SbomComponent& component : document.components) {
    const std::string_view type = component.property(property_name::kType);
    const bool of_system = document.has_distro && type != "distro" && type != "other";
    (of_system ? system : image).parts.push_back(component.ref);
  }
  std::vector<SbomRelation> relations{std::move(image)};
  if (document.has_distro) relations.push_back(std::move(system));
  return relations;
}

std::string source_purl(const SbomComponent& component) {
  const auto binary = parse_purl(component.purl);
  if (!binary || component.source_name.empty()) return "";
  Purl source;
  source.type = binary->type;
  source.name_space = binary->name_space;
  source.name = component.source_name;
  source.version = component.source_version.empty() ? binary->version : component.source_version;
  source.qualifiers = {{"arch", binary->type == "rpm" ? "src" : "source"}};
  if (const auto distro = binary->qualifier("distro"); !distro.empty()) {
    source.qualifiers.emplace_back("distro", distro);
  }
  return to_text(source);
}

std::string with_serial(std::string document) {
  std::string hex = sha256(document).substr(7, 32);
  hex[12] = '8';  // the version, and below the variant
  hex[16] = "89ab"[(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') & 3];
  const std::string serial = "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" +
                             hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" + hex.substr(20);
  // The first occurrence is the serial number's: only fixed text stands before it.
  const std::size_t place = document.find(kNoSerial);
  if (place != std::string::npos) document.replace(place, kNoSerial.size(), serial);
  return document;
}

}  // namespace seaworthy
