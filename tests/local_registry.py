"""What the tests of registries share: Debian's docker-registry on loopback, images to push, checks."""
import base64
import io
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tarfile
import time

from oci_layout import INDEX, Layout

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
FAILURES = []


def expect(what, true, more=""):
    if not true:
        print(f"FAIL {what} {more}")
        FAILURES.append(what)


class Registry:
    """docker-registry in a process of its own."""

    def __init__(self, work, name, **settings):
        self.directory = pathlib.Path(work) / name
        self.directory.mkdir()
        config = {"version": "0.1", "log": {"level": "error"},
                  "storage": {"filesystem": {"rootdirectory": str(self.directory / "data")},
                              "delete": {"enabled": True}},
                  "http": {"addr": "127.0.0.1:0", **settings.pop("http", {})}, **settings}
        for port in random.sample(range(20000, 32000), 20):
            config["http"]["addr"] = self.host = f"127.0.0.1:{port}"
            (self.directory / "config.yml").write_text(json.dumps(config))  # JSON is YAML
            self.process = subprocess.Popen(
                ["docker-registry", "serve", self.directory / "config.yml"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self.answers():
                return
        sys.exit("docker-registry does not start")

    def answers(self):
        for _ in range(100):
            if self.process.poll() is not None:
                return False
            try:
                socket.create_connection(tuple(self.host.split(":")), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        return False

    def push(self, layout, name, *flags):
        subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", "--all",
                        *flags, layout, f"docker://{self.host}/{name}"], check=True)

    def close(self):
        self.process.terminate()
        self.process.wait()


def run(target, *flags, environment=None, home=None):
    """(exit code, stdout, stderr) of `sbom` with nothing of this machine's configuration."""
    clean = {"PATH": os.environ["PATH"], "HOME": home or "/nonexistent",
             "AWS_EC2_METADATA_DISABLED": "true", **(environment or {})}
    done = subprocess.run([PROGRAM, "sbom", "--format", "json", "--quiet", "--cache", "none", *flags,
                           target], capture_output=True, text=True, check=False, env=clean)
    return done.returncode, done.stdout, done.stderr


def refused(what, target, *flags, words, without=(), **more):
    code, _, errors = run(target, *flags, **more)
    expect(f"{what}: exit 1", code == 1, f"but {code}: {errors}")
    for word in words:
        expect(f"{what}: says '{word}'", word in errors, errors)
    for word in without:
        expect(f"{what}: does not say '{word}'", word not in errors, errors)


def packages(what, target, *flags, **more):
    code, out, errors = run(target, *flags, **more)
    if code != 0:
        expect(f"{what}: is read", False, errors)
        return None
    return json.loads(out)["packages"]


def tar_of(files, links=()):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for path, target in links:
            info = tarfile.TarInfo(path)
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    return out.getvalue()


def status_of(*names):
    return "".join(f"Package: {name}\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n"
                   f"Maintainer: Debian maintainers <packages@debian.org>\n\n"
                   for name in names).encode()


OS_RELEASE = b'ID=debian\nVERSION_ID="12"\n'


def make_images(work):
    """A layout of ten layers with one large enough to be cut; one whose database is behind a link; an
    index of two platforms."""
    noise = random.Random(1)
    layers = [tar_of({"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": status_of("base"),
                      "usr/share/noise": noise.randbytes(3_000_000)})]
    layers += [tar_of({f"opt/{i}": noise.randbytes(1000)}) for i in range(8)]
    layers.append(tar_of({"var/lib/dpkg/status": status_of("base", "top")}))
    ten = Layout(pathlib.Path(work) / "ten")
    ten.add_image(layers)
    linked = Layout(pathlib.Path(work) / "linked")
    linked.add_image([tar_of({"etc/os-release": OS_RELEASE, "usr/lib/status": status_of("behind-link"),
                              "usr/share/noise": noise.randbytes(200_000)}),
                      tar_of({"opt/x": b"x"}, [("var/lib/dpkg/status", "../../../usr/lib/status")])])
    multi = Layout(pathlib.Path(work) / "multi")
    children = [multi.add_image([tar_of({"etc/os-release": OS_RELEASE,
                                         "var/lib/dpkg/status": status_of(f"for-{arch}")})],
                                platform=("linux", arch)) for arch in ("amd64", "arm64")]
    for child in children:
        child.pop("annotations")
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": children}
    descriptor = multi.put_json(index, INDEX)
    descriptor["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    multi.entries = [descriptor]
    multi.write_index()
    return ten, linked, multi


def b64(text):
    return base64.b64encode(text.encode()).decode()


def write_docker_config(home, config):
    directory = pathlib.Path(home) / ".docker"
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps(config))


def need(*tools):
    """Exits with 77, "skipped", where a tool is missing."""
    for tool in tools:
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is not installed")
            sys.exit(77)


def finish():
    if FAILURES:
        sys.exit("\n".join(FAILURES))
