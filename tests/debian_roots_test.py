#!/usr/bin/env python3
"""Debian bookworm, bullseye and trixie roots from debootstrap, as images of three layers that umoci
writes: the packages equal what dpkg-query lists, package for package.

Layer 2 upgrades, removes (leaving configuration files) and purges packages. Layer 3 moves dpkg's
directory away and puts a symbolic link in its place. The mirror is the one apt is configured with;
where it cannot be reached the test is skipped (exit 77).
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from oci_layout import sbom

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
CACHE = pathlib.Path(os.environ.get("SEAWORTHY_TEST_CACHE",
                                    pathlib.Path.home() / ".cache" / "seaworthy-tests"))
SUITES = ["bookworm", "bullseye", "trixie"]


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def mirror():
    """The Debian mirror of apt's own sources, in either of their two forms."""
    for path in [*pathlib.Path("/etc/apt").glob("sources.list.d/*"),
                 pathlib.Path("/etc/apt/sources.list")]:
        if not path.is_file():
            continue
        for line in path.read_text().splitlines():
            found = re.match(r"(?:URIs:|deb (?:\[.*\] )?)\s*(\S+/debian)/?(?:\s|$)", line.strip())
            if found:
                return found[1]
    skip("apt names no Debian mirror")


# Most of a root's bytes, and nothing that dpkg or its scripts read.
LEFT_OUT = ("usr/share/doc", "usr/share/i18n", "usr/share/info", "usr/share/locale", "usr/share/man",
            "usr/share/zoneinfo", "usr/lib/*/gconv", "usr/lib/*/libicu*", "var/cache/apt",
            "var/lib/apt/lists")


def thin(root):
    for pattern in LEFT_OUT:
        for path in root.glob(pattern):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def root_of(suite):
    root = CACHE / "roots" / suite
    if (root / "done").exists():
        return root / "root"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    script = f"/usr/share/debootstrap/scripts/{suite}"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", suite, root / "root", mirror()]
        + ([] if os.path.exists(script) else ["/usr/share/debootstrap/scripts/sid"]),
        capture_output=True, text=True, check=False)
    if made.returncode != 0:
        skip(f"debootstrap {suite}: {(made.stdout + made.stderr)[-300:]}")
    (root / "done").touch()
    return root / "root"


def make_deb(directory, name, version, with_conffile):
    tree = directory / f"{name}-{version}"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "etc").mkdir()
    (tree / "etc" / f"{name}.conf").write_text(version)
    if with_conffile:
        (tree / "DEBIAN" / "conffiles").write_text(f"/etc/{name}.conf\n")
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\n"
        f"Maintainer: A Vendor <packages@vendor.example>\nDescription: a test\n"
        f"Source: {name}-source ({version}+src)\n")
    run("dpkg-deb", "-b", "-Zgzip", str(tree), str(directory / f"{name}_{version}.deb"))
    return f"{name}_{version}.deb"


def expected(root):
    lines = run("dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W",
                "-f=${db:Status-Status} ${Package} ${Version}\n").splitlines()
    return sorted(tuple(line.split(" ")[1:]) for line in lines
                  if line.split(" ")[0] not in ("config-files", "not-installed"))


def listed(layout):
    return sorted((p["name"], p["version"]) for p in sbom(PROGRAM, f"oci:{layout}:latest"))


def check(suite, step, layout, root):
    want, have = expected(root), listed(layout)
    if want != have:
        sys.exit(f"{suite}, {step}: only dpkg-query {sorted(set(want) - set(have))}, "
                 f"only here {sorted(set(have) - set(want))}")
    print(f"{suite}, {step}: {len(have)} packages equal dpkg-query's")
    return have


def run_suite(suite, work):
    layout, bundle = work / "layout", work / "bundle"
    run("umoci", "init", "--layout", str(layout))
    run("umoci", "new", "--image", f"{layout}:latest")
    run("umoci", "unpack", "--image", f"{layout}:latest", str(bundle))
    root = bundle / "rootfs"
    shutil.rmtree(root)
    run("cp", "-a", str(root_of(suite)), str(root))
    thin(root)
    debs = work / "debs"
    debs.mkdir()
    for name in ("sw-upgraded", "sw-removed", "sw-purged"):
        shutil.copy(debs / make_deb(debs, name, "1.0", True), root / "tmp")
    run("chroot", str(root), "sh", "-c", "dpkg -i /tmp/*.deb && rm /tmp/*.deb")
    run("umoci", "repack", "--image", f"{layout}:latest", str(bundle))
    first = check(suite, "layer 1", layout, root)

    shutil.copy(debs / make_deb(debs, "sw-upgraded", "2.0", True), root / "tmp")
    real = [n for n in ("e2fsprogs", "logsave", "tzdata", "mount") if n in dict(first)][:2]
    run("chroot", str(root), "sh", "-c",
        "dpkg -i /tmp/*.deb && rm /tmp/*.deb && dpkg --remove sw-removed && "
        f"dpkg --purge sw-purged && dpkg --purge --force-all {' '.join(real)}")
    shutil.rmtree(bundle / "empty", ignore_errors=True)
    run("umoci", "repack", "--refresh-bundle", "--image", f"{layout}:latest", str(bundle))
    second = check(suite, "layer 2 (upgraded, removed, purged)", layout, root)
    names = dict(second)
    if names.get("sw-upgraded") != "2.0" or {"sw-removed", "sw-purged", *real} & set(names):
        sys.exit(f"{suite}: layer 2 did not change what it should have changed")

    (root / "var/lib/dpkg").rename(root / "usr/lib/dpkg-moved")
    (root / "var/lib/dpkg").symlink_to("../../usr/lib/dpkg-moved")
    run("umoci", "repack", "--refresh-bundle", "--image", f"{layout}:latest", str(bundle))
    check(suite, "layer 3 (directory replaced by a link)", layout, root)


def main():
    if os.geteuid() != 0:
        skip("debootstrap needs root")
    for tool in ("debootstrap", "umoci", "dpkg-deb"):
        if shutil.which(tool) is None:
            skip(f"{tool} is not installed")
    for suite in sys.argv[1:] or SUITES:
        with tempfile.TemporaryDirectory() as work:
            run_suite(suite, pathlib.Path(work))


if __name__ == "__main__":
    main()
