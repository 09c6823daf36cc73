#include "scan/update/update_sources.h"

#include <array>

#include "core/base/limits.h"

namespace seaworthy {
namespace {

using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

#define OSV_BUCKET "https://osv-vulnerabilities.storage.googleapis.com/"

// One line for each source. Known exploitation and the ecosystems with malicious packages are asked
// for every five minutes: that is one conditional request for a short list.
//
// Not here are copies of what another source has: Wolfi, Chainguard, Alpine, Debian and Ubuntu in
// osv.dev's bucket, and the archives that osv.dev collects from (GitHub's advisories, malicious
// packages, RustSec, PyPA, RubySec, the Go vulnerability database).
constexpr std::array kSources{
    UpdateSource{"cisa-kev", SourceForm::kFile, 5min, "known_exploited_vulnerabilities.json",
                 "https://www.cisa.gov/sites/default/files/feeds/"
                 "known_exploited_vulnerabilities.json"},
    UpdateSource{"osv-npm", SourceForm::kOsv, 5min, "", OSV_BUCKET "npm/"},
    UpdateSource{"osv-pypi", SourceForm::kOsv, 5min, "", OSV_BUCKET "PyPI/"},
    UpdateSource{"osv-rubygems", SourceForm::kOsv, 5min, "", OSV_BUCKET "RubyGems/"},
    UpdateSource{"osv-nuget", SourceForm::kOsv, 5min, "", OSV_BUCKET "NuGet/"},
    UpdateSource{"osv-crates", SourceForm::kOsv, 5min, "", OSV_BUCKET "crates.io/"},
    UpdateSource{"osv-go", SourceForm::kOsv, 5min, "", OSV_BUCKET "Go/"},
    UpdateSource{"osv-maven", SourceForm::kOsv, 5min, "", OSV_BUCKET "Maven/"},
    UpdateSource{"osv-packagist", SourceForm::kOsv, 5min, "", OSV_BUCKET "Packagist/"},
    UpdateSource{"osv-hex", SourceForm::kOsv, 5min, "", OSV_BUCKET "Hex/"},
    UpdateSource{"osv-pub", SourceForm::kOsv, 5min, "", OSV_BUCKET "Pub/"},
    UpdateSource{"osv-swift", SourceForm::kOsv, 5min, "", OSV_BUCKET "SwiftURL/"},
    UpdateSource{"osv-github-actions", SourceForm::kOsv, 5min, "", OSV_BUCKET "GitHub%20Actions/"},
    UpdateSource{"epss", SourceForm::kFile, 6h, "epss_scores-current.csv.gz",
                 "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"},
    UpdateSource{"exploit-db", SourceForm::kFile, 6h, "files_exploits.csv",
                 "https://gitlab.com/exploit-database/exploitdb/-/raw/main/files_exploits.csv"},
    UpdateSource{"nvd", SourceForm::kNvd, 6h, "", "https://nvd.nist.gov/feeds/json/cve/2.0/",
                 1 * kGiB},
    UpdateSource{"endoflife-date", SourceForm::kFile, 24h, "endoflife.tar.gz",
                 "https://github.com/endoflife-date/endoflife.date/archive/refs/heads/"
                 "master.tar.gz"},
    UpdateSource{"debian-tracker", SourceForm::kFile, 1h, "tracker.json",
                 "https://security-tracker.debian.org/tracker/data/json"},
    UpdateSource{"debian-lists", SourceForm::kDebianLists, 1h, "",
                 "https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/"
                 "data/"},
    UpdateSource{"ubuntu-osv", SourceForm::kFile, 1h, "osv-all.tar.xz",
                 "https://security-metadata.canonical.com/osv/osv-all.tar.xz"},
    UpdateSource{"alpine-secdb", SourceForm::kAlpine, 1h, "", "https://secdb.alpinelinux.org/"},
    UpdateSource{"alpine-rejections", SourceForm::kFile, 24h, "security-rejections.tar.gz",
                 "https://gitlab.alpinelinux.org/alpine/security/security-rejections/-/archive/"
                 "master/security-rejections-master.tar.gz"},
    UpdateSource{"wolfi-secdb", SourceForm::kFile, 1h, "security.json",
                 "https://packages.wolfi.dev/os/security.json"},
    UpdateSource{"chainguard-secdb", SourceForm::kFile, 1h, "security.json",
                 "https://packages.cgr.dev/chainguard/security.json"},
    UpdateSource{"osv-almalinux", SourceForm::kOsv, 1h, "", OSV_BUCKET "AlmaLinux/"},
    UpdateSource{"osv-rocky", SourceForm::kOsv, 1h, "", OSV_BUCKET "Rocky%20Linux/"},
    UpdateSource{"rocky-errata", SourceForm::kPages, 6h, "",
                 "https://apollo.build.resf.org/api/v3/advisories/"},
    UpdateSource{"oracle-oval", SourceForm::kFile, 6h, "com.oracle.elsa-all.xml.bz2",
                 "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2", 1 * kGiB},
    UpdateSource{"amazon-2", SourceForm::kAmazon, 1h, "", "https://cdn.amazonlinux.com/2/"},
    UpdateSource{"amazon-2023", SourceForm::kAmazon, 1h, "", "https://cdn.amazonlinux.com/al2023/"},
    UpdateSource{"bottlerocket", SourceForm::kFile, 6h, "updateinfo.xml.gz",
                 "https://advisories.bottlerocket.aws/updateinfo.xml.gz"},
    UpdateSource{"fedora-bodhi", SourceForm::kBodhi, 12h, "", "https://bodhi.fedoraproject.org/"},
    UpdateSource{"arch", SourceForm::kFile, 1h, "all.json",
                 "https://security.archlinux.org/all.json"},
    UpdateSource{"suse-oval", SourceForm::kSuseOval, 6h, "",
                 "https://ftp.suse.com/pub/projects/security/oval/", 1 * kGiB},
    UpdateSource{"osv-suse", SourceForm::kOsv, 1h, "", OSV_BUCKET "SUSE/"},
    UpdateSource{"osv-opensuse", SourceForm::kOsv, 1h, "", OSV_BUCKET "openSUSE/"},
    UpdateSource{"osv-minimos", SourceForm::kOsv, 1h, "", OSV_BUCKET "MinimOS/"},
    UpdateSource{"osv-echo", SourceForm::kOsv, 1h, "", OSV_BUCKET "Echo/"},
    UpdateSource{"osv-azurelinux", SourceForm::kOsv, 1h, "", OSV_BUCKET "Azure%20Linux/"},
    UpdateSource{"azurelinux-oval", SourceForm::kFile, 6h, "azurelinux-oval.tar.gz",
                 "https://github.com/microsoft/AzureLinuxVulnerabilityData/archive/refs/heads/"
                 "main.tar.gz",
                 1 * kGiB},
    UpdateSource{"osv-mageia", SourceForm::kOsv, 1h, "", OSV_BUCKET "Mageia/"},
    UpdateSource{"osv-openeuler", SourceForm::kOsv, 1h, "", OSV_BUCKET "openEuler/"},
    UpdateSource{"photon", SourceForm::kPhoton, 6h, "",
                 "https://packages.broadcom.com/photon/photon_cve_metadata/"},
    UpdateSource{"osv-photon", SourceForm::kOsv, 1h, "", OSV_BUCKET "Photon%20OS/"},
    UpdateSource{"osv-bitnami", SourceForm::kOsv, 1h, "", OSV_BUCKET "Bitnami/"},
    UpdateSource{"nodejs-security-wg", SourceForm::kFile, 6h, "security-wg.tar.gz",
                 "https://github.com/nodejs/security-wg/archive/refs/heads/main.tar.gz"},
    UpdateSource{"friends-of-php", SourceForm::kFile, 6h, "security-advisories.tar.gz",
                 "https://github.com/FriendsOfPHP/security-advisories/archive/refs/heads/"
                 "master.tar.gz"},
    UpdateSource{"redhat-repositories", SourceForm::kFile, 24h, "repository-to-cpe.json",
                 "https://security.access.redhat.com/data/metrics/repository-to-cpe.json"},
    UpdateSource{"redhat-vex", SourceForm::kCsaf, 1h, "",
                 "https://security.access.redhat.com/data/csaf/v2/vex/"},
    UpdateSource{"vexhub", SourceForm::kFile, 6h, "vexhub.tar.gz",
                 "https://github.com/aquasecurity/vexhub/archive/refs/heads/main.tar.gz"},
    UpdateSource{"rancher-vexhub", SourceForm::kFile, 6h, "vexhub.tar.gz",
                 "https://github.com/rancher/vexhub/archive/refs/heads/main.tar.gz"},
};

}  // namespace

std::span<const UpdateSource> update_sources() {
  return kSources;
}

const UpdateSource* find_update_source(std::string_view name) {
  for (const UpdateSource& source : kSources) {
    if (source.name == name) return &source;
  }
  return nullptr;
}

}  // namespace seaworthy
