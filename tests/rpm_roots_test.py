#!/usr/bin/env python3
"""rpm databases in images: the list equals what Debian's own rpm says of the same database.

A root of packages that rpmbuild makes here (epochs, noarch, a module label), in two layers, the
second of which upgrades and erases; and, where the shared data is beside the project, two real
databases (SQLite of 129 packages, BerkeleyDB). Skipped (exit 77) without rpm and rpmbuild.
"""
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from oci_layout import Layout, sbom

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
REAL = pathlib.Path(os.environ["SHARED_DATA"]) / "corpora" / "rpmdb"
QUERY = "%{NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\t%{ARCH}\n"
OS_RELEASE = b'ID=almalinux\nVERSION_ID="9.3"\n'
SPEC = """Name: {name}
Version: {version}
Release: 1.el9
{extra}
Summary: a test
License: MIT
Vendor: AlmaLinux
{arch}
%description
A test.
%install
mkdir -p %{{buildroot}}/usr/share/{name}
echo {version} > %{{buildroot}}/usr/share/{name}/file
%files
/usr/share/{name}
"""


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False,
                          **more)
    if done.returncode != 0:
        sys.exit(f"{command}: exit {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def build(work, name, version, extra="", arch="BuildArch: noarch"):
    spec = work / f"{name}-{version}.spec"
    spec.write_text(SPEC.format(name=name, version=version, extra=extra, arch=arch))
    run("rpmbuild", "-bb", "--define", f"_topdir {work}/build", "--define", "debug_package %{nil}",
        spec)
    return next((work / "build" / "RPMS").glob(f"*/{name}-{version}-*.rpm"))


def tar_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def listed_by_rpm(database, *define):
    lines = run("rpm", "--dbpath", database, *define, "-qa", "--qf", QUERY).splitlines()
    return sorted(tuple(line.split("\t")) for line in lines if not line.startswith("gpg-pubkey\t"))


def listed_by_us(layout):
    return sorted((p["name"], p["version"], p["arch"])
                  for p in sbom(PROGRAM, f"oci:{layout.directory}"))


def check(what, database, tars, *define):
    with tempfile.TemporaryDirectory() as work:
        layout = Layout(pathlib.Path(work) / "image")
        layout.add_image(tars)
        want, have = listed_by_rpm(database, *define), listed_by_us(layout)
    if not want or want != have:
        sys.exit(f"{what}: only rpm {sorted(set(want) - set(have))[:5]}, "
                 f"only here {sorted(set(have) - set(want))[:5]}")
    print(f"{what}: {len(have)} packages equal rpm's")


def database_tar(directory):
    return tar_of({"etc/os-release": OS_RELEASE,
                   **{f"var/lib/rpm/{p.name}": p.read_bytes() for p in directory.iterdir()
                      if p.name.startswith("rpmdb.sqlite") and not p.name.endswith("-shm")}})


def built_root(work):
    database = work / "db"
    run("rpm", "--dbpath", database, "--initdb")
    install = ["rpm", "--dbpath", database, "--justdb", "--nodeps", "--ignoreos", "--ignorearch"]
    first = [build(work, "sw-plain", "1.0"), build(work, "sw-epoch", "2.0", "Epoch: 3"),
             build(work, "sw-erased", "1.0"), build(work, "sw-arch", "1.0", arch=""),
             build(work, "sw-modular", "1.0",
                   "ModularityLabel: tools:4:8090020230101:abcdef12")]
    run(*install, "-i", *first)
    lower = database_tar(database)
    check("built root, layer 0", database, [lower])
    run(*install, "-U", build(work, "sw-plain", "1.1"))
    run("rpm", "--dbpath", database, "--justdb", "-e", "sw-erased")
    check("built root, layer 1 (upgraded, erased)", database, [lower, database_tar(database)])


def real_databases(work):
    if not REAL.exists():
        print("the shared data is not here: real databases are skipped")
        return
    sqlite = work / "sqlite"
    sqlite.mkdir()
    with open(sqlite / "rpmdb.sqlite", "wb") as out:
        subprocess.run(["zstd", "-dc", REAL / "mariner-2.0.rpmdb.sqlite.zst"], stdout=out,
                       check=True)
    tar = database_tar(sqlite)
    check("real SQLite database", sqlite, [tar])
    berkeley = work / "bdb"
    berkeley.mkdir()
    shutil.copy(REAL / "libuuid.bdb.Packages", berkeley / "Packages")
    check("real BerkeleyDB", berkeley,
          [tar_of({"var/lib/rpm/Packages": (berkeley / "Packages").read_bytes()})],
          "--define", "_db_backend bdb_ro")


def main():
    for tool in ("rpm", "rpmbuild", "zstd"):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is not installed")
            sys.exit(77)
    with tempfile.TemporaryDirectory() as work:
        built_root(pathlib.Path(work))
        real_databases(pathlib.Path(work))


if __name__ == "__main__":
    main()
