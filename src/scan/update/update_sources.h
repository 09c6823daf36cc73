#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace seaworthy {

// How the documents of a source are fetched.
enum class SourceForm {
  kFile,  // one document or archive at the address
  kOsv,   // a directory of osv.dev's bucket: all.zip, modified_id.csv, one JSON per id
  kCsaf,  // a CSAF directory with a daily archive: archive_latest.txt, changes.csv, deletions.csv
  // Sets of files (update_file_set.h):
  kAlpine,       // secdb: vN.M/main.json and community.json for every release that there is, edge
  kAmazon,       // yum repositories behind lists of mirrors
  kBodhi,        // pages of updates for each release
  kDebianLists,  // DSA/list, DLA/list, DTSA/list
  kNvd,          // nvdcve-2.0-YEAR.json.gz with a .meta for every year
  kPages,        // JSON pages: ?page=N
  kPhoton,       // photon_versions.json, cve_data_photonN.json
  kSuseOval,     // a web server's directory of PRODUCT-affected.xml.gz
};

// One source of advisories. Its name is the feed's name in the database, and the name of its
// directory in a mirror.
struct UpdateSource {
  std::string_view name;
  SourceForm form;
  std::chrono::minutes interval;  // asked no more often than this, unless forced
  std::string_view file;          // kFile: what its copy is called
  std::string_view address;       // official; ends with "/" where the form is a directory
  // Of its largest document, where that is more than Limits::document_bytes.
  std::uint64_t document_bytes = 0;
};

constexpr bool is_set(SourceForm form) {
  return form != SourceForm::kFile && form != SourceForm::kOsv && form != SourceForm::kCsaf;
}

// Every source, in the order in which they are fetched: small and urgent ones first.
std::span<const UpdateSource> update_sources();
const UpdateSource* find_update_source(std::string_view name);  // null where there is none

}  // namespace seaworthy
