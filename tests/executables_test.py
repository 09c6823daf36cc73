#!/usr/bin/env python3
"""Programs that real toolchains build are listed as the toolchain itself lists them. Cross builds
take minutes where the standard library is not built yet: they run with SEAWORTHY_CROSS=1."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
GO = shutil.which("go")
FAILURES = []
SOURCE = """package main

import "fmt"

var version = "none"

func main() { fmt.Println(version) }
"""
BUILDS = {
    "plain": ({}, []),
    "stripped": ({}, ["-trimpath", "-ldflags=-s -w -X main.version=v1.2.3"]),
    "position-independent": ({}, ["-buildmode=pie"]),
}
CROSS = {
    f"{system}/{machine}": ({"GOOS": system, "GOARCH": machine}, [])
    for system, machine in [("windows", "amd64"), ("darwin", "arm64"), ("linux", "arm64"),
                            ("linux", "s390x"), ("linux", "386")]
}


def expect(what, good, why=""):
    print("ok  " if good else "FAIL", what, "" if good else why)
    if not good:
        FAILURES.append(what)


def listed(root):
    out = subprocess.run([PROGRAM, "sbom", "--format", "json", "--quiet", "--cache", "none",
                          f"dir:{root}"], capture_output=True, text=True, check=False)
    expect(f"{root.name}: exit code 0", out.returncode == 0, out.stderr)
    report = json.loads(out.stdout)
    problems = [problem for problem in report["problems"] if problem["code"] == "opaque-file"]
    expect(f"{root.name}: no problem", problems == [], str(problems))
    return sorted(package["purl"] for package in report["packages"])


def toolchains_list(program):
    """What `go version -m` says."""
    out = subprocess.run([GO, "version", "-m", str(program)], capture_output=True, text=True,
                         check=True).stdout
    release = out.split("\n", 1)[0].split()[1].removeprefix("go").split("-")[0]
    purls = [f"pkg:golang/stdlib@{release}"]
    for line in out.splitlines():
        fields = line.strip().split("\t")
        if fields[0] not in ("mod", "dep"):
            continue
        version = fields[2]
        if version == "(devel)":
            version = "v1.2.3" if "main.version=v1.2.3" in out else ""
        purls.append(f"pkg:golang/{fields[1]}" + (f"@{version}" if version else ""))
    return sorted(purls)


def main():
    if GO is None:
        print("there is no go here")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        (work / "main.go").write_text(SOURCE)
        (work / "go.mod").write_text("module example.com/team/app\n\ngo 1.21\n")
        builds = BUILDS | (CROSS if os.environ.get("SEAWORTHY_CROSS") else {})
        for name, (environment, flags) in builds.items():
            root = work / "roots" / name.replace("/", "-")
            program = root / "opt" / "app"
            program.parent.mkdir(parents=True)
            settings = os.environ | {"GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "0"} | environment
            made = subprocess.run([GO, "build", *flags, "-o", str(program), "."], cwd=work,
                                  env=settings, capture_output=True, text=True, check=False)
            if made.returncode != 0:
                print(f"skipped {name}: {made.stderr.strip()}")
                continue
            found, said = listed(root), toolchains_list(program)
            expect(f"{name}: as the toolchain lists it", found == said, f"{found}\n{said}")
    sys.exit(1 if FAILURES else 0)


main()
