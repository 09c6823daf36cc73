#!/usr/bin/env python3
"""Hostile and damaged images: a clear error or problem that names layer and step, the exit code of
the contract, bounded memory and time. A gate (--require-complete) never passes such an image."""
import bz2
import gzip
import io
import json
import lzma
import os
import pathlib
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib

from oci_layout import Layout, sha256

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
HERE = pathlib.Path(__file__).resolve().parent
STATUS = ("Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.1-2\n"
          "Maintainer: Debian maintainers <packages@debian.org>\n\n")
OS_RELEASE = 'ID=debian\nVERSION_ID="11"\n'
FAILURES = []


def tar_of(entries, tail=b""):
    """entries: (path, bytes) files, or TarInfo with optional bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            info, content = entry if isinstance(entry, tuple) else (entry, b"")
            if isinstance(info, str):
                info = tarfile.TarInfo(info)
            content = content.encode() if isinstance(content, str) else content
            if info.type == tarfile.REGTYPE:
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue() + tail


GOOD = [("etc/os-release", OS_RELEASE), ("var/lib/dpkg/status", STATUS)]
FILLER = [(f"srv/file{i}", os.urandom(3000)) for i in range(200)]


def link(path, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(path)
    info.type, info.linkname = kind, target
    return info


def scan(target, db, *flags, stdin=None):
    begin = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(
        [PROGRAM, "scan", "--db", db, "--cache", "none", "--packages", "--format", "json",
         "--limit", "feed-age=100000", "--require-complete", *flags, target],
        capture_output=True, check=False, stdin=stdin, timeout=120)
    seconds = time.monotonic() - begin
    memory = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
    return done, seconds, memory


def check(name, target, db, code, words, *flags, packages=None, stdin=None, seconds=30):
    """`words` must all stand in the error, or in one problem of the report."""
    done, took, memory = scan(target, db, *flags, stdin=stdin)
    text = done.stderr.decode(errors="replace")
    problems, listed = [], []
    if done.stdout:
        report = json.loads(done.stdout)
        problems = [json.dumps(p) for p in report["problems"]]
        listed = [p["name"] for p in report["packages"]]
    why = []
    if done.returncode != code:
        why.append(f"exit {done.returncode}, not {code}")
    if not any(all(word in each for word in words) for each in [text, *problems]):
        why.append(f"nothing says {words}")
    for message in [text.strip(), *problems]:
        steps = message.split(": ")
        if any(a == b for a, b in zip(steps, steps[1:])):
            why.append(f"a step is named twice: {message[:200]}")
        if re.search(r"\b(layer|memory|file|spool|time)_(bytes|seconds)\b", message):
            why.append(f"a limit by another name than its own: {message[:200]}")
    if packages is not None and listed != packages:
        why.append(f"packages {listed}, not {packages}")
    if took > seconds:
        why.append(f"took {took:.1f} s")
    if memory > 400:
        why.append(f"used {memory:.0f} MiB")
    print(f"{'FAIL' if why else 'ok  '} {name}: {'; '.join(why) or text.strip()[:110]}")
    if why:
        FAILURES.append(name)
        print("    ", text[:300], problems[:4])


def image(work, name, tars, **more):
    layout = Layout(work / name)
    layout.add_image(tars, **more)
    return layout


def damaged_layers(work, db):
    good = tar_of(GOOD + FILLER)
    packed = gzip.compress(good, 6)

    def with_blob(name, blob, claimed=None):
        return image(work, name, [claimed or good], pack=lambda _: blob)

    check("truncated gzip", f"oci:{with_blob('cut', packed[:-20000]).directory}", db, 3,
          ["layer", "gzip"], packages=["bash"])
    flipped = bytearray(packed)
    flipped[len(flipped) // 2] ^= 0x10
    check("bit flip, digest recomputed", f"oci:{with_blob('flip', bytes(flipped)).directory}", db,
          3, ["layer"], packages=["bash"])
    broken = with_blob("sum", packed[:-8] + bytes(4) + packed[-4:])
    check("wrong gzip checksum", f"oci:{broken.directory}", db, 3, ["gzip"])

    layout = image(work, "digest", [good])
    blob = max((layout.directory / "blobs" / "sha256").iterdir(), key=lambda p: p.stat().st_size)
    data = bytearray(blob.read_bytes())
    data[-1] ^= 1
    blob.write_bytes(data)
    check("digest does not match", f"oci:{layout.directory}", db, 1, ["digest", "sha256:"])
    layout = image(work, "diffid", [good], diff_ids=[sha256(b"another")])
    check("diff id does not match", f"oci:{layout.directory}", db, 3,
          ["diff id", sha256(good), sha256(b"another")], packages=["bash"])
    layout = image(work, "absent", [good, tar_of([("x", "y")])])
    layout.blob_path(sha256(gzip.compress(tar_of([("x", "y")])))).unlink(missing_ok=True)
    largest = max((layout.directory / "blobs" / "sha256").iterdir(), key=lambda p: p.stat().st_size)
    for path in (layout.directory / "blobs" / "sha256").iterdir():
        if path != largest and path.stat().st_size < 300 and path.read_bytes()[:2] == b"\x1f\x8b":
            path.unlink()
    check("one blob missing", f"oci:{layout.directory}", db, 1, ["layer 1", "sha256:", "missing"])
    check("one blob missing, allowed to be incomplete", f"oci:{layout.directory}", db, 1,
          ["layer 1", "missing"], "--allow-incomplete", "no excuse for a layer")
    cut = tar_of(GOOD + FILLER)[:40000]
    check("tar ends inside a file", f"oci:{image(work, 'tarcut', [cut]).directory}", db, 3,
          ["tar"], packages=["bash"])
    entries = 4 * 512  # two headers, two blocks of content
    garbage = tar_of(GOOD)[:entries] + os.urandom(4096)
    check("garbage instead of a header", f"oci:{image(work, 'junk', [garbage]).directory}", db, 3,
          ["tar"], packages=["bash"])


def bombs(work, db):
    zeros = bytes(16 << 20)
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = compressor.compress(tar_of(GOOD)[:-1024])
    head = tarfile.TarInfo("srv/zeros")
    head.size = 8 << 30
    bomb += compressor.compress(head.tobuf(tarfile.GNU_FORMAT))
    for _ in range(256):  # 4 GiB from 4 MB
        bomb += compressor.compress(zeros)
    bomb += compressor.flush()
    layout = image(work, "gzbomb", [b"x"], pack=lambda _: bomb, diff_ids=[sha256(b"x")])
    check("gzip bomb", f"oci:{layout.directory}", db, 3, ["limit"], "--limit", "layer-bytes=1G",
          packages=["bash"], seconds=60)
    check("gzip bomb, by ratio", f"oci:{layout.directory}", db, 3, ["limit"], "--limit", "ratio=100",
          packages=["bash"], seconds=60)
    plain = work / "zeros"
    with open(plain, "wb") as out:
        out.write(tar_of(GOOD)[:-1024] + head.tobuf(tarfile.GNU_FORMAT))
        out.truncate(4 << 30)
    packed = subprocess.run(["zstd", "-1", "-c", plain], capture_output=True, check=True).stdout
    plain.unlink()
    layout = image(work, "zsbomb", [b"x"], pack=lambda _: packed, diff_ids=[sha256(b"x")],
                   suffix="+zstd")
    check("zstd bomb", f"oci:{layout.directory}", db, 3, ["limit"], "--limit", "layer-bytes=1G",
          packages=["bash"], seconds=60)
    big = tarfile.TarInfo("var/lib/dpkg/status.d/big")
    entries = [*GOOD, (big, b"a" * (9 << 20))]
    check("a wanted file over the limit", f"oci:{image(work, 'big', [tar_of(entries)]).directory}",
          db, 3, ["limit file-bytes", "status.d/big"], "--limit", "file-bytes=8M",
          packages=["bash"])
    check("a wanted file over what its extractor reads", f"oci:{work / 'big'}", db, 3,
          ["limit file-bytes", "status.d/big"], packages=["bash"])
    check("the same, raised", f"oci:{work / 'big'}", db, 3, ["status.d/big", "no record"],
          "--limit", "file-bytes=16M", packages=["bash"])
    many = tar_of([*GOOD, *[(f"a/{i}", b"") for i in range(2000)]])
    check("more entries than the limit", f"oci:{image(work, 'many', [many]).directory}", db, 3,
          ["limit", "entries"], "--limit", "entries=1000", packages=["bash"])
    check("worker out of time", f"oci:{layout.directory}", db, 3, ["time"], "--limit",
          "time=0")


def hostile_tars(work, db):
    deep = "/".join(["d"] * 10000) + "/file"
    sparse = tarfile.TarInfo("srv/sparse")
    sparse.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0",
                          "GNU.sparse.name": "srv/sparse",
                          "GNU.sparse.realsize": str(5 << 30)}
    sparse_map = b"1\n0\n0\n".ljust(512, b"\0")
    wanted_sparse = tarfile.TarInfo("var/lib/dpkg/status.d/sparse")
    wanted_sparse.pax_headers = {**sparse.pax_headers,
                                 "GNU.sparse.name": "var/lib/dpkg/status.d/sparse"}
    cases = [
        # Unpackers disagree on these two: some drop them, some write or remove inside the root.
        ("path with ..", [("../../etc/passwd", "x"), *GOOD], 3, [".."], ["bash"]),
        ("bare whiteout", [*GOOD, ("etc/.wh.", "")], 3, [".wh."], ["bash"]),
        ("absolute paths", [("/etc/os-release", OS_RELEASE), ("/var/lib/dpkg/status", STATUS)], 0,
         [], ["bash"]),
        ("looping links", [*GOOD[:1], link("var/lib/dpkg", "other"), link("var/lib/other", "dpkg")],
         3, ["link"], []),
        ("link to itself", [*GOOD[:1], link("var/lib/dpkg/status", "status")], 3, ["link"], []),
        ("hard link to itself",
         [*GOOD[:1], link("var/lib/dpkg/status", "var/lib/dpkg/status", tarfile.LNKTYPE)], 3,
         ["database"], []),
        ("hard link out of the root",
         [*GOOD[:1], link("var/lib/dpkg/status", "../../../etc/passwd", tarfile.LNKTYPE)], 3,
         ["database"], []),
        ("link out of the root",
         [*GOOD[:1], link("var/lib/dpkg/status", "../../../../../etc/passwd")], 3, ["database"], []),
        ("path of 10,000 levels", [*GOOD, (deep, "x")], 0, [], ["bash"]),
        ("path longer than the limit", [*GOOD, ("x" * 40000, "x")], 3, ["limit", "path"], ["bash"]),
        ("sparse entry of 5 GB", [*GOOD, (sparse, sparse_map)], 0, [], ["bash"]),
        ("wanted sparse entry of 5 GB", [*GOOD, (wanted_sparse, sparse_map)], 3,
         ["limit", "status.d/sparse"], ["bash"]),
        ("no package database", GOOD[:1], 3, ["package", "database"], []),
        ("empty package database", [*GOOD[:1], ("var/lib/dpkg/status", "")], 3, ["database"], []),
        ("package database of garbage",
         [*GOOD[:1], ("var/lib/dpkg/status", os.urandom(5000))], 3, ["var/lib/dpkg/status"], []),
        ("sqlite database of garbage",
         [*GOOD, ("var/lib/rpm/rpmdb.sqlite", b"SQLite format 3\0" + os.urandom(9000))], 3,
         ["rpmdb.sqlite"], ["bash"]),
        ("berkeley database of garbage", [*GOOD, ("var/lib/rpm/Packages", os.urandom(9000))], 3,
         ["var/lib/rpm/Packages"], ["bash"]),
        ("ndb of garbage", [*GOOD, ("var/lib/rpm/Packages.db", b"RpmP" + os.urandom(9000))], 3,
         ["Packages.db"], ["bash"]),
    ]
    for i, (name, entries, code, words, packages) in enumerate(cases):
        tar = tar_of(entries)
        layout = image(work, f"tar{i}", [tar])
        check(name, f"oci:{layout.directory}", db, code, words, packages=packages)


def other_forms(work, db):
    good = tar_of(GOOD)
    for name, pack in (("xz layer", lzma.compress), ("bzip2 layer", bz2.compress)):
        layout = image(work, name.split()[0], [good], pack=pack, suffix="")
        check(name, f"oci:{layout.directory}", db, 0, [], packages=["bash"])
    check("no such file", str(work / "nowhere"), db, 1, ["nowhere"])
    (work / "text").write_text("hello\n")
    check("a text file", str(work / "text"), db, 1, ["text"])
    (work / "empty").write_bytes(b"")
    check("an empty file", str(work / "empty"), db, 1, ["empty"])
    check("no database", f"oci:{work / 'xz'}", str(work / "nodb"), 1, ["seaworthy db update"])
    layout = Layout(work / "cycle")
    layout.write_index()
    check("index without images", f"oci:{layout.directory}", db, 1, ["cycle"])
    with open(work / "zero.tar", "wb") as out:
        out.write(bytes(10240))
    with open(work / "zero.tar", "rb") as stdin:
        check("an empty archive on stdin", "-", db, 1, ["standard input"], stdin=stdin)
    check("a file as dir:", f"dir:{work / 'text'}", db, 1, ["text", "not a directory"])
    check("nothing as dir:", f"dir:{work / 'nowhere'}", db, 1, ["nowhere"])
    check("a file as oci:", f"oci:{work / 'text'}", db, 1, ["text", "oci-archive:"])
    (work / "text.gz").write_bytes(gzip.compress(b"hello\n" * 1000))
    check("compressed text", str(work / "text.gz"), db, 1, ["text.gz", "no tar archive"])


def main():
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        db = str(work / "db")
        subprocess.run([PROGRAM, "db", "import", "--complete", "--quiet", "--db", db,
                        str(HERE.parent / "examples" / "advisories")], check=True,
                       capture_output=True)
        damaged_layers(work, db)
        bombs(work, db)
        hostile_tars(work, db)
        other_forms(work, db)
    if FAILURES:
        sys.exit(f"{len(FAILURES)} failed: {FAILURES}")


if __name__ == "__main__":
    main()
