#include "scan/match/language.h"

#include <algorithm>
#include <array>

#include "scan/advisory/package_name.h"

namespace seaworthy {
namespace {

constexpr auto kLanguages = std::to_array<Language>({
    {"npm", "npm", "npm", &kNpmVersions, "npm install {name}@{fix}"},
    {"pypi", "pypi", "PyPI", &kPep440Versions, "pip install --upgrade '{name}>={fix}'"},
    {"maven", "maven", "Maven", &kMavenVersions, ""},
    {"golang", "golang", "Go", &kGoVersions, "go get {name}@v{fix} && go mod tidy"},
    {"gem", "gem", "RubyGems", &kGemVersions, "gem install {name} -v {fix}"},
    {"cargo", "cargo", "crates.io", &kCargoVersions, "cargo update -p {name} --precise {fix}"},
    {"nuget", "nuget", "NuGet", &kNugetVersions, "dotnet add package {name} --version {fix}"},
    {"composer", "composer", "Packagist", &kComposerVersions, "composer require '{name}:^{fix}'"},
    {"pub", "pub", "Pub", &kPubVersions, "dart pub upgrade {name}"},
    {"hex", "hex", "Hex", &kSemverVersions, "mix deps.update {name}"},
    {"cran", "cran", "CRAN", &kCranVersions, ""},
    {"hackage", "hackage", "Hackage", &kHackageVersions, ""},
    {"swift", "swift", "Swift", &kSemverVersions, ""},
    {"conan", "conan", "Conan", &kSemverVersions, ""},
    {"julia", "julia", "Julia", &kSemverVersions, ""},
    {"opam", "opam", "opam", &kDebVersions, "opam upgrade {name}"},
    {"bitnami", "bitnami", "Bitnami", &kBitnamiVersions, ""},
});

// What stands between the namespace and the name of a package URL.
char separator_of(std::string_view purl_type) {
  return purl_type == "maven" ? ':' : '/';
}

// A branch ("dev-main", "2.x-dev") is at no place in the order of releases (rule 54).
bool is_branch(const Language& language, std::string_view version) {
  return language.scheme == &kComposerVersions &&
         (version.starts_with("dev-") || version.ends_with("-dev"));
}

}  // namespace

const Language* language_of(std::string_view purl_type) {
  const auto found = std::find_if(kLanguages.begin(), kLanguages.end(), [&](const Language& each) {
    return each.purl_type == purl_type;
  });
  return found == kLanguages.end() ? nullptr : &*found;
}

const Language* find_language(std::string_view ecosystem) {
  const auto found = std::find_if(kLanguages.begin(), kLanguages.end(), [&](const Language& each) {
    return each.ecosystem == ecosystem;
  });
  return found == kLanguages.end() ? nullptr : &*found;
}

std::string advisory_name(const Language& language, const Purl& purl) {
  std::string name = purl.name_space;
  if (!name.empty()) name += separator_of(language.purl_type);
  name += purl.name;
  return normalized_package(language.ecosystem, name);
}

Subject language_subject(const Package& package, const Language& language, const Purl& purl) {
  Subject subject;
  subject.package = &package;
  subject.scheme = language.scheme;
  subject.ecosystem = language.ecosystem;
  subject.label = language.label;
  subject.names = {advisory_name(language, purl)};
  subject.version = purl.version.empty() ? package.version : purl.version;
  if (is_branch(language, subject.version)) subject.version.clear();
  return subject;
}

}  // namespace seaworthy
