#!/usr/bin/env python3
"""Images where they live: a Podman engine over its socket (which speaks Docker's API too),
containerd's content store, SIF files and squashfs images. Real programs where they are installed;
what is not there is said and passed over, and with nothing at all the test is skipped."""
import http.server
import json
import os
import pathlib
import shutil
import socketserver
import struct
import subprocess
import sys
import tempfile
import threading
import time

from bad_input_test import tar_of
from oci_layout import Layout

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
STATUS = ("Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.1-2\n\n")
FILES = [("usr/lib/os-release", 'ID=debian\nVERSION_ID="11"\n'), ("var/lib/dpkg/status", STATUS)]
FAILURES = []
DONE = []


def expect(name, good, why=""):
    print(f"{'ok  ' if good else 'FAIL'} {name} {'' if good else why}")
    DONE.append(name)
    if not good:
        FAILURES.append(name)


def sbom(target, *flags, **environment):
    clean = {k: v for k, v in os.environ.items()
             if k not in ("DOCKER_HOST", "CONTAINER_HOST", "XDG_RUNTIME_DIR")}
    done = subprocess.run([PROGRAM, "sbom", "--format", "json", "--cache", "none", *flags, target],
                          capture_output=True, text=True, check=False, timeout=120,
                          env={**clean, **environment})
    report = json.loads(done.stdout) if done.returncode == 0 else None
    return done.returncode, report, done.stderr


def has_bash(report):
    return report is not None and [(p["name"], p["version"]) for p in report["packages"]] == [
        ("bash", "5.1-2")]


def wait_for(path, process):
    for _ in range(200):
        if pathlib.Path(path).exists():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.05)
    return False


def archive_of(work):
    layout = Layout(work / "layout")
    layout.add_image([tar_of(FILES)], name="localhost/tiny:1")
    archive = work / "tiny.tar"
    subprocess.run(["tar", "-C", layout.directory, "-cf", archive, "."], check=True)
    return archive


