// R packages that are installed: LIBRARY/NAME/DESCRIPTION ("Writing R Extensions", 1.1.1), "Key:
// value" lines whose continuations begin with white space. R writes "Built:" when it installs a
// package; a DESCRIPTION without it is of a source.
#include <string>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

bool wants_r(const FileInfo& file) {
  return base_name(file.path) == "DESCRIPTION" && file.path.find('/') != std::string_view::npos;
}

Result<Evidence> extract_r(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("lang/r", files[0].path);
  std::string_view name, version, license, built, repository;
  LineReader lines(files[0].bytes);
  for (std::string_view line; lines.next(line);) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    const std::string_view key = line.substr(0, colon), value = trim(line.substr(colon + 1));
    if (key == "Package") name = value;
    if (key == "Version") version = value;
    if (key == "License") license = value;
    if (key == "Built") built = value;
    if (key == "biocViews" || key == "git_url") repository = "bioconductor";
  }
  if (built.empty()) return evidence.take();
  Package package =
      language_package(repository.empty() ? "cran" : "bioconductor", name, 0, version);
  if (is_plain_word(license)) package.licenses.emplace_back(license);
  add_language_package(evidence, std::move(package), "");
  return evidence.take();
}

}  // namespace

extern const Extractor kR;
const Extractor kR{
    .name = "lang/r",
    .description = "R packages by their installed DESCRIPTION",
    .max_file_bytes = 4 * kMiB,
    .is_database = false,
    .wants = wants_r,
    .extract = extract_r,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
