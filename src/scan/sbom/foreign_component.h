#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/package.h"
#include "core/model/report.h"
#include "scan/sbom/document.h"

namespace seaworthy {

// What other tools put into a component, each function one part of a Package.

// A decimal number of at most nine digits.
bool is_small_number(std::string_view text);

// Architecture, epoch, source package, module stream and maintainer of an operating system's
// package: from the purl's qualifiers, else from the properties of Syft and Trivy. Name, version
// and type are set already. `absent_source_is_own`: the tool leaves the source out where it is the
// package itself.
void read_os_purl(const SbomComponent& component, const Purl& purl, bool absent_source_is_own,
                  Package& package);

// What a component says of itself where its package URL has another name or version, for people; ""
// where the two agree, as far as tools write the same name differently.
std::string contradiction_of(const SbomComponent& component, const Purl& purl);

// The file and the layer that the package was found in. `layers` are known by their diff ids.
void read_place(const SbomComponent& component, const std::vector<ReportLayer>& layers,
                Package& package);

}  // namespace seaworthy
