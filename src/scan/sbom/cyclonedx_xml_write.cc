// CycloneDX 1.6, XML: the document of cyclonedx_write.cc in the order of the schema.
#include "scan/sbom/document.h"
#include "scan/sbom/sbom.h"
#include "scan/sbom/spdx_license.h"
#include "scan/sbom/xml_writer.h"

namespace seaworthy {
namespace {

void write_if(XmlWriter& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.element(name, text);
}

void write_properties(XmlWriter& out, const std::vector<SbomProperty>& properties) {
  if (properties.empty()) return;
  out.begin("properties");
  for (const SbomProperty& property : properties) {
    out.element("property", property.value, {{"name", property.name}});
  }
  out.end();
}

void write_licenses(XmlWriter& out, const std::vector<std::string>& licenses) {
  if (licenses.empty()) return;
  out.begin("licenses");
  if (licenses.size() == 1 && !is_spdx_license(licenses[0]) && is_spdx_expression(licenses[0])) {
    out.element("expression", licenses[0]);
    return out.end();
  }
  for (const std::string& text : licenses) {
    out.begin("license");
    out.element(is_spdx_license(text) ? "id" : "name", text);
    out.end();
  }
  out.end();
}

void write_source(XmlWriter& out, const SbomComponent& component) {
  const std::string purl = source_purl(component);
  if (purl.empty()) return;
  out.begin("pedigree");
  out.begin("ancestors");
  out.begin("component", {{"type", "library"}});
  out.element("name", component.source_name);
  write_if(out, "version", component.source_version);
  out.element("purl", purl);
  out.end();
  out.end();
  out.end();
}

void write_component(XmlWriter& out, const SbomComponent& component,
                     const std::string& image_sha256) {
  out.begin("component", {{"type", component.type}, {"bom-ref", component.ref}});
  out.element("name", component.name);
  write_if(out, "version", component.version);
  write_if(out, "description", component.description);
  if (!image_sha256.empty()) {
    out.begin("hashes");
    out.element("hash", image_sha256, {{"alg", "SHA-256"}});
    out.end();
  }
  write_licenses(out, component.licenses);
  write_if(out, "purl", component.purl);
  write_source(out, component);
  write_properties(out, component.properties);
  out.end();
}

void write_metadata(XmlWriter& out, const SbomDocument& document) {
  out.begin("metadata");
  write_if(out, "timestamp", document.created);
  out.begin("tools");
  out.begin("components");
  out.begin("component", {{"type", "application"}});
  out.element("name", "seaworthy");
  write_if(out, "version", document.tool_version);
  out.end();
  out.end();
  out.end();
  write_component(out, document.subject, document.image_sha256);
  write_properties(out, document.properties);
  out.end();
}

}  // namespace

std::string write_cyclonedx_xml(const Report& report) {
  const SbomDocument document = document_of(report);
  XmlWriter out;
  out.begin("bom", {{"xmlns", "http://cyclonedx.org/schema/bom/1.6"},
                    {"serialNumber", kNoSerial},
                    {"version", "1"}});
  write_metadata(out, document);
  out.begin("components");
  for (const SbomComponent& component : document.components) write_component(out, component, "");
  out.end();
  out.begin("dependencies");
  for (const SbomRelation& relation : relations_of(document)) {
    out.begin("dependency", {{"ref", relation.ref}});
    for (const std::string& part : relation.parts) {
      out.element("dependency", "", {{"ref", part}});
    }
    out.end();
  }
  out.end();
  out.end();
  return with_serial(out.take());
}

}  // namespace seaworthy
