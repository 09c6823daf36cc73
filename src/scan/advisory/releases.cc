#include "scan/advisory/releases.h"

#include <algorithm>
#include <array>
#include <vector>

#include "scan/advisory/suse_products.h"

namespace seaworthy {
namespace {

constexpr std::array kDebian{
    ReleaseName{"potato", "2.2"}, ReleaseName{"woody", "3.0"},   ReleaseName{"sarge", "3.1"},
    ReleaseName{"etch", "4"},     ReleaseName{"lenny", "5"},     ReleaseName{"squeeze", "6"},
    ReleaseName{"wheezy", "7"},   ReleaseName{"jessie", "8"},    ReleaseName{"stretch", "9"},
    ReleaseName{"buster", "10"},  ReleaseName{"bullseye", "11"}, ReleaseName{"bookworm", "12"},
    ReleaseName{"trixie", "13"},  ReleaseName{"forky", "14"},    ReleaseName{"duke", "15"},
    ReleaseName{"sid", "sid"}};

constexpr std::array kUbuntu{ReleaseName{"warty", "4.10"},     ReleaseName{"hoary", "5.04"},
                             ReleaseName{"breezy", "5.10"},    ReleaseName{"dapper", "6.06"},
                             ReleaseName{"edgy", "6.10"},      ReleaseName{"feisty", "7.04"},
                             ReleaseName{"gutsy", "7.10"},     ReleaseName{"hardy", "8.04"},
                             ReleaseName{"intrepid", "8.10"},  ReleaseName{"jaunty", "9.04"},
                             ReleaseName{"karmic", "9.10"},    ReleaseName{"lucid", "10.04"},
                             ReleaseName{"maverick", "10.10"}, ReleaseName{"natty", "11.04"},
                             ReleaseName{"oneiric", "11.10"},  ReleaseName{"precise", "12.04"},
                             ReleaseName{"quantal", "12.10"},  ReleaseName{"raring", "13.04"},
                             ReleaseName{"saucy", "13.10"},    ReleaseName{"trusty", "14.04"},
                             ReleaseName{"utopic", "14.10"},   ReleaseName{"vivid", "15.04"},
                             ReleaseName{"wily", "15.10"},     ReleaseName{"xenial", "16.04"},
                             ReleaseName{"yakkety", "16.10"},  ReleaseName{"zesty", "17.04"},
                             ReleaseName{"artful", "17.10"},   ReleaseName{"bionic", "18.04"},
                             ReleaseName{"cosmic", "18.10"},   ReleaseName{"disco", "19.04"},
                             ReleaseName{"eoan", "19.10"},     ReleaseName{"focal", "20.04"},
                             ReleaseName{"groovy", "20.10"},   ReleaseName{"hirsute", "21.04"},
                             ReleaseName{"impish", "21.10"},   ReleaseName{"jammy", "22.04"},
                             ReleaseName{"kinetic", "22.10"},  ReleaseName{"lunar", "23.04"},
                             ReleaseName{"mantic", "23.10"},   ReleaseName{"noble", "24.04"},
                             ReleaseName{"oracular", "24.10"}, ReleaseName{"plucky", "25.04"},
                             ReleaseName{"questing", "25.10"}, ReleaseName{"resolute", "26.04"},
                             ReleaseName{"devel", "devel"}};

std::string_view version_of(std::span<const ReleaseName> table, std::string_view codename) {
  for (const ReleaseName& row : table) {
    if (row.codename == codename) return row.version;
  }
  return {};
}

// OSV ecosystems without a release, and those whose release stands behind the first colon as is.
struct Plain {
  std::string_view osv, name;
};
constexpr std::array kLanguages{
    Plain{"npm", "npm"},           Plain{"PyPI", "pypi"},
    Plain{"Maven", "maven"},       Plain{"Go", "golang"},
    Plain{"RubyGems", "gem"},      Plain{"NuGet", "nuget"},
    Plain{"crates.io", "cargo"},   Plain{"Packagist", "composer"},
    Plain{"Hex", "hex"},           Plain{"Pub", "pub"},
    Plain{"SwiftURL", "swift"},    Plain{"GitHub Actions", "githubactions"},
    Plain{"Bitnami", "bitnami"},   Plain{"bitnami", "bitnami"},
    Plain{"Hackage", "hackage"},   Plain{"CRAN", "cran"},
    Plain{"ConanCenter", "conan"}, Plain{"opam", "opam"},
    Plain{"Julia", "julia"}};
constexpr std::array kDistributions{Plain{"AlmaLinux", "almalinux"},
                                    Plain{"Alpine", "alpine"},
                                    Plain{"Debian", "debian"},
                                    Plain{"Rocky Linux", "rocky"},
                                    Plain{"Ubuntu", "ubuntu"},
                                    Plain{"Wolfi", "wolfi"},
                                    Plain{"Chainguard", "chainguard"},
                                    Plain{"MinimOS", "minimos"},
                                    Plain{"Echo", "echo"},
                                    Plain{"Azure Linux", "azurelinux"},
                                    Plain{"Mageia", "mageia"},
                                    Plain{"openEuler", "openeuler"},
                                    Plain{"Photon OS", "photon"},
                                    Plain{"Alpaquita", "alpaquita"},
                                    Plain{"Amazon Linux", "amzn"},
                                    Plain{"Oracle Linux", "ol"}};

std::string_view find_plain(std::span<const Plain> table, std::string_view osv) {
  for (const Plain& row : table) {
    if (row.osv == osv) return row.name;
  }
  return {};
}

std::vector<std::string_view> split_colons(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

// "22.04:LTS" is 22.04; "Pro:18.04:LTS" is 18.04 in the channel esm. FIPS and realtime products
// ("Pro:FIPS-updates:22.04:LTS") are channels of their own.
Ecosystem map_ubuntu(std::span<const std::string_view> parts) {
  Ecosystem out;
  out.name = "ubuntu";
  if (!parts.empty() && parts[0] == "Pro") {
    out.channel = "esm";
    parts = parts.subspan(1);
    if (!parts.empty() && !parts[0].empty() && (parts[0][0] < '0' || parts[0][0] > '9')) {
      out.channel = parts[0];
      for (char& c : out.channel) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      parts = parts.subspan(1);
    }
  }
  if (parts.empty() && out.channel.empty()) return out;  // every release
  if (parts.empty() || parts[0].empty()) return Ecosystem{"", "", "", "Ubuntu without a release"};
  out.release = parts[0];
  return out;
}

// Debian's VERSION_ID has no ".0" since etch; OSV writes "4.0", "6.0" and "7" alike.
std::string debian_release(std::string_view text) {
  if (!debian_version(text).empty()) return std::string(debian_version(text));
  const bool old = text.starts_with("2.") || text.starts_with("3.");
  return std::string(old ? text : text.substr(0, text.find('.')));
}

}  // namespace

std::span<const ReleaseName> debian_releases() {
  return kDebian;
}
std::span<const ReleaseName> ubuntu_releases() {
  return kUbuntu;
}
std::string_view debian_version(std::string_view codename) {
  return version_of(kDebian, codename);
}
std::string_view ubuntu_version(std::string_view codename) {
  return version_of(kUbuntu, codename);
}

Ecosystem map_osv_ecosystem(std::string_view ecosystem) {
  const std::vector<std::string_view> parts = split_colons(ecosystem);
  const std::string_view family = parts[0];
  if (family == "Root" || family == "Seal") {
    // Packages rebuilt by another vendor: their versions and names are their own (matching rule
    // 60).
    const std::string rest(ecosystem.substr(std::min(ecosystem.size(), family.size() + 1)));
    if (rest.starts_with("Root") || rest.starts_with("Seal")) {
      return Ecosystem{"", "", "", "a rebuilt ecosystem that is not known"};
    }
    Ecosystem inner = map_osv_ecosystem(rest);
    if (rest.starts_with("Red Hat:")) inner = Ecosystem{"rhel", rest.substr(8), "", ""};
    if (inner.name.empty()) {
      return Ecosystem{"", "", "", "a rebuilt ecosystem that is not known"};
    }
    inner.name.insert(0, family == "Root" ? "root-" : "seal-");
    return inner;
  }
  if (const std::string_view name = find_plain(kLanguages, family); !name.empty()) {
    return Ecosystem{std::string(name), "", "", ""};
  }
  if (family == "Red Hat") {
    return Ecosystem{"", "", "", "Red Hat OSV: scoped by CPE, which is not matched yet"};
  }
  if (family == "SUSE" || family == "openSUSE") {
    return map_suse_product(ecosystem.substr(std::min(ecosystem.size(), family.size() + 1)));
  }
  const std::string_view name = find_plain(kDistributions, family);
  if (name.empty()) return Ecosystem{"", "", "", "an ecosystem that is not known"};
  if (name == "ubuntu") return map_ubuntu(std::span(parts).subspan(1));
  Ecosystem out{std::string(name), "", "", ""};
  if (parts.size() < 2) return out;
  out.release = ecosystem.substr(family.size() + 1);
  if (name == "alpine" && out.release.starts_with('v')) out.release.erase(0, 1);
  if (name == "debian") out.release = debian_release(out.release);
  // "3" is what os-release and OVAL call 3.0.
  const bool bare = out.release.find('.') == std::string::npos && !out.release.empty();
  if (bare && (name == "azurelinux" || name == "photon")) out.release += ".0";
  return out;
}

}  // namespace seaworthy
