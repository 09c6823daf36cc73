#!/usr/bin/env python3
"""Indexes: --platform, all, a single platform on any host, attestations, nesting; docker archives of
both kinds as skopeo writes them; a root directory. Each gives the packages of its own image."""
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from oci_layout import INDEX, Layout, inventory

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
FAILURES = []


def tar_of(name):
    status = (f"Package: {name}\nStatus: install ok installed\nArchitecture: all\n"
              f"Version: 1\nMaintainer: Debian maintainers <packages@debian.org>\n\n")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, text in (("etc/os-release", 'ID=debian\nVERSION_ID="12"\n'),
                           ("var/lib/dpkg/status", status)):
            info = tarfile.TarInfo(path)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def expect(what, have, want):
    print(f"{'ok  ' if have == want else 'FAIL'} {what}: {have}")
    if have != want:
        FAILURES.append(f"{what}: {have}, not {want}")


def names(target, *flags):
    reports = inventory(PROGRAM, target, *flags)
    reports = reports if isinstance(reports, list) else [reports]
    return [(r["target"]["platform"], [p["name"] for p in r["packages"]]) for r in reports]


def refused(target, *flags):
    done = subprocess.run([PROGRAM, "sbom", "--cache", "none", *flags, target],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def multi_platform(work):
    layout = Layout(work / "multi")
    for arch in ("amd64", "arm64", "s390x"):
        layout.add_image([tar_of(f"for-{arch}")], platform=("linux", arch))
    attestation = layout.entries[0].copy()
    attestation["platform"] = {"os": "unknown", "architecture": "unknown"}
    attestation["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    children = [*layout.entries, attestation]
    nested = layout.put_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}, INDEX)
    layout.entries = [{**nested, "annotations": {"org.opencontainers.image.ref.name": "latest"}}]
    layout.write_index()
    target = f"oci:{layout.directory}:latest"
    for arch in ("amd64", "arm64", "s390x"):
        expect(f"--platform linux/{arch}", names(target, "--platform", f"linux/{arch}"),
               [(f"linux/{arch}", [f"for-{arch}"])])
    expect("--platform all", sorted(n for _, n in names(target, "--platform", "all")),
           [["for-amd64"], ["for-arm64"], ["for-s390x"]])
    code, text = refused(target, "--platform", "all")
    expect("one document for several images is refused and says how",
           (code, "=FILE.json" in text and "FILE.linux-" in text), (64, True))
    done = subprocess.run([PROGRAM, "sbom", "--cache", "none", "--platform", "all", "--output",
                           work / "bom.cdx.json", target], check=False)
    expect("one file for each platform", (done.returncode, sorted(p.name for p in work.glob("bom*"))),
           (0, [f"bom.cdx.linux-{arch}.json" for arch in ("amd64", "arm64", "s390x")]))
    expect("each holds its own packages",
           [c["name"] for c in json.loads((work / "bom.cdx.linux-arm64.json").read_text())["components"]
            if c["type"] == "library"], ["for-arm64"])
    code, text = refused(target, "--platform", "linux/riscv64")
    expect("a platform that is not there", (code, "linux/s390x" in text), (1, True))
    code, text = refused(f"oci:{layout.directory}:other", "--platform", "linux/amd64")
    expect("a reference that is not there", (code, "latest" in text), (1, True))


def single_platform(work):
    layout = Layout(work / "single")
    layout.add_image([tar_of("only")], platform=("linux", "s390x"))
    expect("a single platform just works", names(f"oci:{layout.directory}"),
           [("linux/s390x", ["only"])])
    layout.blob_path(layout.entries[0]["digest"]).write_bytes(b"{}")
    code, text = refused(f"oci:{layout.directory}")
    expect("a manifest of another digest", (code, layout.entries[0]["digest"] in text), (1, True))


