#!/usr/bin/env python3
"""Random stacks of layers: what Seaworthy lists equals what GNU tar and the whiteout rules unpack.

Every stack is written twice: as an OCI layout for `seaworthy sbom`, and applied layer by layer to
a directory by GNU tar, after the layer's whiteouts were carried out there. The packages of the
databases that stand in that directory are the expected answer. Paths run through links, links
replace directories, directories replace files, hard links cross layers.
"""
import argparse
import io
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile

from oci_layout import Layout, inventory

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
DIRECTORIES = ["lib", "lib/apk", "lib/apk/db", "srv", "srv/apk", "srv/apk/db", "srv/dpkg", "usr",
               "usr/lib", "usr/lib/apk", "usr/lib/apk/db", "var", "var/lib", "var/lib/dpkg",
               "var/lib/dpkg/status.d"]
APK = ["lib/apk/db/installed", "usr/lib/apk/db/installed"]
DEB = ["var/lib/dpkg/status"]
DEB_PARTS = ["var/lib/dpkg/status.d/one", "var/lib/dpkg/status.d/two"]
ELSEWHERE = ["srv/apk/db/installed", "srv/dpkg/status", "srv/spare", "usr/spare"]
FILES = APK + DEB + DEB_PARTS + ELSEWHERE


class Tree:
    """The reference: a directory that GNU tar unpacks into."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    def resolve(self, path, steps=0):
        """The path inside the root with every link followed as a container would; None in a loop."""
        done = []
        parts = [p for p in path.split("/") if p]
        while parts:
            part = parts.pop(0)
            if part == "..":
                done = done[:-1]
                continue
            here = self.root.joinpath(*done, part)
            if here.is_symlink():
                steps += 1
                if steps > 40:
                    return None
                target = os.readlink(here)
                done = [] if target.startswith("/") else done
                parts = [p for p in target.split("/") if p and p != "."] + parts
                continue
            done.append(part)
        return "/".join(done)

    def at(self, path):
        """The entry itself: parents followed, the last part not."""
        parent, _, name = path.rpartition("/")
        resolved = self.resolve(parent)
        return None if resolved is None else self.root / resolved / name

    def is_directory(self, path):
        resolved = self.resolve(path)
        return resolved is not None and (self.root / resolved).is_dir()

    def remove(self, entry):
        if entry.is_symlink() or entry.is_file():
            entry.unlink()
        elif entry.is_dir():
            shutil.rmtree(entry)

    def read(self, path):
        resolved = self.resolve(path)
        if resolved is None or not (self.root / resolved).is_file():
            return None
        return (self.root / resolved).read_text()

    def apply(self, whiteouts, opaques, tar_bytes):
        for path in opaques:
            resolved = self.resolve(path)
            if resolved is not None and (self.root / resolved).is_dir():
                for child in (self.root / resolved).iterdir():
                    self.remove(child)
        for path in whiteouts:
            entry = self.at(path)
            if entry is not None:
                self.remove(entry)
        # GNU tar refuses to put a file where a directory with content stands, and its option for
        # that (--recursive-unlink) empties directories under directories as well.
        for member in tarfile.open(fileobj=io.BytesIO(tar_bytes)).getmembers():
            entry = self.at(member.name)
            if not member.isdir() and entry is not None and entry.is_dir() \
                    and not entry.is_symlink():
                self.remove(entry)
        done = subprocess.run(["tar", "-x", "-C", self.root, "--exclude=.wh.*"], input=tar_bytes,
                              check=False, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"GNU tar refuses a layer: {done.stderr.decode()}")


class Generator:
    def __init__(self, rng, tree):
        self.rng = rng
        self.tree = tree
        self.written = 0

    def content(self, path):
        self.written += 1
        name = f"p{self.written}"
        if path.endswith("installed"):
            return f"P:{name}\nV:1.{self.written}-r0\nA:x86_64\n\n"
        return (f"Package: {name}\nStatus: install ok installed\nArchitecture: all\n"
                f"Maintainer: Debian maintainers <packages@debian.org>\nVersion: 1.{self.written}\n\n")

    def layer(self):
        """One layer: (whiteouts, opaques, tar bytes), applied to nothing yet."""
        whiteouts, opaques = [], []
        entries = {}  # path → TarInfo and content; a path stands once in a layer
        for _ in range(self.rng.randint(1, 5)):
            kind = self.rng.choice(["file", "file", "file", "directory", "symlink", "hardlink",
                                    "whiteout", "opaque"])
            if kind == "whiteout":
                path = self.rng.choice(FILES + DIRECTORIES)
                if self.usable(path, entries, whiteouts + opaques):
                    whiteouts.append(path)
            elif kind == "opaque":
                path = self.rng.choice(DIRECTORIES)
                if self.tree.is_directory(path) and self.usable(path, entries, whiteouts):
                    opaques.append(path)
            else:
                self.add(kind, entries, whiteouts + opaques)
        return whiteouts, opaques, self.tar(entries, whiteouts, opaques)

    def usable(self, path, entries, removed):
        """Its parent is a directory before and after this layer, and nothing else here is near."""
        parent = path.rpartition("/")[0]
        if parent and not self.tree.is_directory(parent):
            return False
        resolved = self.tree.resolve(path)
        linked = [info.linkname for info, _ in entries.values() if info.islnk()]
        for other in list(entries) + linked + removed:
            near = self.tree.resolve(other)
            for a, b in ((path, other), (resolved, near), (path, near), (resolved, other)):
                if a is None or b is None or a == b or (a + "/").startswith(b + "/") \
                        or (b + "/").startswith(a + "/"):
                    return False
        return True

    def add(self, kind, entries, removed):
        path = self.rng.choice(DIRECTORIES if kind == "directory" else
                               FILES + DIRECTORIES if kind == "symlink" else FILES)
        if not self.usable(path, entries, removed):
            return
        info = tarfile.TarInfo(path)
        info.mode = 0o755
        content = b""
        if kind == "file":
            content = self.content(path).encode()
            info.size = len(content)
        elif kind == "directory":
            info.type = tarfile.DIRTYPE
        elif kind == "symlink":
            # Only to what is there: GNU tar cannot write through a dangling directory link.
            wanted = FILES if path in FILES else DIRECTORIES
            target = self.rng.choice(wanted)
            entry = self.tree.at(target)
            at = self.tree.resolve(path.rpartition("/")[0])
            if entry is None or not entry.exists() or (target + "/").startswith(path + "/") \
                    or (path + "/").startswith(target + "/"):
                return
            info.type = tarfile.SYMTYPE
            info.linkname = "/".join([".."] * len([p for p in at.split("/") if p]) + [target])
            if path in FILES and self.rng.random() < 0.5:
                info.linkname = "/" + target
        else:
            # GNU tar follows no link to a hard link's target: only plain paths.
            target = self.rng.choice(FILES)
            entry = self.tree.at(target)
            if entry is None or entry.is_symlink() or not entry.is_file() or target == path \
                    or self.tree.resolve(target) != target \
                    or not self.usable(target, entries, removed):
                return
            info.type = tarfile.LNKTYPE
            info.linkname = target
        entries[path] = (info, content)

    def tar(self, entries, whiteouts, opaques):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for path in whiteouts:
                parent, _, name = path.rpartition("/")
                tar.addfile(tarfile.TarInfo((parent + "/" if parent else "") + ".wh." + name))
            for path in opaques:
                tar.addfile(tarfile.TarInfo(path + "/.wh..wh..opq"))
            for info, content in entries.values():
                tar.addfile(info, io.BytesIO(content))
        return out.getvalue()


def parse(text, keys):
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return fields[keys[0]].strip(), fields[keys[1]].strip()


def expected(tree):
    packages = set()
    for path in APK:
        text = tree.read(path)
        if text and text.startswith("P:"):
            packages.add(parse(text, ("P", "V")))
    part_directory = tree.resolve("var/lib/dpkg/status.d")
    parts = []
    if part_directory is not None and (tree.root / part_directory).is_dir():
        parts = ["var/lib/dpkg/status.d/" + p.name for p in (tree.root / part_directory).iterdir()]
    for path in DEB + parts:
        text = tree.read(path)
        if text and text.startswith("Package:"):
            packages.add(parse(text, ("Package", "Version")))
    return packages


def start_layer():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path in DIRECTORIES:
            info = tarfile.TarInfo(path)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
    return out.getvalue()


def run_stack(seed, work):
    rng = random.Random(seed)
    tree = Tree(work / "root")
    tree.root.mkdir()
    generator = Generator(rng, tree)
    stack = [([], [], start_layer())]
    tree.apply(*stack[0])
    for _ in range(rng.randint(2, 6)):
        stack.append(generator.layer())
        tree.apply(*stack[-1])
    layout = Layout(work / "image")
    layout.add_image([tar for _, _, tar in stack])
    report = inventory(PROGRAM, f"oci:{layout.directory}")
    listed = {(p["name"], p["version"]) for p in report["packages"]}
    wanted = expected(tree)
    # A chain through a link that concerns no well-known path is not followed, and says so.
    unresolved = any(p["code"] == "unresolved-link" for p in report["problems"])
    if listed != wanted and unresolved:
        return None, len(wanted)
    if listed != wanted:
        print(f"seed {seed}: only here {sorted(listed - wanted)}, "
              f"only in the tree {sorted(wanted - listed)}")
        for i, (whiteouts, opaques, tar) in enumerate(stack[1:], 1):
            names = [f"{m.name}{' -> ' + m.linkname if m.linkname else ''}"
                     for m in tarfile.open(fileobj=io.BytesIO(tar)).getmembers()]
            print(f"  layer {i}: {names}")
    return listed == wanted, len(wanted)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stacks", type=int, default=150)
    parser.add_argument("--first", type=int, default=1)
    arguments = parser.parse_args()
    failures = packages = unresolved = 0
    for seed in range(arguments.first, arguments.first + arguments.stacks):
        with tempfile.TemporaryDirectory() as work:
            same, count = run_stack(seed, pathlib.Path(work))
            unresolved += same is None
            failures += same is False
            packages += count
    print(f"{arguments.stacks} stacks, {packages} packages expected, {failures} stacks differ, "
          f"{unresolved} differ and say that a link was not followed")
    if unresolved > arguments.stacks * 0.03:
        sys.exit("too many links are not followed")
    if packages == 0:
        sys.exit("the generator made no package visible: this run proves nothing")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
