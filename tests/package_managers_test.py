#!/usr/bin/env python3
"""The other package managers, end to end: what an image of each lists, and that nothing of it is
called clean.

pacman's database is made here by pacman itself from packages of two versions, in two layers, and
compared with `pacman -Q`, and `tool vercmp alpm` with the comparison of pacman's library; these
parts are skipped, and say so, where pacman is not installed.
"""
import ctypes
import ctypes.util
import io
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from oci_layout import Layout, sbom

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
HASH = "0123456789abcdfghijklmnpqrsvwxyz"
VERSIONS = ["1", "1.0", "1.0-1", "1.0-2", "1.0-1.1", "1:1.0-1", "0:1.0-1", "1.0rc1-1", "1.0.rc1-1",
            "1.0a", "1.0b", "1.a", "1.1", "1.01", "1..0", "1_0", "1.0.", "1.0+r3+gabc-1", "2.0-1",
            "20240101-1", "1.0.0-1", "1.5.r3-2", "1.5-1", "5.2.037-1", "a.1", "1.0-1a", "10:0-1"]
MISSING = "its record in the package database is missing"
CASES = {
    "openwrt": ("openwrt", {"usr/lib/opkg/status":
                            "Package: busybox\nVersion: 1.36.1-1\nStatus: install user installed\n"
                            "Architecture: x86_64\n\n",
                            "usr/lib/opkg/info/busybox.control":
                            "Package: busybox\nVersion: 1.36.1-1\nArchitecture: x86_64\n"
                            "License: GPL-2.0\n"},
                ["pkg:opkg/busybox@1.36.1-1?arch=x86_64"], "no feed for package type opkg"),
    "gentoo": ("gentoo", {"var/db/pkg/app-shells/bash-5.2_p26/CONTENTS": "dir /usr\n",
                          "var/db/pkg/app-shells/bash-5.2_p26/LICENSE": "GPL-3+\n"},
               ["pkg:ebuild/app-shells/bash@5.2_p26"], "no feed for package type ebuild"),
    "gentoo without CONTENTS": (
        "gentoo", {"var/db/pkg/app-shells/bash-5.2_p26/SLOT": "0\n"},
        ["pkg:ebuild/app-shells/bash@5.2_p26"], MISSING),
    "arch without desc": (
        "arch", {"var/lib/pacman/local/bash-5.2-1/files": "%FILES%\nusr/bin/bash\n"},
        ["pkg:alpm/arch/bash@5.2-1?distro=arch-1"], "no feed for arch"),
    "nixos": ("nixos", {f"nix/store/{HASH}-hello-2.12.1/bin/hello": "x",
                        f"nix/store/{HASH}-etc-profile/profile": "x"},
              ["pkg:nix/hello@2.12.1"], "no feed for package type nix"),
    "guix": ("guix", {f"gnu/store/{HASH}-hello-2.12.1/bin/hello": "x"},
             ["pkg:guix/hello@2.12.1"], "no feed for package type guix"),
    "bottlerocket": ("bottlerocket",
                     {"usr/share/bottlerocket/application-inventory.json":
                      '{"Content":[{"Name":"bash","Version":"5.2","Release":"1","Epoch":"0",'
                      '"Architecture":"x86_64"}]}'},
                     ["pkg:rpm/bottlerocket/bash@5.2-1?arch=x86_64&distro=bottlerocket-1"],
                     "no feed for bottlerocket"),
    "mariner": ("mariner", {"var/lib/rpmmanifest/container-manifest-1": "bash-5.1-4.cm2.x86_64\n"},
                ["pkg:rpm/mariner/bash@5.1-4.cm2?arch=x86_64&distro=mariner-1"],
                "no feed for mariner 1"),
    "homebrew": ("debian", {"var/lib/dpkg/status": "",
                            "home/linuxbrew/.linuxbrew/Cellar/jq/1.7/INSTALL_RECEIPT.json": "{}",
                            "home/linuxbrew/.linuxbrew/Cellar/jq/1.7/.brew/jq.rb":
                            "class Jq < Formula\n  license \"MIT\"\nend\n"},
                 ["pkg:brew/jq@1.7"], "no feed for package type brew"),
    "snap": ("ubuntu", {"snap/hello/42/meta/snap.yaml": "name: hello\nversion: '2.10'\n"},
             ["pkg:snap/hello@2.10"], "no feed for package type snap"),
}
DIRECTORIES = {"gentoo without CONTENTS": "var/db/pkg/app-shells/bash-5.2_p26",
               "arch without desc": "var/lib/pacman/local/bash-5.2-1"}
LICENCES = {"openwrt": ["GPL-2.0"], "gentoo": ["GPL-3+"], "homebrew": ["MIT"]}


def fail(what):
    sys.exit(what)


def add_directories(tar, path, seen):
    for parent in reversed(pathlib.PurePosixPath(path).parents):
        if str(parent) == "." or parent in seen:
            continue
        seen.add(parent)
        info = tarfile.TarInfo(str(parent))
        info.type = tarfile.DIRTYPE
        info.mode = 0o755
        tar.addfile(info)


