#!/usr/bin/env python3
"""Assembles the container image of Seaworthy without a container engine.

oci_image.py --program FILE --arch amd64|arm64 --version V --commit C --epoch SECONDS --output FILE
             [--sysroot DIR of packaging/setup-arm64]

The one layer holds the program, the shared libraries that it loads with those that they load, the
CA certificates, a user, a document that says what the program is (own_sbom.py), and for every Debian package that a file came from its record in
var/lib/dpkg/status.d, with the sums of its files beside it: the form that distroless images use and
scanners read. Same input, same bytes.
"""
import argparse
import gzip
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile

import own_sbom

TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
LOADERS = {"amd64": "lib64/ld-linux-x86-64.so.2", "arm64": "lib/ld-linux-aarch64.so.1"}
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
USER = 65532


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed_by(path):
    """The DT_NEEDED names of one ELF file."""
    names = []
    for line in run("objdump", "-p", str(path)).splitlines():
        words = line.split()
        if len(words) == 2 and words[0] == "NEEDED":
            names.append(words[1])
    return names


class Installed:
    """The packages of this machine, as dpkg knows them."""

    def __init__(self, arch):
        self.root, self.arch = pathlib.Path("/"), arch

    def owner(self, path):
        # Merged /usr: a file is recorded under either path.
        names = [str(path)]
        names.append(names[0].removeprefix("/usr") if names[0].startswith("/usr/")
                     else "/usr" + names[0])
        for name in names:
            done = subprocess.run(["dpkg-query", "-S", name],
                                  capture_output=True, text=True, check=False)
            for line in done.stdout.splitlines():
                package = line.split(": ")[0]
                if package.endswith(":" + self.arch) or ":" not in package:
                    return package
        sys.exit(f"oci_image: no installed package owns {path}")

    def record(self, package):
        return run("dpkg-query", "-s", package)


class Unpacked:
    """The packages of a sysroot: PACKAGE.control and PACKAGE.list for each."""

    def __init__(self, sysroot):
        self.root, self.packages = pathlib.Path(sysroot, "root").resolve(), pathlib.Path(sysroot, "packages")
        self.owners = {}
        for listing in sorted(self.packages.glob("*.list")):
            for path in listing.read_text().splitlines():
                self.owners[path] = self.owners["/usr" + path] = listing.stem

    def owner(self, path):
        return self.owners[str(path)]

    def record(self, package):
        return (self.packages / f"{package}.control").read_text()


def libraries(program, packages, arch):
    """{soname: path in the root} of everything the program loads."""
    found, waiting = {}, needed_by(program)
    directory = packages.root / "usr/lib" / TRIPLETS[arch]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        if not (directory / name).exists():
            sys.exit(f"oci_image: {name} is not installed for {arch}")
        file = (directory / name).resolve()
        found[name] = file
        waiting += needed_by(file)
    return found


