#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/advisory.h"
#include "scan/match/decision.h"
#include "scan/match/subject.h"

namespace seaworthy {

// A program that no package manager installed, as one source of advisories speaks of it.
struct ProductName {
  Subject subject;
  bool may_clear = false;  // has all vulnerabilities of the products that it names
};

// The most precise source first; empty where the package is none of this kind: it has no CPE name,
// or a package manager's package URL (rule 56: only programs without one are matched by CPE).
std::vector<ProductName> product_names(const Package& package, const Purl& purl);

// As `decide`; what NVD says of a product beside something else is undetermined.
Decision decide_product(const std::vector<const AdvisoryRow*>& rows, const Subject& subject);

// Whether a row is about programs of the operating system `distro` at all: some are about a
// plug-in, or a build for another system.
bool is_of_platform(const AdvisoryRow& row, std::string_view distro);

// How a fix gets into the image, "{name}" and "{fix}" in it.
std::string_view repair_of(const Package& package);

}  // namespace seaworthy
