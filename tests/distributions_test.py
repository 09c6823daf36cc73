#!/usr/bin/env python3
"""From a root file system and a small feed to findings, for every distribution: os-release is
recognized, the vendor's feed speaks for the release, the affected package is found with its fix,
the patched one is clean, and what no feed speaks for is unassessed and never clean."""
import json
import os
import pathlib
import sqlite3
import struct
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
CVE = "CVE-2026-29001"
FAILURES = []


def rpm_blob(name, evr, arch="x86_64", vendor="", source="", modularity=""):
    """A header as rpm's database stores it: index entries, then their data."""
    epoch, _, rest = evr.rpartition(":")
    version, release = rest.rsplit("-", 1)
    index, data = b"", b""
    texts = [(1000, name), (1001, version), (1002, release), (1011, vendor), (1022, arch),
             (1044, source), (5096, modularity)]
    for tag, text in texts:
        if text:
            index += struct.pack(">IIII", tag, 6, len(data), 1)
            data += text.encode() + b"\0"
    if epoch:
        data += b"\0" * (-len(data) % 4)
        index += struct.pack(">IIII", 1003, 4, len(data), 1)
        data += struct.pack(">I", int(epoch))
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


def write_rpms(root, packages):
    path = root / "var/lib/rpm/rpmdb.sqlite"
    path.parent.mkdir(parents=True)
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
    for package in packages:
        database.execute("INSERT INTO Packages (blob) VALUES (?)", (rpm_blob(**package),))
    database.commit()
    database.close()


def write_apks(root, packages):
    path = root / "lib/apk/db/installed"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"P:{p['name']}\nV:{p['evr']}\nA:x86_64\no:{p.get('source', p['name'])}\n\n"
                            for p in packages), encoding="utf-8")


def write_debs(root, packages):
    path = root / "var/lib/dpkg/status"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"Package: {p['name']}\nStatus: install ok installed\nVersion: {p['evr']}\n"
                            "Architecture: amd64\n\n" for p in packages), encoding="utf-8")


def write_inventory(root, packages):
    """Bottlerocket's list of what it was built from."""
    path = root / "usr/share/bottlerocket/application-inventory.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"Content": [
        {"Name": p["name"], "Publisher": "Bottlerocket", "Epoch": "0", "Architecture": "x86_64",
         "Version": p["evr"].rsplit("-", 1)[0], "Release": p["evr"].rsplit("-", 1)[1]}
        for p in packages]}), encoding="utf-8")


def write_pacman(root, packages):
    for p in packages:
        path = root / f"var/lib/pacman/local/{p['name']}-{p['evr']}/desc"
        path.parent.mkdir(parents=True)
        path.write_text(f"%NAME%\n{p['name']}\n\n%VERSION%\n{p['evr']}\n\n%BASE%\n"
                        f"{p.get('source', p['name'])}\n\n%ARCH%\nx86_64\n\n"
                        "%PACKAGER%\nA Packager <packager@archlinux.org>\n\n", encoding="utf-8")


# Feeds. Each gives the path and text of a document that says: `package` is affected below `fixed`.
def updateinfo(update_id, collection=""):
    def make(package, fixed):
        epoch, _, rest = fixed.rpartition(":")
        version, release = rest.rsplit("-", 1)
        short = f' short="{collection}"' if collection else ""
        return "updateinfo.xml", (
            f'<updates><update type="security" status="final"><id>{update_id}</id>'
            f'<issued date="2026-11-20 00:00:00"/><severity>important</severity><references>'
            f'<reference id="{CVE}" type="cve"/></references><pkglist><collection{short}>'
            f'<package name="{package}" epoch="{epoch or 0}" version="{version}" release="{release}"'
            f' arch="x86_64"/></collection></pkglist></update></updates>')
    return make


