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
// these never had an advisory. So two things decide together. A source of which the distribution's
// advisories never spoke, in no release, and that none of its people maintain is not called clean,
// whatever else is known of it (doubt_about); the sources of Debian's base that are so are listed
// by name. Of a known source, what the package installed decides:
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

#include "scan/advisory/releases.h"
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
    Mark{"rl1~", "Redis"},
    Mark{"+maria~", "MariaDB"},
    Mark{"~1.gbp", "deb.sury.org"},
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

// Where the people and lists of a distribution have their addresses; "" counts for all.
struct Home {
  std::string_view ecosystem, host;
};
constexpr std::array kHomes{Home{"", "debian.org"},        Home{"", "debian.net"},
                            Home{"ubuntu", "ubuntu.com"},  Home{"ubuntu", "canonical.com"},
                            Home{"ubuntu", "kubuntu.org"}, Home{"arch", "archlinux.org"}};

// Sources of Debian's own that people outside its hosts maintain, and of which there may never have
// been an advisory: what a minimal system and the packages that most images add are built from.
constexpr std::array<std::string_view, 52> kDebianFromOutside{"anacron",
                                                              "c-ares",
                                                              "colord",
                                                              "debianutils",
                                                              "dh-runit",
                                                              "dmidecode",
                                                              "e2fsprogs",
                                                              "file",
                                                              "freetype",
                                                              "game-music-emu",
                                                              "giflib",
                                                              "git",
                                                              "harfbuzz",
                                                              "http-parser",
                                                              "insserv",
                                                              "jbigkit",
                                                              "kmod",
                                                              "libasyncns",
                                                              "libbpf",
                                                              "libcap-ng",
                                                              "libidn",
                                                              "libidn2",
                                                              "liblzf",
                                                              "libcdio-paranoia",
                                                              "liblockfile",
                                                              "libonig",
                                                              "libpsl",
                                                              "libvidstab",
                                                              "libunistring",
                                                              "libwmf",
                                                              "libxcrypt",
                                                              "logrotate",
                                                              "lsb",
                                                              "lsb-release-minimal",
                                                              "mbedtls",
                                                              "netbase",
                                                              "nodejs",
                                                              "popt",
                                                              "publicsuffix",
                                                              "sndio",
                                                              "startpar",
                                                              "sysvinit",
                                                              "tesseract",
                                                              "tcp-wrappers",
                                                              "ttf-bitstream-vera",
                                                              "unixodbc",
                                                              "usrmerge",
                                                              "xxhash",
                                                              "xz-utils",
                                                              "zvbi",
                                                              "laptop-detect",
                                                              "whois"};

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

// Whether the (lower-case) maintainer's address is at one of the distribution's own hosts.
bool is_at_home(std::string_view maintainer, std::string_view ecosystem) {
  const std::size_t at = maintainer.rfind('@');
  if (at == maintainer.npos) return false;
  std::string_view host = maintainer.substr(at + 1);
  host = host.substr(0, host.find_first_of("> \t,)"));
  for (const Home& home : kHomes) {
    if (!home.ecosystem.empty() && home.ecosystem != ecosystem) continue;
    if (!host.ends_with(home.host)) continue;
    if (host.size() == home.host.size() || host[host.size() - home.host.size() - 1] == '.') {
      return true;
    }
  }
  return false;
}

bool names_codename(std::string_view version, std::string_view ecosystem) {
  const auto ends_at = [&](std::size_t end) {
    return end >= version.size() || version[end] < 'a' || version[end] > 'z' ||
           version.substr(end).starts_with("cran");
  };
  for (const ReleaseName& release : ecosystem == "ubuntu" ? ubuntu_releases() : debian_releases()) {
    if (release.codename.size() < 5) continue;  // "sid", "etch": parts of words
    const std::size_t at = version.find(release.codename);
    if (at == version.npos || at == 0) continue;
    const bool is_word = std::isalnum(static_cast<unsigned char>(version[at - 1])) == 0;
    if (is_word && ends_at(at + release.codename.size())) return true;
  }
  return false;
}

bool names_release_number(std::string_view version) {
  for (const std::string_view word : {"debian", "ubuntu"}) {
    const std::size_t at = version.find(word);
    if (at == version.npos || at == 0) continue;
    // "+debian2-1" counts Debian's own changes to the upstream source, "0ubuntu22" Ubuntu's.
    const std::string_view number = version.substr(at + word.size());
    const std::size_t digits = std::min(number.find_first_not_of("0123456789."), number.size());
    const bool behind_mark = version[at - 1] == '+' || version[at - 1] == '~' ||
                             (version[at - 1] >= '0' && version[at - 1] <= '9');
    const std::string_view release = number.substr(0, digits);
    if (!behind_mark || release.size() < 2) continue;
    if (word == "debian" ? release == "10" || release == "11" || release == "12" ||
                               release == "13" || release == "14"
                         : release.size() >= 5 && release[2] == '.') {
      return true;
    }
  }
  return false;
}

