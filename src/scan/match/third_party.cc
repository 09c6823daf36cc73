// Whose package is it? A package from somebody else's repository shares a name and a version
// number with the distribution's, but not its fixes: docker-ce's containerd.io is not Debian's
// containerd. Judged by the distribution's advisories it would be wrong both ways, so it is left
// unassessed and says so (rules 13 and 31).
//
// dpkg has no field that says who built a package. In order of strength: the Origin field, a Vendor
// field (which fpm and nfpm write and Debian does not have), marks that a repository puts into its
// versions, then the maintainer. On Ubuntu every package that the distribution builds has its
// maintainer rewritten, so a stranger's name is proof.
//
// On Debian it is none: of bookworm's 63,965 packages 5,757 (9 %) are maintained from an address
// outside Debian, e2fsprogs, xz-utils and libxcrypt in every minimal image among them, and many of
// these never had an advisory, so that a feed which does not know the name proves nothing either.
// What such a package installed decides:
//   - Debian's archive refuses a package without usr/share/doc/NAME/copyright, or a link to another
//     package's (Policy 12.5), and one with files below /opt (FHS 3.13). dpkg's file list keeps
//     paths that an image leaves out, so what it lacks was never in the package: third-party.
//   - where the copyright file is listed, the package is taken as Debian's.
//   - where the image has no list of its files, nothing is known. It is looked up, because it may
//     well be Debian's; without a finding it is not called clean (doubt_about).
// apt's sources and release files were rejected as evidence: they say which repositories there
// were, not which package came from which, and images delete them.
//
// rpm has a Vendor. An absent field proves nothing: Amazon Linux leaves it empty, and so do
// documents of other tools.
#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "scan/match/subject.h"