def podman(work, archive):
    if not shutil.which("podman"):
        print("skip podman: not installed")
        return
    state = work / "podman"
    base = ["podman", "--root", str(state / "root"), "--runroot", str(state / "run"),
            "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file"]
    loaded = subprocess.run([*base, "load", "-i", archive], capture_output=True, text=True,
                            check=False)
    if loaded.returncode != 0:
        print("skip podman: it cannot load an image here:", loaded.stderr[-300:])
        return
    image = loaded.stdout.strip().split()[-1]
    socket = str(work / "podman.sock")
    with subprocess.Popen([*base, "system", "service", "--time=0", f"unix://{socket}"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        try:
            if not wait_for(socket, service):
                print("skip podman: its service does not start here")
                return
            code, report, err = sbom(f"podman:{image}", CONTAINER_HOST=f"unix://{socket}")
            expect("podman engine", code == 0 and has_bash(report), err)
            code, report, err = sbom(f"docker:{image}", DOCKER_HOST=f"unix://{socket}")
            expect("the same as docker's API", code == 0 and has_bash(report), err)
            code, _, err = sbom("docker:localhost/none:1", DOCKER_HOST=f"unix://{socket}")
            expect("no such image", code == 1 and "docker:localhost/none:1: the engine has no such "
                   "image" in err and "docker pull localhost/none:1" in err, err)
            code, _, err = sbom(f"docker:{image}", "--limit", "spool=1K",
                                DOCKER_HOST=f"unix://{socket}")
            expect("larger than the spool", code == 1 and "--limit spool=N" in err, err)
        finally:
            service.terminate()


class FakeEngine(http.server.BaseHTTPRequestHandler):
    """Docker's API as far as it is used, and its failures."""
    protocol_version = "HTTP/1.1"
    archive = b""
    asked = []

    def do_GET(self):
        self.asked.append(self.path)
        body, status = b'{"message":"page not found"}', 404
        if self.path.startswith("/images/app:1/json"):
            body, status = json.dumps({"Id": "sha256:x", "Size": 100}).encode(), 200
        elif self.path.startswith("/images/app:1/get"):
            body, status = self.archive, 200
        elif self.path.startswith("/images/broken/"):
            body, status = b'{"message":"driver\\u001b[31m failed"}', 500
        elif self.path.startswith("/images/cut/json"):
            body, status = b"{}", 200
        elif self.path.startswith("/images/cut/get"):
            body, status = self.archive, 200
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path.startswith("/images/cut/get"):
            body = body[:len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def tcp_engine(archive):
    FakeEngine.archive = pathlib.Path(archive).read_bytes()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), FakeEngine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"tcp://127.0.0.1:{server.server_address[1]}"
        code, report, err = sbom("docker:app:1", DOCKER_HOST=host)
        expect("an engine over TCP", code == 0 and has_bash(report), err)
        code, report, err = sbom("docker:app:1", "--platform", "linux/amd64", DOCKER_HOST=host)
        expect("the platform is asked for", code == 0 and "linux" in FakeEngine.asked[-1] and
               "platform=" in FakeEngine.asked[-1], FakeEngine.asked[-1])
        code, _, err = sbom("docker:app:1", "--offline", DOCKER_HOST=host)
        expect("--offline asks no engine over TCP", code == 1 and "--offline" in err, err)
        code, _, err = sbom("docker:broken", DOCKER_HOST=host)
        expect("an engine's own error", code == 1 and "500" in err and "failed" in err and
               "\033" not in err, err)
        code, _, err = sbom("docker:cut", DOCKER_HOST=host)
        expect("an export that breaks off", code == 1 and "docker:cut" in err, err)
        server.shutdown()
    code, _, err = sbom("docker:app:1", DOCKER_HOST="ssh://somewhere")
    expect("ssh is refused", code == 1 and "DOCKER_HOST" in err and "ssh" in err, err)
    code, _, err = sbom("docker:app:1", DOCKER_HOST="unix:///nowhere/docker.sock")
    expect("no socket", code == 1 and "/nowhere/docker.sock" in err, err)


def containerd(work, archive):
    if not (shutil.which("containerd") and shutil.which("ctr")) or os.getuid() != 0:
        print("skip containerd: not installed, or not root")
        return
    state = work / "containerd"
    state.mkdir()
    (state / "config.toml").write_text(
        f'version = 2\nroot = "{state}/root"\nstate = "{state}/state"\n'
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
        f'[grpc]\n  address = "{state}/c.sock"\n')
    with subprocess.Popen(["containerd", "-c", state / "config.toml"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as daemon:
        try:
            if not wait_for(state / "c.sock", daemon):
                print("skip containerd: it does not start here")
                return
            ctr = ["ctr", "-a", str(state / "c.sock")]
            for space, name in (("default", "docker.io/library/tiny:1"), ("other", "x.io/y:2")):
                subprocess.run([*ctr, "-n", space, "images", "import", "--no-unpack", "--index-name",
                                name, archive], check=True, capture_output=True)
            root = ["--containerd-root", str(state / "root")]
            for target in ("tiny:1", "docker.io/library/tiny:1", "tiny:1@default", "x.io/y:2",
                           "x.io/y:2@other"):
                code, report, err = sbom(f"containerd:{target}", *root)
                expect(f"containerd:{target}, while it runs", code == 0 and has_bash(report), err)
            for i in range(300):  # branches and overflow pages
                subprocess.run([*ctr, "images", "tag", "docker.io/library/tiny:1",
                                f"docker.io/library/tag:{i:04d}-{'x' * 100}"], check=True,
                               capture_output=True)
            code, report, err = sbom(f"containerd:tag:0250-{'x' * 100}", *root)
            expect("one of 300 names", code == 0 and has_bash(report), err)
        finally:
            daemon.terminate()
    code, _, err = sbom("containerd:nothing:1", *root)
    expect("no such image in containerd", code == 1 and "it has docker.io/library/" in err, err)
    code, _, err = sbom("containerd:tiny:1@other", *root)
    expect("no such image in that namespace", code == 1 and "x.io/y:2@other" in err, err)
    code, _, err = sbom("containerd:tiny:1", "--containerd-root", str(work / "none"))
    expect("no containerd", code == 1 and "meta.db" in err and "--containerd-root" in err, err)


def sif_of(partitions):
    """A SIF file of (file system, role, bytes) partitions, beside a definition."""
    objects = [(0x4001, b"bootstrap: scratch\n", 0, 0, b"build.def")]
    objects += [(0x4004, data, kind, role, b"part") for kind, role, data in partitions]
    header = bytearray(128)
    header[:19] = b"#!/usr/bin/env run\n"
    header[32:48] = b"SIF_MAGIC\x0001\x0002\x00"
    struct.pack_into("<Q", header, 64, 1_700_000_000)
    struct.pack_into("<QQQ", header, 88, len(objects), 128, len(objects) * 585)
    at = 128 + len(objects) * 585
    table, body = b"", b""
    for kind, data, system, role, name in objects:
        one = bytearray(585)
        struct.pack_into("<I", one, 0, kind)
        one[4] = 1
        struct.pack_into("<QQ", one, 17, at + len(body), len(data))
        one[73:73 + len(name)] = name
        struct.pack_into("<II", one, 201, system, role)
        one[209:211] = b"02"
        table += one
        body += data
    return bytes(header) + table + body


def sif(work):
    if not shutil.which("mksquashfs"):
        print("skip squashfs: mksquashfs is not installed")
        return
    root = work / "root"
    for path, text in FILES:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "etc").mkdir()
    (root / "etc/os-release").symlink_to("../usr/lib/os-release")
    (root / "srv").mkdir()
    (root / "srv/large").write_bytes(os.urandom(2_000_000))
    images = {}
    for form in ("gzip", "xz", "zstd", "lz4"):
        file = work / f"{form}.squashfs"
        subprocess.run(["mksquashfs", root, file, "-comp", form, "-quiet", "-no-progress"],
                       check=True, capture_output=True)
        images[form] = file.read_bytes()
        if form == "lz4":
            break
        (work / f"{form}.sif").write_bytes(sif_of([(1, 2, images[form])]))
        for target in (f"{work}/{form}.sif", f"sif:{work}/{form}.sif", str(file)):
            code, report, err = sbom(target)
            expect(f"{form}: {target.rsplit('/', 1)[-1]}", code == 0 and has_bash(report) and
                   report["distro"]["version"] == "11", err)
    code, report, _ = sbom(f"{work}/gzip.sif")
    expect("platform and time of a SIF file", report["target"]["platform"] == "linux/amd64" and
           report["target"]["created"] == "2023-11-14T22:13:20Z", report["target"])
    good = images["zstd"]
    cases = [
        ("encrypted", [(5, 2, good)], 1, "encrypted"),
        ("ext3", [(2, 2, good)], 1, "ext3"),
        ("no partition", [], 1, "no primary system partition"),
        ("two", [(1, 2, good), (1, 2, good)], 1, "two primary"),
        ("lz4", [(1, 2, images["lz4"])], 1, "case.sif: squashfs: compression 5"),
        ("an overlay", [(1, 2, good), (2, 4, b"x" * 100)], 0, "overlay partition"),
        ("cut", [(1, 2, good[:len(good) // 2])], 0, "squashfs"),
        ("garbage", [(1, 2, b"hsqs" + os.urandom(5000))], 1, "squashfs"),
    ]
    for name, partitions, code_wanted, words in cases:
        (work / "case.sif").write_bytes(sif_of(partitions))
        code, _, err = sbom(str(work / "case.sif"))
        expect(f"SIF: {name}", code == code_wanted and words in err, f"{code} {err}")
    code, _, err = sbom(f"{work}/lz4.squashfs")
    expect("a squashfs image that is not read", code == 1 and "lz4.squashfs: squashfs" in err, err)
    (work / "case.sif").write_bytes(sif_of([(1, 2, good)])[:1000])
    code, _, err = sbom(str(work / "case.sif"))
    expect("SIF: truncated", code == 1 and "case.sif: SIF: " in err, err)


def windows(work):
    layout = Layout(work / "windows")
    base = tar_of([("Files/Windows/System32/x.dll", "x"), ("Hives/System_Delta", "h")])
    app = tar_of([("Files/app/lib/dpkg", "y"),
                  ("Files/var/lib/dpkg/status.d/bash", STATUS.replace("bash", "tool"))])
    layout.add_image([base, app], platform=("windows", "amd64"))
    foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar"
    code, report, err = sbom(f"oci:{layout.directory}")
    names = [p["name"] for p in report["packages"]] if report else []
    expect("what stands below Files/ is found", code == 0 and names == ["tool"], err)
    expect("Windows itself is unassessed", report["distro"]["id"] == "windows" and
           any("Windows itself is not assessed" in p["message"] for p in report["problems"]), err)
    expect("Windows: said once", [p["code"] for p in report["problems"]] == ["package-db-missing"],
           report["problems"])
    # The base is distributed by its owner only.
    manifest = json.loads(layout.blob_path(layout.entries[0]["digest"]).read_text())
    layout.blob_path(manifest["layers"][0]["digest"]).unlink()
    manifest["layers"][0]["mediaType"] = foreign
    manifest["layers"][0]["urls"] = ["http://127.0.0.1:9/base"]
    entry = layout.put_json(manifest, layout.entries[0]["mediaType"])
    layout.entries = [{**layout.entries[0], **entry}]
    layout.write_index()
    code, report, err = sbom(f"oci:{layout.directory}")
    expect("a foreign layer is not fetched, and said", code == 0 and any(
        "foreign layer" in p["message"] and p["layer"] == 0 for p in report["problems"]), err)


def main():
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        archive = archive_of(work)
        tcp_engine(archive)
        podman(work, archive)
        containerd(work, archive)
        sif(work)
        windows(work)
    if FAILURES:
        sys.exit(f"{len(FAILURES)} failed: {FAILURES}")
    if not DONE:
        sys.exit(77)


if __name__ == "__main__":
    main()
