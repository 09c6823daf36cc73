// SPDX 2.2 and 2.3 as JSON, both directions.
#include "core/codec/json.h"
#include "scan/sbom/document.h"
#include "scan/sbom/sbom.h"
#include "scan/sbom/sbom_parsers.h"
#include "scan/sbom/spdx.h"

namespace seaworthy {
namespace {

std::string text_of(const JsonValue& value, std::string_view name) {
  return std::string(value[name].text());
}

void read_notes(const JsonValue& owner, std::vector<std::string>& notes) {
  for (const JsonValue& annotation : owner["annotations"].elements()) {
    notes.push_back(text_of(annotation, "comment"));
  }
  for (const JsonValue& text : owner["attributionTexts"].elements()) {
    notes.emplace_back(text.text());
  }
}

SpdxPackage read_package(const JsonValue& value) {
  SpdxPackage package;
  package.id = text_of(value, "SPDXID");
  package.name = text_of(value, "name");
  package.version = text_of(value, "versionInfo");
  package.description = text_of(value, "description");
  package.purpose = text_of(value, "primaryPackagePurpose");
  package.supplier = text_of(value, "supplier");
  package.license_declared = text_of(value, "licenseDeclared");
  package.license_concluded = text_of(value, "licenseConcluded");
  package.source_info = text_of(value, "sourceInfo");
  for (const JsonValue& reference : value["externalRefs"].elements()) {
    if (!reference["referenceType"].text().ends_with("purl")) continue;
    package.purls.push_back(text_of(reference, "referenceLocator"));
  }
  read_notes(value, package.notes);
  return package;
}

void write_if(JsonWriter& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.member(name, text);
}

void write_notes(JsonWriter& out, const SpdxDocument& document,
                 const std::vector<std::string>& notes) {
  if (notes.empty()) return;
  out.key("annotations");
  out.begin_array();
  for (const std::string& note : notes) {
    out.begin_object();
    out.member("annotator", document.creators.front());
    out.member("annotationDate", document.created);
    out.member("annotationType", "OTHER");
    out.member("comment", note);
    out.end_object();
  }
  out.end_array();
}

void write_package(JsonWriter& out, const SpdxDocument& document, const SpdxPackage& package) {
  out.begin_object();
  out.member("SPDXID", package.id);
  out.member("name", package.name);
  write_if(out, "versionInfo", package.version);
  write_if(out, "description", package.description);
  out.member("primaryPackagePurpose", package.purpose);
  out.member("downloadLocation", "NOASSERTION");
  out.member("filesAnalyzed", false);
  if (!package.sha256.empty()) {
    out.key("checksums");
    out.begin_array();
    out.begin_object();
    out.member("algorithm", "SHA256");
    out.member("checksumValue", package.sha256);
    out.end_object();
    out.end_array();
  }
  write_if(out, "sourceInfo", package.source_info);
  out.member("licenseConcluded", package.license_concluded);
  out.member("licenseDeclared", package.license_declared);
  out.member("copyrightText", "NOASSERTION");
  if (!package.purls.empty()) {
    out.key("externalRefs");
    out.begin_array();
    for (const std::string& purl : package.purls) {
      out.begin_object();
      out.member("referenceCategory", "PACKAGE-MANAGER");
      out.member("referenceType", "purl");
      out.member("referenceLocator", purl);
      out.end_object();
    }
    out.end_array();
  }
  write_notes(out, document, package.notes);
  out.end_object();
}

void write_licenses(JsonWriter& out, const SpdxDocument& document) {
  if (document.licenses.empty()) return;
  out.key("hasExtractedLicensingInfos");
  out.begin_array();
  for (const auto& [id, text] : document.licenses) {
    out.begin_object();
    out.member("licenseId", id);
    out.member("extractedText", text);
    out.member("name", text);
    out.end_object();
  }
  out.end_array();
}

void write_relations(JsonWriter& out, const SpdxDocument& document) {
  out.key("relationships");
  out.begin_array();
  for (const SpdxRelation& relation : document.relations) {
    out.begin_object();
    out.member("spdxElementId", relation.from);
    out.member("relationshipType", relation.type);
    out.member("relatedSpdxElement", relation.to);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

Result<Report> read_spdx_json(const JsonValue& root, const Limits& limits) {
  SpdxDocument document;
  std::vector<std::pair<std::string, std::string>> problems;
  document.version = text_of(root, "spdxVersion");
  document.name = text_of(root, "name");
  for (const JsonValue& creator : root["creationInfo"]["creators"].elements()) {
    document.creators.emplace_back(creator.text());
  }
  for (const JsonValue& id : root["documentDescribes"].elements()) {
    document.described.emplace_back(id.text());
  }
  read_notes(root, document.notes);
  if (root["packages"].exists() && !root["packages"].is_array()) {
    return Error{ErrorCode::kInvalidInput, "malformed SPDX: 'packages' is not a list"};
  }
  const auto packages = root["packages"].elements();
  for (std::size_t i = 0; i < packages.size(); ++i) {
    if (packages[i].is_object()) {
      document.packages.push_back(read_package(packages[i]));
    } else {
      problems.emplace_back("packages[" + std::to_string(i) + "]", "not an object");
    }
  }
  for (const JsonValue& value : root["relationships"].elements()) {
    if (value["relationshipType"].text() != "DESCRIBES") continue;
    document.relations.push_back(
        {text_of(value, "spdxElementId"), "DESCRIBES", text_of(value, "relatedSpdxElement")});
  }
  for (const JsonValue& license : root["hasExtractedLicensingInfos"].elements()) {
    const std::string_view name = license["name"].text();
    const bool is_named = !name.empty() && name != "NOASSERTION";
    document.licenses.emplace(text_of(license, "licenseId"),
                              is_named ? name : license["extractedText"].text());
  }
  return inventory_of(document, problems, limits);
}

std::string write_spdx(const Report& report) {
  const SpdxDocument document = spdx_of(report);
  JsonWriter out;
  out.begin_object();
  out.member("spdxVersion", document.version);
  out.member("documentNamespace", document.name_space);
  out.member("SPDXID", kSpdxDocumentId);
  out.member("dataLicense", "CC0-1.0");
  out.member("name", document.name);
  out.member("comment", document.comment);
  out.key("creationInfo");
  out.begin_object();
  out.member("created", document.created);
  out.texts("creators", document.creators);
  out.end_object();
  write_notes(out, document, document.notes);
  out.key("packages");
  out.begin_array();
  for (const SpdxPackage& package : document.packages) write_package(out, document, package);
  out.end_array();
  write_licenses(out, document);
  write_relations(out, document);
  out.end_object();
  return with_serial(out.take());
}

}  // namespace seaworthy
