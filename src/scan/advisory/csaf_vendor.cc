// How vendors name their products in CSAF.
//
// Red Hat   A product has a CPE 2.2 name; a package has a purl. Fixed packages are binary builds
// with
//           version and architecture; what is not fixed has neither, and is a source package where
//           the purl says "arch=src", else a binary one. The module stream stands in a product of
//           its own between package and product ("pkg:rpmmod/redhat/nodejs@18:8100..."), in the
//           purl's qualifier `rpmmod`, or, for what is not fixed, in the purl's namespace
//           ("pkg:rpmmod/redhat/nodejs:18/nodejs").
// SUSE      Packages have no purl in most documents: the name is name-version-release.arch for a
// fix
//           and a bare name otherwise. Products have a CPE ("cpe:/o:suse:sles:15:sp5"), and the
//           modules that an image's packages come from have their own ("sle-module-basesystem");
//           their builds are those of the service pack, so they are the release's standard channel.
//           What is sold for longer (LTSS, ESPOS, ...) is a channel of its own.
// others    Only what a purl places on a distribution by itself: type rpm, deb or apk, and a
//           qualifier `distro`. A vendor's VEX about its own product speaks about files that it put
//           there, which no operating system's package database lists.
#include "scan/advisory/csaf_vendor.h"

#include <algorithm>
#include <array>

#include "core/model/package.h"
#include "scan/advisory/cpe.h"

