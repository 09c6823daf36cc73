// From an SPDX document to the components that InventoryBuilder reads. Differences between tools:
//
//   ours     properties in one annotation per package, a JSON array of [name, value]
//   Trivy    annotations (until 0.45 attribution texts) "LayerDiffID: sha256:..."; the source in
//            sourceInfo, "built package from: glibc 2.36"; the distribution and the image as
//            packages
//   Syft     everything in the purl; the distribution in its qualifier, the image as
//            "SPDXRef-DocumentRoot-..."
//
// Without a purpose (2.2 has none) the identifiers that Trivy uses tell what a package is.
#include "core/codec/json.h"
#include "scan/sbom/inventory_builder.h"
#include "scan/sbom/property_names.h"
#include "scan/sbom/spdx.h"

namespace seaworthy {
namespace {

struct IdMark {
  std::string_view prefix, type;
};
constexpr std::array kIdMarks{
    IdMark{"SPDXRef-OperatingSystem", "operating-system"},
    IdMark{"SPDXRef-Distribution", "operating-system"},
    IdMark{"SPDXRef-ContainerImage", "container"},
    IdMark{"SPDXRef-DocumentRoot", "container"},
    IdMark{"SPDXRef-Image", "container"},
    IdMark{"SPDXRef-Filesystem", "file"},
    IdMark{"SPDXRef-Application", "application"},
};

std::string type_of(const SpdxPackage& package) {
  if (package.purpose == "OPERATING-SYSTEM" || package.purpose == "OPERATING_SYSTEM") {
    return "operating-system";
  }
  if (package.purpose == "CONTAINER") return "container";
  if (package.purpose == "FILE") return "file";
  for (const IdMark& mark : kIdMarks) {
    if (package.id.starts_with(mark.prefix)) return std::string(mark.type);
  }
  return package.purpose == "APPLICATION" ? "application" : "library";
}

// "Organization: Name" and "Person: Name (address)" as a package manager writes a maintainer.
std::string supplier_of(std::string_view text) {
  for (const std::string_view kind : {"Organization:", "Person:"}) {
    if (text.starts_with(kind)) text.remove_prefix(kind.size());
  }
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text == "NOASSERTION") return "";
  std::string supplier(text);
  const std::size_t open = supplier.rfind(" (");
  if (open != std::string::npos && supplier.ends_with(')')) {
    supplier[open + 1] = '<';
    supplier.back() = '>';
  }
  return supplier;
}

// The properties that a note holds: ours, or one of Trivy's "Key: value".
void add_note(const std::string& note, const Limits& limits,
              std::vector<SbomProperty>& properties) {
  if (note.starts_with("[[\"seaworthy:")) {
    JsonDocument document;
    if (!document.parse(note, limits)) return;
    for (const JsonValue& pair : document.root().elements()) {
      const auto parts = pair.elements();
      if (parts.size() != 2) continue;
      properties.push_back({std::string(parts[0].text()), std::string(parts[1].text())});
    }
    return;
  }
  const std::size_t colon = note.find(": ");
  if (colon == std::string::npos || colon > 40) return;
  properties.push_back({"aquasecurity:trivy:" + note.substr(0, colon), note.substr(colon + 2)});
}

void read_source_info(const SpdxPackage& package, SbomComponent& component) {
  constexpr std::string_view kBuiltFrom = "built package from: ";
  if (!package.source_info.starts_with(kBuiltFrom)) return;
  const std::string_view source = std::string_view(package.source_info).substr(kBuiltFrom.size());
  const std::size_t blank = source.find(' ');
  component.source_name = source.substr(0, blank);
  if (blank != std::string_view::npos) component.source_version = source.substr(blank + 1);
}

bool is_given(const std::string& text) {
  return !text.empty() && text != "NOASSERTION" && text != "NONE";
}

void read_licenses(const SpdxPackage& package, const SpdxDocument& document,
                   SbomComponent& component) {
  const std::string& text =
      is_given(package.license_declared) ? package.license_declared : package.license_concluded;
  if (!is_given(text)) return;
  const auto own = document.licenses.find(text);
  component.licenses = {own == document.licenses.end() ? text : own->second};
}

// What our annotation keeps because a field could not: it replaces the field.
void apply_own(SbomComponent& component) {
  if (component.property(property_name::kType).empty()) return;
  component.licenses.clear();
  for (const SbomProperty& property : component.properties) {
    if (property.name == property_name::kName) component.name = property.value;
    if (property.name == property_name::kVersion) component.version = property.value;
    if (property.name == property_name::kDescription) component.description = property.value;
    if (property.name == property_name::kLicense) component.licenses.push_back(property.value);
  }
}

SbomComponent component_of(const SpdxPackage& package, const SpdxDocument& document,
                           const Limits& limits) {
  SbomComponent component;
  component.ref = package.id;
  component.type = type_of(package);
  component.name = package.name;
  component.version = is_given(package.version) ? package.version : "";
  component.description = package.description;
  component.supplier = supplier_of(package.supplier);
  if (!package.purls.empty()) component.purl = package.purls.front();
  for (const std::string& note : package.notes) add_note(note, limits, component.properties);
  read_source_info(package, component);
  read_licenses(package, document, component);
  apply_own(component);
  return component;
}

// "Tool: syft-1.4.0" names syft.
std::string tool_of(std::string_view creator) {
  constexpr std::string_view kTool = "Tool:";
  if (!creator.starts_with(kTool)) return "";
  creator.remove_prefix(kTool.size());
  while (creator.starts_with(' ')) creator.remove_prefix(1);
  return std::string(creator.substr(0, creator.find('-')));
}

// The one package that the document is about, where it is an image and not a package of it.
const SpdxPackage* subject_of(const SpdxDocument& document) {
  std::vector<std::string_view> described(document.described.begin(), document.described.end());
  for (const SpdxRelation& relation : document.relations) {
    if (relation.from == kSpdxDocumentId && relation.type == "DESCRIBES") {
      described.push_back(relation.to);
    }
  }
  for (const SpdxPackage& package : document.packages) {
    const bool is_described =
        std::find(described.begin(), described.end(), package.id) != described.end();
    if (is_described && type_of(package) == "container") return &package;
  }
  return nullptr;
}

}  // namespace

Result<Report> inventory_of(const SpdxDocument& document,
                            const std::vector<std::pair<std::string, std::string>>& problems,
                            const Limits& limits) {
  if (document.version != "SPDX-2.2" && document.version != "SPDX-2.3") {
    return Error{ErrorCode::kUnsupported,
                 "'" + document.version.substr(0, 20) + "'; SPDX-2.2 and SPDX-2.3 are read"};
  }
  InventoryBuilder builder("spdx", limits);
  for (const auto& [where, what] : problems) builder.add_problem(where, what);
  for (const std::string& creator : document.creators) builder.add_tool(tool_of(creator));
  const SpdxPackage* subject = subject_of(document);
  if (subject != nullptr) {
    builder.set_subject(component_of(*subject, document, limits));
  } else {
    SbomComponent named;
    named.name = document.name;
    builder.set_subject(named);
  }
  std::vector<SbomProperty> properties;
  for (const std::string& note : document.notes) add_note(note, limits, properties);
  for (const SbomProperty& property : properties) {
    builder.add_document_property(property.name, property.value);
  }
  for (const SpdxPackage& package : document.packages) {
    // A source is what a package was made of, not what is installed.
    if (&package == subject || package.purpose == "SOURCE") continue;
    builder.add(component_of(package, document, limits));
  }
  return builder.take();
}

}  // namespace seaworthy
