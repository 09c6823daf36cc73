#!/usr/bin/env python3
"""Random stacks of layers: what Seaworthy lists equals what GNU tar and the whiteout rules unpack.

Every stack is written twice: as an OCI layout for `seaworthy sbom`, and applied entry by entry to
a directory: files, links and directories by GNU tar, whiteouts by the image specification's rule
that they concern lower layers only. The packages of the databases that stand in that directory
are the expected answer. Paths run through links of lower layers and of their own, links replace
directories, directories replace files, entries replace entries of their own layer, hard links
cross layers, form chains and outlive what they were made to.
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
               "var/lib/dpkg/status.d", "opt", "opt/deep"]
APK = ["lib/apk/db/installed", "usr/lib/apk/db/installed"]
DEB = ["var/lib/dpkg/status"]
DEB_PARTS = ["var/lib/dpkg/status.d/one", "var/lib/dpkg/status.d/two"]
ELSEWHERE = ["srv/apk/db/installed", "srv/dpkg/status", "srv/spare", "usr/spare",
             "opt/real", "opt/second", "opt/deep/real"]
FILES = APK + DEB + DEB_PARTS + ELSEWHERE


class Tree:
    """The reference: a directory that GNU tar unpacks into."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.own = set()  # where the layer put something that is being applied

    def resolve(self, path, steps=0, passed=None):
        """The path inside the root with every link followed as a container would; None in a loop.
        `passed` gets the links on the way."""
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
                if passed is not None:
                    passed.add(here)
                target = os.readlink(here)
                done = [] if target.startswith("/") else done
                parts = [p for p in target.split("/") if p and p != "."] + parts
                continue
            done.append(part)
        return "/".join(done)

    def at(self, path, passed=None):
        """The entry itself: parents followed, the last part not."""
        parent, _, name = path.rpartition("/")
        resolved = self.resolve(parent, passed=passed)
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

    def apply(self, info, content):
        """The next entry of a layer."""
        parent, _, name = info.name.rpartition("/")
        if name == ".wh..wh..opq":
            for child in (self.root / self.resolve(parent)).iterdir():
                self.remove_lower(child)
        elif name.startswith(".wh."):
            self.remove_lower(self.at((parent + "/" if parent else "") + name[4:]))
        else:
            self.unpack(info, content)
            self.own.add(self.at(info.name))

    def remove_lower(self, entry):
        """Removes all but what this layer brought."""
        if not any(mine == entry or entry in mine.parents for mine in self.own):
            self.remove(entry)
        elif entry.is_dir() and not entry.is_symlink():
            for child in entry.iterdir():
                self.remove_lower(child)

    def unpack(self, info, content):
        # GNU tar refuses to put a file where a directory with content stands, and its option for
        # that (--recursive-unlink) empties directories under directories as well. It also keeps
        # links back until the end of the archive, unless names are taken as they are (-P).
        entry = self.at(info.name)
        if not info.isdir() and entry is not None and entry.is_dir() and not entry.is_symlink():
            self.remove(entry)
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            tar.addfile(info, io.BytesIO(content))
        done = subprocess.run(["tar", "-x", "-P", "-C", self.root], input=out.getvalue(),
                              check=False, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"GNU tar refuses an entry: {done.stderr.decode()}")


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
        """One layer, applied to the tree: its entries in the order of its archive."""
        self.tree.own = set()
        self.passed = set()  # links of lower layers that names of this layer run through
        # Links of this layer below a link: where they lead from is clear only with the layers below,
        # and no name of the same layer runs through one.
        self.unclear = set()
        self.before = {path: self.tree.at(path) for path in FILES + DIRECTORIES}
        kinds = (["file"] * 4 + ["hardlink"] * 3 + ["symlink"] * 2 +
                 ["directory", "whiteout", "opaque"])
        entries, names = [], {}
        for _ in range(self.rng.randint(1, 7)):
            made = getattr(self, "make_" + self.rng.choice(kinds))()
            if made is None:
                continue
            info, content = made
            passed = set()
            for name in [info.name] + ([info.linkname] if info.islnk() else []):
                self.tree.at(name, passed)
            if passed & self.unclear:
                continue
            # No tool writes one file twice in a layer, under two names that links make one.
            if names.setdefault(self.tree.at(info.name), info.name) != info.name:
                continue
            self.passed |= passed - self.tree.own
            self.tree.apply(info, content)
            if info.issym() and passed:
                self.unclear.add(self.tree.at(info.name))
            entries.append(made)
        return entries

    def may_replace(self, path):
        """Its parent is a directory. What goes away is no link of a lower layer that an earlier
        entry of this layer ran through: tools write a directory's entry before what is below it."""
        if not self.tree.is_directory(path.rpartition("/")[0]):
            return False
        entry = self.tree.at(path)
        return not any(link == entry or entry in link.parents for link in self.passed)

    def make_file(self):
        path = self.rng.choice(FILES)
        if not self.may_replace(path):
            return None
        info = tarfile.TarInfo(path)
        info.mode = 0o755
        content = self.content(path).encode()
        info.size = len(content)
        return info, content

    def make_directory(self):
        path = self.rng.choice(DIRECTORIES)
        if not self.may_replace(path):
            return None
        info = tarfile.TarInfo(path)
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        return info, b""

    def make_symlink(self):
        """Only to what is there: GNU tar cannot write through a dangling directory link."""
        path = self.rng.choice(FILES + DIRECTORIES)
        wanted = FILES if path in FILES else DIRECTORIES
        target = self.rng.choice(wanted)
        entry = self.tree.at(target)
        if not self.may_replace(path) or entry is None or not entry.exists():
            return None
        here = self.tree.at(path)
        leads_to = self.tree.resolve(target)
        if leads_to is None or entry == here or here in entry.parents or entry in here.parents \
                or here in (self.tree.root / leads_to, *(self.tree.root / leads_to).parents):
            return None
        info = tarfile.TarInfo(path)
        info.type = tarfile.SYMTYPE
        depth = len(here.relative_to(self.tree.root).parts) - 1
        info.linkname = "/".join([".."] * depth + [target])
        if path in FILES and self.rng.random() < 0.5:
            info.linkname = "/" + target
        return info, b""

    def make_hardlink(self):
        path, target = self.rng.choice(FILES), self.rng.choice(FILES)
        entry = self.tree.at(target)
        if not self.may_replace(path) or entry is None:
            return None
        here = self.tree.at(path)
        if not (entry.is_symlink() or entry.is_file()) or entry == here or here in entry.parents:
            return None
        info = tarfile.TarInfo(path)
        info.type, info.linkname = tarfile.LNKTYPE, target
        return info, b""

    def make_whiteout(self):
        path = self.rng.choice(FILES + DIRECTORIES)
        parent, _, name = path.rpartition("/")
        if not self.may_replace(path) or self.tree.at(path) != self.before[path]:
            return None
        return tarfile.TarInfo((parent + "/" if parent else "") + ".wh." + name), b""

    def make_opaque(self):
        path = self.rng.choice(DIRECTORIES)
        if not self.tree.is_directory(path) or not self.may_replace(path) \
                or self.tree.at(path) != self.before[path] or self.tree.at(path).is_symlink():
            return None
        return tarfile.TarInfo(path + "/.wh..wh..opq"), b""