def oval(platform, criterion_class="patch"):
    """With a product criterion, as Oracle and SUSE; without, as Microsoft."""
    def make(package, fixed):
        place = (f'<criterion test_ref="t:2" comment="{platform} is installed"/>' if platform else "")
        return "oval.xml", (
            '<oval_definitions><generator><timestamp>2026-11-20T00:00:00Z</timestamp></generator>'
            f'<definitions><definition class="{criterion_class}" id="d:1"><metadata>'
            f'<title>{"ELSA-2026-1: x" if criterion_class == "patch" else CVE}</title>'
            f'<reference source="CVE" ref_id="{CVE}"/></metadata><criteria operator="AND">{place}'
            '<criteria operator="OR"><criterion test_ref="t:1" comment="c"/></criteria></criteria>'
            '</definition></definitions><tests>'
            '<rpminfo_test id="t:1"><object object_ref="o:1"/><state state_ref="s:1"/></rpminfo_test>'
            '<rpminfo_test id="t:2"><object object_ref="o:2"/><state state_ref="s:2"/></rpminfo_test>'
            f'</tests><objects><rpminfo_object id="o:1"><name>{package}</name></rpminfo_object>'
            '<rpminfo_object id="o:2"><name>x-release</name></rpminfo_object></objects><states>'
            f'<rpminfo_state id="s:1"><evr operation="less than">{fixed}</evr></rpminfo_state>'
            '<rpminfo_state id="s:2"><version operation="equals">1</version></rpminfo_state></states>'
            '</oval_definitions>')
    return make


