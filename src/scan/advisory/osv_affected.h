#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/codec/json.h"
#include "core/model/advisory.h"

namespace seaworthy {

// What one element of OSV's `affected` says about versions.
struct OsvVersions {
  std::vector<VersionRange> ranges;
  std::vector<std::string> versions;  // only where there is no range
  bool git_only = false;              // commits and nothing else
};
OsvVersions read_osv_versions(const JsonValue& affected);

// The module streams that an errata summary of a RHEL rebuild names ("Moderate: virt:rhel and
// virt-devel:rhel security update"): "virt:rhel", "virt-devel:rhel". Where it names a module
// without its stream, "name:?"; where it names none, "?:?". The stream stands nowhere else in these
// records.
std::vector<std::string> module_streams(std::string_view summary);

// True for the version of a package that was built in a module.
bool is_module_build(std::string_view version);

}  // namespace seaworthy
