#include "scan/sbom/sbom_distro.h"

#include <algorithm>
#include <array>

namespace seaworthy {
namespace {

struct DistroName {
  std::string_view name, id;
};
// What Trivy, Grype, Syft, Clair and Inspector write, beside the os-release ID.
constexpr std::array kDistroNames{
    DistroName{"alma", "almalinux"},
    DistroName{"amazon", "amzn"},
    DistroName{"amazonlinux", "amzn"},
    DistroName{"amazon linux", "amzn"},
    DistroName{"azure", "azurelinux"},
    DistroName{"cbl-mariner", "mariner"},
    DistroName{"centos linux", "centos"},
    DistroName{"debian gnu/linux", "debian"},
    DistroName{"opensuse.leap", "opensuse-leap"},
    DistroName{"opensuse leap", "opensuse-leap"},
    DistroName{"opensuse.tumbleweed", "opensuse-tumbleweed"},
    DistroName{"opensuse tumbleweed", "opensuse-tumbleweed"},
    DistroName{"oracle", "ol"},
    DistroName{"oraclelinux", "ol"},
    DistroName{"oracle linux", "ol"},
    DistroName{"photon os", "photon"},
    DistroName{"red hat", "rhel"},
    DistroName{"red hat enterprise linux", "rhel"},
    DistroName{"redhat", "rhel"},
    DistroName{"redhatenterpriselinux", "rhel"},
    DistroName{"rockylinux", "rocky"},
    DistroName{"rocky linux", "rocky"},
    DistroName{"suse", "sles"},
    DistroName{"suse linux enterprise server", "sles"},
};
constexpr std::array<std::string_view, 4> kDashedIds{"opensuse-leap", "opensuse-tumbleweed",
                                                     "cbl-mariner", "sle-micro"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void set_release(Distro& distro, std::string_view release) {
  if (release == "edge") distro.repository_branch = release;
  const bool is_version = !release.empty() && (is_digit(release.front()) || release == "edge");
  (is_version ? distro.version : distro.codename) = release;
}

// "12" and "12.4", not "1" and "12".
bool is_of_release(std::string_view version, std::string_view release) {
  if (!version.starts_with(release)) return false;
  return version.size() == release.size() || version[release.size()] == '.';
}

}  // namespace

bool may_be_one_release(const Distro& a, const Distro& b) {
  if (a.id != b.id) return false;
  if (!a.version.empty() && !b.version.empty()) {
    return is_of_release(a.version, b.version) || is_of_release(b.version, a.version);
  }
  return a.codename.empty() || b.codename.empty() || a.codename == b.codename;
}

std::string sbom_distro_id(std::string_view name) {
  std::string lowered(name);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const DistroName& row : kDistroNames) {
    if (row.name == lowered) return std::string(row.id);
  }
  return lowered;
}

Distro distro_of_qualifier(std::string_view qualifier, std::string_view name_space) {
  Distro distro;
  distro.id = sbom_distro_id(name_space);
  const bool whole = std::find(kDashedIds.begin(), kDashedIds.end(), qualifier) != kDashedIds.end();
  if (whole || sbom_distro_id(qualifier) == distro.id) {
    distro.id = sbom_distro_id(qualifier);
    return distro;
  }
  std::size_t dash = std::string_view::npos;  // the last before a digit, else the first
  for (std::size_t at = qualifier.rfind('-'); at != std::string_view::npos && at > 0;
       at = qualifier.rfind('-', at - 1)) {
    if (at + 1 < qualifier.size() && is_digit(qualifier[at + 1])) {
      dash = at;
      break;
    }
  }
  if (dash == std::string_view::npos) dash = qualifier.find('-');
  if (qualifier.empty() || dash == std::string_view::npos || is_digit(qualifier.front())) {
    set_release(distro, qualifier);
    return distro;
  }
  distro.id = sbom_distro_id(qualifier.substr(0, dash));
  set_release(distro, qualifier.substr(dash + 1));
  return distro;
}

}  // namespace seaworthy
