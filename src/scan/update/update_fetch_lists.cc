// Sources that are a directory of files, told apart by number, by an index, or by the web server's
// page of the directory.
#include "core/base/clock.h"
#include "scan/update/update_file_set.h"
#include "scan/update/update_indexes.h"

namespace seaworthy {
namespace {

constexpr int kFirstAlpine = 10, kLastKnownAlpine = 22;
constexpr int kFirstNvd = 2002;

Result<bool> add_alpine_release(FileSet& set, const std::string& release) {
  bool any = false;
  for (const char* repository : {"main.json", "community.json"}) {
    const std::string file = release + "/" + repository;
    ASSIGN_OR_RETURN(const bool found, set.add({file, set.address() + file, "", ""}));
    any = any || found;
  }
  return any;
}

// False where there is no such year, as in the first days of one.
Result<bool> add_nvd_year(FileSet& set, int year) {
  const std::string name = "nvdcve-2.0-" + std::to_string(year);
  const auto meta = set.read(set.address() + name + ".meta");
  if (!meta && meta.error().code == ErrorCode::kNotFound) return false;
  if (!meta) return meta.error();
  const std::string file = name + ".json.gz";
  // The digest is of the inflated document: it says whether it changed, and gzip has a checksum.
  RETURN_IF_ERROR(set.require({file, set.address() + file, sha256_of_meta(*meta), ""}));
  return true;
}

// The products that os-release names. "affected" has what is fixed and what is not.
bool is_suse_file(std::string_view name) {
  if (!name.ends_with("-affected.xml.gz")) return false;
  for (const std::string_view product :
       {"opensuse.leap.", "opensuse.tumbleweed", "suse.linux.enterprise.server.",
        "suse.linux.enterprise.micro.", "suse.linux.micro."}) {
    if (name.starts_with(product)) return true;
  }
  return false;
}

}  // namespace

// secdb has no list of its releases. They are asked for by number, upwards until one is missing
// behind those that are known to exist.
Status lay_out_alpine(FileSet& set) {
  for (int minor = kFirstAlpine;; ++minor) {
    ASSIGN_OR_RETURN(const bool found, add_alpine_release(set, "v3." + std::to_string(minor)));
    if (!found && minor > kLastKnownAlpine) break;
  }
  const auto edge = add_alpine_release(set, "edge");
  return edge ? ok_status() : Status(edge.error());
}

Status lay_out_debian_lists(FileSet& set) {
  for (const char* file : {"DSA/list", "DLA/list", "DTSA/list"}) {
    RETURN_IF_ERROR(set.require({file, set.address() + file, "", ""}));
  }
  return ok_status();
}

Status lay_out_nvd(FileSet& set) {
  const int year = std::stoi(iso_date(set.now()).substr(0, 4));
  for (int at = kFirstNvd; at <= year; ++at) {
    ASSIGN_OR_RETURN(const bool found, add_nvd_year(set, at));
    if (!found && at < year) {
      return Error{ErrorCode::kNotFound, set.address() + ": has no file of " + std::to_string(at)};
    }
  }
  return ok_status();
}

Status lay_out_photon(FileSet& set) {
  ASSIGN_OR_RETURN(const std::string text, set.read(set.address() + "photon_versions.json"));
  auto branches = names_in(text, "branches", "");
  if (!branches) return std::move(branches).error().during("photon_versions.json");
  for (const std::string& branch : *branches) {
    const std::string file = "cve_data_photon" + branch + ".json";
    RETURN_IF_ERROR(set.require({file, set.address() + file, "", ""}));
  }
  return ok_status();
}

Status lay_out_suse_oval(FileSet& set) {
  ASSIGN_OR_RETURN(const std::string page, set.read(set.address()));
  for (const std::string& file : parse_directory_page(page)) {
    if (!is_suse_file(file)) continue;
    RETURN_IF_ERROR(set.require({file, set.address() + file, "", ""}));
  }
  return ok_status();
}

}  // namespace seaworthy
