#pragma once

#include <chrono>
#include <span>
#include <string_view>

namespace seaworthy {

// How the documents of a source are fetched.
enum class SourceForm {
  kFile,    // one document or archive at the address
  kOsv,     // a directory of osv.dev's bucket: all.zip, modified_id.csv, one JSON per id
  kCsaf,    // a CSAF directory with a daily archive: archive_latest.txt, changes.csv, deletions.csv
  kAlpine,  // secdb: vN.M/main.json and community.json for every release that there is, and edge
};

// One source of advisories. Its name is the feed's name in the database, and the name of its
// directory in a mirror.
struct UpdateSource {
  std::string_view name;
  SourceForm form;
  std::chrono::minutes interval;  // asked no more often than this, unless forced
  std::string_view file;          // kFile: what its copy is called
  std::string_view address;       // official; ends with "/" where the form is a directory
};

// Every source, in the order in which they are fetched: small and urgent ones first.
std::span<const UpdateSource> update_sources();
const UpdateSource* find_update_source(std::string_view name);  // null where there is none

}  // namespace seaworthy
