// From os-release to the key of the advisory database.
//
// Only ID, VERSION_ID, the codename and Alpine's repository branch are read. ID_LIKE is not: it
// says which distribution's habits an image shares, not whose packages it has, and an Amazon Linux
// judged by Red Hat's advisories is judged wrongly (rule 38). For the same reason a distribution
// without a feed gets none of its siblings' (rule 65).
#include "scan/match/release.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "scan/advisory/releases.h"

namespace seaworthy {
namespace {

enum class Cut {
  kAsIs,          // 22.04
  kMajor,         // 8.9 → 8
  kMajorMinor,    // 3.18.4 → 3.18
  kMinorOrMajor,  // 3.0.20240801 → 3.0, else 3
  kNone,          // one rolling release
};

struct Distribution {
  std::string_view id;
  PackageType type;
  Cut cut;
};

constexpr std::array kDistributions{
    Distribution{"debian", PackageType::kDeb, Cut::kMajor},
    Distribution{"ubuntu", PackageType::kDeb, Cut::kAsIs},
    Distribution{"echo", PackageType::kDeb, Cut::kNone},
    Distribution{"alpine", PackageType::kApk, Cut::kMajorMinor},
    Distribution{"alpaquita", PackageType::kApk, Cut::kMinorOrMajor},
    Distribution{"wolfi", PackageType::kApk, Cut::kNone},
    Distribution{"chainguard", PackageType::kApk, Cut::kNone},
    Distribution{"minimos", PackageType::kApk, Cut::kNone},
    Distribution{"almalinux", PackageType::kRpm, Cut::kMajor},
    Distribution{"rocky", PackageType::kRpm, Cut::kMajor},
    Distribution{"rhel", PackageType::kRpm, Cut::kMajor},
    Distribution{"centos", PackageType::kRpm, Cut::kMajor},
    Distribution{"ol", PackageType::kRpm, Cut::kMajor},
    Distribution{"fedora", PackageType::kRpm, Cut::kMajor},
    Distribution{"amzn", PackageType::kRpm, Cut::kMajor},
    Distribution{"azurelinux", PackageType::kRpm, Cut::kMinorOrMajor},
    Distribution{"mariner", PackageType::kRpm, Cut::kMinorOrMajor},
    Distribution{"photon", PackageType::kRpm, Cut::kMinorOrMajor},
    Distribution{"sles", PackageType::kRpm, Cut::kAsIs},
    Distribution{"sle-micro", PackageType::kRpm, Cut::kAsIs},
    Distribution{"sl-micro", PackageType::kRpm, Cut::kAsIs},
    Distribution{"opensuse-leap", PackageType::kRpm, Cut::kAsIs},
    Distribution{"opensuse-leap-micro", PackageType::kRpm, Cut::kAsIs},
    Distribution{"opensuse-tumbleweed", PackageType::kRpm, Cut::kNone},
    Distribution{"bottlerocket", PackageType::kRpm, Cut::kNone},
    Distribution{"mageia", PackageType::kRpm, Cut::kMajor},
    Distribution{"arch", PackageType::kAlpm, Cut::kNone},
    Distribution{"openeuler", PackageType::kRpm, Cut::kAsIs},
};

// What other tools' documents call the same distribution.
struct OtherName {
  std::string_view name, id;
};
constexpr std::array kOtherNames{
    OtherName{"alma", "almalinux"},
    OtherName{"rockylinux", "rocky"},
    OtherName{"redhat", "rhel"},
    OtherName{"amazon", "amzn"},
    OtherName{"amazonlinux", "amzn"},
    OtherName{"oracle", "ol"},
    OtherName{"oraclelinux", "ol"},
    OtherName{"cbl-mariner", "mariner"},
    OtherName{"opensuse.leap", "opensuse-leap"},
    OtherName{"opensuse.tumbleweed", "opensuse-tumbleweed"},
};

const Distribution* find_distribution(std::string_view id) {
  const auto found = std::find_if(kDistributions.begin(), kDistributions.end(),
                                  [&](const Distribution& row) { return row.id == id; });
  return found == kDistributions.end() ? nullptr : &*found;
}

// The first `parts` dot-separated parts.
std::string cut_to(std::string_view version, int parts) {
  std::size_t end = 0;
  for (; parts > 0 && end != version.npos; --parts) {
    end = version.find('.', end == 0 ? 0 : end + 1);
  }
  return std::string(version.substr(0, end));
}

std::vector<std::string> debian_keys(const Distro& distro) {
  if (!distro.version.empty()) return {cut_to(distro.version, 1)};
  // Testing and unstable have no VERSION_ID. A codename may already be that of the next stable
  // release (rule 11: it says testing or sid alike); a feed that knows the number goes first.
  const std::string_view known = debian_version(distro.codename);
  if (known.empty() || known == "sid") return {"sid"};
  return {std::string(known), "sid"};
}

std::vector<std::string> ubuntu_keys(const Distro& distro) {
  if (!distro.version.empty()) return {cut_to(distro.version, 2)};
  const std::string_view known = ubuntu_version(distro.codename);
  return {known.empty() ? "devel" : std::string(known)};
}

std::vector<std::string> alpine_keys(const Distro& distro) {
  // The branch that packages come from counts, not the base they were added to (rule 14).
  std::string_view branch = distro.repository_branch;
  if (branch.starts_with('v')) branch.remove_prefix(1);
  const bool usable = branch == "edge" || (!branch.empty() && branch[0] >= '0' && branch[0] <= '9');
  const std::string_view version = usable ? branch : std::string_view(distro.version);
  if (version == "edge" || version.find("_alpha") != version.npos) return {"edge"};
  return {cut_to(version, 2)};
}

// "24.03 (LTS-SP1)": VERSION_ID has only the number, which several service packs share.
std::vector<std::string> openeuler_keys(const Distro& distro) {
  const std::size_t open = distro.name.find('(');
  const std::size_t close = distro.name.find(')', open);
  if (distro.version.empty() || close == distro.name.npos) return {distro.version};
  return {distro.version + "-" + distro.name.substr(open + 1, close - open - 1)};
}

std::vector<std::string> keys_by_cut(std::string_view version, Cut cut) {
  switch (cut) {
    case Cut::kAsIs:
      return {std::string(version)};
    case Cut::kMajor:
      return {cut_to(version, 1)};
    case Cut::kMajorMinor:
      return {cut_to(version, 2)};
    case Cut::kMinorOrMajor:
      return {cut_to(version, 2), cut_to(version, 1)};
    case Cut::kNone:
      return {""};
  }
  return {""};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace

ReleaseKeys release_keys(const Distro& distro) {
  ReleaseKeys keys;
  keys.ecosystem = lower(distro.id);
  for (const OtherName& other : kOtherNames) {
    if (keys.ecosystem == other.name) keys.ecosystem = other.id;
  }
  const Distribution* known = find_distribution(keys.ecosystem);
  if (keys.ecosystem == "debian") {
    keys.releases = debian_keys(distro);
  } else if (keys.ecosystem == "ubuntu") {
    keys.releases = ubuntu_keys(distro);
  } else if (keys.ecosystem == "alpine") {
    keys.releases = alpine_keys(distro);
  } else if (keys.ecosystem == "openeuler") {
    keys.releases = openeuler_keys(distro);
  } else if (keys.ecosystem == "amzn" && distro.version.starts_with("201")) {
    keys.releases = {"1"};  // 2018.03 is a snapshot of the first Amazon Linux
  } else {
    keys.releases = keys_by_cut(distro.version, known == nullptr ? Cut::kAsIs : known->cut);
  }
  keys.label = keys.ecosystem;
  if (!keys.releases.front().empty()) keys.label += " " + keys.releases.front();
  return keys;
}

bool is_rolling(const ReleaseKeys& keys) {
  const std::string& release = keys.releases.front();
  if (release == "sid" || release == "edge" || release == "devel") return true;
  const Distribution* known = find_distribution(keys.ecosystem);
  return known != nullptr && known->cut == Cut::kNone;
}

std::optional<PackageType> package_type_of(std::string_view ecosystem) {
  const Distribution* known = find_distribution(ecosystem);
  if (known == nullptr) return std::nullopt;
  return known->type;
}

const VersionScheme* version_scheme_of(PackageType type) {
  switch (type) {
    case PackageType::kDeb:
      return &kDebVersions;
    case PackageType::kApk:
      return &kApkVersions;
    case PackageType::kRpm:
      return &kRpmVersions;
    case PackageType::kAlpm:
      return &kAlpmVersions;
    default:
      return nullptr;
  }
}

}  // namespace seaworthy
