// Reads CycloneDX JSON, 1.2 to 1.6 (ECMA-424), of this program and of others. What a component
// means is the matter of InventoryBuilder; here is where its parts stand.
#include <algorithm>

#include "scan/sbom/inventory_builder.h"
#include "scan/sbom/sbom_parsers.h"

namespace seaworthy {
namespace {

void read_licenses(const JsonValue& component, SbomComponent& out) {
  for (const JsonValue& choice : component["licenses"].elements()) {
    const JsonValue license = choice["license"];
    std::string_view text = license["id"].text();
    if (text.empty()) text = license["name"].text();
    if (text.empty()) text = choice["expression"].text();
    if (!text.empty()) out.licenses.emplace_back(text);
  }
}

SbomComponent component_of(const JsonValue& value) {
  SbomComponent component;
  component.ref = value["bom-ref"].text();
  component.type = value["type"].text();
  component.group = value["group"].text();
  component.name = value["name"].text();
  component.version = value["version"].text();
  component.description = value["description"].text();
  component.purl = value["purl"].text();
  // Trivy names the maintainer as supplier, Syft as publisher.
  component.supplier = value["supplier"]["name"].text();
  if (component.supplier.empty()) component.supplier = value["publisher"].text();
  read_licenses(value, component);
  for (const JsonValue& property : value["properties"].elements()) {
    component.properties.push_back(
        {std::string(property["name"].text()), std::string(property["value"].text())});
  }
  return component;
}

void read_metadata(const JsonValue& metadata, InventoryBuilder& builder) {
  // A list until 1.4, an object with components since.
  for (const JsonValue& tools : {metadata["tools"], metadata["tools"]["components"]}) {
    for (const JsonValue& tool : tools.elements()) builder.add_tool(tool["name"].text());
  }
  builder.set_subject(component_of(metadata["component"]));
  for (const JsonValue& property : metadata["properties"].elements()) {
    builder.add_document_property(property["name"].text(), property["value"].text());
  }
}

// Components may hold components. The walk keeps its own stack and the order of the document.
void read_components(const JsonValue& components, InventoryBuilder& builder) {
  std::vector<JsonValue> stack = components.elements();
  std::reverse(stack.begin(), stack.end());
  std::size_t number = 0;
  for (; !stack.empty(); ++number) {
    const JsonValue component = stack.back();
    stack.pop_back();
    if (!component.is_object()) {
      builder.add_problem("component " + std::to_string(number), "not an object");
      continue;
    }
    builder.add(component_of(component));
    const JsonValue nested = component["components"];
    if (nested.exists() && !nested.is_array()) {
      builder.add_problem("component " + std::to_string(number), "its 'components' is not a list");
    }
    const std::vector<JsonValue> inner = nested.elements();
    stack.insert(stack.end(), inner.rbegin(), inner.rend());
  }
}

}  // namespace

Status check_cyclonedx_version(std::string_view version) {
  const bool is_read =
      version.size() == 3 && version.starts_with("1.") && version[2] >= '2' && version[2] <= '6';
  if (is_read) return ok_status();
  return Error{ErrorCode::kUnsupported, "CycloneDX '" + std::string(version.substr(0, 20)) +
                                            "'; versions 1.2 to 1.6 are read"};
}

Result<Report> read_cyclonedx_json(const JsonValue& root, const Limits& limits) {
  RETURN_IF_ERROR(check_cyclonedx_version(root["specVersion"].text()));
  InventoryBuilder builder("cyclonedx", limits);
  if (root["components"].exists() && !root["components"].is_array()) {
    return Error{ErrorCode::kInvalidInput, "malformed CycloneDX: 'components' is not a list"};
  }
  read_metadata(root["metadata"], builder);
  read_components(root["components"], builder);
  return builder.take();
}

}  // namespace seaworthy
