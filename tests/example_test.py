#!/usr/bin/env python3
"""The example image: what the README promises, the exit codes of the contract, the same bytes twice,
the same findings from the SBOM, and explain down to the document."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
IMAGE = f"oci:{EXAMPLES}/harbour"
FAILURES = []


def run(*arguments, code=0, cwd=None):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False,
                          cwd=cwd)
    if done.returncode != code:
        FAILURES.append(f"{arguments}: exit {done.returncode}, not {code}: {done.stderr[-300:]}")
    return done


def expect(what, true):
    if not true:
        FAILURES.append(what)


def main():
    subprocess.run([EXAMPLES / "make_example.py", "--check"], check=True)
    with tempfile.TemporaryDirectory() as work:
        common = ["--db", f"{work}/db", "--cache", f"{work}/cache", "--limit", "feed-age=100000"]
        run("scan", "--db", f"{work}/none", IMAGE, code=1)
        first = run("db", "import", "--complete", "--db", f"{work}/db", str(EXAMPLES / "advisories"))
        again = run("db", "import", "--complete", "--db", f"{work}/db", str(EXAMPLES / "advisories"))
        part = run("db", "import", "--db", f"{work}/part", str(EXAMPLES / "advisories"))
        expect("an import of few advisories says what they are not taken for",
               "import it with --complete" in " ".join(part.stdout.split()))
        run("scan", "--db", f"{work}/part", "--cache", "none", "--limit", "feed-age=100000",
            "--require-complete", IMAGE, code=3)
        few = json.loads(run("scan", "--db", f"{work}/part", "--cache", "none", "--limit",
                             "feed-age=100000", "--format", "json", IMAGE).stdout)
        expect("few advisories raise findings and make nothing clean",
               len(few["findings"]) > 0 and few["coverage"]["clean"] == 0
               and any("not taken for all of them" in reason
                       for reason in few["verdict"]["reasons"]))
        expect("an unchanged feed says so", "unchanged" in again.stdout)
        expect("a new feed does not", "unchanged" not in first.stdout)

        cold = run("scan", *common, "--format", "json", "--packages", IMAGE).stdout
        warm = run("scan", *common, "--format", "json", "--packages", IMAGE).stdout
        nocache = run("scan", *common, "--cache", "none", "--format", "json", "--packages", IMAGE)
        expect("cold, warm and uncached scans give the same bytes", cold == warm == nocache.stdout)
        report = json.loads(cold)
        found = {(f["id"], f["package"]["name"]) for f in report["findings"]}
        expect("the exploited one is first", report["findings"][0]["id"] == "CVE-2021-4034")
        expect("gzip is upgraded in layer 1", ("CVE-2022-1271", "gzip") not in found)
        expect("sudo is fixed", ("CVE-2023-22809", "sudo") not in found)
        layers = {p["name"]: p["layer"] for p in report["packages"]}
        expect("bash came with layer 0, curl and gzip's upgrade with layer 1",
               (layers["bash"], layers["curl"], layers["gzip"]) == (0, 1, 1))
        expect("the third-party package is unassessed",
               [p["coverage"] for p in report["packages"] if p["name"] == "docker-ce-cli"]
               == ["unassessed"])
        expect("every finding names its document",
               all(f["advisory"]["document"] for f in report["findings"]))

        run("db", "import", "--db", f"{work}/dated", str(EXAMPLES / "advisories"),
            str(EXAMPLES / "endoflife"))
        dated = ["--db", f"{work}/dated", *common[2:]]
        table = run("scan", *dated, IMAGE).stdout
        for words in ("PAST END OF LIFE: support with LTS ended 2026-08-31", "move to a supported release"):
            expect(f"`make scan` says {words}", words in table)
        expect("nothing of it is clean", ", 0 clean, " in table)
        run("scan", *dated, "--fail-on", "eol", IMAGE, code=2)

        run("scan", *common, "--fail-on", "critical", IMAGE, code=2)
        run("scan", *common, "--fail-on", "kev", IMAGE, code=2)
        run("scan", *common, "--fail-on", "malicious", IMAGE, code=0)
        run("scan", "--db", f"{work}/db", "--cache", "none", "--require-complete", IMAGE, code=3)
        run("scan", "--db", f"{work}/db", "--cache", "none", "--require-complete",
            "--allow-incomplete", "the example's data is old", IMAGE, code=0)
        run("scan", "--db", f"{work}/db", "--cache", "none", "--fail-on", "kev", IMAGE, code=2)
        wrong = run("scan", "--fail-onn", "high", IMAGE, code=64)
        expect("a mistyped flag gets a suggestion", "--fail-on?" in wrong.stderr)
        run("scan", "--fail-on", "purple", IMAGE, code=64)
        run("scna", IMAGE, code=64)
        run("scan", code=64)
        run("scan", *common, "--limit", "nonsense=1", IMAGE, code=64)

        run("sbom", "--cache", "none", "--output", f"{work}/bom.json", IMAGE)
        from_sbom = json.loads(
            run("scan", *common, "--format", "json", "--packages", f"sbom:{work}/bom.json").stdout)
        expect("the SBOM gives the image's findings",
               found == {(f["id"], f["package"]["name"]) for f in from_sbom["findings"]})

        run("scan", *common, IMAGE)
        explained = run("explain", "CVE-2021-4034", "--cache", f"{work}/cache").stdout
        for word in ("DSA-5059-1", "debian-11.osv.jsonl", "0.105-31+deb11u1", "RUN apt-get install",
                     "var/lib/dpkg/status"):
            expect(f"explain says {word}", word in explained)
        run("explain", "CVE-1999-0001", "--cache", f"{work}/cache", code=1)

        subprocess.run(["tar", "-C", EXAMPLES / "harbour", "-czf", f"{work}/image.tar.gz", "."],
                       check=True)
        with open(f"{work}/image.tar.gz", "rb") as archive:
            piped = subprocess.run([PROGRAM, "scan", *common, "--format", "json", "-"],
                                   stdin=archive, capture_output=True, check=False)
        expect(f"a compressed archive on stdin: {piped.stderr[-200:]}",
               piped.returncode == 0
               and len(json.loads(piped.stdout)["findings"]) == len(report["findings"]))
    print("\n".join(FAILURES) or "the example does what the README says")
    sys.exit(1 if FAILURES else 0)


if __name__ == "__main__":
    main()
