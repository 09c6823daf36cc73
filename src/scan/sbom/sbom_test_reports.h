#pragma once

#include <algorithm>
#include <string>

#include "core/model/report.h"

// Reports that the tests of every form write and read back.
namespace seaworthy {

inline Package package_named(PackageType type, std::string name, std::string version,
                             std::string arch = "") {
  Package package;
  package.type = type;
  package.name = std::move(name);
  package.version = std::move(version);
  package.arch = std::move(arch);
  return package;
}

inline Report debian_report() {
  Report report;
  report.tool_version = "0.1.0";
  report.target = {
      "registry/app:1",
      "sha256:" + std::string(64, 'a'),
      "linux/amd64",
      "2024-05-01T10:00:00Z",
      {{"sha256:1", "sha256:2", 1000, "ADD file"}, {"sha256:3", "sha256:4", 20, "RUN \"x\" \t"}}};
  Distro distro;
  distro.id = "debian";
  distro.version = "12";
  distro.codename = "bookworm";
  distro.name = "Debian GNU/Linux 12 (bookworm)";
  distro.like = {"a", "b"};
  distro.variant = "v";
  distro.path = "etc/os-release";
  distro.layer = 0;
  report.inventory.distro = distro;
  Package gcc = package_named(PackageType::kDeb, "gcc-12-base", "12.2.0-14+b1", "amd64");
  gcc.source_name = "gcc-12";
  gcc.source_version = "12.2.0-14";
  gcc.licenses = {"GPL-3", "Artistic or GPL"};
  gcc.set_property(kMaintainer, "Matthias <a@b>");
  gcc.set_property(kStatus, "half-configured");
  gcc.path = "var/lib/dpkg/status";
  gcc.layer = 1;
  gcc.files = 42;
  Package same_source = package_named(PackageType::kDeb, "zlib1g", "1:1.2.13", "amd64");
  same_source.source_name = "zlib1g";
  Package other = package_named(PackageType::kOther, "left-pad", "1.3.0");
  Package npm = package_named(PackageType::kOther, "left-pad", "1.3.1");
  npm.set_property("purl", "pkg:npm/left-pad@1.3.1");
  npm.path = "app/node_modules/a";
  Package npm_again = npm;
  npm_again.path = "app/node_modules/b";
  report.inventory.packages = {gcc, same_source, other, npm, npm_again};
  std::sort(report.inventory.packages.begin(), report.inventory.packages.end(), package_before);
  report.inventory.databases = {{"var/lib/dpkg/status", "os/dpkg", 1, 2}};
  report.inventory.problems = {{"var/lib/x", 1, "extract", problem::kUnreadableRecord, "line 3"}};
  report.problems = report.inventory.problems;
  return report;
}

inline Report rpm_report() {
  Report report;
  report.target.reference = "oci:x";
  Distro distro;
  distro.id = "almalinux";
  distro.version = "8.9";
  report.inventory.distro = distro;
  Package npm = package_named(PackageType::kRpm, "npm", "1:6.14.4-1.el8", "x86_64");
  npm.source_name = "nodejs";
  npm.source_version = "12.18.2-1.el8";
  npm.set_property(kSourceRpm, "nodejs-12.18.2-1.el8.src.rpm");
  npm.set_property(kModularity, "nodejs:12:8030020201124152102:229f0a1c");
  Package zero = package_named(PackageType::kRpm, "bash", "0:4.4", "x86_64");
  report.inventory.packages = {zero, npm};
  return report;
}

inline Report empty_report() {
  return {};
}
inline Report apk_report() {
  Report report;
  report.target.reference = "dir:/x";
  report.inventory.distro = Distro{};
  report.inventory.distro->id = "alpine";
  report.inventory.distro->version = "3.19_alpha20230901";
  report.inventory.distro->repository_branch = "edge";
  report.inventory.distro->content_sets = {"one-rpms", "two-rpms"};
  report.inventory.distro->cpes = {"cpe:/a:redhat:product:1"};
  Package apk = package_named(PackageType::kApk, "ssl_client", "1.36.1-r5", "x86_64");
  apk.source_name = "busybox";
  report.inventory.packages = {apk};
  report.has_database = true;
  report.coverage.packages = 1;
  report.coverage.unassessed = 1;
  report.coverage.reasons = {{"no feed", 1}};
  return report;
}

struct ReportCase {
  const char* name;
  Report (*make)();
};
inline constexpr ReportCase kReports[]{
    {"deb", debian_report}, {"rpm", rpm_report}, {"apk", apk_report}, {"empty", empty_report}};

}  // namespace seaworthy
