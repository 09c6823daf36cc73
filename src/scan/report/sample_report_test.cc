#include "scan/report/sample_report.h"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "scan/report/format.h"

namespace seaworthy {
namespace {

Package package(std::string name, std::string version, std::string source,
                std::string source_version, int layer) {
  Package made;
  made.type = PackageType::kDeb;
  made.name = std::move(name);
  made.version = std::move(version);
  made.arch = "amd64";
  made.source_name = std::move(source);
  made.source_version = std::move(source_version);
  made.path = "var/lib/dpkg/status";
  made.layer = layer;
  made.files = 12;
  made.set_property(kMaintainer, "Maintainers <maintainers@example.org>");
  return made;
}

std::vector<Package> packages() {
  std::vector<Package> list{
      package("bsdutils", "1:2.36.1-8+deb11u1", "util-linux", "2.36.1-8+deb11u1", 0),
      package("containerd.io", "1.6.20-1", "", "", 2),
      package("libc-bin", "2.31-13+deb11u5", "glibc", "", 0),
      package("libc-dev-bin", "2.31-13+deb11u5", "glibc", "", 1),
      package("libc6", "2.31-13+deb11u5", "glibc", "", 0),
      package("libc6-dev", "2.31-13+deb11u5", "glibc", "", 1),
      package("libssl1.1", "1.1.1n-0+deb11u4", "openssl", "", 0),
      package("libwebp6", "0.6.1-2.1", "libwebp", "", 1),
      package("ncurses-base", "6.2+20201114-2", "ncurses", "", 0),
      package("openssl", "1.1.1n-0+deb11u4", "openssl", "", 1),
      package("perl-base", "5.32.1-4+deb11u2", "perl", "", 0),
      package("zlib1g", "1:1.2.11.dfsg-2+deb11u2", "zlib", "", 0),
  };
  list[4].licenses = {"LGPL-2.1-or-later"};
  list[11].set_property(kOrigin, "Debian");
  return list;
}

Finding finding(std::string id, std::size_t where, Severity severity, int score) {
  Finding made;
  made.id = std::move(id);
  made.package = where;
  made.severity = severity;
  made.severity_source = "debian-security-tracker";
  made.fix_state = FixState::kNotFixed;
  made.feed = "debian-security-tracker";
  made.document = "data/CVE/list:1042";
  made.rule = "the source package is older than the fixed version of this release";
  made.score = score;
  made.score_parts = {{"severity " + std::string(name_of(severity)), score}};
  return made;
}

Finding fixed(Finding base, std::string version, std::string advisory) {
  const std::string command =
      "apt-get update && apt-get install --only-upgrade " + packages()[base.package].name;
  base.fix_state = FixState::kFixed;
  base.remediation = command + "  (fixed in " + version + ")";
  base.fix_versions = {std::move(version)};
  base.advisory_url = "https://security.example.org/" + advisory;
  base.advisory_id = std::move(advisory);
  return base;
}

std::vector<Finding> urgent_findings() {
  std::vector<Finding> list;
  Finding webp = fixed(finding("CVE-2023-4863", 7, Severity::kCritical, 100), "0.6.1-2.1+deb11u2",
                       "DSA-5497-2");
  webp.aliases = {"GHSA-j7hp-h8jx-5ppr"};
  webp.cvss = {{"3.1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 8.8, "nvd"}};
  webp.epss = Epss{0.9412, 0.9991, "2026-08-01"};
  webp.kev = Kev{"2023-09-13", "2023-10-04", true};
  webp.exploit = Exploit{true, "2023-09-21", "EDB-51707"};
  webp.score_parts = {{"severity critical", 60}, {"KEV", 30}, {"fix available", 10}};
  webp.summary = "Heap buffer overflow in the lossless decoder's Huffman tables";
  list.push_back(webp);
  for (const std::size_t where : {2, 3, 4, 5}) {
    Finding glibc = fixed(finding("CVE-2023-4911", where, Severity::kHigh, 90), "2.31-13+deb11u7",
                          "DSA-5514-1");
    glibc.epss = Epss{0.0471, 0.91, "2026-08-01"};
    glibc.kev = Kev{"2023-11-21", "2023-12-12", false};
    glibc.summary = "Buffer overflow in the dynamic loader's GLIBC_TUNABLES";
    list.push_back(glibc);
  }
  return list;
}

std::vector<Finding> ordinary_findings() {
  std::vector<Finding> list;
  Finding tar = finding("CVE-2023-31484", 10, Severity::kHigh, 45);
  tar.fix_state = FixState::kWontFix;
  tar.remediation = "the vendor will not fix this in Debian 11";
  list.push_back(tar);
  for (const std::size_t where : {6, 9}) {
    Finding ssl = fixed(finding("CVE-2023-0464", where, Severity::kHigh, 50), "1.1.1n-0+deb11u5",
                        "DSA-5417-1");
    ssl.epss = Epss{0.0004, 0.1, "2026-08-01"};
    list.push_back(ssl);
  }
  Finding curses = finding("CVE-2023-29491", 8, Severity::kMedium, 30);
  curses.fix_state = FixState::kDeferred;
  curses.advisory_state = AdvisoryState::kDisputed;
  list.push_back(curses);
  Finding unsure = finding("CVE-2022-0563", 0, Severity::kLow, 10);
  unsure.status = FindingStatus::kUndetermined;
  unsure.status_reason = "the version cannot be compared";
  list.push_back(unsure);
  Finding minor = finding("CVE-2011-3374", 10, Severity::kNegligible, 2);
  list.push_back(minor);
  Finding header = finding("CVE-2023-2650", 9, Severity::kMedium, 20);
  header.status = FindingStatus::kSuppressed;
  header.status_reason = "kernel headers";
  list.push_back(header);
  Finding safe = finding("CVE-2023-45853", 11, Severity::kCritical, 0);
  safe.status = FindingStatus::kNotAffected;
  safe.status_reason = "the vendor does not build this code";
  list.push_back(safe);
  return list;
}

void judge_sample(Report& report) {
  report.coverage = {12, 9, 2, 1, 2, {{"third-party package: Docker", 1}}};
  report.package_coverage.assign(12, {CoverageState::kMatched, ""});
  report.package_coverage[1] = {CoverageState::kUnassessed, "third-party package: Docker"};
  for (const std::size_t clean : {8, 11})
    report.package_coverage[clean].state = CoverageState::kClean;
  report.problems = {{"usr/share/doc/broken", 1, "read tar", problem::kLimit,
                      "path longer than 32768 bytes at offset 10485760"}};
  report.verdict = {VerdictResult::kUnseaworthy,
                    {"1 finding is critical, the threshold is high", "5 findings are in KEV"},
                    true};
}

}  // namespace

Report sample_inventory() {
  Report report;
  report.tool_version = "0.1.0";
  report.target = {"oci:build/shop-api:1.4",
                   "sha256:3f2a9c1b7e4d5a6b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d",
                   "linux/amd64",
                   "2023-04-12T08:00:00Z",
                   {}};
  for (const char* step : {"ADD rootfs.tar.xz /", "RUN apt-get install -y build-essential",
                           "COPY containerd.deb /tmp"}) {
    const std::string number(64, static_cast<char>('a' + report.target.layers.size()));
    report.target.layers.push_back({"sha256:" + number, "sha256:" + number, 31'400'000, step});
  }
  report.target.layers[1].table = {"eStargz", "sha256:" + std::string(64, 'd'), "", 412'345};
  report.target.layers[2].table = {"zstd:chunked", "sha256:" + std::string(64, 'e'),
                                   "the server does not give parts (Range)", 0};
  Distro distro;
  distro.id = "debian";
  distro.version = "11";
  distro.codename = "bullseye";
  distro.name = "Debian GNU/Linux 11 (bullseye)";
  distro.path = "usr/lib/os-release";
  distro.layer = 0;
  report.inventory.distro = distro;
  report.inventory.packages = packages();
  report.inventory.databases = {{"var/lib/dpkg/status", "os/dpkg", 2, 12}};
  report.coverage = {12, 0, 0, 12, 0, {{"nothing was matched", 12}}};
  return report;
}

Report sample_report() {
  Report report = sample_inventory();
  report.has_database = true;
  report.database_built_at = "2026-08-02T06:00:00Z";
  report.feeds = {
      {"debian-security-tracker", "2026-08-02T05:00:00Z", "2026-08-01T21:00:00Z", 41234, "file"},
      {"epss", "2026-08-02T05:00:00Z", "2026-07-31T00:00:00Z", 360142, "data"}};
  report.end_of_life = {"2026-08-31", true};
  report.findings = urgent_findings();
  for (Finding& ordinary : ordinary_findings()) report.findings.push_back(std::move(ordinary));
  std::sort(report.findings.begin(), report.findings.end(),
            [&](const Finding& a, const Finding& b) { return finding_before(report, a, b); });
  judge_sample(report);
  return report;
}

std::string golden(const std::string& name, const std::string& produced) {
  const std::string path = std::string(TESTDATA) + "/" + name;
  const char* update = std::getenv("UPDATE_GOLDEN");
  if (update != nullptr && std::string_view(update) == "1") {
    EXPECT_TRUE(write_file_atomically(path, produced).ok()) << path;
  }
  Result<std::string> text = read_file(path, 16 * kMiB);
  return text ? *std::move(text) : text.error().message;
}

}  // namespace seaworthy
