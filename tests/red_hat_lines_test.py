#!/usr/bin/env python3
"""A Red Hat image is judged by the lines of products that its repositories serve, from the files
in its root and from an SBOM alike; where they are not known the report says so."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
CSAF = pathlib.Path(__file__).resolve().parent.parent / "src/scan/advisory/testdata/csaf"
MAPPING = {"data": {
    "rhel-8-for-x86_64-baseos-rpms": {"cpes": ["cpe:/o:redhat:enterprise_linux:8::baseos"]},
    "rhel-8-for-x86_64-baseos-eus-rpms": {"cpes": ["cpe:/o:redhat:rhel_eus:8.8::baseos"]}}}
MAIN_FIX = "4.18.0-553.22.1.el8_10"
EXTENDED_FIX = "4.18.0-477.70.1.el8_8"


def run(*arguments, codes=(0,)):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode in codes, f"{arguments}: {done.returncode}\n{done.stderr}"
    return done.stdout


def sbom(content_sets):
    purl = ("pkg:rpm/redhat/kernel-core@4.18.0-477.10.1.el8_8?arch=x86_64"
            "&upstream=kernel-4.18.0-477.10.1.el8_8.src.rpm&distro=rhel-8.8")
    properties = [{"name": "seaworthy:distro:content_set", "value": name} for name in content_sets]
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
        {"type": "operating-system", "name": "rhel", "version": "8.8", "properties": properties},
        {"type": "library", "name": "kernel-core", "version": "4.18.0-477.10.1.el8_8",
         "purl": purl}]}


def check_sbom(root, database, content_sets, fix, caution):
    document = root / "sbom.json"
    document.write_text(json.dumps(sbom(content_sets)), encoding="utf-8")
    report = json.loads(run("scan", f"sbom:{document}", "--db", database, "--format", "json"))
    fixes = [finding["fix"]["versions"] for finding in report["findings"]]
    assert fixes == [[fix]], f"{content_sets}: {fixes}"
    cautions = [one["message"] for one in report["problems"] if one["code"] == "repositories"]
    assert len(cautions) == (1 if caution else 0), cautions
    assert not caution or caution in cautions[0], cautions


def check_root(root, database):
    image = root / "image"
    manifests = image / "root/buildinfo/content_manifests"
    manifests.mkdir(parents=True)
    (image / "etc").mkdir()
    (image / "etc/os-release").write_text('ID="rhel"\nVERSION_ID="8.8"\n', encoding="utf-8")
    (manifests / "ubi8-container-8.8-1.json").write_text(
        json.dumps({"content_sets": ["rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_8"]}),
        encoding="utf-8")
    (image / "root/buildinfo/Dockerfile-ubi8-8.8-1").write_text(
        'FROM scratch\nLABEL "name"="ubi8" \\\n "cpe"="cpe:/o:redhat:enterprise_linux:8::baseos"\n',
        encoding="utf-8")
    report = json.loads(run("scan", f"dir:{image}", "--db", database, "--cache", "none",
                            "--format", "json"))
    distro = report["distro"]
    assert distro["content_sets"] == ["rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_8"], distro
    assert distro["cpes"] == ["cpe:/o:redhat:enterprise_linux:8::baseos"], distro


def main():
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        database = root / "db"
        mapping = root / "repository-to-cpe.json"
        mapping.write_text(json.dumps(MAPPING), encoding="utf-8")
        run("db", "import", "--complete", CSAF, mapping, "--db", database)
        check_sbom(root, database, ["rhel-8-for-x86_64-baseos-rpms"], MAIN_FIX, "")
        check_sbom(root, database, ["rhel-8-for-x86_64-baseos-eus-rpms"], EXTENDED_FIX, "")
        check_sbom(root, database, [], MAIN_FIX, "does not say which repositories")
        check_sbom(root, database, ["a-rpms"], MAIN_FIX, "1 of 1 repositories")
        check_root(root, database)
    print("ok")


if __name__ == "__main__":
    sys.exit(main())
