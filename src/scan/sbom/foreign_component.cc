#include "scan/sbom/foreign_component.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"

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

// In lower case, with what ecosystems write alike made equal: PyPI's my.pkg and my_pkg.
std::string plain_name(std::string_view text) {
  std::string name = lower_case(text);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  return name;
}

// Without an epoch, and without the "v" or "go" that some put in front.
std::string_view plain_version(std::string_view version) {
  const std::size_t colon = version.find(':');
  if (is_small_number(version.substr(0, colon)) && colon != std::string_view::npos) {
    version.remove_prefix(colon + 1);
  }
  for (const std::string_view prefix : {"go", "v"}) {
    if (version.starts_with(prefix)) version.remove_prefix(prefix.size());
  }
  return version;
}

// "1.2" and "1.2-3": the second names the release or the build too.
bool is_one_version(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return b.starts_with(a) && (a.size() == b.size() || b[a.size()] == '-' || b[a.size()] == '+');
}

}  // namespace

std::string contradiction_of(const SbomComponent& component, const Purl& purl) {
  // The group may stand in the name, the purl's name at the front of a module path: what one has
  // of the other is no contradiction.
  const std::string own = plain_name(component.name), named = plain_name(purl.name);
  const bool same_name =
      own.empty() || own.find(named) != std::string::npos || named.find(own) != std::string::npos;
  const bool same_version =
      component.version.empty() || purl.version.empty() ||
      is_one_version(plain_version(component.version), plain_version(purl.version));
  if (same_name && same_version) return {};
  const auto both = [](std::string_view name, std::string_view version) {
    return "'" + std::string(name.substr(0, 200)) + " " + std::string(version.substr(0, 200)) + "'";
  };
  return "it calls itself " + both(component.name, component.version) + ", its package URL " +
         both(purl.name, purl.version);
}

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
