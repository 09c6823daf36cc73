// Programs without a package manager: what classifiers recognize by a text in them, Java runtimes,
// WordPress. Three sources speak of them, under names of their own:
//
//   bitnami   Bitnami's database, by its name for the application; ranges by release line
//   generic   the Node.js security group, rubysec and RustSec, about the languages themselves
//   cpe       NVD, by "vendor:product" of the CPE name that the program was listed with
//
// NVD's names are matched as NISTIR 7696 has it, as far as its data goes: vendor and product are
// equal, the version is in the range or the one that is named, "*" is any version. "-" is none that
// is known and matches nothing (the feed leaves it out). The update ("alpha1", "update301") is part
// of the version. The target software must be this kind of program: a plug-in for WordPress or a
// build for Windows has the same vendor and product.
//
// Packages of a package manager are never matched this way: what their distribution says knows
// which fixes are in its build.
#include "scan/match/product.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/model/cpe_name.h"
#include "scan/advisory/cpe.h"

namespace seaworthy {
namespace {

struct Product {
  std::string_view name;     // of the package URL
  std::string_view bitnami;  // "" the same
  const VersionScheme* scheme = &kGenericVersions;
  std::string_view repair = "";  // "{fix}" in it; "": replace the binary
};

constexpr std::string_view kReplaceRuntime = "replace the Java runtime {name} by {fix} or later";

constexpr auto kProducts = std::to_array<Product>({
    {"httpd", "apache"},
    {"go", "golang"},
    // Bitnami's is Liberica; the vulnerabilities are those of OpenJDK, which all are built from.
    {"openjdk", "java", &kJvmVersions, kReplaceRuntime},
    {"temurin", "java", &kJvmVersions, kReplaceRuntime},
    {"zulu", "java", &kJvmVersions, kReplaceRuntime},
    {"corretto", "java", &kJvmVersions, kReplaceRuntime},
    {"semeru", "java", &kJvmVersions, kReplaceRuntime},
    {"liberica", "java", &kJvmVersions, kReplaceRuntime},
    {"sapmachine", "java", &kJvmVersions, kReplaceRuntime},
    {"jdk", "java", &kJvmVersions, kReplaceRuntime},
    {"graalvm", "", &kJvmVersions, kReplaceRuntime},
    {"wordpress", "", &kGenericVersions, "update WordPress to {fix} or later"},
});

// Languages whose own security groups keep a list.
struct OwnGroup {
  std::string_view name, label;
  const VersionScheme* scheme;
};
constexpr std::array kOwnGroups{OwnGroup{"node", "Node.js", &kNpmVersions},
                                OwnGroup{"ruby", "Ruby", &kGemVersions},
                                OwnGroup{"rust", "Rust", &kSemverVersions}};

// Names that NVD used before, or beside, the one that programs are listed with.
struct OtherName {
  std::string_view name, other;
};
constexpr std::array kOtherNames{
    OtherName{"f5:nginx", "nginx:nginx"},
    OtherName{"redis:redis", "redislabs:redis"},
    OtherName{"redis:redis", "pivotal_software:redis"},
    OtherName{"haxx:curl", "haxx:libcurl"},
    OtherName{"nodejs:node.js", "nodejs:nodejs"},
    OtherName{"oracle:jdk", "oracle:jre"},
};

const Product* find_product(std::string_view name) {
  const auto found = std::find_if(kProducts.begin(), kProducts.end(),
                                  [&](const Product& each) { return each.name == name; });
  return found == kProducts.end() ? nullptr : &*found;
}

// "vendor:product" of every CPE name of the package; they stand behind each other.
std::vector<std::string> cpe_names(std::string_view cpes) {
  std::vector<std::string> names;
  while (!cpes.empty()) {
    const std::size_t space = std::min(cpes.find(' '), cpes.size());
    const auto cpe = parse_cpe(cpes.substr(0, space));
    if (cpe && cpe->part == 'a') names.push_back(cpe->vendor + ":" + cpe->product);
    cpes.remove_prefix(std::min(space + 1, cpes.size()));
  }
  const std::size_t listed = names.size();
  for (const OtherName& each : kOtherNames) {
    const auto own = names.begin() + static_cast<std::ptrdiff_t>(listed);
    if (std::find(names.begin(), own, each.name) != own) names.emplace_back(each.other);
  }
  return names;
}

}  // namespace

std::vector<ProductName> product_names(const Package& package, const Purl& purl) {
  std::vector<ProductName> out;
  const std::vector<std::string> cpes = cpe_names(package.property(kCpe));
  if (package.type != PackageType::kOther || purl.type != "generic" || cpes.empty()) return out;
  const Product* known = find_product(purl.name);
  Subject subject;
  subject.package = &package;
  subject.product = true;
  subject.version = purl.version.empty() ? package.version : purl.version;
  for (const OwnGroup& group : kOwnGroups) {
    if (purl.name != group.name) continue;
    subject.ecosystem = "generic";
    subject.label = group.label;
    subject.scheme = group.scheme;
    subject.names = {purl.name};
    out.push_back({subject, false, true});
  }
  subject.scheme = known == nullptr ? &kGenericVersions : known->scheme;
  subject.ecosystem = "cpe";
  subject.label = "NVD";
  subject.names = cpes;
  out.push_back({subject, true, false});
  // Bitnami orders Java's versions as any others: 1.8.0 is none of Java 8 there.
  subject.scheme = &kGenericVersions;
  subject.ecosystem = "bitnami";
  subject.label = "Bitnami";
  subject.names = {known == nullptr || known->bitnami.empty() ? purl.name
                                                              : std::string(known->bitnami)};
  subject.version = subject.version.substr(0, subject.version.find('+'));
  out.insert(out.end() - 1, {subject, true, false});
  return out;
}

std::string_view repair_of(const Package& package) {
  const Product* known = find_product(package.name);
  return known == nullptr || known->repair.empty() ? "replace the binary {name} by {fix} or later"
                                                   : known->repair;
}

}  // namespace seaworthy
