#!/usr/bin/env python3
"""Programs that real toolchains build are listed as the toolchain itself lists them, and programs
that Debian built, put somewhere without their package, by the version that the package has. Cross
builds take minutes where the standard library is not built yet: they run with SEAWORTHY_CROSS=1, and
SEAWORTHY_ALL=1 fetches all programs of Debian instead of a few small ones (300 MB)."""
import json
import os
import pathlib
import re
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
# Debian's package → the program's name in reports.
FEW = {"gzip": "gzip", "jq": "jq", "lighttpd": "lighttpd", "memcached": "memcached",
       "util-linux": "util-linux", "xz-utils": "xz", "zstd": "zstd"}
ALL = FEW | {
    "apache2-bin": "httpd", "bash": "bash", "busybox": "busybox", "cabal-install": "cabal",
    "curl": "curl", "elixir": "elixir", "erlang-base": "erlang", "ffmpeg": "ffmpeg",
    "gcc-12": "gcc", "ghc": "ghc", "golang-1.19-go": "go", "haproxy": "haproxy",
    "haskell-stack": "stack", "ldap-utils": "openldap", "libavcodec59": "ffmpeg",
    "libcurl4": "curl", "libkrb5-26-heimdal": "heimdal", "libkrb5-3": "krb5", "liblzma5": "xz",
    "libnode108": "node", "libperl5.36": "perl", "libpython3.11": "python",
    "libqt5core5a": "qt", "libqt6core6": "qt", "libruby3.1": "ruby",
    "libsqlcipher0": "sqlcipher", "libsqlite3-0": "sqlite", "libssl3": "openssl",
    "libstd-rust-1.63": "rust", "mariadb-client-core": "mariadb",
    "mariadb-server-core": "mariadb", "nginx": "nginx", "openssl": "openssl", "perl-base": "perl",
    "php8.2-cli": "php", "postgresql-15": "postgresql", "postgresql-client-15": "postgresql",
    "proftpd-core": "proftpd", "pypy3": "pypy", "python3.11-minimal": "python",
    "redis-tools": "redis", "slapd": "openldap"}


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


def upstream_version(version):
    """Without epoch, Debian's revision and what says that files were left out."""
    return re.split(r"[+-]|\.git|\.dfsg", version.split(":")[-1])[0]


def debian_program(work, package, name):
    """True where it could be fetched."""
    place = work / "debian" / package
    place.mkdir(parents=True)
    fetched = subprocess.run(["apt-get", "-q", "-o", "Acquire::Retries=0", "download", package],
                             cwd=place, capture_output=True, text=True, check=False)
    archives = list(place.glob("*.deb"))
    if fetched.returncode != 0 or not archives:
        print(f"skipped {package}: {(fetched.stderr.strip().splitlines() or ['nothing came'])[-1]}")
        return False
    version = subprocess.run(["dpkg-deb", "-f", str(archives[0]), "Version"], capture_output=True,
                             text=True, check=True).stdout.strip()
    root = place / "root"
    subprocess.run(["dpkg-deb", "-x", str(archives[0]), str(root)], check=True)
    report = json.loads(subprocess.run(
        [PROGRAM, "sbom", "--format", "json", "--quiet", "--cache", "none", f"dir:{root}"],
        capture_output=True, text=True, check=True).stdout)
    found = {each["purl"] for each in report["packages"] if each["purl"].startswith("pkg:generic")}
    wanted = upstream_version(version)
    # Debian counts Heimdal's and some sources' versions in fewer numbers than they do themselves.
    expect(f"{package} {version}", any(purl == f"pkg:generic/{name}@{wanted}" or
                                       purl.startswith(f"pkg:generic/{name}@{wanted}.")
                                       for purl in found) and len(found) == 1, str(found))
    shutil.rmtree(place)
    return True


def debian_programs(work):
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        print("there is no apt here")
        return 0
    ran = 0
    for package, name in (ALL if os.environ.get("SEAWORTHY_ALL") else FEW).items():
        fetched = debian_program(work, package, name)
        if not fetched and ran == 0:
            return 0  # as likely as not there is no network
        ran += fetched
    return ran


def main():
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        ran = debian_programs(work)
        if GO is None:
            print("there is no go here")
            sys.exit(1 if FAILURES else 0 if ran else 77)
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
