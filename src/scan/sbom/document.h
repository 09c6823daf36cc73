#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/report.h"

namespace seaworthy {

struct SbomProperty {
  std::string name, value;
};

// One component of a bill of materials, as every format has it in some form. Writers get it from
// a report, readers give it to InventoryBuilder; neither knows the other's format.
struct SbomComponent {
  std::string ref;   // unique in the document
  std::string type;  // CycloneDX's words: library, application, operating-system, container, file
  std::string group, name, version, description, purl;
  std::string supplier;               // who packages it: "Name <address>"
  std::vector<std::string> licenses;  // SPDX ids, expressions or any text
  std::vector<SbomProperty> properties;
  // What it was built from. Readers: only where the format has a field of its own for it.
  std::string source_name, source_version;

  std::string_view property(std::string_view name) const;  // of the first; "" where there is none
  void add_property(std::string_view property_name, std::string value);  // "" is not added
};

// A whole document, for writing.
struct SbomDocument {
  std::string tool_version;
  std::string created;                   // RFC 3339, or ""
  SbomComponent subject;                 // the image
  std::string image_sha256;              // hex, or ""
  std::vector<SbomProperty> properties;  // of the document
  std::vector<SbomComponent> components;
  bool has_distro = false;  // the first component is the operating system
};

// What one component is made of: references of others.
struct SbomRelation {
  std::string ref;
  std::vector<std::string> parts;
};

// The image holds its distribution and every package that does not belong to it; the distribution
// holds those of its package manager.
std::vector<SbomRelation> relations_of(const SbomDocument& document);

// What a report's inventory is as a document: image, distribution, packages, and as properties
// (property_names.h) what went wrong and what was not judged.
SbomDocument document_of(const Report& report);

// The purl of a package's source, "" where there is none or the package is of no operating system.
std::string source_purl(const SbomComponent& component);

// A UUID (version 8, RFC 9562) of these bytes: "urn:uuid:...". kNoSerial stands in the bytes where
// the result will, so that the serial number is unique per content and the same for the same.
inline constexpr std::string_view kNoSerial = "urn:uuid:00000000-0000-0000-0000-000000000000";
std::string with_serial(std::string document);

}  // namespace seaworthy
