#!/usr/bin/env python3
"""Programs that no package manager installed are matched with Bitnami's database, the Node.js
security group and NVD's product names; one that no source knows is unassessed with a reason; and
NVD's names never touch what a package manager installed."""
import datetime
import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
FEEDS = pathlib.Path(os.environ.get("SHARED_DATA", "../shared/data")) / "feeds"
FAILURES = []


def expect(what, good, why=""):
    print("ok  " if good else "FAIL", what, "" if good else why)
    if not good:
        FAILURES.append(what)


def run(*command, codes=(0,)):
    done = subprocess.run([PROGRAM, *command], capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        sys.exit(f"{command}: exit {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


def make_root(root):
    """What an image looks like into which things were copied beside Debian's packages."""
    def put(path, text):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)

    put("etc/os-release", 'ID=debian\nVERSION_ID="12"\n')
    put("var/lib/dpkg/status",
        "".join(f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n"
                f"Version: 1.0.1-1\nMaintainer: Some Team <team@lists.debian.org>\n\n"
                for name in ("openssl", "xz-utils")))
    put("opt/java/release", 'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="17.0.1"\n'
                            'JAVA_RUNTIME_VERSION="17.0.1+12"\n')
    put("opt/java8/release", 'IMPLEMENTOR="Amazon.com Inc."\nJAVA_VERSION="1.8.0_302"\n')
    put("var/www/html/wp-includes/version.php", "<?php\n$wp_version = '6.1.1';\n")
    put("var/www/html/wp-content/plugins/akismet/akismet.php",
        "<?php\n/*\n * Plugin Name: Akismet\n * Version: 5.0\n */\n")
    libraries = {}
    for name, pattern in (("openssl", "/usr/lib/*/libcrypto.so.3"), ("xz", "/usr/lib/*/liblzma.so.5")):
        for found in glob.glob(pattern)[:1]:
            target = root / "opt/app/lib" / pathlib.Path(found).name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(os.path.realpath(found), target)
            libraries[name] = True
    return libraries


def cve(identity, criteria, **match):
    name = criteria if criteria.count(":") > 4 else f"cpe:2.3:a:{criteria}:*:*:*:*:*:*:*:*"
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT00:00:00.000")
    return {"cve": {"id": identity, "vulnStatus": "Analyzed", "lastModified": today,
                    "descriptions": [{"lang": "en", "value": "An example."}],
                    "configurations": [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": [
                        {"vulnerable": True, "criteria": name, **match}]}]}]}}


def write_nvd(path):
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT00:00:00.000")
    path.write_text(json.dumps({
        "format": "NVD_CVE", "version": "2.0", "timestamp": today, "vulnerabilities": [
            cve("CVE-2026-30001", "openssl:openssl", versionEndExcluding="99"),
            cve("CVE-2026-30002", "openssl:openssl", versionEndExcluding="1.1"),
            cve("CVE-2026-30003", "cpe:2.3:a:openssl:openssl:*:*:*:*:*:windows:*:*"),
            cve("CVE-2026-30004", "cpe:2.3:a:oracle:openjdk:8:update302:*:*:*:*:*:*"),
            cve("CVE-2026-30005", "cpe:2.3:a:oracle:openjdk:8:update292:*:*:*:*:*:*")]}))


def scan(work, *flags):
    return json.loads(run("scan", f"dir:{work}/root", "--db", str(work / "db"), "--cache", "none",
                          "--format", "json", "--quiet", "--packages", "--limit", "feed-age=100000",
                          *flags))


def findings_of(report, name):
    return {finding["id"]: finding for finding in report["findings"]
            if finding["package"]["name"] == name}


def coverage_of(report, name):
    for package in report["packages"]:
        if package["name"] == name and "generic" in package["purl"] or \
                package["name"] == name and "wordpress-plugin" in package["purl"]:
            return package["coverage"], package["reason"]
    return None, "it is not listed"


def without_sources(work):
    run("db", "import", "--complete", str(FEEDS / "debian-osv.tar.zst"), "--db", str(work / "db"),
        "--quiet")
    report = scan(work)
    for name in ("temurin", "corretto", "wordpress"):
        coverage, reason = coverage_of(report, name)
        expect(f"{name} without a source is unassessed",
               coverage == "unassessed" and "no feed for Bitnami, no feed for NVD" in reason, reason)
    expect("and the verdict is unknown", report["verdict"]["result"] == "unknown")


def with_bitnami(work, libraries):
    run("db", "import", "--complete", str(FEEDS / "bitnami-vulndb.tar.zst"), "--db",
        str(work / "db"), "--quiet")
    report = scan(work)
    java = findings_of(report, "temurin")
    finding = java.get("CVE-2022-21449", {})
    expect("temurin 17.0.1 has CVE-2022-21449, fixed in 17.0.3",
           finding.get("status") == "affected" and finding["fix"]["versions"] == ["17.0.3"],
           str(finding) or str(sorted(java)))
    expect("and is to be replaced", "replace the Java runtime temurin by 17.0.3 or later" in
           finding.get("remediation", ""), str(finding.get("remediation")))
    eight = findings_of(report, "corretto")
    expect("corretto 8u302 has CVE-2021-35567, not CVE-2022-21449",
           "CVE-2021-35567" in eight and "CVE-2022-21449" not in eight, str(sorted(eight)))
    press = findings_of(report, "wordpress")
    expect("WordPress 6.1.1 has CVE-2023-2745", "CVE-2023-2745" in press, str(sorted(press)))
    coverage, reason = coverage_of(report, "akismet")
    expect("a plug-in stays unassessed", coverage == "unassessed" and "wordpress-plugin" in reason,
           reason)
    for name in libraries:
        coverage, reason = coverage_of(report, name)
        expect(f"{name}, which Bitnami does not know, is unassessed",
               coverage == "unassessed" and f"Bitnami does not know {name}" in reason, reason)


def with_nvd(work, libraries):
    write_nvd(work / "nvd.json")
    out = run("db", "import", str(work / "nvd.json"), "--db", str(work / "db"))
    expect("five entries of NVD are not taken for all of it",
           "no package is called clean" in " ".join(out.split()), out)
    report = scan(work)
    eight = findings_of(report, "corretto")
    expect("an update of Java is compared", "CVE-2026-30004" in eight
           and "CVE-2026-30005" not in eight, str(sorted(eight)))
    if "openssl" in libraries:
        found = findings_of(report, "openssl")
        ours = {key for key in found if key.startswith("CVE-2026-3")}
        expect("OpenSSL by NVD's name and range", ours == {"CVE-2026-30001"}, str(ours))
        expect("and only the copy without a package manager", all(
            "generic" in found[key]["package"]["purl"] for key in ours), str(found))
        expect("which is to be replaced", "replace the binary openssl by 99 or later" in
               found["CVE-2026-30001"]["remediation"], found["CVE-2026-30001"]["remediation"])
    if "xz" in libraries:
        coverage, reason = coverage_of(report, "xz")
        expect("what is not among them is not clean", coverage == "unassessed", reason)
    run("db", "import", "--complete", str(work / "nvd.json"), "--db", str(work / "db"), "--quiet")
    if "xz" in libraries:
        coverage, reason = coverage_of(scan(work), "xz")
        expect("nor where they are all, for they do not know it",
               coverage == "unassessed" and "NVD does not know xz" in reason, reason)


def main():
    if not (FEEDS / "bitnami-vulndb.tar.zst").exists():
        print("the feeds are not here")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        libraries = make_root(work / "root")
        without_sources(work)
        with_bitnami(work, libraries)
        with_nvd(work, libraries)
    sys.exit(1 if FAILURES else 0)


main()
