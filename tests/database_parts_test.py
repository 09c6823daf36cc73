#!/usr/bin/env python3
"""The database as a product: published to a registry, pulled in parts. A scan with only the parts that
an image needs says what a scan with the whole database says; what was not pulled is never clean.

Skipped (exit 77) where docker-registry or the shared data is not here.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from local_registry import Registry, expect, finish, tar_of
from oci_layout import Layout

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
SHARED = pathlib.Path(os.environ["SHARED_DATA"])
FEEDS = ["debian-osv", "npm-osv", "cisa-kev", "exploit-evidence", "endoflife-date"]
STATUS = SHARED / "corpora" / "ubuntu-jammy-minbase.status"
JAMMY = b'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n'
OLD = ["--limit", "feed-age=100000"]


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)
    expect(f"{arguments[:2]}: exit {code}", done.returncode == code,
           f"but {done.returncode}: {done.stderr}")
    return done.stdout if code == 0 else done.stderr


def refused(what, *arguments, word):
    expect(what, word in run(*arguments, code=1), f"does not say '{word}'")


def scan(db, target, cache):
    return json.loads(run("scan", "--db", db, "--cache", cache, "--packages", "--show-suppressed",
                          "--format", "json", "--quiet", *OLD, target))


def sbom(work):
    """npm and Alpine packages as another tool lists them."""
    path = work / "app.cdx.json"
    purls = ["pkg:npm/jquery@1.8.0", "pkg:npm/lodash@4.17.0",
             "pkg:apk/alpine/openssl@1.1.1k-r0?distro=alpine-3.13",
             "pkg:apk/alpine/busybox@1.32.0-r0?distro=alpine-3.13"]
    path.write_text(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components":
        [{"type": "operating-system", "name": "alpine", "version": "3.13.5"}] +
        [{"type": "library", "name": purl.split("/")[-1].split("@")[0], "purl": purl,
          "version": purl.split("@")[1].split("?")[0], "bom-ref": purl} for purl in purls]}))
    return f"sbom:{path}"


def read_member(feed, *members):
    """Of a feed's archive; `members` may be patterns."""
    return subprocess.run(["tar", "--zstd", "-xOf", SHARED / "feeds" / f"{feed}.tar.zst",
                           "--wildcards", *members], capture_output=True, check=True).stdout


def small_ubuntu(work):
    """The CVEs of what the jammy image has, of all releases: the whole is 140 MB."""
    sources = set(re.findall(rb"^(?:Package|Source): ([^ \n]+)", STATUS.read_bytes(), re.M))
    wanted = re.compile(rb'"release":"jammy","package":"(?:%s)"' %
                        b"|".join(map(re.escape, sorted(sources))))
    path = work / "ubuntu.jsonl"
    lines = read_member("ubuntu-cve-jsonl", "*.jsonl").splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if wanted.search(line)))
    return path


def small_alpine(work):
    """Four releases of Alpine."""
    subprocess.run(["tar", "--zstd", "-xf", SHARED / "feeds" / "alpine-secdb.tar.zst", "-C", work,
                    "--wildcards", *[f"*/v3.{minor}/{name}.json" for minor in range(12, 16)
                                     for name in ("main", "community")]], check=True)
    return work / "alpine-secdb"


def jammy(work):
    layout = Layout(work / "jammy")
    layout.add_image([tar_of({"etc/os-release": JAMMY, "var/lib/dpkg/status":
                              STATUS.read_bytes()})])
    return f"oci:{layout.directory}"


def parts_of(db):
    line = [text for text in run("db", "status", "--db", db).splitlines()
            if text.startswith("parts in place")][0]
    return set(line.split(": ")[-1].split(", "))


def check_same_reports(work, full, reference, pull):
    example = f"oci:{pathlib.Path(__file__).resolve().parent.parent}/examples/harbour"
    for name, target, needed in (("jammy", jammy(work), {"ubuntu:22.04"}),
                                 ("example", example, None),
                                 ("sbom", sbom(work), {"alpine:3.13"})):
        db, cache = work / f"db-{name}", work / f"cache-{name}"
        pull(db, "--cache", cache, "--for", target, *OLD)
        if needed is not None:
            expect(f"{name}: only what it needs", parts_of(db) >= needed | {"common"}
                   and len(parts_of(db)) <= 5, str(parts_of(db)))
        whole, parts = scan(full, target, cache), scan(db, target, cache)
        for report in whole, parts:
            report["database"].pop("feeds")
        expect(f"{name}: the report has findings", len(whole["findings"]) > 10 or name != "jammy",
               f"{len(whole['findings'])}")
        expect(f"{name}: the same report from parts", whole == parts)
        print(f"{name}: {len(whole['findings'])} findings, parts {sorted(parts_of(db))}")


