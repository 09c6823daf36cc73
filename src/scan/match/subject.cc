#include "scan/match/subject.h"

#include <algorithm>
#include <array>

#include "core/version/runs.h"

namespace seaworthy {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

// Debian rebuilds a binary without a new source by adding "+b1"; fixes name source versions.
std::string_view without_binary_rebuild(std::string_view version) {
  const auto mark = version.rfind("+b");
  if (mark == version.npos || !all_digits(version.substr(mark + 2))) return version;
  return version.substr(0, mark);
}

// "linux-signed-amd64" holds the signed binaries of the source "linux", which advisories name.
std::string unsigned_source(std::string_view source) {
  constexpr std::string_view kSigned = "linux-signed";
  if (!source.starts_with(kSigned)) return std::string(source);
  std::string_view rest = source.substr(kSigned.size());
  for (const std::string_view arch : {"-amd64", "-arm64", "-i386"}) {
    if (rest == arch) rest = {};
  }
  return "linux" + std::string(rest);
}

bool is_kernel_headers(const Package& package) {
  constexpr std::array<std::string_view, 5> kNames{"linux-libc-dev", "kernel-headers",
                                                   "linux-kernel-headers", "kernel-devel",
                                                   "kernel-uek-headers"};
  if (std::find(kNames.begin(), kNames.end(), package.name) != kNames.end()) return true;
  return package.name.starts_with("linux-headers") || package.name.starts_with("linux-kbuild") ||
         (package.name.starts_with("linux-") && contains(package.name, "-headers-"));
}

bool lacks_source(const Package& package) {
  return package.source_name.empty() && !package.property(kSourceUnknown).empty();
}

void name_deb(const Package& package, Subject& subject) {
  subject.by_source = true;
  subject.source_unknown = lacks_source(package);
  subject.names = {
      unsigned_source(package.source_name.empty() ? package.name : package.source_name)};
  subject.version = package.source_version.empty() ? without_binary_rebuild(package.version)
                                                   : std::string_view(package.source_version);
}

void name_rpm(const Package& package, Subject& subject) {
  subject.names = {package.name};
  // Azure Linux files its advisories under the source package; versions are shared.
  const bool by_source = subject.ecosystem == "azurelinux" || subject.ecosystem == "mariner" ||
                         subject.ecosystem == "photon";
  if (by_source && !package.source_name.empty() && package.source_name != package.name) {
    subject.names.push_back(package.source_name);
  }
  subject.source_unknown = by_source && package.source_name.empty();
  // Fedora's Bodhi names the source package, its updateinfo the binaries.
  if (subject.ecosystem == "fedora" && !package.source_name.empty()) {
    subject.source_rows_apart = true;
    if (package.source_name != package.name) subject.names.push_back(package.source_name);
  }
  // Red Hat names the source package where nothing is fixed, the binary one where something is.
  if (subject.ecosystem == "rhel") {
    subject.source_unknown = package.source_name.empty();
    subject.source_rows_apart = true;
    if (!subject.source_unknown && package.source_name != package.name) {
      subject.names.push_back(package.source_name);
    }
  }
  subject.version = package.version;
  const std::string_view label = package.property(kModularity);
  subject.modular = !label.empty() || has_module_mark(package.version);
  // name:stream:version:context; the first two parts name the stream.
  if (const auto name_end = label.find(':'); name_end != label.npos) {
    subject.stream = label.substr(0, label.find(':', name_end + 1));
  }
}

}  // namespace

bool has_module_mark(std::string_view version) {
  return contains(version, ".module_") || contains(version, ".module+");
}

bool has_esm_mark(std::string_view version) {
  return contains(version, "+esm") || contains(version, "~esm");
}

Subject subject_of(const Package& package, const std::string& ecosystem, const std::string& label) {
  Subject subject;
  subject.package = &package;
  subject.ecosystem = ecosystem;
  subject.label = label;
  switch (package.type) {
    case PackageType::kDeb:
      subject.scheme = &kDebVersions;
      name_deb(package, subject);
      break;
    case PackageType::kApk:
      // Subpackages of one origin share its version.
      subject.scheme = &kApkVersions;
      subject.by_source = true;
      subject.source_unknown = lacks_source(package);
      subject.names = {package.source_name.empty() ? package.name : package.source_name};
      subject.version = package.version;
      break;
    case PackageType::kAlpm:
      // Arch's advisories list the packages that one source gave, each by its name.
      subject.scheme = &kAlpmVersions;
      subject.names = {package.name};
      subject.version = package.version;
      break;
    default:
      subject.scheme = &kRpmVersions;
      name_rpm(package, subject);
      break;
  }
  subject.fips = contains(package.version, "fips");
  subject.kernel_headers = is_kernel_headers(package);
  return subject;
}

std::string not_a_package(const Package& package) {
  if (package.type == PackageType::kRpm && package.name == "gpg-pubkey") {
    return "a signing key, not a package";
  }
  return {};
}

}  // namespace seaworthy