def tar_of(files):
    out, seen = io.BytesIO(), set()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            add_directories(tar, path, seen)
            data = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def scan(target, database):
    done = subprocess.run([PROGRAM, "scan", target, "--db", database, "--format", "json",
                           "--packages", "--require-complete", "--cache", "none", "--quiet"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 3:
        fail(f"{target}: exit {done.returncode} instead of 3 (unknown): {done.stderr[-500:]}")
    return json.loads(done.stdout)


def make_database(work):
    feed = work / "feed.json"
    feed.write_text(json.dumps({"id": "TEST-1", "modified": "2024-01-01T00:00:00Z", "affected": [
        {"package": {"ecosystem": "Debian:12", "name": "x"},
         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}))
    database = str(work / "db")
    done = subprocess.run([PROGRAM, "db", "import", "--complete", str(feed), "--db", database],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"db import: {done.stderr[-500:]}")
    return database


def check_cases(work, database):
    for name, (distro, files, purls, reason) in CASES.items():
        release = {"etc/os-release": f'ID={distro}\nVERSION_ID="1"\n'}
        layout = Layout(work / name)
        layout.add_image([tar_of({**release, **files})])
        report = scan(f"oci:{layout.directory}", database)
        packages = report["packages"]
        if [p["purl"] for p in packages] != purls:
            fail(f"{name}: {[p['purl'] for p in packages]} instead of {purls}")
        if [(p["coverage"], p["reason"]) for p in packages] != [("unassessed", reason)]:
            fail(f"{name}: {[(p['coverage'], p['reason']) for p in packages]}")
        if packages[0]["licenses"] != LICENCES.get(name, []):
            fail(f"{name}: licences {packages[0]['licenses']}")
        incomplete = [p["path"] for p in report["problems"] if MISSING in p["message"]]
        if incomplete != ([DIRECTORIES[name]] if name in DIRECTORIES else []):
            fail(f"{name}: {report['problems']}")
        root = work / f"{name}-root"
        for path, content in {**release, **files}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content)
        found = [p["purl"] for p in scan(f"dir:{root}", database)["packages"]]
        if found != purls:
            fail(f"{name} as a directory: {found} instead of {purls}")
    print(f"{len(CASES)} package managers listed, none of their packages called clean")


def pacman_package(work, name, version, files):
    info = (f"pkgname = {name}\npkgbase = {name}-src\npkgver = {version}\npkgdesc = a test\n"
            f"url = https://example.org\nbuilddate = 1700000000\nsize = 3\narch = x86_64\n"
            f"packager = A Packager <p@example.org>\nlicense = MIT\n")
    path = work / f"{name}-{version}-x86_64.pkg.tar"
    path.write_bytes(tar_of({".PKGINFO": info, **files}))
    return str(path)


def check_pacman(work, database):
    root = work / "arch"
    (root / "var/lib/pacman").mkdir(parents=True)
    config = work / "pacman.conf"
    config.write_text("[options]\nArchitecture = x86_64\nSigLevel = Never\nLocalFileSigLevel = Never\n")
    base = ["pacman", "--noconfirm", "--config", str(config), "--root", str(root), "--dbpath",
            f"{root}/var/lib/pacman", "--cachedir", str(work), "--logfile", "/dev/null"]

    def pacman(*arguments):
        done = subprocess.run([*base, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            fail(f"pacman {arguments}: {done.stderr[-500:]}")
        return done.stdout

    def tree():
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    pacman("-U", pacman_package(work, "demo", "1:2.0-1", {"usr/bin/demo": "1"}),
           pacman_package(work, "lib-demo", "1.5.r3-2", {"usr/lib/demo": "1"}),
           pacman_package(work, "gone", "1-1", {"usr/bin/gone": "1"}))
    first = tree()
    pacman("-U", pacman_package(work, "demo", "1:2.1-1", {"usr/bin/demo": "2"}))
    pacman("-R", "gone")
    second = tree()
    changed = {p: c for p, c in second.items() if first.get(p) != c}
    def directories(files):
        return {str(parent) for path in files for parent in pathlib.PurePosixPath(path).parents}

    gone = (set(first) | directories(first)) - set(second) - directories(second)
    for path in gone:
        parent, _, name = path.rpartition("/")
        if parent not in gone:
            changed[f"{parent}/.wh.{name}"] = ""
    layout = Layout(work / "arch-image")
    layout.add_image([tar_of({"etc/os-release": "ID=arch\n", **first}), tar_of(changed)])
    want = sorted(tuple(line.split(" ")) for line in pacman("-Q").splitlines())
    have = sorted((p["name"], p["version"]) for p in sbom(PROGRAM, f"oci:{layout.directory}"))
    if not want or want != have:
        fail(f"pacman -Q {want}, here {have}")
    report = scan(f"oci:{layout.directory}", database)
    if {p["reason"] for p in report["packages"]} != {"no feed for arch"}:
        fail(f"arch: {[(p['coverage'], p['reason']) for p in report['packages']]}")
    layers = {p["name"]: p["layer"] for p in report["packages"]}
    if layers != {"demo": 1, "lib-demo": 0}:
        fail(f"arch: layers {layers}")
    print(f"pacman: {len(have)} packages equal pacman's")


def check_vercmp(library):
    compare = ctypes.CDLL(library).alpm_pkg_vercmp
    compare.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    pairs = list(itertools.product(VERSIONS, VERSIONS))
    ours = subprocess.run([PROGRAM, "tool", "vercmp", "alpm"], text=True, check=True,
                          input="".join(f"{a} {b}\n" for a, b in pairs),
                          capture_output=True).stdout.split()
    for (a, b), sign in zip(pairs, ours, strict=True):
        number = compare(a.encode(), b.encode())
        theirs = "<" if number < 0 else ">" if number > 0 else "="
        if sign != theirs:
            fail(f"vercmp {a} {b}: pacman {theirs}, here {sign}")
    print(f"vercmp: {len(pairs)} pairs as pacman orders them")


def main():
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        database = make_database(work)
        check_cases(work, database)
        if shutil.which("pacman") is None:
            print("pacman is not installed: its part is skipped")
        else:
            check_pacman(work, database)
    library = ctypes.util.find_library("alpm")
    if library is None:
        print("pacman's library is not installed: the order of versions is not compared with it")
    else:
        check_vercmp(library)


if __name__ == "__main__":
    main()