def osv(ecosystem, advisory):
    def make(package, fixed):
        return f"{advisory}.json", json.dumps({
            "id": advisory, "modified": "2026-11-20T00:00:00Z", "related": [CVE], "upstream": [CVE],
            "summary": "Important: x security update",
            "affected": [{"package": {"ecosystem": ecosystem, "name": package},
                          "ranges": [{"type": "ECOSYSTEM",
                                      "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]})
    return make


def secdb(prefix, **more):
    def make(package, fixed):
        return "security.json", json.dumps({
            "apkurl": prefix + "/{{reponame}}/{{pkg.name}}.apk", "archs": ["x86_64"],
            "reponame": "os", "urlprefix": prefix, **more,
            "packages": [{"pkg": {"name": package, "secfixes": {fixed: [CVE]}}},
                         {"pkg": {"name": "sed", "secfixes": {"0": [CVE]}}}]})
    return make


def photon(package, fixed):
    return "cve_data_photon5.0.json", json.dumps([
        {"cve_id": CVE, "pkg": package, "cve_score": 7.5,
         "aff_ver": f"all versions before {fixed} are vulnerable", "res_ver": fixed}])


def bodhi(package, fixed):
    return "bodhi.json", json.dumps({"updates": [
        {"alias": "FEDORA-2026-0a", "type": "security", "status": "stable",
         "date_stable": "2026-11-20 00:00:00", "release": {"version": "41", "id_prefix": "FEDORA"},
         "builds": [{"nvr": f"{package}-{fixed}", "epoch": 0, "type": "rpm"}],
         "bugs": [{"title": f"{CVE} x"}]}]})


def arch(package, fixed):
    return "all.json", json.dumps([
        {"name": "AVG-1", "packages": [package], "status": "Fixed", "severity": "High",
         "affected": "1-1", "fixed": fixed, "issues": [CVE], "advisories": ["ASA-202611-1"]}])


def apollo(package, fixed):
    return "page-1.json", json.dumps({"total": 1, "cves": 0, "advisories": [
        {"name": "RLSA-2026:1", "kind": "Security", "severity": "Important",
         "published_at": "2026-11-20T00:00:00Z", "cves": [{"cve": CVE}], "packages": [
             {"nevra": f"{package}-0:{fixed}.x86_64.rpm",
              "product_name": "Rocky Linux 9 x86_64"}]}]})


def amazon_kernel_line(package, fixed):
    """The core kernel's update and that of the line, which has the same package names."""
    _, core = updateinfo("ALAS2-2026-1")(package, "4.14.355-1.amzn2")
    _, line = updateinfo("ALAS2KERNEL-5.10-2026-1")(package, fixed)
    return "updateinfo.xml", core.replace("</updates>", "") + line.replace("<updates>", "")


def csaf(release, cpe):
    """A Red Hat VEX document: one build of one product."""
    def make(package, fixed):
        build, product = f"{package}-0:{fixed}.x86_64", f"BaseOS-{release}"
        purl = f"pkg:rpm/redhat/{package}@{fixed}?arch=x86_64"
        full = {"name": "x", "product_id": f"{product}:{build}"}
        time = "2026-11-20T00:00:00+00:00"
        return "cve-2026-29001.json", json.dumps({
            "document": {
                "category": "csaf_vex", "csaf_version": "2.0", "title": "x",
                "publisher": {"category": "vendor", "name": "Red Hat Product Security",
                              "namespace": "https://www.redhat.com"},
                "tracking": {"id": CVE, "current_release_date": time, "initial_release_date": time,
                             "revision_history": [{"date": time, "number": "1", "summary": "x"}],
                             "status": "final", "version": "1"}},
            "product_tree": {
                "branches": [{"category": "vendor", "name": "Red Hat", "branches": [
                    {"category": "product_name", "name": product, "product": {
                        "name": product, "product_id": product,
                        "product_identification_helper": {"cpe": cpe}}},
                    {"category": "product_version", "name": build, "product": {
                        "name": build, "product_id": build,
                        "product_identification_helper": {"purl": purl}}}]}],
                "relationships": [{"category": "default_component_of", "full_product_name": full,
                                   "product_reference": build,
                                   "relates_to_product_reference": product}]},
            "vulnerabilities": [{
                "cve": CVE, "product_status": {"fixed": [full["product_id"]]},
                "notes": [{"category": "description", "text": "x"}],
                "remediations": [{"category": "vendor_fix", "details": "x",
                                  "product_ids": [full["product_id"]],
                                  "url": "https://access.redhat.com/errata/RHSA-2026:1"}]}]})
    return make


# name, os-release, writer, installed version, fix, feed; and fields of the affected package.
CASES = [
    ("amazon 1", 'ID="amzn"\nVERSION_ID="2018.03"', write_rpms, "7.61.1-12.98.amzn1",
     "7.61.1-12.101.amzn1", updateinfo("ALAS-2026-1"), {}),
    ("amazon 2", 'ID="amzn"\nVERSION_ID="2"\nID_LIKE="centos rhel fedora"', write_rpms,
     "7.79.1-1.amzn2", "8.3.0-1.amzn2.0.5", updateinfo("ALAS2-2026-1"), {}),
    ("amazon 2023", 'ID="amzn"\nVERSION_ID="2023"', write_rpms, "8.0.1-1.amzn2023",
     "8.5.0-1.amzn2023.0.1", updateinfo("ALAS2023-2026-1", "amazon-linux-2023"), {}),
    ("amazon 2023 of a release", 'ID="amzn"\nVERSION_ID="2023.6.20241010"', write_rpms,
     "8.0.1-1.amzn2023", "8.5.0-1.amzn2023.0.1", updateinfo("ALAS2023-2026-1"), {}),
    ("oracle 8", 'ID="ol"\nVERSION_ID="8.9"', write_rpms, "7.61.1-30.el8", "7.61.1-33.el8_9.5",
     oval("Oracle Linux 8"), {}),
    ("sles 15.5", 'ID="sles"\nVERSION_ID="15.5"', write_rpms, "7.79.1-150400.5.30.1",
     "8.0.1-150400.5.41.1", oval("SUSE Linux Enterprise Module for Basesystem 15 SP5",
                                 "vulnerability"), {}),
    ("leap 15.5", 'ID="opensuse-leap"\nVERSION_ID="15.5"', write_rpms, "7.79.1-150400.5.30.1",
     "8.0.1-150400.5.41.1", oval("openSUSE Leap 15.5", "vulnerability"), {}),
    ("tumbleweed", 'ID="opensuse-tumbleweed"\nVERSION_ID="20261101"', write_rpms, "8.5.0-1.1",
     "8.6.0-1.1", oval("openSUSE Tumbleweed", "vulnerability"), {}),
    ("sle micro 5.4", 'ID="sle-micro"\nVERSION_ID="5.4"', write_rpms, "7.79.1-150400.5.30.1",
     "8.0.1-150400.5.41.1", oval("SUSE Linux Enterprise Micro 5.4", "vulnerability"), {}),
    ("sl micro 6.0", 'ID="sl-micro"\nVERSION_ID="6.0"', write_rpms, "8.6.0-1.1", "8.6.0-2.1",
     oval("SUSE Linux Micro 6.0", "vulnerability"), {}),
    ("suse by osv", 'ID="sles"\nVERSION_ID="15.5"', write_rpms, "7.79.1-150400.5.30.1",
     "8.0.1-150400.5.41.1", osv("SUSE:Linux Enterprise Module for Basesystem 15 SP5",
                                "SUSE-SU-2026:1-1"), {}),
    ("azure linux 3", 'ID=azurelinux\nVERSION_ID="3.0"', write_rpms, "8.8.0-1.azl3", "8.8.0-3.azl3",
     oval("", "vulnerability"), {"name": "libcurl", "source": "curl-8.8.0-1.azl3.src.rpm"}),
    ("azure linux by osv", 'ID=azurelinux\nVERSION_ID="3.0.20241005"', write_rpms, "8.8.0-1.azl3",
     "8.8.0-3.azl3", osv("Azure Linux:3", "AZL-1"), {}),
    ("mariner 2", 'ID=mariner\nVERSION_ID="2.0.20240301"', write_rpms, "8.8.0-1.cm2",
     "8.8.0-3.cm2", oval("", "vulnerability"), {}),
    ("photon 5", 'ID=photon\nVERSION_ID=5.0', write_rpms, "8.1.2-1.ph5", "8.1.2-4.ph5", photon,
     {"name": "curl-libs", "source": "curl-8.1.2-1.ph5.src.rpm"}),
    ("fedora by bodhi", 'ID=fedora\nVERSION_ID=41', write_rpms, "8.6.0-8.fc41", "8.6.0-11.fc41",
     bodhi, {"name": "libcurl", "source": "curl-8.6.0-8.fc41.src.rpm"}),
    ("fedora by updateinfo", 'ID=fedora\nVERSION_ID=41', write_rpms, "8.6.0-8.fc41",
     "8.6.0-11.fc41", updateinfo("FEDORA-2026-0a"), {}),
    ("bottlerocket", 'ID=bottlerocket\nVERSION_ID="1.20.0"', write_rpms,
     "8.6.0-1.1700000000.aaaaaaaa.br1", "8.6.0-1.1770000000.aaaaaaaa.br1", updateinfo("BRSA-1"), {}),
    ("rocky 9 by osv", 'ID="rocky"\nVERSION_ID="9.3"', write_rpms, "7.76.1-26.el9", "7.76.1-26.el9_3.3",
     osv("Rocky Linux:9", "RLSA-2026:1"), {}),
    ("alma 9", 'ID="almalinux"\nVERSION_ID="9.3"', write_rpms, "7.76.1-26.el9", "7.76.1-26.el9_3.3",
     osv("AlmaLinux:9", "ALSA-2026:1"), {}),
    ("mageia 9", 'ID=mageia\nVERSION_ID=9', write_rpms, "7.88.1-3.mga9", "7.88.1-4.4.mga9",
     osv("Mageia:9", "MGASA-2026-1"), {}),
    ("openeuler 24.03", 'ID="openEuler"\nVERSION_ID="24.03"\nVERSION="24.03 (LTS-SP1)"\n'
     'PRETTY_NAME="openEuler 24.03 (LTS-SP1)"', write_rpms, "8.4.0-1.oe2403sp1", "8.4.0-9.oe2403sp1",
     osv("openEuler:24.03-LTS-SP1", "OESA-2026-1"), {}),
    ("alpine 3.18", 'ID=alpine\nVERSION_ID=3.18.4', write_apks, "8.4.0-r0", "8.5.0-r0",
     secdb("https://dl-cdn.alpinelinux.org/alpine", distroversion="v3.18"), {"name": "libcurl",
                                                                            "source": "curl"}),
    ("wolfi", 'ID=wolfi\nVERSION_ID="20230201"', write_apks, "8.4.0-r0", "8.5.0-r0",
     secdb("https://packages.wolfi.dev"), {"name": "libcurl", "source": "curl"}),
    ("chainguard", 'ID=chainguard\nVERSION_ID="20230214"', write_apks, "8.4.0-r0", "8.5.0-r0",
     secdb("https://packages.cgr.dev/chainguard"), {}),
    ("minimos", 'ID=minimos\nVERSION_ID="20241031"', write_apks, "8.4.0-r0", "8.5.0-r0",
     secdb("https://packages.mini.dev/advisories", name="minimos"), {}),
    ("minimos by osv", 'ID=minimos\nVERSION_ID="20241031"', write_apks, "8.4.0-r0", "8.5.0-r0",
     osv("MinimOS", "MINI-1"), {}),
    ("echo by osv", 'ID=echo\nVERSION_ID="1"', write_debs, "8.4.0-1", "8.5.0-1+e1",
     osv("Echo", "ECHO-1"), {}),
    ("amazon 2, a kernel of a line", 'ID="amzn"\nVERSION_ID="2"', write_rpms, "5.10.100-1.amzn2",
     "5.10.205-195.804.amzn2", amazon_kernel_line, {}),
    ("rocky 9 by apollo", 'ID="rocky"\nVERSION_ID="9.3"', write_rpms, "7.76.1-26.el9",
     "7.76.1-26.el9_3.3", apollo, {}),
    ("bottlerocket by its inventory", 'ID=bottlerocket\nVERSION_ID="1.20.0"', write_inventory,
     "8.6.0-1.1700000000.aaaaaaaa.br1", "8.6.0-1.1770000000.aaaaaaaa.br1", updateinfo("BRSA-1"), {}),
    ("arch", 'ID=arch\nBUILD_ID=rolling', write_pacman, "8.4.0-1", "8.5.0-1", arch, {}),
] + [
    (f"rhel {release}", f'ID="rhel"\nVERSION_ID="{release}.1"', write_rpms, f"8.4.0-1.el{release}",
     f"8.5.0-1.el{release}", csaf(release, f"cpe:/o:redhat:enterprise_linux:{release}{part}"), {})
    for release, part in ((5, ""), (6, "::server"), (7, "::server"), (8, "::baseos"),
                          (9, "::baseos"), (10, ".0"))
]


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          timeout=120, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[0]}: {done.returncode} {done.stdout} {done.stderr}")
    return done.stdout


def scan(root, database):
    report = json.loads(run("scan", f"dir:{root}", "--db", database, "--cache", "none", "--packages",
                            "--limit", "feed-age=100000", "--format", "json"))
    return report, {p["name"]: p for p in report["packages"]}


def check(name, directory, os_release, write, installed, fixed, feed, affected):
    root, database = directory / "root", directory / "db"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text(os_release + "\n", encoding="utf-8")
    bad = {"name": "curl", "evr": installed, **affected}
    good = {"name": "sed", "evr": installed, **({"source": f"sed-{installed}.src.rpm"}
                                                if write is write_rpms else {})}
    if write is write_rpms:
        bad.setdefault("source", f"curl-{installed}.src.rpm")
    write(root, [bad, good])
    path, text = feed("curl", fixed)
    document = directory / path
    document.write_text(text, encoding="utf-8")
    run("db", "import", "--complete", "--feed", "vendor", document, "--db", database)
    report, packages = scan(root, database)
    found = [(f["id"], f["package"]["name"], f["status"], f["fix"]["versions"])
             for f in report["findings"]]
    expected = [(CVE, bad["name"], "affected", [fixed])]
    if found != expected:
        FAILURES.append(f"{name}: findings {found}, expected {expected}; {report['problems']}")
    for package, state in ((bad["name"], "matched"), ("sed", "clean")):
        if packages.get(package, {}).get("coverage") != state:
            FAILURES.append(f"{name}: {package} is {packages.get(package)}, expected {state}")
    # The same image of another release: the feed does not speak for it.
    other = os_release.replace("VERSION_ID=", "VERSION_ID=77").replace('77"', '"77')
    if "VERSION_ID" in other and name.split()[0] not in ROLLING:
        (root / "etc/os-release").write_text(other.replace("(LTS-SP1)", "") + "\n", encoding="utf-8")
        report, packages = scan(root, database)
        if packages["sed"]["coverage"] != "unassessed":
            FAILURES.append(f"{name}: of another release, sed is {packages['sed']}")


ROLLING = {"wolfi", "chainguard", "minimos", "echo", "arch", "tumbleweed", "bottlerocket"}


def check_nvd_and_vex(directory):
    """Neither is an advisory: the one gives status and CVSS of a finding's weakness, the other
    what somebody says of a product. A rejected weakness is shown as that."""
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    nvd, vex, database = directory / "nvd.json", directory / "vex.json", directory / "db"
    nvd.write_text(json.dumps({
        "resultsPerPage": 2, "format": "NVD_CVE", "version": "2.0",
        "timestamp": "2026-11-20T00:00:00.000", "vulnerabilities": [
            {"cve": {"id": CVE, "vulnStatus": "Analyzed", "lastModified": "2026-11-20T00:00:00.000",
                     "descriptions": [{"lang": "en", "value": "x"}],
                     "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "cvssData": {
                         "vectorString": vector, "baseScore": 9.8}}]}}},
            {"cve": {"id": "CVE-2026-29002", "vulnStatus": "Rejected",
                     "descriptions": [{"lang": "en", "value": "Rejected reason: x"}]}}]}),
        encoding="utf-8")
    vex.write_text(json.dumps({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "Example",
        "timestamp": "2026-11-20T00:00:00Z", "version": 1, "statements": [
            {"vulnerability": {"name": CVE}, "products": [{"@id": "pkg:oci/app"}],
             "status": "not_affected", "justification": "component_not_present"}]}),
        encoding="utf-8")
    run("db", "import", nvd, vex, "--db", database)

    def show(cve):
        return json.loads(run("db", "show", cve, "--db", database, "--format", "json"))
    shown, rejected = show(CVE), show("CVE-2026-29002")
    if vector not in json.dumps(shown["details"]):
        FAILURES.append(f"nvd: no CVSS in {shown}")
    if rejected["details"][0]["state"] != "rejected":
        FAILURES.append(f"nvd: {rejected} is not rejected")
    said = [(v["product"], v["status"], v["justification"]) for v in shown["vex"]]
    if said != [("pkg:oci/app", "not_affected", "component_not_present")]:
        FAILURES.append(f"vex: {said}")


def main():
    with tempfile.TemporaryDirectory() as directory:
        try:
            check_nvd_and_vex(pathlib.Path(directory))
        except (RuntimeError, KeyError, IndexError) as error:
            FAILURES.append(f"nvd and vex: {error}")
    for name, *case in CASES:
        with tempfile.TemporaryDirectory() as directory:
            try:
                check(name, pathlib.Path(directory), *case)
            except (RuntimeError, KeyError) as error:
                FAILURES.append(f"{name}: {error}")
    if FAILURES:
        sys.exit("\n".join(FAILURES))
    print(f"{len(CASES)} distributions")


if __name__ == "__main__":
    main()
