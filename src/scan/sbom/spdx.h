#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/model/report.h"

namespace seaworthy {

// SPDX 2.2 and 2.3, the part of it that speaks of packages, free of its spelling: JSON and
// tag-value are read into it and written from it.
struct SpdxPackage {
  std::string id;  // SPDXRef-...
  std::string name, version, description;
  std::string purpose;  // CONTAINER, OPERATING-SYSTEM, LIBRARY, SOURCE, ...; since 2.3
  std::string supplier;
  std::string license_declared, license_concluded;
  std::string source_info;
  std::string sha256;  // hex, or ""
  std::vector<std::string> purls;
  std::vector<std::string> notes;  // comments of annotations, and attribution texts
};

struct SpdxRelation {
  std::string from, type, to;  // DESCRIBES, CONTAINS, GENERATED_FROM
};

struct SpdxDocument {
  std::string version;  // "SPDX-2.3"
  std::string name, name_space, created, comment;
  std::vector<std::string> creators;  // "Tool: seaworthy-0.1.0"
  std::vector<std::string> notes;     // of the document
  std::vector<std::string> described;
  std::vector<SpdxPackage> packages;
  std::vector<SpdxRelation> relations;
  std::map<std::string, std::string> licenses;  // LicenseRef-... to its text
};

inline constexpr std::string_view kSpdxDocumentId = "SPDXRef-DOCUMENT";

// What a report is in SPDX; the name space holds kNoSerial.
SpdxDocument spdx_of(const Report& report);

// The inventory that a document lists. `problems`: what its reader met, one line each with its
// place. kUnsupported: another version of SPDX.
Result<Report> inventory_of(const SpdxDocument& document,
                            const std::vector<std::pair<std::string, std::string>>& problems,
                            const Limits& limits);

}  // namespace seaworthy