namespace seaworthy {
namespace {

struct Mark {
  std::string_view text;  // lower case
  std::string_view whose;
};

constexpr std::array kVersionMarks{
    Mark{"pgdg", "PostgreSQL"},
    Mark{"nodesource", "NodeSource"},
    Mark{"deb.sury.org", "deb.sury.org"},
    Mark{"+ppa", "a PPA"},
    Mark{"~ppa", "a PPA"},
    Mark{"ppa1", "a PPA"},
    Mark{".root.io", "Root.io"},
    Mark{"seal-", "Seal Security"},
};

constexpr std::array kDebMaintainers{
    Mark{"docker.com", "Docker"},
    Mark{"nvidia", "NVIDIA"},
    Mark{"nginx packaging", "NGINX"},
    Mark{"nginx-packaging", "NGINX"},
    Mark{"nginx.com", "NGINX"},
    Mark{"microsoft.com", "Microsoft"},
    Mark{"hashicorp", "HashiCorp"},
    Mark{"nodesource", "NodeSource"},
    Mark{"@google.com", "Google"},
    Mark{"@chromium.org", "Google"},
    Mark{"mysql release engineering", "MySQL"},
    Mark{"oss.oracle.com", "Oracle"},
    Mark{"lists.mariadb.org", "MariaDB"},
    Mark{"mariadb.com", "MariaDB"},
    Mark{"percona", "Percona"},
    Mark{"mongodb", "MongoDB"},
    Mark{"elastic.co", "Elastic"},
    Mark{"grafana.com", "Grafana"},
    Mark{"influxdata", "InfluxData"},
    Mark{"datadoghq.com", "Datadog"},
    Mark{"packages@gitlab.com", "GitLab"},
    Mark{"@github.com", "GitHub"},
    Mark{"redis.com", "Redis"},
    Mark{"redislabs", "Redis"},
    Mark{"rabbitmq.com", "RabbitMQ"},
    Mark{"adoptium", "Eclipse Adoptium"},
    Mark{"azul.com", "Azul"},
    Mark{"amazon.com", "Amazon"},
    Mark{"yarn developers", "Yarn"},
    Mark{"cloudflare", "Cloudflare"},
    Mark{"tailscale", "Tailscale"},
    Mark{"jenkins", "Jenkins"},
    Mark{"puppet.com", "Puppet"},
    Mark{"openresty", "OpenResty"},
    Mark{"varnish-cache.org", "Varnish"},
    Mark{"launchpad ppa", "a PPA"},
};

struct OwnVendor {
  std::string_view ecosystem;
  std::string_view mark;  // lower case
};
constexpr std::array kOwnRpmVendors{
    OwnVendor{"almalinux", "almalinux"},  OwnVendor{"rocky", "rocky"},
    OwnVendor{"rhel", "red hat"},         OwnVendor{"centos", "centos"},
    OwnVendor{"fedora", "fedora"},        OwnVendor{"ol", "oracle"},
    OwnVendor{"amzn", "amazon"},          OwnVendor{"sles", "suse"},
    OwnVendor{"sle-micro", "suse"},       OwnVendor{"sl-micro", "suse"},
    OwnVendor{"opensuse-leap", "suse"},   OwnVendor{"opensuse-tumbleweed", "suse"},
    OwnVendor{"azurelinux", "microsoft"}, OwnVendor{"mariner", "microsoft"},
    OwnVendor{"photon", "vmware"},        OwnVendor{"photon", "broadcom"},
    OwnVendor{"mageia", "mageia"},        OwnVendor{"openeuler", "openeuler"},
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

std::string_view whose(std::string_view text, std::span<const Mark> marks) {
  for (const Mark& mark : marks) {
    if (contains(text, mark.text)) return mark.whose;
  }
  return {};
}

// Who signs as maintainer, without the address: it is shown to people.
std::string maintainer_name(std::string_view maintainer) {
  std::string name(maintainer.substr(0, maintainer.find('<')));
  while (!name.empty() && (name.back() == ' ' || name.back() == '"')) name.pop_back();
  while (!name.empty() && name.front() == '"') name.erase(0, 1);
  return name.empty() ? std::string(maintainer) : name;
}

// Whether the (lower-case) maintainer's address is at one of Debian's own hosts.
bool is_at_debian(std::string_view maintainer) {
  const std::size_t at = maintainer.rfind('@');
  if (at == maintainer.npos) return false;
  std::string_view host = maintainer.substr(at + 1);
  host = host.substr(0, host.find_first_of("> \t,"));
  for (const std::string_view own : {"debian.org", "debian.net"}) {
    if (!host.ends_with(own)) continue;
    if (host.size() == own.size() || host[host.size() - own.size() - 1] == '.') return true;
  }
  return false;
}

std::string deb_stranger(const Package& package, std::string_view ecosystem) {
  if (const std::string_view origin = package.property(kOrigin); !origin.empty()) {
    const std::string text = lower(origin);
    if (!contains(text, "debian") && !contains(text, ecosystem)) return std::string(origin);
  }
  if (const std::string_view vendor = package.property(kVendor); !vendor.empty()) {
    const std::string text = lower(vendor);
    if (!contains(text, "debian") && !contains(text, ecosystem)) return std::string(vendor);
  }
  if (const auto found = whose(lower(package.version), kVersionMarks); !found.empty()) {
    return std::string(found);
  }
  const std::string_view maintainer = package.property(kMaintainer);
  const std::string text = lower(maintainer);
  if (ecosystem != "ubuntu" && !is_at_debian(text)) {
    if (const auto known = whose(text, kDebMaintainers); !known.empty()) return std::string(known);
  }
  const std::string_view files = package.property(kForeignFiles);
  if (ecosystem == "debian" && !files.empty() && !is_at_debian(text)) {
    const std::string name = maintainer_name(maintainer);
    return (name.empty() ? "unknown" : name) + " (" + std::string(files) + ")";
  }
  if (text.empty()) return {};
  if (ecosystem == "ubuntu") {
    for (const std::string_view own : {"ubuntu", "canonical", "debian"}) {
      if (contains(text, own)) return {};
    }
    return maintainer_name(maintainer);
  }
  return {};
}

std::string rpm_stranger(const Package& package, std::string_view ecosystem) {
  const std::string_view vendor = package.property(kVendor);
  const std::string text = lower(vendor);
  if (text.empty() || text == "(none)") return {};
  bool known = false;
  for (const OwnVendor& own : kOwnRpmVendors) {
    if (own.ecosystem != ecosystem) continue;
    if (contains(text, own.mark)) return {};
    known = true;
  }
  return known ? std::string(vendor) : std::string();
}

// Root.io numbers its Alpine rebuilds -r10071, -r20072, ... : four digits behind the revision.
bool is_rebuilt_apk(std::string_view version) {
  const auto revision = version.rfind("-r");
  if (revision == version.npos) return false;
  const std::string_view number = version.substr(revision + 2);
  return number.size() >= 5 && number.substr(number.size() - 4, 3) == "007";
}

}  // namespace

std::string third_party(const Package& package, const std::string& ecosystem) {
  std::string who;
  switch (package.type) {
    case PackageType::kDeb:
      who = deb_stranger(package, ecosystem);
      break;
    case PackageType::kRpm:
      who = rpm_stranger(package, ecosystem);
      break;
    case PackageType::kApk:
      if (is_rebuilt_apk(package.version)) who = "Root.io";
      break;
    default:
      break;
  }
  return who.empty() ? who : "third-party package: " + who;
}

std::string doubt_about(const Package& package, const std::string& ecosystem) {
  if (const std::string_view doubt = package.property(kDoubt); !doubt.empty()) {
    return std::string(doubt);
  }
  // dpkg's own database only: distroless images are put together from Debian's archive.
  const bool has_file_list = package.files > 0;
  if (ecosystem != "debian" || has_file_list || package.path != "var/lib/dpkg/status") return {};
  const std::string_view maintainer = package.property(kMaintainer);
  if (maintainer.empty() || is_at_debian(lower(maintainer))) return {};
  return "perhaps a third-party package: " + maintainer_name(maintainer) +
         " (maintained outside Debian, and no list of its files)";
}

}  // namespace seaworthy
