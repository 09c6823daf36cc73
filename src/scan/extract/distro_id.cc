#include "scan/extract/distro_id.h"

#include <algorithm>
#include <array>
#include <utility>

#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

using Alias = std::pair<std::string_view, std::string_view>;

// Lower-case beginnings of names, whole words, and the ID they stand for. The first match wins, so
// longer names stand above shorter ones.
constexpr std::array kNames{
    Alias{"red hat enterprise linux", "rhel"},
    Alias{"redhatenterpriseserver", "rhel"},
    Alias{"redhatenterpriseworkstation", "rhel"},
    Alias{"redhatenterpriseclient", "rhel"},
    Alias{"redhatenterprise", "rhel"},
    Alias{"redhat", "rhel"},
    Alias{"centosstream", "centos"},
    Alias{"rockylinux", "rocky"},
    Alias{"alma", "almalinux"},
    Alias{"oracle linux", "ol"},
    Alias{"oracleserver", "ol"},
    Alias{"oraclelinux", "ol"},
    Alias{"oracle", "ol"},
    Alias{"amazon", "amzn"},
    Alias{"amazonami", "amzn"},
    Alias{"opensuse leap", "opensuse-leap"},
    Alias{"opensuse tumbleweed", "opensuse-tumbleweed"},
    Alias{"suse linux enterprise", "sles"},
    Alias{"vmware photon", "photon"},
    Alias{"cbl-mariner", "mariner"},
    Alias{"microsoft azure linux", "azurelinux"},
    Alias{"azure linux", "azurelinux"},
    Alias{"archlinux", "arch"},
    Alias{"archarm", "arch"},
    Alias{"linux mint", "linuxmint"},
    Alias{"miracle linux", "miraclelinux"},
    Alias{"minimus", "minimos"},
};

// Names whose first word is the ID.
constexpr std::array<std::string_view, 29> kFirstWords{
    "almalinux",  "alpine",     "anolis", "arch",         "azurelinux", "bottlerocket",
    "centos",     "chainguard", "debian", "cloudlinux",   "echo",       "eurolinux",
    "fedora",     "gentoo",     "kali",   "linuxmint",    "mariner",    "minimos",
    "openeuler",  "opensuse",   "photon", "postmarketos", "raspbian",   "rocky",
    "scientific", "ubuntu",     "rhel",   "virtuozzo",    "wolfi",
};

bool begins_with_words(std::string_view text, std::string_view words) {
  return text.starts_with(words) && (text.size() == words.size() || text[words.size()] == ' ');
}

// openSUSE used one ID for both lines until 2017; Tumbleweed's versions are dates.
std::string_view opensuse_line(std::string_view version) {
  if (version.empty()) return "opensuse";
  constexpr std::size_t kDateDigits = 8;
  return version.size() == kDateDigits ? "opensuse-tumbleweed" : "opensuse-leap";
}

// Editions of SUSE Linux Enterprise share the server's packages and advisories.
bool is_sles_edition(std::string_view id) {
  return id == "sles_sap" || id == "sles-sap" || id == "sle_hpc" || id == "sle-hpc" ||
         id == "sle_rt" || id == "sle-rt" || id == "sled";
}

void finish_debian(Distro& distro) {
  // testing and unstable both call themselves "trixie/sid": neither is a release yet, whatever
  // VERSION_ID says.
  const std::size_t slash = distro.name.find("/sid");
  if (slash == std::string::npos) return;
  distro.version.clear();
  if (!distro.codename.empty()) return;
  const std::string_view before = std::string_view(distro.name).substr(0, slash);
  distro.codename = lower_case(before.substr(before.rfind(' ') + 1));
}

}  // namespace

std::string distro_id_of(std::string_view text) {
  const std::string name = lower_case(trim(text));
  for (const auto& [words, id] : kNames) {
    if (begins_with_words(name, words)) return std::string(id);
  }
  std::string_view rest = name;
  const std::string_view first = next_word(rest);
  const bool is_known =
      std::find(kFirstWords.begin(), kFirstWords.end(), first) != kFirstWords.end();
  return is_known ? std::string(first) : std::string();
}

void finish_distro(Distro& distro) {
  distro.id = lower_case(distro.id);
  distro.version = lower_case(distro.version);
  for (const auto& [alias, id] : kNames) {
    if (distro.id == alias) distro.id = id;
  }
  if (is_sles_edition(distro.id)) {
    if (distro.variant.empty()) distro.variant = distro.id;
    distro.id = "sles";
  }
  if (distro.id == "opensuse") distro.id = opensuse_line(distro.version);
  if (distro.id == "debian") finish_debian(distro);
  if (distro.id == "centos" && lower_case(distro.name).find("stream") != std::string::npos) {
    distro.variant = "stream";
  }
}

}  // namespace seaworthy
