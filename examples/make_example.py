#!/usr/bin/env python3
"""Writes examples/harbour, an OCI image layout of two small layers, and its advisories, and when its
distribution reached its end of life.

The package names, versions and sources are those of real Debian 11 packages of early 2022; the
descriptions are our own. The output is the same on every machine, so the committed copy can be
checked: examples/make_example.py --check.
"""
import filecmp
import gzip
import hashlib
import io
import json
import pathlib
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

OS_RELEASE = """PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"
NAME="Debian GNU/Linux"
VERSION_ID="11"
VERSION="11 (bullseye)"
VERSION_CODENAME=bullseye
ID=debian
"""

# name, version, source ("" the same), what it is
BASE = [
    ("base-files", "11.1+deb11u2", "", "the files every system starts with"),
    ("bash", "5.1-2+b3", "bash (5.1-2)", "a command shell"),
    ("dpkg", "1.20.9", "", "installs packages"),
    ("gzip", "1.10-4", "", "compresses files"),
    ("libc6", "2.31-13+deb11u2", "glibc", "the C library"),
    ("libexpat1", "2.2.10-2", "expat", "parses XML"),
    ("liblzma5", "5.2.5-2", "xz-utils", "compresses with LZMA"),
    ("libssl1.1", "1.1.1k-1+deb11u1", "openssl", "TLS and cryptography"),
    ("zlib1g", "1:1.2.11.dfsg-2", "zlib", "compresses with deflate"),
]
ADDED = [
    ("curl", "7.74.0-1.3+deb11u1", "", "fetches URLs"),
    ("libcurl4", "7.74.0-1.3+deb11u1", "curl", "fetches URLs, as a library"),
    ("libpolkit-gobject-1-0", "0.105-31", "policykit-1", "asks who may do what"),
    ("openssl", "1.1.1k-1+deb11u1", "", "the command line of TLS"),
    ("policykit-1", "0.105-31", "", "decides who may do what"),
    ("sudo", "1.9.5p2-3+deb11u1", "", "runs a command as another user"),
]
UPGRADED = {"gzip": "1.10-4+deb11u1"}
THIRD_PARTY = ("docker-ce-cli", "5:20.10.12~3-0~debian-bullseye", "", "talks to a container engine")

# Debian advisory, published, source package, first fixed version, vulnerabilities
ADVISORIES = [
    ("DSA-5059-1", "2022-01-25", "policykit-1", "0.105-31+deb11u1", ["CVE-2021-4034"]),
    ("DSA-5085-1", "2022-02-22", "expat", "2.2.10-2+deb11u2", ["CVE-2022-25235"]),
    ("DSA-5103-1", "2022-03-15", "openssl", "1.1.1k-1+deb11u2", ["CVE-2022-0778"]),
    ("DSA-5111-1", "2022-04-01", "zlib", "1:1.2.11.dfsg-2+deb11u1", ["CVE-2018-25032"]),
    ("DSA-5122-1", "2022-04-18", "gzip", "1.10-4+deb11u1", ["CVE-2022-1271"]),
    ("DSA-5123-1", "2022-04-18", "xz-utils", "5.2.5-2.1~deb11u1", ["CVE-2022-1271"]),
    ("DSA-5147-1", "2022-05-25", "dpkg", "1.20.10", ["CVE-2022-1664"]),
    ("DSA-5197-1", "2022-08-01", "curl", "7.74.0-1.3+deb11u2", ["CVE-2022-27782"]),
    ("DSA-5218-1", "2022-08-25", "zlib", "1:1.2.11.dfsg-2+deb11u2", ["CVE-2022-37434"]),
    ("DSA-5321-1", "2023-01-18", "sudo", "1.9.5p2-3+deb11u1", ["CVE-2023-22809"]),
]
# Base vectors as NVD publishes them.
VECTORS = {
    "CVE-2018-25032": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
    "CVE-2021-4034": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
    "CVE-2022-0778": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
    "CVE-2022-1271": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
    "CVE-2022-1664": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVE-2022-25235": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVE-2022-27782": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N",
    "CVE-2022-37434": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVE-2023-22809": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
}
SUMMARIES = {
    "CVE-2018-25032": "deflate can write out of bounds on input with many distant matches",
    "CVE-2021-4034": "pkexec takes an environment variable for its first argument: any user becomes root",
    "CVE-2022-0778": "parsing an elliptic-curve key with bad parameters never ends",
    "CVE-2022-1271": "a crafted file name makes the grep companion write to any file",
    "CVE-2022-1664": "unpacking a source package can write outside its directory",
    "CVE-2022-25235": "missing checks of multi-byte characters allow code execution",
    "CVE-2022-27782": "a connection is reused although its TLS settings changed",
    "CVE-2022-37434": "a long extra field of a gzip header overflows a buffer in inflate",
    "CVE-2023-22809": "sudoedit can be made to edit any file",
}


