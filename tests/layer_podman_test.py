#!/usr/bin/env python3
"""zstd:chunked layers as Podman itself writes them, pushed to a registry: read by their tables, large
files of many chunks among them. Where Podman leaves out a tar's padding, so that its content is not
what the configuration says, the scan goes on and the report says so."""
import json
import os
import pathlib
import random
import subprocess
import tempfile

from local_registry import OS_RELEASE, Registry, expect, finish, need, run, status_of


class Podman:
    """Podman with its storage in the working directory."""

    def __init__(self, work):
        state = pathlib.Path(work) / "podman"
        self.command = ["podman", "--root", state / "root", "--runroot", state / "run",
                        "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs",
                        "--events-backend", "file"]

    def try_to(self, *arguments):
        return subprocess.run([*self.command, *arguments], capture_output=True, text=True, check=False)


def make_tree(work):
    tree = pathlib.Path(work) / "tree"
    files = {"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": status_of("by-podman")}
    noise = random.Random(1)
    files.update({f"data/f{i}": noise.randbytes(2_000_000) for i in range(6)})
    # Wanted, and of so many bytes that no other split is possible: several chunks.
    files["var/lib/dpkg/status.d/large"] = status_of(*(f"large-{noise.random()}" for _ in range(9000)))
    for path, content in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(content)
    return tree


def push(podman, work, registry, tree, tag, *flags):
    archive = pathlib.Path(work) / f"{tag}.tar"
    subprocess.run(["tar", *flags, "-C", tree, "-cf", archive, "."], check=True)
    steps = (["import", "-q", archive, f"localhost/app:{tag}"],
             ["push", "-q", "--tls-verify=false", "--format", "oci", "--compression-format",
              "zstd:chunked", f"localhost/app:{tag}", f"docker://{registry.host}/app:{tag}"])
    for step in steps:
        done = podman.try_to(*step)
        if done.returncode != 0:
            print(f"skip: podman {step[0]} does not work here:", done.stderr[-300:])
            return None
    return f"{registry.host}/app:{tag}"


def names_of(report):
    return {package["name"] for package in report["packages"]}


def check_tables(target, flags):
    """What the table gives is what the whole layer gives."""
    code, out, errors = run(target, *flags)
    expect("a layer of podman: is read", code == 0, errors)
    if code != 0:
        return
    report = json.loads(out)
    table = report["target"]["layers"][0]["table"]
    expect("a layer of podman: by its table", table and table["form"] == "zstd:chunked" and
           not table.get("refused"), table)
    code, out, errors = run(target, "--full-layers", *flags)
    expect("a layer of podman: is read as a whole", code == 0, errors)
    expect("a layer of podman: both say the same", code == 0 and
           names_of(json.loads(out)) == names_of(report) and "by-podman" in names_of(report) and
           len(names_of(report)) == 9001, len(names_of(report)))


def check_padding(target, flags):
    """Older versions of Podman drop the padding, and the content has another digest."""
    code, out, errors = run(target, "--full-layers", *flags)
    expect("a padded layer of podman: is read", code == 0 and
           "by-podman" in names_of(json.loads(out)), errors)
    if code == 0 and "verify diff id" in out:
        report = json.loads(out)
        expect("a padded layer of podman: the report says that it is another one",
               [each["code"] for each in report["problems"]] == ["layer-unreadable"] and
               report["target"]["layers"][0]["diff_id"] in report["problems"][0]["message"],
               report["problems"])


def main():
    need("docker-registry", "podman")
    with tempfile.TemporaryDirectory() as work:
        registry = Registry(work, "registry")
        try:
            podman = Podman(work)
            tree = make_tree(work)
            # Without padding, which this test is not about.
            if target := push(podman, work, registry, tree, "plain", "--blocking-factor=1"):
                check_tables(target, ["--insecure-registry", registry.host])
            if target := push(podman, work, registry, tree, "padded"):
                check_padding(target, ["--insecure-registry", registry.host])
        finally:
            registry.close()
            # Podman's files may belong to other users of a namespace.
            Podman(work).try_to("unshare", "rm", "-rf", os.path.join(work, "podman"))
    finish()


main()
