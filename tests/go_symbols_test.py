#!/usr/bin/env python3
"""Programs of a real old module: one that calls what advisories call vulnerable is affected, one
that only imports the package is not; where functions are not known, the version alone decides. With
GOVULNCHECK naming that program, its answers on the same programs are compared."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
FEED = pathlib.Path(os.environ.get("SHARED_DATA", "../shared/data")) / "feeds/go-vulndb.tar.zst"
GO = shutil.which("go")
MODULE, VERSION = "golang.org/x/text", "v0.3.0"
LANGUAGE_ONE, LANGUAGE_TWO, TRANSFORM = "CVE-2021-38561", "CVE-2022-32149", "CVE-2020-14040"
CALLS = """package main

import (
	"fmt"

	"golang.org/x/text/language"
)

func main() { fmt.Println(language.ParseAcceptLanguage("nn;q=0.3, en-us;q=0.8")) }
"""
IMPORTS = CALLS.replace('language.ParseAcceptLanguage("nn;q=0.3, en-us;q=0.8")',
                        "language.English.String()")
STRING = CALLS.replace("x/text/language", "x/text/transform").replace(
    'language.ParseAcceptLanguage("nn;q=0.3, en-us;q=0.8")',
    'transform.String(transform.Discard, "a")')
STRIPPED = ["-trimpath", "-ldflags=-s -w"]
AFFECTED, ABSENT = "affected", "not_affected"
# name, source, flags of the build, what is expected of the three
PROGRAMS = [
    ("calls", CALLS, [], (AFFECTED, AFFECTED, ABSENT)),
    ("calls-stripped", CALLS, STRIPPED, (AFFECTED, AFFECTED, ABSENT)),
    ("imports", IMPORTS, [], (ABSENT, ABSENT, ABSENT)),
    ("imports-stripped", IMPORTS, STRIPPED, (ABSENT, ABSENT, ABSENT)),
    ("another-package", STRING, [], (ABSENT, ABSENT, AFFECTED)),
]
STANDARD = {"CVE-2026-40001": AFFECTED, "CVE-2026-40002": ABSENT, "CVE-2026-40003": ABSENT,
            "CVE-2026-40004": AFFECTED, "CVE-2026-40005": ABSENT}
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


def scan(target, work, *flags):
    return json.loads(run("scan", target, "--db", str(work / "db"), "--cache", str(work / "cache"),
                          "--format", "json", "--quiet", "--packages", *flags))


def of_module(report, module=MODULE):
    return {finding["id"]: finding for finding in report["findings"]
            if finding["package"]["name"] == module}


def build(work, name, source, flags):
    folder = work / name
    folder.mkdir()
    (folder / "main.go").write_text(source)
    (folder / "go.mod").write_text(
        f"module example.com/team/{name}\n\ngo 1.21\n\nrequire {MODULE} {VERSION}\n")
    out = work / "roots" / name / "opt" / "app"
    out.parent.mkdir(parents=True)
    settings = os.environ | {"GOFLAGS": "-buildvcs=false -mod=mod", "CGO_ENABLED": "0",
                             "GOTOOLCHAIN": "local"}
    made = subprocess.run([GO, "build", *flags, "-o", str(out), "."], cwd=folder, env=settings,
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        print(f"skipped: {made.stderr.strip()[-300:]}")
        sys.exit(77)
    return out


def of_one_image(work, name, expected):
    report = scan(f"dir:{work}/roots/{name}", work, "--show-suppressed")
    found = of_module(report)
    for vulnerability, status in zip((LANGUAGE_ONE, LANGUAGE_TWO, TRANSFORM), expected):
        finding = found.get(vulnerability, {"status": "none", "rule": "", "status_reason": ""})
        expect(f"{name}: {vulnerability} is {status}", finding["status"] == status, str(finding))
        if status == ABSENT:
            expect(f"{name}: {vulnerability} says why",
                   finding.get("justification") == "vulnerable_code_not_present"
                   and "names" in finding["status_reason"], str(finding))
        else:
            expect(f"{name}: {vulnerability} names what was found",
                   " is in opt/app" in finding["rule"], finding["rule"])
    absent = [f for f in report["findings"] if f["status"] in (ABSENT, "suppressed")]
    expect(f"{name}: what is not affected is counted",
           report["coverage"]["suppressed"] == len(absent), str(report["coverage"]))
    listed = scan(f"dir:{work}/roots/{name}", work)
    expect(f"{name}: and listed only on request",
           not [f for f in listed["findings"] if f["status"] == ABSENT]
           and listed["coverage"]["suppressed"] == len(absent))
    standard = {key: finding["status"] for key, finding in of_module(report, "stdlib").items()}
    expect(f"{name}: functions of the standard library are judged too",
           STANDARD.items() <= standard.items(), str(standard))


def standard_library(work):
    """Advisories about functions that all the programs hold, and that none holds."""
    folder = work / "standard"
    folder.mkdir()
    for identity, imported in (
            ("CVE-2026-40001", {"path": "fmt", "symbols": ["Println"]}),
            ("CVE-2026-40002", {"path": "net/http", "symbols": ["Get"]}),
            ("CVE-2026-40003", {"path": "fmt", "symbols": ["Println"], "goos": ["windows"]}),
            ("CVE-2026-40004", {"path": "fmt"}), ("CVE-2026-40005", {"path": "net/http"})):
        (folder / f"{identity}.json").write_text(json.dumps({
            "id": identity, "modified": "2026-11-01T00:00:00Z", "affected": [{
                "package": {"ecosystem": "Go", "name": "stdlib"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
                "ecosystem_specific": {"imports": [imported]}}]}))
    run("db", "import", str(folder), "--db", str(work / "db"), "--quiet")


def without_functions(work):
    document = work / "app.cdx.json"
    document.write_text(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": [{"type": "library", "name": MODULE, "version": VERSION,
                        "purl": f"pkg:golang/{MODULE}@{VERSION}"}]}))
    found = of_module(scan(f"sbom:{document}", work))
    for vulnerability in (LANGUAGE_ONE, LANGUAGE_TWO, TRANSFORM):
        rule = found[vulnerability]["rule"]
        expect(f"a bill of materials: {vulnerability} by the version",
               found[vulnerability]["status"] == AFFECTED and "version alone" in rule, rule)


def explained(work):
    report = work / "kept.json"
    report.write_text(json.dumps(scan(f"dir:{work}/roots/imports", work, "--show-suppressed")))
    text = run("explain", LANGUAGE_ONE, "--report", str(report))
    expect("explain tells it", "not_affected" in text and "vulnerable_code_not_present" in text, text)


def feed_as_database(work):
    """The layout that govulncheck reads: an index and a file for each id."""
    subprocess.run(["tar", "--zstd", "-xf", str(FEED), "-C", str(work)], check=True)
    database = work / "vulndb"
    (database / "ID").mkdir(parents=True)
    (database / "index").mkdir()
    modules, vulnerabilities = {}, []
    for path in sorted(work.glob("go-vulndb/**/GO-*.json")):
        entry = json.loads(path.read_text())
        shutil.copy(path, database / "ID" / path.name)
        modified = entry.get("modified", "2026-01-01T00:00:00Z")
        vulnerabilities.append({"id": entry["id"], "modified": modified,
                                "aliases": entry.get("aliases", [])})
        for affected in entry["affected"]:
            name = affected["package"]["name"]
            vulns = modules.setdefault(name, {"path": name, "vulns": []})["vulns"]
            vulns.append({"id": entry["id"], "modified": modified})
    (database / "index/modules.json").write_text(json.dumps(sorted(modules.values(),
                                                                  key=lambda m: m["path"])))
    (database / "index/vulns.json").write_text(json.dumps(vulnerabilities))
    (database / "index/db.json").write_text(json.dumps({"modified": "2026-08-01T00:00:00Z"}))
    return database


def compare(work, peer):
    """What the peer calls, against what is raised; whole programs, standard library included."""
    database = feed_as_database(work)
    for name, _, _, _ in PROGRAMS:
        done = subprocess.run([peer, "-mode=binary", f"-db=file://{database}", "-format=json",
                               str(work / "roots" / name / "opt/app")],
                              capture_output=True, text=True, check=False)
        decoder, text, said = json.JSONDecoder(), done.stdout.strip(), {}
        while text:
            message, end = decoder.raw_decode(text)
            text = text[end:].strip()
            finding = message.get("finding")
            if finding:
                called = "function" in finding["trace"][0]
                said[finding["osv"]] = said.get(finding["osv"], False) or called
        if not said:
            print(f"{name}: the peer says nothing: {done.stderr.strip()[-200:]}")
        report = scan(f"dir:{work}/roots/{name}", work, "--show-suppressed")
        ours = {}
        for finding in report["findings"]:
            if finding["advisory"]["id"].startswith("GO-"):
                identity = finding["advisory"]["id"]
                ours[identity] = ours.get(identity, False) or finding["status"] == AFFECTED
        same = {key for key in said if ours.get(key) == said[key]}
        print(f"{name}: peer {sum(said.values())} called of {len(said)}; "
              f"here {sum(ours.values())} raised of {len(ours)}; {len(same)} alike; "
              f"different: {sorted(key for key in set(said) | set(ours) if key not in same)}")


def main():
    if GO is None or not FEED.exists():
        print("there is no go here, or no feed")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        for name, source, flags, _ in PROGRAMS:
            build(work, name, source, flags)
        run("db", "import", str(FEED), "--db", str(work / "db"), "--quiet")
        standard_library(work)
        for name, _, _, expected in PROGRAMS:
            of_one_image(work, name, expected)
        without_functions(work)
        explained(work)
        if os.environ.get("GOVULNCHECK"):
            compare(work, os.environ["GOVULNCHECK"])
    sys.exit(1 if FAILURES else 0)


main()
