// CycloneDX 1.6 (ECMA-424), JSON.
//
// The image is metadata.component, the distribution a component of type operating-system, and every
// package a library component with its purl; the source package is its ancestor (pedigree), and the
// dependencies say which packages the image and its distribution are made of. Three things have no
// field of their own and are properties (property_names.h): where a package was found (layer,
// path), what the reader needs to rebuild the package exactly, and what could not be read or
// judged. The last matters most: an SBOM that leaves out what went wrong turns an incomplete scan
// into a complete one.
//
// The serial number must be unique per document and the output the same for the same input, so it
// is made of the SHA-256 of the document that has zeros in its place. The XML form
// (cyclonedx_xml_write.cc) says the same in the order of its schema.
#include "core/codec/json.h"
#include "scan/sbom/document.h"
#include "scan/sbom/sbom.h"
#include "scan/sbom/spdx_license.h"

namespace seaworthy {
namespace {

void write_if(JsonWriter& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.member(name, text);
}

void write_properties(JsonWriter& out, const std::vector<SbomProperty>& properties) {
  out.key("properties");
  out.begin_array();
  for (const SbomProperty& property : properties) {
    out.begin_object();
    out.member("name", property.name);
    out.member("value", property.value);
    out.end_object();
  }
  out.end_array();
}

void write_licenses(JsonWriter& out, const std::vector<std::string>& licenses) {
  if (licenses.empty()) return;
  out.key("licenses");
  out.begin_array();
  const bool is_expression =
      licenses.size() == 1 && !is_spdx_license(licenses[0]) && is_spdx_expression(licenses[0]);
  for (const std::string& text : licenses) {
    out.begin_object();
    if (is_expression) {
      out.member("expression", text);
      out.end_object();
      continue;
    }
    out.key("license");
    out.begin_object();
    out.member(is_spdx_license(text) ? "id" : "name", text);
    out.end_object();
    out.end_object();
  }
  out.end_array();
}

void write_source(JsonWriter& out, const SbomComponent& component) {
  const std::string purl = source_purl(component);
  if (purl.empty()) return;
  out.key("pedigree");
  out.begin_object();
  out.key("ancestors");
  out.begin_array();
  out.begin_object();
  out.member("type", "library");
  out.member("name", component.source_name);
  write_if(out, "version", component.source_version);
  out.member("purl", purl);
  out.end_object();
  out.end_array();
  out.end_object();
}

void write_component(JsonWriter& out, const SbomComponent& component,
                     const std::string& image_sha256) {
  out.begin_object();
  out.member("bom-ref", component.ref);
  out.member("type", component.type);
  out.member("name", component.name);
  write_if(out, "version", component.version);
  write_if(out, "description", component.description);
  if (!image_sha256.empty()) {
    out.key("hashes");
    out.begin_array();
    out.begin_object();
    out.member("alg", "SHA-256");
    out.member("content", image_sha256);
    out.end_object();
    out.end_array();
  }
  write_licenses(out, component.licenses);
  write_if(out, "purl", component.purl);
  write_source(out, component);
  write_properties(out, component.properties);
  out.end_object();
}

void write_metadata(JsonWriter& out, const SbomDocument& document) {
  out.key("metadata");
  out.begin_object();
  write_if(out, "timestamp", document.created);
  out.key("tools");
  out.begin_object();
  out.key("components");
  out.begin_array();
  out.begin_object();
  out.member("type", "application");
  out.member("name", "seaworthy");
  write_if(out, "version", document.tool_version);
  out.end_object();
  out.end_array();
  out.end_object();
  out.key("component");
  write_component(out, document.subject, document.image_sha256);
  write_properties(out, document.properties);
  out.end_object();
}

}  // namespace

std::string write_cyclonedx(const Report& report) {
  const SbomDocument document = document_of(report);
  JsonWriter out;
  out.begin_object();
  out.member("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
  out.member("bomFormat", "CycloneDX");
  out.member("specVersion", "1.6");
  out.member("serialNumber", kNoSerial);
  out.member("version", 1);
  write_metadata(out, document);
  out.key("components");
  out.begin_array();
  for (const SbomComponent& component : document.components) write_component(out, component, "");
  out.end_array();
  out.key("dependencies");
  out.begin_array();
  for (const SbomRelation& relation : relations_of(document)) {
    out.begin_object();
    out.member("ref", relation.ref);
    out.texts("dependsOn", relation.parts);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return with_serial(out.take());
}

}  // namespace seaworthy