def stanza(name, version, source, what, maintainer="Debian maintainers <packages@debian.org>"):
    lines = [
        f"Package: {name}",
        "Status: install ok installed",
        f"Maintainer: {maintainer}",
        "Architecture: amd64",
    ]
    lines += [f"Source: {source}"] if source else []
    return "\n".join(lines + [f"Version: {version}", f"Description: {what}"]) + "\n"


def status(packages):
    third_party = THIRD_PARTY in packages
    texts = [stanza(*each) for each in sorted(packages) if each != THIRD_PARTY]
    if third_party:
        texts.append(stanza(*THIRD_PARTY, maintainer="Docker <support@docker.com>"))
    return "\n".join(texts)


def layer(files):
    """A tar of the files and their directories, all dates zero."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        made = set()
        for path, content in sorted(files.items()):
            for above in reversed(pathlib.PurePosixPath(path).parents):
                if str(above) not in (".", *made):
                    made.add(str(above))
                    entry = tarfile.TarInfo(str(above))
                    entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                    tar.addfile(entry)
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content.encode()), 0o644
            tar.addfile(entry, io.BytesIO(content.encode()))
    return out.getvalue()


def lists(packages):
    return {
        f"var/lib/dpkg/info/{name}.list": f"/.\n/usr\n/usr/share/doc/{name}\n"
        for name, _, _, _ in packages
    }


def write_image(directory):
    blobs = directory / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": "sha256:" + digest, "size": len(data)}

    def put_json(value):
        return put(json.dumps(value, separators=(",", ":")).encode())

    second = [(n, UPGRADED.get(n, v), s, w) for n, v, s, w in BASE] + ADDED + [THIRD_PARTY]
    tars = [
        layer({"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": status(BASE), **lists(BASE)}),
        layer({"var/lib/dpkg/status": status(second), **lists(ADDED + [THIRD_PARTY])}),
    ]
    config = {
        "created": "2022-02-01T00:00:00Z",
        "architecture": "amd64",
        "os": "linux",
        "config": {"Cmd": ["/bin/bash"]},
        "rootfs": {
            "type": "layers",
            "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest() for tar in tars],
        },
        "history": [
            {"created": "2022-01-26T00:00:00Z", "created_by": "ADD rootfs.tar.xz / # debian 11"},
            {"created": "2022-02-01T00:00:00Z", "created_by": 'CMD ["bash"]', "empty_layer": True},
            {
                "created": "2022-02-01T00:00:00Z",
                "created_by": "RUN apt-get install -y curl sudo policykit-1 docker-ce-cli",
            },
        ],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **put_json(config)},
        "layers": [
            {
                "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                **put(gzip.compress(tar, 9, mtime=0)),
            }
            for tar in tars
        ],
    }
    entry = {
        "mediaType": manifest["mediaType"],
        **put_json(manifest),
        "platform": {"os": "linux", "architecture": "amd64"},
        "annotations": {"org.opencontainers.image.ref.name": "latest"},
    }
    index = {"schemaVersion": 2, "manifests": [entry]}
    (directory / "index.json").write_text(json.dumps(index, separators=(",", ":")))
    (directory / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')


def osv_documents():
    for advisory, date, source, fixed, vulnerabilities in ADVISORIES:
        yield {
            "schema_version": "1.6.0",
            "id": advisory,
            "published": date + "T00:00:00Z",
            "modified": date + "T00:00:00Z",
            "summary": f"{source}: security update",
            "upstream": vulnerabilities,
            "affected": [
                {
                    "package": {"ecosystem": "Debian:11", "name": source},
                    "ranges": [
                        {
                            "type": "ECOSYSTEM",
                            "events": [{"introduced": "0"}, {"fixed": fixed}],
                        }
                    ],
                }
            ],
            "references": [
                {
                    "type": "ADVISORY",
                    "url": f"https://security-tracker.debian.org/tracker/{advisory}",
                }
            ],
        }
    for cve, vector in sorted(VECTORS.items()):
        yield {
            "schema_version": "1.6.0",
            "id": cve,
            "published": "2022-01-01T00:00:00Z",
            "modified": "2023-02-01T00:00:00Z",
            "summary": SUMMARIES[cve],
            "severity": [{"type": "CVSS_V3", "score": vector}],
            "affected": [],
        }


def write_advisories(directory):
    directory.mkdir()
    lines = [json.dumps(document, separators=(",", ":")) for document in osv_documents()]
    (directory / "debian-11.osv.jsonl").write_text("\n".join(lines) + "\n")
    kev = {
        "title": "Known exploited vulnerabilities: the one that concerns this example",
        "catalogVersion": "2025.08.25",
        "dateReleased": "2025-08-25T17:04:19Z",
        "count": 1,
        "vulnerabilities": [
            {
                "cveID": "CVE-2021-4034",
                "dateAdded": "2022-06-27",
                "dueDate": "2022-07-18",
                "knownRansomwareCampaignUse": "Unknown",
            }
        ],
    }
    (directory / "kev.json").write_text(json.dumps(kev, indent=1) + "\n")
    (directory / "epss.csv").write_text(
        "#model_version:v2026,score_date:2026-08-01T00:00:00+0000\n"
        "cve,epss,percentile\n"
        "CVE-2018-25032,0.51733,0.98851\n"
        "CVE-2021-4034,0.94921,0.99854\n"
        "CVE-2022-0778,0.70561,0.99335\n"
        "CVE-2022-1271,0.04291,0.90279\n"
        "CVE-2022-37434,0.17852,0.96912\n"
    )
    (directory / "exploits.csv").write_text(
        "edb_id,platform,type,cve\n50689,linux,local,CVE-2021-4034\n"
    )


def write_end_of_life(directory):
    directory.mkdir()
    debian = [
        {"cycle": "12", "codename": "Bookworm", "releaseDate": "2023-06-10", "eol": "2026-06-10",
         "extendedSupport": "2028-06-30"},
        {"cycle": "11", "codename": "Bullseye", "releaseDate": "2021-08-14", "eol": "2024-08-14",
         "extendedSupport": "2026-08-31"},
    ]
    (directory / "debian.json").write_text(json.dumps(debian, indent=1) + "\n")


def same(a, b):
    compared = filecmp.dircmp(a, b)
    if compared.left_only or compared.right_only or compared.diff_files:
        return False
    return all(same(a / name, b / name) for name in compared.common_dirs)


def write_all(directory):
    write_image(directory / "harbour")
    write_advisories(directory / "advisories")
    write_end_of_life(directory / "endoflife")


def main():
    if "--check" not in sys.argv:
        write_all(HERE)
        return
    with tempfile.TemporaryDirectory() as fresh:
        fresh = pathlib.Path(fresh)
        write_all(fresh)
        for name in ("harbour", "advisories", "endoflife"):
            if not same(fresh / name, HERE / name):
                sys.exit(f"examples/{name} is not what examples/make_example.py writes")


if __name__ == "__main__":
    main()