def check_not_pulled(work, reference, pull):
    db = work / "db-other"
    pull(db, "--part", "ubuntu:20.04")
    report = scan(db, f"oci:{work / 'jammy'}", "none")
    expect("not pulled: unknown", report["verdict"]["result"] == "unknown", report["verdict"])
    expect("not pulled: nothing is clean", report["coverage"]["clean"] == 0)
    expect("not pulled: says so", {r["reason"] for r in report["coverage"]["reasons"]}
           >= {"part not pulled: ubuntu 22.04"}, report["coverage"])
    pull(db, "--for", f"oci:{work / 'jammy'}", "--cache", "none")
    expect("pulled: both are here", parts_of(db) >= {"ubuntu:20.04", "ubuntu:22.04"})


def check_updates(work, registry, plain, full, reference, pull):
    db = work / "db-jammy"
    kev = work / "more.jsonl"
    kev.write_text(json.dumps({
        "schema_version": "1.6.0", "id": "CVE-2026-1001", "modified": "2026-09-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": "Ubuntu:22.04:LTS", "name": "bash"},
                      "ranges": [{"type": "ECOSYSTEM",
                                  "events": [{"introduced": "0"}, {"fixed": "99"}]}]}]}) + "\n")
    run("db", "import", "--db", full, "--quiet", kev)
    said = run("db", "publish", "--key", work / "k.key", "--db", full, *plain, reference)
    parts, there = (int(re.search(rf"(\d+) {what}", said)[1]) for what in ("parts", "blobs were"))
    expect("republish sends little", parts > 20 and there >= parts - 3, said)
    said = pull(db)
    expect("the new finding arrives", any(
        f["id"] == "CVE-2026-1001" for f in scan(db, f"oci:{work / 'jammy'}", "none")["findings"]))
    expect("two parts are read", " 2 read" in said, said)
    return said


def check_refusals(work, plain, full, reference, pull):
    db = work / "db-jammy"
    run("generate-key", work / "other")
    refused("unknown key", "db", "pull", "--quiet", "--db", work / "x", *plain, "--trusted-key",
            work / "other.pub", reference, word="is not trusted")
    refused("no key", "db", "pull", "--quiet", "--db", work / "x", *plain, reference,
            word="--trusted-key")
    refused("something else", "db", "pull", "--quiet", "--db", work / "x",
            f"oci:{work / 'jammy'}", word="no published database")
    refused("no tag", "db", "pull", "--quiet", "--db", work / "x", *plain, reference + "x",
            word="HTTP 404")
    old = work / "old.swdb"
    run("db", "export", "--quiet", "--key", work / "k.key", "--db", work / "small", old)
    refused("rollback", "db", "import", "--quiet", "--trusted-key", work / "k.pub", "--db", db, old,
            word="it is older")


def main():
    if shutil.which("docker-registry") is None or not (SHARED / "feeds").exists():
        print("skipped: docker-registry or the shared data is not here")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        full = work / "full"
        run("generate-key", work / "k")
        (work / "one.jsonl").write_text('{"schema_version":"1.6.0","id":"CVE-2026-1002","modified":'
                                        '"2026-09-01T00:00:00Z","affected":[{"package":{"ecosystem":'
                                        '"Debian:12","name":"x"},"versions":["1"]}]}\n')
        run("db", "import", "--quiet", "--db", work / "small", work / "one.jsonl")
        run("db", "import", "--quiet", "--db", full,
            *[SHARED / "feeds" / f"{name}.tar.zst" for name in FEEDS], small_ubuntu(work),
            small_alpine(work))
        registry = Registry(work, "registry")
        try:
            plain = ["--insecure-registry", registry.host]
            reference = f"{registry.host}/team/advisories:v1"

            def pull(db, *flags):
                return run("db", "pull", "--trusted-key", work / "k.pub", "--db", db,
                           *plain, *flags, reference)

            run("db", "publish", "--quiet", "--key", work / "k.key", "--db", full, *plain, reference)
            check_same_reports(work, full, reference, pull)
            check_not_pulled(work, reference, pull)
            check_updates(work, registry, plain, full, reference, pull)
            check_refusals(work, plain, full, reference, pull)
        finally:
            registry.close()
    finish()


if __name__ == "__main__":
    main()