class Layer:
    """A tar with sorted members and one time, so that the same content has the same digest."""

    def __init__(self, epoch):
        self.epoch, self.members = epoch, {}

    def add(self, path, data=b"", mode=0o644, link=None, kind=None, uid=0):
        info = tarfile.TarInfo(path)
        info.mtime, info.mode, info.uid, info.gid = self.epoch, mode, uid, uid
        info.type = kind or (tarfile.SYMTYPE if link else tarfile.REGTYPE)
        info.linkname, info.size = link or "", len(data)
        self.members[path] = (info, data)
        parent = str(pathlib.PurePosixPath(path).parent)
        if parent != "." and parent not in self.members:
            self.add(parent, mode=0o755, kind=tarfile.DIRTYPE)

    def bytes(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted(self.members):
                info, data = self.members[path]
                tar.addfile(info, io.BytesIO(data))
        return out.getvalue()


def fill(layer, program, packages, arch):
    for link in ("bin", "sbin", "lib", "lib64"):
        layer.add(link, link="usr/" + link)
    layer.add("usr/bin/seaworthy", pathlib.Path(program).read_bytes(), 0o755)
    triplet, loader, root = TRIPLETS[arch], LOADERS[arch], packages.root
    found = libraries(program, packages, arch)
    owners = {packages.owner(CERTIFICATES_OWNER): []}
    for soname, file in sorted(found.items()):
        path, data = f"usr/lib/{triplet}/{soname}", file.read_bytes()
        layer.add(path, data, 0o755)
        owner = packages.owner(pathlib.Path("/") / file.relative_to(root))
        owners.setdefault(owner, []).append(f"{hashlib.md5(data).hexdigest()}  {path}\n")
    name = pathlib.PurePosixPath(loader).name
    if name in found:  # the kernel asks for this path; libraries are found beside it
        layer.add("usr/" + loader, link=f"/usr/lib/{triplet}/{name}")
    # The bundle is the same for every architecture; only an installed package has made it.
    layer.add("etc/ssl/certs/ca-certificates.crt", pathlib.Path(CERTIFICATES).read_bytes())
    for package, sums in sorted(owners.items()):
        record = "var/lib/dpkg/status.d/" + package.split(":")[0]
        layer.add(record, packages.record(package).encode())
        if sums:
            layer.add(record + ".md5sums", "".join(sums).encode())
    layer.add("usr/lib/os-release", pathlib.Path("/usr/lib/os-release").read_bytes())
    layer.add("etc/os-release", link="../usr/lib/os-release")
    layer.add("etc/passwd", f"root:x:0:0:root:/:/sbin/nologin\n"
              f"seaworthy:x:{USER}:{USER}::/home/seaworthy:/sbin/nologin\n".encode())
    layer.add("etc/group", f"root:x:0:\nseaworthy:x:{USER}:\n".encode())
    layer.add("home/seaworthy", mode=0o755, kind=tarfile.DIRTYPE, uid=USER)
    layer.add("tmp", mode=0o1777, kind=tarfile.DIRTYPE)


CERTIFICATES_OWNER = "/usr/share/doc/ca-certificates/copyright"


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def image_archive(layer, arguments):
    tar = layer.bytes()
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, compresslevel=arguments.level) as out:
        out.write(tar)
    created = run("date", "-u", "-d", f"@{arguments.epoch}", "+%Y-%m-%dT%H:%M:%SZ").strip()
    labels = {
        "org.opencontainers.image.title": "seaworthy",
        "org.opencontainers.image.version": arguments.version,
        "org.opencontainers.image.revision": arguments.commit,
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.created": created,
    }
    config = {
        "created": created, "architecture": arguments.arch, "os": "linux",
        "config": {"User": f"{USER}:{USER}", "Entrypoint": ["/usr/bin/seaworthy"],
                   "Cmd": ["--help"], "WorkingDir": "/home/seaworthy", "Labels": labels,
                   "Env": ["PATH=/usr/bin", "HOME=/home/seaworthy",
                           "SSL_CERT_FILE=" + CERTIFICATES]},
        "rootfs": {"type": "layers", "diff_ids": [sha256(tar)]},
        "history": [{"created": created, "created_by": "packaging/oci_image.py"}],
    }
    blobs = {}

    def put(data, media_type):
        blobs[sha256(data)] = data
        return {"mediaType": media_type, "digest": sha256(data), "size": len(data)}

    def put_json(value, kind):
        return put(json.dumps(value, sort_keys=True).encode(), f"application/vnd.oci.image.{kind}.v1+json")

    manifest = put_json({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": put_json(config, "config"),
        "layers": [put(packed.getvalue(), "application/vnd.oci.image.layer.v1.tar+gzip")],
        "annotations": labels}, "manifest")
    manifest["platform"] = {"os": "linux", "architecture": arguments.arch}
    manifest["annotations"] = {"org.opencontainers.image.ref.name": arguments.version}
    archive = Layer(arguments.epoch)
    archive.add("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
    archive.add("index.json", json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [manifest]}, sort_keys=True).encode())
    for digest, data in blobs.items():
        archive.add("blobs/sha256/" + digest.split(":")[1], data)
    return archive.bytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--arch", required=True, choices=sorted(TRIPLETS))
    parser.add_argument("--version", required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--epoch", required=True, type=int, help="time of every file, Unix seconds")
    parser.add_argument("--output", required=True)
    parser.add_argument("--level", type=int, default=9, help="of compression")
    parser.add_argument("--sysroot", help="of packaging/setup-arm64; without it: this machine")
    arguments = parser.parse_args()
    layer = Layer(arguments.epoch)
    layer.add("usr/share/doc/seaworthy/seaworthy.cdx.json",
              own_sbom.document(arguments.version, arguments.commit).encode())
    packages = Unpacked(arguments.sysroot) if arguments.sysroot else Installed(arguments.arch)
    fill(layer, arguments.program, packages, arguments.arch)
    pathlib.Path(arguments.output).write_bytes(image_archive(layer, arguments))


if __name__ == "__main__":
    main()
