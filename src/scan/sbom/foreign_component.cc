#include "scan/sbom/foreign_component.h"

namespace seaworthy {
namespace {

constexpr std::string_view kTrivy = "aquasecurity:trivy:";
constexpr std::string_view kSyft = "syft:metadata:";

std::string_view property_of(const SbomComponent& component, std::string_view prefix,
                             std::string_view name) {
  return component.property(std::string(prefix) + std::string(name));
}

// "nodejs-12.18.2-1.module.src.rpm" is name, version and release, told apart from the right.
void set_source_rpm(Package& package, std::string_view file) {
  package.set_property(kSourceRpm, std::string(file));
  for (const std::string_view suffix : {".src.rpm", ".nosrc.rpm"}) {
    if (file.ends_with(suffix)) file.remove_suffix(suffix.size());
  }
  const std::size_t release = file.rfind('-');
  if (release == std::string_view::npos || release == 0) return;
  const std::size_t version = file.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0) return;
  package.source_name = file.substr(0, version);
  package.source_version = file.substr(version + 1);
}

void set_upstream(Package& package, std::string_view upstream) {
  if (package.type == PackageType::kRpm && upstream.ends_with(".rpm")) {
    return set_source_rpm(package, upstream);
  }
  const std::size_t at = upstream.rfind('@');
  package.source_name = upstream.substr(0, at);
  if (at != std::string_view::npos) package.source_version = upstream.substr(at + 1);
}

// The source package as Trivy's and Syft's own properties name it.
void set_source_from_properties(const SbomComponent& component, Package& package) {
  const auto trivy = [&](std::string_view name) {
    return std::string(property_of(component, kTrivy, name));
  };
  const auto syft = [&](std::string_view name) { return property_of(component, kSyft, name); };
  package.source_name = trivy("SrcName");
  if (!package.source_name.empty()) {
    package.source_version = trivy("SrcVersion");
    if (!trivy("SrcRelease").empty()) package.source_version += "-" + trivy("SrcRelease");
    const std::string epoch = trivy("SrcEpoch");
    if (is_small_number(epoch) && epoch != "0") package.source_version.insert(0, epoch + ":");
    return;
  }
  if (package.type == PackageType::kRpm) {
    if (!syft("sourceRpm").empty()) set_source_rpm(package, syft("sourceRpm"));
    return;
  }
  package.source_name = syft(package.type == PackageType::kApk ? "originPackage" : "source");
  package.source_version = syft("sourceVersion");
}

}  // namespace

bool is_small_number(std::string_view text) {
  return !text.empty() && text.size() < 10 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

void read_os_purl(const SbomComponent& component, const Purl& purl, bool absent_source_is_own,
                  Package& package) {
  package.arch = purl.qualifier("arch");
  std::string_view epoch = purl.qualifier("epoch");
  if (epoch.empty()) epoch = property_of(component, kSyft, "epoch");
  if (is_small_number(epoch) && epoch != "0" && package.version.find(':') == std::string::npos) {
    package.version.insert(0, std::string(epoch) + ":");
  }
  const std::string_view upstream = purl.qualifier("upstream");
  if (!upstream.empty()) {
    set_upstream(package, upstream);
  } else if (!component.source_name.empty()) {
    package.source_name = component.source_name;
    package.source_version = component.source_version;
  } else {
    set_source_from_properties(component, package);
  }
  if (package.source_name.empty() && package.type != PackageType::kRpm && !absent_source_is_own) {
    package.set_property(kSourceUnknown, "yes");
  }
  std::string_view module = purl.qualifier("rpmmod");
  if (module.empty()) module = purl.qualifier("modularitylabel");
  if (module.empty()) module = property_of(component, kTrivy, "Modularitylabel");
  if (module.empty()) module = property_of(component, kSyft, "modularityLabel");
  const bool is_rpm = package.type == PackageType::kRpm;
  if (is_rpm) package.set_property(kModularity, std::string(module));
  // Who packaged it tells the distribution's own packages from those of other repositories.
  package.set_property(is_rpm ? kVendor : kMaintainer, component.supplier);
}

void read_place(const SbomComponent& component, const std::vector<ReportLayer>& layers,
                Package& package) {
  std::string_view path = component.property("syft:location:0:path");
  if (path.empty()) path = property_of(component, kTrivy, "FilePath");
  if (path.starts_with('/')) path.remove_prefix(1);
  package.path = path;
  const std::string_view diff_id = property_of(component, kTrivy, "LayerDiffID");
  for (std::size_t i = 0; i < layers.size() && !diff_id.empty(); ++i) {
    if (layers[i].diff_id != diff_id) continue;
    package.layer = static_cast<int>(i);
    break;
  }
}

}  // namespace seaworthy