def archives(work):
    layout = Layout(work / "image")
    layout.add_image([tar_of("app")])
    with tarfile.open(work / "oci.tar", "w") as tar:
        tar.add(layout.directory, arcname=".")
    expect("oci-archive", names(f"oci-archive:{work}/oci.tar")[0][1], ["app"])
    expect("a bare path to it", names(f"{work}/oci.tar")[0][1], ["app"])
    expect("a bare path to the layout", names(f"{layout.directory}")[0][1], ["app"])
    if shutil.which("skopeo") is None:
        print("skopeo is not installed: docker archives of its making are skipped")
        return
    for kind in ("docker-archive", "oci-archive"):
        subprocess.run(["skopeo", "copy", "--quiet", "--insecure-policy",
                        f"oci:{layout.directory}:latest", f"{kind}:{work}/{kind}.tar:app:1"],
                       check=True)
        expect(f"{kind} by skopeo", names(f"{kind}:{work}/{kind}.tar")[0][1], ["app"])
        with open(f"{work}/{kind}.tar", "rb") as archive:
            done = subprocess.run([PROGRAM, "sbom", "--cache", "none", "--format", "json", "-"],
                                  stdin=archive, capture_output=True, check=True)
        expect(f"{kind} on stdin",
               [p["name"] for p in json.loads(done.stdout)["packages"]], ["app"])


def incomplete_docker_archive(work):
    """What Docker 25 and later save of a multi-platform image whose blobs are not all here."""
    layout = Layout(work / "incomplete")
    layout.add_image([tar_of("app"), tar_of("upper")])
    manifest = json.loads(layout.blob_path(layout.entries[0]["digest"]).read_text())
    gone = manifest["layers"][1]["digest"]
    (layout.directory / "manifest.json").write_text(json.dumps([{
        "Config": "blobs/sha256/" + manifest["config"]["digest"].split(":")[1],
        "RepoTags": ["app:1"],
        "Layers": ["blobs/sha256/" + layer["digest"].split(":")[1]
                   for layer in manifest["layers"]]}]))
    with tarfile.open(work / "complete.tar", "w") as tar:
        tar.add(layout.directory, arcname=".")
    expect("the form inside Docker 25 archives", names(f"{work}/complete.tar")[0][1], ["upper"])
    subprocess.run([PROGRAM, "sbom", "--cache", f"{work}/cache", f"{work}/complete.tar"],
                   capture_output=True, check=True)
    layout.blob_path(gone).unlink()
    with tarfile.open(work / "incomplete.tar", "w") as tar:
        tar.add(layout.directory, arcname=".")
    for target in (f"docker-archive:{work}/incomplete.tar", f"{work}/incomplete.tar",
                   f"oci-archive:{work}/incomplete.tar", f"oci:{layout.directory}"):
        code, text = refused(target, "--quiet")
        expect(f"an incomplete one names the missing blob and its layer: {target.split(':')[0]}",
               (code, gone in text, "layer 1" in text), (1, True, True))
    done = subprocess.run([PROGRAM, "sbom", "--cache", f"{work}/cache", "--format", "json",
                           f"{work}/incomplete.tar"], capture_output=True, text=True, check=False)
    expect("what an earlier scan verified is still known", done.returncode, 0)
    report = json.loads(done.stdout or "{}")
    expect("and the report says so",
           ([p["name"] for p in report.get("packages", [])],
            [(p["layer"], p["code"], gone in p["message"]) for p in report.get("problems", [])]),
           (["upper"], [(1, "cache", True)]))
    (layout.directory / "index.json").unlink()
    (layout.directory / "oci-layout").unlink()
    with tarfile.open(work / "listed.tar", "w") as tar:
        tar.add(layout.directory, arcname=".")
    code, text = refused(f"{work}/listed.tar", "--quiet")
    expect("the same of an archive with manifest.json alone",
           (code, gone.split(":")[1] in text, "layer 1" in text), (1, True, True))


def root_directory(work):
    root = work / "root"
    with tarfile.open(fileobj=io.BytesIO(tar_of("rooted"))) as tar:
        tar.extractall(root, filter="data") if hasattr(tarfile, "data_filter") \
            else tar.extractall(root)
    (root / "loop").symlink_to(".")
    expect("dir:", names(f"dir:{root}"), [("", ["rooted"])])
    expect("a bare path to it", names(f"{root}"), [("", ["rooted"])])
    (root / "var/lib/dpkg").rename(root / "srv")
    (root / "var/lib/dpkg").symlink_to("/srv")
    expect("its database behind a link", names(f"dir:{root}"), [("", ["rooted"])])


def main():
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        multi_platform(work)
        single_platform(work)
        archives(work)
        incomplete_docker_archive(work)
        root_directory(work)
    if FAILURES:
        sys.exit("\n".join(FAILURES))


if __name__ == "__main__":
    main()
