// Reads CycloneDX XML, 1.2 to 1.6, element by element: memory is one component, not the document.
// The version is the end of the root element's namespace, http://cyclonedx.org/schema/bom/1.6.
// In the schema's order metadata comes before components, which the reader relies on: what comes
// behind them is too late to be believed and is a problem.
#include "core/codec/xml.h"
#include "scan/sbom/inventory_builder.h"
#include "scan/sbom/sbom_parsers.h"

namespace seaworthy {
namespace {

constexpr std::string_view kNamespace = "http://cyclonedx.org/schema/bom/";

std::string text_of(const XmlElement& element) {
  return std::string(element.trimmed());
}

void read_licenses(const XmlElement& licenses, SbomComponent& component) {
  for (const XmlElement& choice : licenses.children) {
    std::string text = choice.name == "expression" ? text_of(choice) : text_of(choice["id"]);
    if (text.empty()) text = text_of(choice["name"]);
    if (!text.empty()) component.licenses.push_back(std::move(text));
  }
}

SbomComponent component_of(const XmlElement& element) {
  SbomComponent component;
  component.ref = element.attribute("bom-ref");
  component.type = element.attribute("type");
  component.group = text_of(element["group"]);
  component.name = text_of(element["name"]);
  component.version = text_of(element["version"]);
  component.description = text_of(element["description"]);
  component.purl = text_of(element["purl"]);
  component.supplier = text_of(element["supplier"]["name"]);
  if (component.supplier.empty()) component.supplier = text_of(element["publisher"]);
  read_licenses(element["licenses"], component);
  for (const XmlElement& property : element["properties"].children) {
    component.properties.push_back({std::string(property.attribute("name")), property.text});
  }
  return component;
}

void read_metadata(const XmlElement& metadata, InventoryBuilder& builder) {
  // <tools><tool> until 1.4, <tools><components><component> since.
  for (const XmlElement* tools : {&metadata["tools"], &metadata["tools"]["components"]}) {
    for (const XmlElement& tool : tools->children) builder.add_tool(text_of(tool["name"]));
  }
  builder.set_subject(component_of(metadata["component"]));
  for (const XmlElement& property : metadata["properties"].children) {
    builder.add_document_property(property.attribute("name"), property.text);
  }
}

// The component and those inside it, in the order of the document, with a stack of its own.
void add_components(const XmlElement& outermost, InventoryBuilder& builder) {
  std::vector<const XmlElement*> stack{&outermost};
  while (!stack.empty()) {
    const XmlElement* element = stack.back();
    stack.pop_back();
    builder.add(component_of(*element));
    const auto& inner = (*element)["components"].children;
    for (auto child = inner.rbegin(); child != inner.rend(); ++child) stack.push_back(&*child);
  }
}

Status check_root(std::string_view bytes, const XmlReader& xml) {
  if (xml.name() == "RDF" || xml.name() == "Document") {
    return Error{ErrorCode::kUnsupported,
                 "an XML document that is no CycloneDX; of SPDX, JSON and tag-value are read"};
  }
  const std::size_t at = bytes.substr(0, 64 * kKiB).find(kNamespace);
  if (xml.name() != "bom" || at == std::string_view::npos) {
    return Error{ErrorCode::kInvalidInput, "an XML document that is no CycloneDX: its root is '" +
                                               std::string(xml.name().substr(0, 100)) + "'"};
  }
  const std::string_view version = bytes.substr(at + kNamespace.size(), 20);
  return check_cyclonedx_version(version.substr(0, version.find_first_of("\"'")));
}

Status read_body(XmlReader& xml, InventoryBuilder& builder) {
  bool in_components = false;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, xml.next());
    if (!more) return ok_status();
    if (xml.depth() == 1) {
      const bool is_metadata = xml.name() == "metadata";
      if (is_metadata && in_components) {
        builder.add_problem("line " + std::to_string(xml.line()), "metadata behind components");
      }
      in_components = in_components || xml.name() == "components";
      if (xml.name() == "components") continue;
      ASSIGN_OR_RETURN(const XmlElement element, xml.element());
      if (is_metadata) read_metadata(element, builder);
    } else if (xml.depth() == 2) {
      ASSIGN_OR_RETURN(const XmlElement element, xml.element());
      if (element.name == "component") add_components(element, builder);
    }
  }
}

}  // namespace

Result<Report> read_cyclonedx_xml(std::string_view bytes, const Limits& limits) {
  ASSIGN_OR_RETURN(XmlReader xml, XmlReader::open(bytes, limits));
  ASSIGN_OR_RETURN(const bool has_root, xml.next());
  if (!has_root) return Error{ErrorCode::kInvalidInput, "an XML document without an element"};
  RETURN_IF_ERROR(check_root(bytes, xml));
  InventoryBuilder builder("cyclonedx", limits);
  RETURN_IF_ERROR(read_body(xml, builder));
  return builder.take();
}

}  // namespace seaworthy
