#!/usr/bin/env python3
"""Writes the Debian package: deb.py --program FILE --arch A --version V --epoch SECONDS --output FILE

Dependencies are what dpkg-shlibdeps finds in the program, or with --sysroot the packages that own
its libraries. Same input, same bytes.
"""
import argparse
import email
import gzip
import os
import pathlib
import subprocess
import tempfile

import oci_image

SOURCE = pathlib.Path(__file__).resolve().parent.parent
CONTROL = """Package: seaworthy
Version: {version}
Architecture: {arch}
Maintainer: Seaworthy <packages@seaworthy.invalid>
Installed-Size: {kib}
Depends: {depends}
Recommends: ca-certificates
Section: admin
Priority: optional
Description: container image security: is this image fit to run, and what to do next
 Lists every package of a container image, matches them against security
 advisories, and reports findings, what could not be assessed, and a verdict.
"""
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: seaworthy

Files: *
Copyright: The Seaworthy authors
License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.
"""


def depends_of(program, arch, sysroot):
    if sysroot:
        # Unpacked packages have no shlibs files: every owner of a library, at its version or later.
        packages = oci_image.Unpacked(sysroot)
        found = oci_image.libraries(program, packages, arch)
        owners = {packages.owner(pathlib.Path("/") / file.relative_to(packages.root)) for file in found.values()}
        records = {name: email.message_from_string(packages.record(name)) for name in owners}
        return ", ".join(f"{name} (>= {records[name]['Version']})" for name in sorted(owners))
    with tempfile.TemporaryDirectory() as work:
        debian = pathlib.Path(work) / "debian"
        debian.mkdir()
        (debian / "control").write_text(
            f"Source: seaworthy\nBuild-Depends:\n\nPackage: seaworthy\nArchitecture: {arch}\n")
        out = subprocess.run(["dpkg-shlibdeps", "-O", f"-e{pathlib.Path(program).resolve()}"],
                             cwd=work, check=True, capture_output=True, text=True).stdout
    return out.split("shlibs:Depends=", 1)[1].strip()


def put(root, path, data, mode=0o644):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    file.chmod(mode)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("program", "arch", "version", "epoch", "output"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--level", type=int, default=6, help="of compression")
    parser.add_argument("--sysroot", help="of packaging/setup-arm64; without it: this machine")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        root = pathlib.Path(work) / "root"
        data = pathlib.Path(arguments.program).read_bytes()
        put(root, "usr/bin/seaworthy", data, 0o755)
        doc = "usr/share/doc/seaworthy/"
        put(root, doc + "copyright", COPYRIGHT.encode())
        put(root, doc + "README.md.gz",
            gzip.compress((SOURCE / "README.md").read_bytes(), 9, mtime=0))
        control = CONTROL.format(version=arguments.version, arch=arguments.arch,
                                 kib=len(data) // 1024 + 16,
                                 depends=depends_of(arguments.program, arguments.arch,
                                                    arguments.sysroot))
        put(root, "DEBIAN/control", control.encode())
        for directory in [root, *(p for p in root.rglob("*") if p.is_dir())]:
            directory.chmod(0o755)
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{arguments.level}", "--build",
             str(root), arguments.output],
            check=True, stdout=subprocess.DEVNULL,
            env=os.environ | {"SOURCE_DATE_EPOCH": arguments.epoch})


if __name__ == "__main__":
    main()
