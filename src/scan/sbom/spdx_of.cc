// SPDX 2.3 (ISO/IEC 5962 is 2.2.1): the image is the package that the document describes, it
// contains the distribution, which contains its packages, and a package is generated from its
// source package. What SPDX has no field for stands in annotations: one per package, whose comment
// is a JSON array of [name, value] pairs, the properties of our CycloneDX documents.
//
// SPDX demands a time of creation. The image's stands there, so that the same image gives the same
// bytes; the comment of the document says so.
#include "core/codec/json.h"
#include "core/model/report.h"
#include "scan/sbom/document.h"
#include "scan/sbom/property_names.h"
#include "scan/sbom/spdx.h"
#include "scan/sbom/spdx_license.h"

namespace seaworthy {
namespace {

// Fields of tag-value are one line without blanks around; what differs is kept as a property.
std::string as_line(const std::string& text) {
  std::string line = valid_utf8(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  line.erase(0, line.find_first_not_of(' ') == std::string::npos ? line.size()
                                                                 : line.find_first_not_of(' '));
  if (line.starts_with("<text>")) line.insert(1, " ");  // would begin a text of many lines
  return line;
}

std::string note_of(const std::vector<SbomProperty>& properties) {
  JsonWriter out(false);
  out.begin_array();
  for (const SbomProperty& property : properties) {
    out.begin_array();
    out.value(property.name);
    out.value(property.value);
    out.end_array();
  }
  out.end_array();
  // "</text>" would end the annotation in tag-value; JSON has another spelling for it.
  std::string note = out.take();
  for (std::size_t at = note.find("</"); at != std::string::npos; at = note.find("</", at)) {
    note.insert(at + 1, "\\");
  }
  return note;
}

// The characters that an identifier may have.
std::string id_text(std::string_view text) {
  std::string id;
  for (const char c : text.substr(0, 100)) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-';
    id += fits ? c : '-';
  }
  return id;
}

std::string source_info_of(const SbomComponent& component, const ReportTarget& target) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (!component.source_name.empty()) {
    add("built from " + component.source_name +
        (component.source_version.empty() ? "" : " " + component.source_version));
  }
  const std::string_view path = component.property(property_name::kPath);
  if (!path.empty()) add("recorded in " + std::string(path));
  const std::string_view layer = component.property(property_name::kLayer);
  if (!layer.empty()) {
    const std::size_t index = std::stoul(std::string(layer));
    const bool known = index < target.layers.size();
    add("first in layer " + std::string(layer) +
        (known ? " (" + target.layers[index].digest + ")" : ""));
  }
  return as_line(text);
}

class Conversion {
 public:
  Conversion(const SbomDocument& from, const ReportTarget& target) : from_(from), target_(target) {}

  SpdxDocument run() {
    to_.version = "SPDX-2.3";
    to_.name = as_line(from_.subject.name);
    to_.name_space = kNoSerial;
    to_.created = from_.created.empty() ? "1970-01-01T00:00:00Z" : from_.created;
    to_.comment = "The time of creation is that of the image; 1970 where it has none.";
    to_.creators = {"Tool: seaworthy-" + (from_.tool_version.empty() ? "0" : from_.tool_version)};
    if (!from_.properties.empty()) to_.notes = {note_of(from_.properties)};
    add_image();
    for (const SbomComponent& component : from_.components) add_component(component);
    return std::move(to_);
  }

 private:
  void add_image() {
    SpdxPackage image = package_of(from_.subject, "SPDXRef-Image");
    image.purpose = "CONTAINER";
    image.sha256 = from_.image_sha256;
    to_.described = {image.id};
    to_.relations.push_back({std::string(kSpdxDocumentId), "DESCRIBES", image.id});
    to_.packages.push_back(std::move(image));
  }

  SpdxPackage package_of(const SbomComponent& component, std::string id) {
    SpdxPackage package;
    package.id = std::move(id);
    package.name = as_line(component.name);
    if (package.name.empty()) package.name = "NOASSERTION";
    package.version = as_line(component.version);
    package.description = as_line(component.description);
    package.license_declared = spdx_expression(component.licenses, to_.licenses);
    package.license_concluded = "NOASSERTION";
    if (!component.purl.empty()) package.purls = {component.purl};
    std::vector<SbomProperty> properties = component.properties;
    if (package.name != component.name) {
      properties.push_back({property_name::kName, component.name});
    }
    const bool is_word = package.version == "NOASSERTION" || package.version == "NONE";
    if (package.version != component.version || is_word) {
      properties.push_back({property_name::kVersion, component.version});
    }
    if (package.description != component.description) {
      properties.push_back({property_name::kDescription, component.description});
    }
    for (const std::string& license : component.licenses) {
      properties.push_back({property_name::kLicense, license});
    }
    package.notes = {note_of(properties)};
    return package;
  }

  void add_component(const SbomComponent& component) {
    const bool is_distro = component.type == "operating-system";
    const std::string number = std::to_string(++packages_);
    SpdxPackage package = package_of(
        component, is_distro ? std::string("SPDXRef-Distribution")
                             : "SPDXRef-Package-" + number + "-" + id_text(component.name));
    package.purpose = is_distro ? "OPERATING-SYSTEM" : "LIBRARY";
    package.source_info = source_info_of(component, target_);
    const bool in_distro =
        from_.has_distro && !is_distro && component.property(property_name::kType) != "other";
    to_.relations.push_back(
        {in_distro ? "SPDXRef-Distribution" : "SPDXRef-Image", "CONTAINS", package.id});
    const std::string source = source_purl(component);
    if (!source.empty()) add_source(component, source, package.id);
    to_.packages.push_back(std::move(package));
  }

  void add_source(const SbomComponent& component, const std::string& purl, const std::string& of) {
    const auto [place, is_new] =
        sources_.try_emplace(purl, "SPDXRef-Source-" + std::to_string(sources_.size() + 1) + "-" +
                                       id_text(component.source_name));
    to_.relations.push_back({of, "GENERATED_FROM", place->second});
    if (!is_new) return;
    SpdxPackage source;
    source.id = place->second;
    source.name = as_line(component.source_name);
    source.version = as_line(component.source_version);
    source.purpose = "SOURCE";
    source.license_declared = source.license_concluded = "NOASSERTION";
    source.purls = {purl};
    to_.packages.push_back(std::move(source));
  }

  const SbomDocument& from_;
  const ReportTarget& target_;
  SpdxDocument to_;
  std::size_t packages_ = 0;
  std::map<std::string, std::string> sources_;  // purl to id
};

}  // namespace

SpdxDocument spdx_of(const Report& report) {
  const SbomDocument document = document_of(report);
  return Conversion(document, report.target).run();
}

}  // namespace seaworthy