def tar_of(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for info, content in entries:
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
    entries = []
    for path in DIRECTORIES:
        info = tarfile.TarInfo(path)
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        entries.append((info, b""))
    return entries


def run_stack(seed, work):
    rng = random.Random(seed)
    tree = Tree(work / "root")
    tree.root.mkdir()
    generator = Generator(rng, tree)
    stack = [start_layer()]
    for info, content in stack[0]:
        tree.apply(info, content)
    for _ in range(rng.randint(2, 6)):
        stack.append(generator.layer())
    layout = Layout(work / "image")
    layout.add_image([tar_of(entries) for entries in stack])
    report = inventory(PROGRAM, f"oci:{layout.directory}")
    listed = {(p["name"], p["version"]) for p in report["packages"]}
    wanted = expected(tree)
    # A chain through a link that concerns no well-known path is not followed, and says so.
    unresolved = [p for p in report["problems"] if p["code"] == "unresolved-link"]
    if listed != wanted:
        print(f"seed {seed}: only here {sorted(listed - wanted)}, "
              f"only in the tree {sorted(wanted - listed)}"
              + "".join(f"; it says: {p['path']}: {p['message']}" for p in unresolved))
        for i, entries in enumerate(stack[1:], 1):
            names = [f"{info.name}{' => ' if info.islnk() else ' -> ' if info.issym() else ''}"
                     f"{info.linkname}" for info, _ in entries]
            print(f"  layer {i}: {names}")
        return None if unresolved else False, len(wanted)
    return True, len(wanted)


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
