#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/advisory.h"
#include "scan/match/decision.h"
#include "scan/match/subject.h"
#include "scan/match/weakness.h"

namespace seaworthy {

// A program that no package manager installed, as one source of advisories speaks of it.
struct ProductName {
  Subject subject;
  bool may_clear = false;  // has all vulnerabilities of the products that it names
  bool own_group = false;  // kept by those who make the program
};

// The most precise source first; empty where the package is none of this kind: it has no CPE name,
// or a package manager's package URL (rule 56: only programs without one are matched by CPE).
std::vector<ProductName> product_names(const Package& package, const Purl& purl);

// One weakness of a program, as its sources together decide.
struct ProductDecision {
  std::string id;
  const Subject* subject;  // of the source that tells; in the names
  Decision decision;       // its judgements point into the rows
  std::string others;      // "; also by nvd": who else calls it affected
  std::string denied;      // why the program's own group says that this system is not affected
};

// Sorted by id; what makes nothing is left out. `rows`: what each of the names has. `distro`: the
// image's, by which rows about other systems are told.
std::vector<ProductDecision> judge_product(const std::vector<ProductName>& names,
                                           std::vector<std::vector<AdvisoryRow>>& rows,
                                           Weaknesses& weaknesses, std::string_view distro);

// How a fix gets into the image, "{name}" and "{fix}" in it.
std::string_view repair_of(const Package& package);

}  // namespace seaworthy
