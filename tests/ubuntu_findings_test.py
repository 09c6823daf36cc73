#!/usr/bin/env python3
"""An Ubuntu 22.04 root of real package states against the real Ubuntu feed: the findings equal
those of an independent reading of the feed, with dpkg --compare-versions as the judge.

Skipped (exit 77) where the shared data is not beside the project.
"""
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

from oci_layout import Layout

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
SHARED = pathlib.Path(os.environ["SHARED_DATA"])
STATUS = SHARED / "corpora" / "ubuntu-jammy-minbase.status"
FEED = SHARED / "feeds" / "ubuntu-cve-jsonl.tar.zst"
OS_RELEASE = ('ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n'
              'PRETTY_NAME="Ubuntu 22.04 LTS"\n')
OPEN = ("needed", "pending", "deferred", "needs-triage", "ignored")


def tar_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def packages():
    """[(binary, source, source version)] of the installed packages."""
    found = []
    for stanza in STATUS.read_text().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line)
        if fields.get("Status", "").split(" ")[-1] != "installed":
            continue
        source, version = fields.get("Source", fields["Package"]), fields["Version"]
        if " (" in source:
            source, version = source[:-1].split(" (")
        found.append((fields["Package"], source, version))
    return found


def older(a, b, known={}):  # noqa: B006, the default is the memory
    if (a, b) not in known:
        known[a, b] = subprocess.run(["dpkg", "--compare-versions", a, "lt", b],
                                     check=False).returncode == 0
    return known[a, b]


def expected():
    """{(CVE, binary package)} by the rules of the Ubuntu CVE tracker, release pocket only."""
    by_source = {}
    for name, source, version in packages():
        by_source.setdefault(source, []).append((name, version))
    found = set()
    feed = subprocess.Popen(f"zstd -dc {FEED} | tar -xO", shell=True, stdout=subprocess.PIPE)
    for line in feed.stdout:
        cve = json.loads(line)
        if cve["state"] in ("rejected", "not-for-us"):
            continue
        for row in cve["packages"]:
            if row["release"] != "jammy":
                continue
            for name, version in by_source.get(row["package"], []):
                if row["status"] in OPEN or (
                        row["status"] == "released" and older(version, row["detail"])):
                    found.add((cve["id"], name))
    feed.wait()
    return found


def main():
    if not STATUS.exists() or not FEED.exists():
        print("skipped: the shared data is not here")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        layout = Layout(work / "image")
        layout.add_image([tar_of({"etc/os-release": OS_RELEASE.encode(),
                                  "var/lib/dpkg/status": STATUS.read_bytes()})])
        db = str(work / "db")
        subprocess.run([PROGRAM, "db", "import", "--db", db, "--quiet", FEED], check=True,
                       capture_output=True)
        done = subprocess.run(
            [PROGRAM, "scan", "--db", db, "--cache", "none", "--limit", "feed-age=100000",
             "--packages", "--format", "json", f"oci:{layout.directory}"],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"exit {done.returncode}: {done.stderr}")
        report = json.loads(done.stdout)
    listed = sorted(p["name"] for p in report["packages"])
    if listed != sorted(name for name, _, _ in packages()):
        sys.exit("the packages differ from the status file's")
    want = expected()
    have = {(f["id"], f["package"]["name"]) for f in report["findings"]
            if f["status"] == "affected"}
    if not want or have != want:
        sys.exit(f"{len(want)} expected, {len(have)} found; missing {sorted(want - have)[:20]}, "
                 f"unexpected {sorted(have - want)[:20]}")
    untraced = [f["id"] for f in report["findings"]
                if not f["advisory"]["feed"] or f["package"]["layer"] is None]
    if untraced:
        sys.exit(f"findings without advisory or layer: {untraced[:5]}")
    print(f"{len(listed)} packages, {len(have)} findings equal the independent reading")


if __name__ == "__main__":
    main()
