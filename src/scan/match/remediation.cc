#include <algorithm>
#include <utility>

#include "scan/advisory/advisory_id.h"
#include "scan/match/finding.h"
#include "scan/match/language.h"
#include "scan/match/product.h"

namespace seaworthy {
namespace {

std::string_view release_of(std::string_view label) {
  const auto space = label.find(' ');
  return space == label.npos ? std::string_view() : label.substr(space + 1);
}

bool has_old_yum(const Subject& subject) {
  const std::string_view release = release_of(subject.label);
  if (subject.ecosystem == "amzn") return release == "1" || release == "2";
  return (subject.ecosystem == "centos" || subject.ecosystem == "rhel" ||
          subject.ecosystem == "ol") &&
         (release == "5" || release == "6" || release == "7");
}

// A name from a package database goes into a command that people paste into a shell.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '+' || c == '-' || c == ':' || c == '@' || c == '/';
  });
}

std::string filled(std::string_view command, std::string_view name, std::string_view fix) {
  std::string out(command);
  using Mark = std::pair<std::string_view, std::string_view>;
  for (const auto& [mark, text] : {Mark{"{name}", name}, Mark{"{fix}", fix}}) {
    if (const auto at = out.find(mark); at != out.npos) out.replace(at, mark.size(), text);
  }
  return out;
}

// "linux-image-5.15.0-25-generic", "linux-headers-6.12.9+deb13-amd64": the name carries the ABI, so
// the package of a newer kernel has another name, and this one has no newer version.
bool names_kernel_abi(const Package& package) {
  const std::string_view name = package.name;
  if (package.type != PackageType::kDeb || !name.starts_with("linux-")) return false;
  for (std::size_t at = name.find('-'); at != name.npos; at = name.find('-', at + 1)) {
    const std::string_view rest = name.substr(at + 1);
    const std::size_t end = rest.find_first_not_of("0123456789.");
    if (end == rest.npos || (rest[end] != '-' && rest[end] != '+')) continue;
    const std::string_view number = rest.substr(0, end);
    if (std::count(number.begin(), number.end(), '.') == 2) return true;
  }
  return false;
}

std::string upgrade_command(const Subject& subject, const std::string& fix) {
  if (subject.product) {
    const std::string& name = subject.package->name;
    if (!is_plain_name(name) || !is_plain_name(fix)) return {};
    return filled(repair_of(*subject.package), name, fix);
  }
  if (subject.package->type == PackageType::kOther) {
    const Language* language = find_language(subject.ecosystem);
    const std::string& name = subject.names.front();
    if (language == nullptr || !is_plain_name(name) || !is_plain_name(fix)) return {};
    if (language->purl_type == "golang" && (name == "stdlib" || name == "toolchain")) {
      return "rebuild with Go " + fix;
    }
    return filled(language->upgrade, name, fix);
  }
  if (names_kernel_abi(*subject.package)) {
    return "install the newer kernel package and remove this one";
  }
  const std::string& name = subject.package->name;
  if (!is_plain_name(name)) return {};
  switch (subject.package->type) {
    case PackageType::kDeb:
      return "apt-get update && apt-get install --only-upgrade " + name;
    case PackageType::kApk:
      return "apk upgrade " + name;
    case PackageType::kAlpm:
      return "pacman -Syu";  // a partial upgrade is not supported
    default:
      break;
  }
  const std::string& system = subject.ecosystem;
  if (system == "azurelinux" || system == "mariner" || system == "photon") {
    return "tdnf update " + name;
  }
  if (system.starts_with("sle") || system.starts_with("opensuse")) return "zypper update " + name;
  return (has_old_yum(subject) ? "yum update " : "dnf upgrade ") + name;
}

// Bottlerocket has no package manager: its image is replaced as a whole. Its advisories name the
// packages' versions, not the image's.
std::string image_update(const Subject& subject, const std::string& fix) {
  const std::string& name = subject.package->name;
  return "update the Bottlerocket image to one with " +
         (is_plain_name(name) ? name + " " : std::string()) + fix + " or later";
}

std::string with_hyphen_for_colon(std::string id) {
  std::replace(id.begin(), id.end(), ':', '-');
  return id;
}

// Why there is no fix; "" where nobody says.
std::string without_fix(FixState state, const std::string& label) {
  switch (state) {
    case FixState::kNotFixed:
      return "no fix is published for " + label + " yet";
    case FixState::kWontFix:
      return "the vendor will not fix this in " + label;
    case FixState::kDeferred:
      return "the vendor has postponed a fix for " + label;
    case FixState::kEndOfLife:
      return label + " gets no fix for this any more: move to a supported release";
    default:
      return {};
  }
}

}  // namespace

std::string remediation_for(const Finding& finding, const Decision& decision,
                            const Subject& subject) {
  if (finding.fix_state == FixState::kFixed) {
    if (subject.ecosystem == "bottlerocket") return image_update(subject, decision.fix);
    const std::string command = upgrade_command(subject, decision.fix);
    const std::string fixed = "fixed in " + decision.fix;
    return command.empty() ? fixed : command + "  (" + fixed + ")";
  }
  if (!decision.pro_fix.empty()) {
    return "fixed in " + decision.pro_fix + " for " +
           (subject.ecosystem == "ubuntu" ? "Ubuntu Pro" : "long-term support") + " subscribers (" +
           decision.pro_channel + "); the standard archive has no fix";
  }
  if (!decision.later_fix.empty()) {
    return "fixed in " + decision.later_fix +
           ", a build of a later minor release than this image's repositories serve";
  }
  std::string text = without_fix(finding.fix_state, subject.label);
  const std::string_view note = decision.judgements.front().row->note;
  if (note.starts_with("workaround: ")) text.append(text.empty() ? "" : "; ").append(note);
  return text;
}

std::string advisory_page(const std::string& ecosystem, const std::string& release_label,
                          const std::string& id) {
  if (!is_plain_name(id)) return {};
  const auto begins = [&](std::string_view prefix) { return id.starts_with(prefix); };
  if (begins("GHSA-")) return "https://github.com/advisories/" + id;
  if (begins("USN-")) return "https://ubuntu.com/security/notices/" + id;
  if (begins("DSA-") || begins("DLA-")) return "https://security-tracker.debian.org/tracker/" + id;
  if (begins("ALSA-")) {
    return "https://errata.almalinux.org/" + std::string(release_of(release_label)) + "/" +
           with_hyphen_for_colon(id) + ".html";
  }
  if (begins("RHSA-")) return "https://access.redhat.com/errata/" + id;
  if (begins("RLSA-")) return "https://errata.rockylinux.org/" + id;
  if (begins("ELSA-")) return "https://linux.oracle.com/errata/" + id + ".html";
  for (const char* of_osv : {"MAL-", "GO-", "PYSEC-", "RUSTSEC-", "BIT-", "OSV-"}) {
    if (begins(of_osv)) return "https://osv.dev/vulnerability/" + id;
  }
  if (!is_cve(id)) return {};
  if (ecosystem == "debian") return "https://security-tracker.debian.org/tracker/" + id;
  if (ecosystem == "ubuntu") return "https://ubuntu.com/security/" + id;
  if (ecosystem == "rhel") return "https://access.redhat.com/security/cve/" + id;
  if (ecosystem.starts_with("sle") || ecosystem.starts_with("opensuse")) {
    return "https://www.suse.com/security/cve/" + id + ".html";
  }
  if (ecosystem == "alpine") return "https://security.alpinelinux.org/vuln/" + id;
  return "https://nvd.nist.gov/vuln/detail/" + id;
}

}  // namespace seaworthy