namespace seaworthy {
namespace {

constexpr std::string_view kNotRpm = "CSAF: a product that is no operating-system package";
constexpr std::string_view kWhole = "CSAF: a statement about a product as a whole";

CsafPlace place_red_hat(const CsafItem& item) {
  CsafPlace place;
  const auto cpe = parse_cpe(item.platform == nullptr ? "" : item.platform->cpe);
  if (!cpe) {
    place.skip = kWhole;
    return place;
  }
  const auto line = red_hat_line(*cpe);
  if (!line) {
    place.skip = "CSAF: a product of another vendor";
    return place;
  }
  return {"rhel", line->release, line->channel, {}};
}

// "nodejs:18" of "nodejs:18:8100020240807161023:489197e6".
std::string stream_of(std::string_view module) {
  const std::size_t name = module.find(':');
  if (name == module.npos) return {};
  return std::string(module.substr(0, module.find(':', name + 1)));
}

std::string module_of(const CsafItem& item, const Purl& purl) {
  if (const std::string stream = stream_of(purl.qualifier("rpmmod")); !stream.empty())
    return stream;
  if (item.module == nullptr) return {};
  const auto module = parse_purl(item.module->purl);
  if (!module) return {};
  return stream_of(module->name + ":" + module->version);
}

std::string with_epoch(const Purl& purl) {
  const std::string_view epoch = purl.qualifier("epoch");
  if (purl.version.empty() || epoch.empty() || epoch == "0") return purl.version;
  return std::string(epoch) + ":" + purl.version;
}

CsafPackage package_from_purl(const CsafItem& item, const Purl& purl) {
  CsafPackage package;
  package.name = purl.name;
  package.version = with_epoch(purl);
  package.arch = purl.qualifier("arch");
  package.module = module_of(item, purl);
  return package;
}

CsafPackage package_red_hat(const CsafItem& item, bool fixed) {
  CsafPackage package;
  const CsafProduct& component = *item.component;
  if (component.purl.empty() && !component.cpe.empty()) {
    package.skip = kWhole;
    return package;
  }
  if (component.purl.empty()) {
    // Older documents name unfixed source packages without a purl. A slash is a container image's.
    package.name = component.name;
    package.arch = "src";
    const bool image = component.name.find('/') != component.name.npos;
    if (fixed || image || component.name.empty()) package.skip = kNotRpm;
    return package;
  }
  const auto purl = parse_purl(component.purl);
  if (!purl) {
    package.skip = "CSAF: a purl that cannot be read";
    return package;
  }
  constexpr std::string_view kVendorName = "redhat";
  if (purl->type == "rpmmod" && purl->name_space.starts_with("redhat/")) {
    package.name = purl->name;
    package.module = stream_of(purl->name_space.substr(kVendorName.size() + 1));
    package.arch = "src";
    return package;
  }
  if (purl->type == "rpmmod") package.skip = "CSAF: a module as a whole, beside its packages";
  if (purl->type == "oci") package.skip = "CSAF: a container image, not a package";
  if (package.skip.empty() && (purl->type != "rpm" || purl->name_space != kVendorName)) {
    package.skip = kNotRpm;
  }
  if (!package.skip.empty()) return package;
  return package_from_purl(item, *purl);
}

struct SuseProduct {
  std::string_view cpe_product;  // or what it begins with, where it ends in "*"
  std::string_view ecosystem, channel;
};
// The first that fits.
constexpr std::array kSuseProducts{
    SuseProduct{"sles", "sles", ""},
    SuseProduct{"sled", "sles", ""},
    SuseProduct{"sles_sap", "sles", ""},
    SuseProduct{"suse_sles", "sles", ""},
    SuseProduct{"suse_sled", "sles", ""},
    SuseProduct{"sle_hpc", "sles", ""},
    SuseProduct{"sle-bci", "sles", ""},
    SuseProduct{"sle_bci", "sles", ""},
    SuseProduct{"packagehub", "sles", ""},
    SuseProduct{"sle-module-live-patching", "sles", "live-patching"},
    SuseProduct{"sle-live-patching", "sles", "live-patching"},
    SuseProduct{"sle-module-*", "sles", ""},
    SuseProduct{"sle-ha", "sles", ""},
    SuseProduct{"sle-we", "sles", ""},
    SuseProduct{"sle-sdk", "sles", ""},
    SuseProduct{"sles-ltss*", "sles", "ltss"},
    SuseProduct{"sles_ltss*", "sles", "ltss"},
    SuseProduct{"suse_sles_ltss*", "sles", "ltss"},
    SuseProduct{"sle_hpc-ltss", "sles", "ltss"},
    SuseProduct{"sle_hpc-espos", "sles", "espos"},
    SuseProduct{"sles-espos", "sles", "espos"},
    SuseProduct{"sle-micro", "sle-micro", ""},
    SuseProduct{"suse-microos", "sle-micro", ""},
    SuseProduct{"sl-micro", "sl-micro", ""},
    SuseProduct{"leap", "opensuse-leap", ""},
    SuseProduct{"tumbleweed", "opensuse-tumbleweed", ""},
};

bool fits(std::string_view pattern, std::string_view text) {
  if (!pattern.ends_with('*')) return pattern == text;
  return text.starts_with(pattern.substr(0, pattern.size() - 1));
}

// "15" and "sp5" are VERSION_ID 15.5.
std::string suse_release(const Cpe& cpe) {
  std::string release = cpe.version;
  if (cpe.update.starts_with("sp") && cpe.update.size() > 2) {
    release.append(".").append(cpe.update, 2);
  }
  return release;
}

CsafPlace place_suse(const CsafItem& item) {
  CsafPlace place;
  const auto cpe = parse_cpe(item.platform == nullptr ? "" : item.platform->cpe);
  if (!cpe) {
    place.skip = kWhole;
    return place;
  }
  const auto known = std::find_if(kSuseProducts.begin(), kSuseProducts.end(), [&](const auto& row) {
    return fits(row.cpe_product, cpe->product);
  });
  const bool own = cpe->vendor == "suse" || cpe->vendor == "opensuse";
  if (known == kSuseProducts.end() || !own) {
    place.skip = "CSAF: a SUSE product that os-release does not name";
    return place;
  }
  place = {std::string(known->ecosystem), suse_release(*cpe), std::string(known->channel), {}};
  if (place.ecosystem == "opensuse-tumbleweed") place.release.clear();
  return place;
}

// "kernel-default-5.14.21-150500.55.1.x86_64".
CsafPackage package_from_file_name(std::string_view name) {
  constexpr std::array<std::string_view, 12> kArchs{"x86_64", "aarch64", "s390x",  "ppc64le",
                                                    "noarch", "i586",    "i686",   "src",
                                                    "ppc64",  "ia64",    "armv7l", "riscv64"};
  CsafPackage package;
  if (const auto dot = name.rfind('.'); dot != name.npos) {
    const std::string_view arch = name.substr(dot + 1);
    if (std::find(kArchs.begin(), kArchs.end(), arch) != kArchs.end()) {
      package.arch = arch;
      name = name.substr(0, dot);
    }
  }
  const auto release = name.rfind('-');
  const auto version = release == 0 ? name.npos : name.rfind('-', release - 1);
  if (release == name.npos || version == name.npos || version == 0) {
    package.skip = "CSAF: a fixed package without a version";
    return package;
  }
  package.name = name.substr(0, version);
  package.version = name.substr(version + 1);
  return package;
}

CsafPackage package_suse(const CsafItem& item, bool fixed) {
  const CsafProduct& component = *item.component;
  if (const auto purl = parse_purl(component.purl)) {
    if (purl->type == "rpm") return package_from_purl(item, *purl);
    CsafPackage package;
    package.skip = kNotRpm;
    return package;
  }
  if (fixed) return package_from_file_name(component.name);
  CsafPackage package;
  package.name = component.name;
  if (package.name.empty()) package.skip = kNotRpm;
  return package;
}

// The distribution that a purl names by itself: "debian" and "12" of "distro=debian-12".
CsafPlace place_other(const CsafItem& item) {
  CsafPlace place;
  const auto purl = parse_purl(item.component->purl);
  const bool system = purl && (purl->type == "rpm" || purl->type == "deb" || purl->type == "apk");
  if (!system) {
    place.skip = kNotRpm;
    return place;
  }
  const std::string_view distro = purl->qualifier("distro");
  const auto dash = distro.rfind('-');
  if (dash == distro.npos || dash == 0 || distro[dash + 1] < '0' || distro[dash + 1] > '9') {
    place.skip = "CSAF: a package whose purl names no release of a distribution";
    return place;
  }
  place.ecosystem = distro.substr(0, dash);
  place.release = distro.substr(dash + 1);
  return place;
}

CsafPackage package_other(const CsafItem& item, bool) {
  const auto purl = parse_purl(item.component->purl);
  CsafPackage package;
  if (!purl) {
    package.skip = kNotRpm;
    return package;
  }
  package = package_from_purl(item, *purl);
  if (purl->type == "deb" && package.arch == "source") package.arch.clear();
  return package;
}

constexpr std::array kVendors{
    CsafVendor{"https://www.redhat.com", true, place_red_hat, package_red_hat},
    CsafVendor{"https://www.suse.com/", true, place_suse, package_suse},
    CsafVendor{"https://www.suse.com", true, place_suse, package_suse},
    CsafVendor{"", false, place_other, package_other},
};

}  // namespace

const CsafVendor* csaf_vendor(std::string_view publisher_namespace) {
  return std::find_if(kVendors.begin(), kVendors.end() - 1, [&](const CsafVendor& vendor) {
    return vendor.publisher == publisher_namespace;
  });
}

}  // namespace seaworthy
