// Bills of materials that lie in an image: who put software there without a package manager says so
// in one. By name: Bitnami's opt/bitnami/NAME/.spdx-NAME.spdx, Wolfi's and Chainguard's
// var/lib/db/sbom/*.spdx.json, the .dist-info/sboms of Python wheels (PEP 770), and any *.spdx,
// *.spdx.json, *.cdx, *.cdx.json, *.cyclonedx.json.
//
// Packages of an operating system's package manager are left out (rule 59): its database, which is
// read, says what is installed, and a document that says otherwise was not updated with it. A
// package of a language that its own metadata show as well is one package, because it gets the same
// name and package URL.
#include <array>
#include <string>
#include <utility>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"
#include "scan/sbom/sbom.h"

namespace seaworthy {
namespace {

bool wants_sbom(const FileInfo& file) {
  constexpr std::array<std::string_view, 5> kEndings{".spdx", ".spdx.json", ".cdx", ".cdx.json",
                                                     ".cyclonedx.json"};
  for (const std::string_view ending : kEndings) {
    if (file.path.ends_with(ending)) return true;
  }
  return file.path.ends_with(".json") &&
         file.path.find(".dist-info/sboms/") != std::string_view::npos;
}

// As the extractor of the language would name it. Bitnami's qualifiers are part of what is matched.
Package renamed(const Package& listed, Purl purl) {
  if (purl.type != "bitnami") {
    purl.qualifiers.clear();
    purl.subpath.clear();
  }
  const char separator = purl.type == "maven" ? ':' : '/';
  const std::string name =
      purl.name_space.empty() ? purl.name : purl.name_space + separator + purl.name;
  Package package = language_package(purl.type, name, separator, listed.version);
  if (purl.version.empty()) purl.version = listed.version;
  package.set_property("purl", to_text(purl));
  package.licenses = listed.licenses;
  return package;
}

Result<Evidence> extract_sbom(std::span<const FileView> files, const Limits& limits) {
  EvidenceBuilder evidence("sbom/embedded", files[0].path);
  ASSIGN_OR_RETURN(const Report report, parse_sbom(files[0].bytes, limits));
  std::size_t nameless = 0;
  for (const Package& listed : report.inventory.packages) {
    if (listed.type != PackageType::kOther) continue;
    auto purl = parse_purl(listed.property("purl"));
    const bool usable = purl && !listed.version.empty();
    nameless += usable ? 0 : 1;
    if (!usable) continue;
    if (!add_language_package(evidence, renamed(listed, *std::move(purl)), listed.name)) break;
  }
  for (const Problem& problem : report.inventory.problems) {
    if (problem.code == problem::kLimit) evidence.problem(problem::kLimit, problem.message);
    if (problem.code == problem::kUnreadableRecord) {
      evidence.problem(problem::kUnreadableRecord, problem.message);
    }
  }
  if (nameless > 0) {
    evidence.problem(problem::kDocument,
                     "a bill of materials: " + std::to_string(nameless) +
                         " of its entries have no package URL or no version and are not listed");
  }
  return evidence.take();
}

}  // namespace

extern const Extractor kEmbeddedSbom;
const Extractor kEmbeddedSbom{
    .name = "sbom/embedded",
    .description = "Bills of materials that lie in the image: Bitnami's, Python's, SPDX, CycloneDX",
    .max_file_bytes = 64 * kMiB,
    .is_database = false,
    .wants = wants_sbom,
    .extract = extract_sbom,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
