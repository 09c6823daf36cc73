"""A fresh CI runner on a 100 Mbit/s link: how long, and how many bytes, until there is a verdict."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

from local_registry import Registry, tar_of
from oci_layout import Layout
from slow_link import SlowLink

LINK = 100e6
JAMMY = b'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n'


def seconds_of(program, *command):
    begin = time.perf_counter()
    done = subprocess.run([program, *map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 2, 3):
        raise SystemExit(f"{command}: {done.stderr[-500:]}")
    return time.perf_counter() - begin, done.stdout


def changed_ubuntu(feed, out, every):
    """The feed with every so-manieth record gone, the others on their lines."""
    with subprocess.Popen(["tar", "-xOf", feed], stdout=subprocess.PIPE) as tar, open(out, "wb") as to:
        for number, line in enumerate(tar.stdout):
            to.write(b"\n" if number % every == 7 else line)


def images(work, shared, debian_layout):
    jammy = Layout(work / "jammy")
    jammy.add_image([tar_of({"etc/os-release": JAMMY, "var/lib/dpkg/status": (
        shared / "corpora" / "ubuntu-jammy-minbase.status").read_bytes()})])
    yield "jammy", f"oci:{jammy.directory}:latest"
    if debian_layout is not None:
        yield "bookworm root", f"oci:{debian_layout}:latest"


def measure_files(program, row, work, db, shared):
    seconds, _ = seconds_of(program, "db", "export", "--quiet", "--key", work / "k.key", "--db", db,
                            work / "all.swdb")
    whole = (work / "all.swdb").stat().st_size
    row("export of all shared feeds", seconds, "s")
    row("the whole export", whole / 1e6, "MB")
    seconds, _ = seconds_of(program, "db", "import", "--quiet", "--trusted-key", work / "k.pub", "--db",
                            work / "all", work / "all.swdb")
    row("import of the whole export", seconds, "s")
    shutil.copytree(db, work / "next")
    changed_ubuntu(shared / "feeds" / "ubuntu-cve-jsonl.tar.zst", work / "ubuntu.jsonl", 100)
    seconds_of(program, "db", "import", "--quiet", "--db", work / "next", "--feed", "ubuntu-cve-jsonl",
               work / "ubuntu.jsonl")
    seconds, _ = seconds_of(program, "db", "export", "--quiet", "--key", work / "k.key", "--db",
                            work / "next", "--base", work / "all.swdb", work / "next.delta")
    row("delta after 1 % of Ubuntu's CVEs went, of the whole",
        100 * (work / "next.delta").stat().st_size / whole, "%")
    seconds, _ = seconds_of(program, "db", "import", "--quiet", "--trusted-key", work / "k.pub", "--db",
                            work / "all", work / "next.delta")
    row("import of that delta", seconds, "s")


def measure_runner(program, row, work, registry, name, image):
    path = name.replace(" ", "-")
    registry.push(image, f"app/{path}:1")
    link = SlowLink(registry.host, LINK)
    plain = ["--insecure-registry", link.host]
    target, db, cache = f"{link.host}/app/{path}:1", work / f"db-{path}", work / f"cache-{path}"
    pull = ["db", "pull", "--quiet", "--trusted-key", work / "k.pub", "--db", db, "--cache", cache,
            *plain, "--for", target, f"{link.host}/advisories:v1"]
    # The image's layers first, so that what remains of the pull is advisory data alone.
    layers, _ = seconds_of(program, "sbom", "--quiet", "--cache", cache, *plain, target)
    image_bytes, link.received = link.received, 0
    pulled, _ = seconds_of(program, *pull)
    pulled_bytes = link.received
    scanned, out = seconds_of(program, "scan", "--quiet", "--db", db, "--cache", cache, "--format", "json",
                              "--limit", "feed-age=100000", *plain, target)
    link.close()
    report = json.loads(out)
    note = f"{len(report['findings'])} findings, {report['verdict']['result']}"
    row(f"fresh runner, {name}: image", layers, "s", note=f"{image_bytes / 1e6:.1f} MB")
    row(f"fresh runner, {name}: advisory data and verdict", pulled + scanned, "s", 10, note)
    row(f"fresh runner, {name}: advisory bytes", pulled_bytes / 1e6, "MB", 40)


def bench(program, row, shared, db, debian_layout):
    if shutil.which("docker-registry") is None or shutil.which("skopeo") is None:
        print("runner: skipped, docker-registry or skopeo is not here")
        return
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        seconds_of(program, "generate-key", work / "k")
        measure_files(program, row, work, db, shared)
        registry = Registry(work, "registry")
        try:
            seconds_of(program, "db", "publish", "--quiet", "--key", work / "k.key", "--db", db,
                       "--insecure-registry", registry.host, f"{registry.host}/advisories:v1")
            for name, image in images(work, shared, debian_layout):
                measure_runner(program, row, work, registry, name, image)
        finally:
            registry.close()
