#include "scan/update/update_sources.h"

#include <array>

namespace seaworthy {
namespace {

using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

#define OSV_BUCKET "https://osv-vulnerabilities.storage.googleapis.com/"

// One line for each source. Known exploitation and the ecosystems with malicious packages are asked
// for every five minutes: that is one conditional request for a short list.
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
    UpdateSource{"osv-packagist", SourceForm::kOsv, 15min, "", OSV_BUCKET "Packagist/"},
    UpdateSource{"osv-hex", SourceForm::kOsv, 15min, "", OSV_BUCKET "Hex/"},
    UpdateSource{"osv-pub", SourceForm::kOsv, 15min, "", OSV_BUCKET "Pub/"},
    UpdateSource{"osv-swift", SourceForm::kOsv, 15min, "", OSV_BUCKET "SwiftURL/"},
    UpdateSource{"osv-github-actions", SourceForm::kOsv, 15min, "", OSV_BUCKET "GitHub%20Actions/"},
    UpdateSource{"epss", SourceForm::kFile, 6h, "epss_scores-current.csv.gz",
                 "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"},
    UpdateSource{"exploit-db", SourceForm::kFile, 6h, "files_exploits.csv",
                 "https://gitlab.com/exploit-database/exploitdb/-/raw/main/files_exploits.csv"},
    UpdateSource{"endoflife-date", SourceForm::kFile, 24h, "endoflife.tar.gz",
                 "https://github.com/endoflife-date/endoflife.date/archive/refs/heads/"
                 "master.tar.gz"},
    UpdateSource{"debian-tracker", SourceForm::kFile, 1h, "tracker.json",
                 "https://security-tracker.debian.org/tracker/data/json"},
    UpdateSource{"ubuntu-osv", SourceForm::kFile, 1h, "osv-all.tar.xz",
                 "https://security-metadata.canonical.com/osv/osv-all.tar.xz"},
    UpdateSource{"alpine-secdb", SourceForm::kAlpine, 1h, "", "https://secdb.alpinelinux.org/"},
    UpdateSource{"wolfi-secdb", SourceForm::kFile, 1h, "security.json",
                 "https://packages.wolfi.dev/os/security.json"},
    UpdateSource{"chainguard-secdb", SourceForm::kFile, 1h, "security.json",
                 "https://packages.cgr.dev/chainguard/security.json"},
    UpdateSource{"osv-almalinux", SourceForm::kOsv, 1h, "", OSV_BUCKET "AlmaLinux/"},
    UpdateSource{"osv-rocky", SourceForm::kOsv, 1h, "", OSV_BUCKET "Rocky%20Linux/"},
    UpdateSource{"osv-suse", SourceForm::kOsv, 1h, "", OSV_BUCKET "SUSE/"},
    UpdateSource{"osv-opensuse", SourceForm::kOsv, 1h, "", OSV_BUCKET "openSUSE/"},
    UpdateSource{"osv-minimos", SourceForm::kOsv, 1h, "", OSV_BUCKET "MinimOS/"},
    UpdateSource{"osv-echo", SourceForm::kOsv, 1h, "", OSV_BUCKET "Echo/"},
    UpdateSource{"osv-azurelinux", SourceForm::kOsv, 1h, "", OSV_BUCKET "Azure%20Linux/"},
    UpdateSource{"osv-mageia", SourceForm::kOsv, 1h, "", OSV_BUCKET "Mageia/"},
    UpdateSource{"osv-openeuler", SourceForm::kOsv, 1h, "", OSV_BUCKET "openEuler/"},
    UpdateSource{"osv-photon", SourceForm::kOsv, 1h, "", OSV_BUCKET "Photon%20OS/"},
    UpdateSource{"osv-bitnami", SourceForm::kOsv, 1h, "", OSV_BUCKET "Bitnami/"},
    UpdateSource{"redhat-repositories", SourceForm::kFile, 24h, "repository-to-cpe.json",
                 "https://security.access.redhat.com/data/metrics/repository-to-cpe.json"},
    UpdateSource{"redhat-vex", SourceForm::kCsaf, 1h, "",
                 "https://security.access.redhat.com/data/csaf/v2/vex/"},
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
