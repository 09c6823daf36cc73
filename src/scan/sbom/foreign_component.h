#pragma once

#include <string_view>
#include <vector>

#include "core/codec/json.h"
#include "core/model/package.h"
#include "core/model/report.h"

namespace seaworthy {

// What other tools put into a CycloneDX component, each function one part of a Package.

// The value of the first property with that name; "" where there is none.
std::string_view property_of(const JsonValue& component, std::string_view name);

// A decimal number of at most nine digits.
bool is_small_number(std::string_view text);

void read_licenses(const JsonValue& component, Package& package);

// Architecture, epoch, source package and module stream of a deb, apk or rpm: from the purl's
// qualifiers, else from the properties of Syft and Trivy. Name, version and type are set already.
// `absent_source_is_own`: the tool leaves the source out where it is the package itself.
void read_os_purl(const JsonValue& component, const Purl& purl, bool absent_source_is_own,
                  Package& package);

// The file and the layer that the package was found in. `layers` are known by their diff ids.
void read_place(const JsonValue& component, const std::vector<ReportLayer>& layers,
                Package& package);

}  // namespace seaworthy