// Whether a repository that serves several releases made this (lower-case) version for one of them:
// "1.26.0-1~bookworm", "7.0.0-1+debian12", "8.3.4-1+0~20240402+debian12~1.gbpdb7d0b". Debian's own
// backports and updates say "~bpo12+1" and "+deb12u1", Ubuntu's "0.22.04.1".
bool is_made_for_release(std::string_view version, std::string_view ecosystem) {
  return names_codename(version, ecosystem) || names_release_number(version);
}

// Who says in a field of its own that the package is his.
std::string named_stranger(const Package& package, std::string_view ecosystem) {
  for (const std::string_view field : {kOrigin, kVendor}) {
    const std::string_view value = package.property(field);
    const std::string text = lower(value);
    if (!text.empty() && !contains(text, "debian") && !contains(text, ecosystem)) {
      return std::string(value);
    }
  }
  return {};
}

std::string deb_stranger(const Package& package, std::string_view ecosystem) {
  if (std::string named = named_stranger(package, ecosystem); !named.empty()) return named;
  if (const auto found = whose(lower(package.version), kVersionMarks); !found.empty()) {
    return std::string(found);
  }
  const std::string_view maintainer = package.property(kMaintainer);
  const std::string text = lower(maintainer);
  const bool at_home = is_at_home(text, ecosystem);
  if (ecosystem != "ubuntu" && !at_home) {
    if (const auto known = whose(text, kDebMaintainers); !known.empty()) return std::string(known);
  }
  // Not where Ubuntu itself signs; a Debian developer's own repository is none of Debian's.
  const bool ubuntus = ecosystem == "ubuntu" && !contains(text, "@debian.org") &&
                       !contains(text, ".debian.org") && at_home;
  if (!ubuntus && is_made_for_release(lower(package.version), ecosystem)) {
    const std::string name = maintainer_name(maintainer);
    return (name.empty() ? "unknown" : name) + " (a version made for one release)";
  }
  if (at_home) return {};
  const std::string_view files = package.property(kForeignFiles);
  if (ecosystem == "debian" && !files.empty()) {
    const std::string name = maintainer_name(maintainer);
    return (name.empty() ? "unknown" : name) + " (" + std::string(files) + ")";
  }
  if (text.empty() || ecosystem != "ubuntu") return {};
  // Some documents give the name alone.
  const bool named = contains(text, "ubuntu") || contains(text, "debian");
  return named && !contains(text, "@") ? "" : maintainer_name(maintainer);
}

// A package that no advisory of the distribution ever named, and that nobody of it maintains.
std::string unknown_outsider(const Package& package, const Subject& subject) {
  const std::string whose = subject.ecosystem == "ubuntu"   ? "Ubuntu"
                            : subject.ecosystem == "debian" ? "Debian"
                            : subject.ecosystem == "arch"   ? "Arch Linux"
                                                            : "";
  if (whose.empty()) return {};
  const std::string_view maintainer = package.property(kMaintainer);
  const std::string text = lower(maintainer);
  if (is_at_home(text, subject.ecosystem)) return {};
  if (!contains(text, "@") && (contains(text, "debian") || contains(text, "ubuntu"))) return {};
  const std::string unknown = ", and " + whose + "'s advisories do not know it";
  if (text.empty()) return "who maintains it is not named" + unknown;
  return "maintained by " + maintainer_name(maintainer) + " outside " + whose + unknown;
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

// makepkg writes so for everybody who has set up nothing; Arch's packagers have.
std::string alpm_stranger(const Package& package, std::string_view ecosystem) {
  const std::string_view packager = package.property(kMaintainer);
  return ecosystem == "arch" && packager == "Unknown Packager" ? std::string(packager) : "";
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
    case PackageType::kAlpm:
      who = alpm_stranger(package, ecosystem);
      break;
    default:
      break;
  }
  return who.empty() ? who : "third-party package: " + who;
}

std::string doubt_about(const Package& package, const Subject& subject, const Distro& distro,
                        const std::function<bool()>& is_known) {
  if (const std::string_view doubt = package.property(kDoubt); !doubt.empty()) {
    return std::string(doubt);
  }
  if (package.type == PackageType::kApk) {
    const bool others = subject.ecosystem == "alpine" && !distro.other_repositories.empty();
    if (!others || is_known()) return {};
    return "no advisory of Alpine knows it, and it may be of " + distro.other_repositories;
  }
  if (package.type != PackageType::kDeb && package.type != PackageType::kAlpm) return {};
  const bool base = std::find(kDebianFromOutside.begin(), kDebianFromOutside.end(),
                              subject.names.front()) != kDebianFromOutside.end();
  if (!base) {
    if (std::string why = unknown_outsider(package, subject); !why.empty() && !is_known()) {
      return why;
    }
  }
  // dpkg's own database only: distroless images are put together from Debian's archive.
  const bool has_file_list = package.files > 0;
  if (subject.ecosystem != "debian" || has_file_list || package.path != "var/lib/dpkg/status") {
    return {};
  }
  const std::string_view maintainer = package.property(kMaintainer);
  if (maintainer.empty() || is_at_home(lower(maintainer), subject.ecosystem)) return {};
  return "perhaps a third-party package: " + maintainer_name(maintainer) +
         " (maintained outside Debian, and no list of its files)";
}

}  // namespace seaworthy
