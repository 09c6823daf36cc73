#!/usr/bin/env python3
"""Debian packages from elsewhere are unassessed with a reason, not dropped and not clean; what
Debian maintains through people outside its own hosts is assessed like the rest."""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
DEBIAN = "Some Team <team@lists.debian.org>"
OUTSIDE = "A Person <person@example.org>"
EVIL = "Evil <e@evil.com>"
# name, maintainer, files that it installed (None: the image has no list of them), what is expected
PACKAGES = [
    ("bash", DEBIAN, None, "clean", ""),
    ("xz-utils", OUTSIDE, ["/usr/share/doc/xz-utils/copyright"], "clean", ""),
    ("kernelcare", OUTSIDE, ["/usr/share/doc/kernelcare/copyright"], "unassessed",
     "maintained by A Person outside Debian, and Debian's advisories do not know it"),
    ("bare", "", ["/usr/share/doc/bare/copyright"], "unassessed",
     "who maintains it is not named, and Debian's advisories do not know it"),
    ("known", OUTSIDE, ["/usr/share/doc/known/copyright"], "clean", ""),
    ("known-too", OUTSIDE, None, "unassessed",
     "perhaps a third-party package: A Person (maintained outside Debian, and no list of its files)"),
    ("agent", EVIL, ["/usr/bin/agent"], "unassessed", "third-party package: Evil (no copyright file)"),
    ("suite", EVIL, ["/opt/suite/run", "/usr/share/doc/suite/copyright"], "unassessed",
     "third-party package: Evil (files below /opt)"),
    ("tool", EVIL, None, "unassessed",
     "maintained by Evil outside Debian, and Debian's advisories do not know it"),
    ("openssl", EVIL, None, "matched", ""),
]


def run(*command, expect=0):
    done = subprocess.run([PROGRAM, *command], capture_output=True, text=True, check=False)
    if done.returncode != expect:
        sys.exit(f"{command}: exit {done.returncode} instead of {expect}: {done.stderr[-500:]}")
    return done.stdout


def make_root(root):
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    status = ""
    for name, maintainer, files, _, _ in PACKAGES:
        status += (f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n"
                   f"Version: 1.0-1\nMaintainer: {maintainer}\n\n")
        if files is not None:
            (info / f"{name}.list").write_text("".join(f"{path}\n" for path in ["/.", *files]))
    (root / "var/lib/dpkg/status").write_text(status)


def main():
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT00:00:00Z")
        feed = work / "feed.json"
        feed.write_text(json.dumps({"id": "DEBIAN-CVE-2026-0001", "modified": today, "affected": [
            *[{"package": {"ecosystem": f"Debian:{release}", "name": name},
               "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}
              for name, release, fixed in [("openssl", 12, "2"), ("known", 11, "0.1"),
                                           ("known-too", 12, "0.1")]]]}))
        database = str(work / "db")
        run("db", "import", "--complete", str(feed), "--db", database)
        make_root(work / "root")
        scan = ["scan", f"dir:{work}/root", "--db", database, "--cache", "none", "--packages"]
        report = json.loads(run(*scan, "--format", "json", "--quiet"))
        have = {p["name"]: (p["coverage"], p["reason"]) for p in report["packages"]}
        want = {name: (state, reason) for name, _, _, state, reason in PACKAGES}
        if have != want:
            sys.exit(f"{have}\ninstead of\n{want}")
        table = run(*scan, "--quiet")
        for line in ["third-party package: Evil (no copyright file) [agent]", "[suite]", "[tool]"]:
            if line not in table:
                sys.exit(f"the table does not have {line!r}:\n{table}")
        # One of them does not make the rest of the image unknown.
        if report["verdict"]["result"] == "unknown":
            sys.exit(f"verdict {report['verdict']}")
    print(f"{len(PACKAGES)} packages as expected")


if __name__ == "__main__":
    main()
