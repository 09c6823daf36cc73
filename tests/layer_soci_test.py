#!/usr/bin/env python3
"""Ordinary gzip layers that have a SOCI index beside them: only the spans that hold wanted files are
fetched, where the image's manifest names the index, or where one is attached and the user agrees. A
ztoc that lies costs the whole layer and never an unread one."""
import http.client
import json
import tempfile
import urllib.parse

from layer_ranges_test import NOISE, Scan, entries_of
from layer_tables import WINDOW, other_problems, sha256, soci
from local_registry import Registry, expect, finish, need, status_of
from oci_layout import CONFIG, INDEX, LAYER, MANIFEST

SOCI = "application/vnd.amazon.soci.index.v{}+json"


class Repository:
    """Pushes blobs and manifests as they are, which image tools do not do."""

    def __init__(self, registry, name):
        self.registry, self.name = registry, name

    def send(self, method, path, body=b"", **headers):
        connection = http.client.HTTPConnection(self.registry.host)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status not in (201, 202):
            raise RuntimeError(f"{method} {path}: {answer.status} {text}")
        return answer

    def blob(self, data, media_type, **annotations):
        begun = self.send("POST", f"/v2/{self.name}/blobs/uploads/")
        place = urllib.parse.urlparse(begun.getheader("Location"))
        self.send("PUT", f"{place.path}?{place.query}&digest={sha256(data)}", data,
                  **{"Content-Type": "application/octet-stream"})
        row = {"mediaType": media_type, "digest": sha256(data), "size": len(data)}
        return row | ({"annotations": annotations} if annotations else {})

    def manifest(self, document, tag=None):
        data = json.dumps(document).encode()
        self.send("PUT", f"/v2/{self.name}/manifests/{tag or sha256(data)}", data,
                  **{"Content-Type": document["mediaType"]})
        return {"mediaType": document["mediaType"], "digest": sha256(data), "size": len(data)}


def soci_index(repository, layers, version, subject=None):
    document = {"schemaVersion": 2, "mediaType": MANIFEST,
                "config": repository.blob(b"{}", SOCI.format(version)),
                "layers": [repository.blob(layer.ztoc, "application/octet-stream",
                                           **{"com.amazon.soci.image-layer-digest": sha256(layer.blob)})
                           for layer in layers]}
    if subject:
        document["subject"] = subject
    return repository.manifest(document)


def image(repository, layers, tag, index=None):
    config = {"architecture": "amd64", "os": "linux",
              "rootfs": {"type": "layers", "diff_ids": [sha256(layer.tar) for layer in layers]}}
    document = {"schemaVersion": 2, "mediaType": MANIFEST,
                "config": repository.blob(json.dumps(config).encode(), CONFIG),
                "layers": [repository.blob(layer.blob, LAYER + "+gzip") for layer in layers]}
    if index:
        document["annotations"] = {"com.amazon.soci.index-digest": index}
    return repository.manifest(document, tag)


def push(registry, name, *layers, index=None):
    """An image of version 2: its manifest names the index, which stands beside it in an image index."""
    path, tag = name.split(":")
    repository = Repository(registry, path)
    tables = soci_index(repository, layers, 2)
    made = image(repository, layers, None, index or tables["digest"])
    platform = {"os": "linux", "architecture": "amd64"}
    repository.manifest({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        made | {"platform": platform},
        tables | {"platform": platform, "artifactType": SOCI.format(2)}]}, tag)


def attach(registry, name, *layers, subject=None):
    """The same image without a name for the index, which is attached by the tag of its digest."""
    path, tag = name.split(":")
    repository = Repository(registry, path)
    made = image(repository, layers, tag)
    tables = soci_index(repository, layers, 1, subject or made)
    repository.manifest({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        tables | {"artifactType": SOCI.format(1)}]}, made["digest"].replace(":", "-"))


def names(scan):
    return [package["name"] for package in scan.report["packages"]] if scan.report else scan.errors


def check_typical(registry, layer):
    push(registry, "typical:2", layer)
    whole, parts = Scan(registry, "typical:2", "--full-layers"), Scan(registry, "typical:2")
    expect("whole is read", whole.code == 0 and whole.table() is None, whole.errors)
    expect("packages are found", names(whole) == ["base"], names(whole))
    expect("parts are read", parts.code == 0, parts.errors)
    expect("the same is found", parts.found() == whole.found(),
           f"{json.dumps(parts.found())}\n{json.dumps(whole.found())}")
    expect("little is fetched", parts.pulled < len(layer.blob) / 3,
           f"{parts.pulled} of {len(layer.blob)}")
    table = parts.table()
    expect("the report says so", table["form"] == "SOCI" and not table["verified"]
           and table["refused"] == "" and table["digest"] == sha256(layer.ztoc), str(table))
    expect("no problems", other_problems(parts.report) == [], str(parts.report["problems"]))


def check_attached(registry, layer):
    attach(registry, "attached:1", layer)
    plain = Scan(registry, "attached:1")
    expect("an attached index is not looked for", plain.table() is None and names(plain) == ["base"],
           plain.errors)
    agreed = Scan(registry, "attached:1", "--attached-soci")
    expect("with consent it is used", agreed.table() and agreed.table()["form"] == "SOCI"
           and not agreed.table()["verified"], f"{agreed.table()} {agreed.errors}")
    expect("attached: the same is found", agreed.found() == plain.found())
    expect("attached: little is fetched", agreed.pulled < len(layer.blob) / 3, str(agreed.pulled))
    both = Scan(registry, "attached:1", "--attached-soci", "--full-layers")
    expect("--full-layers wins", both.table() is None)
    attach(registry, "foreign:1", layer, subject={"mediaType": MANIFEST, "digest": sha256(b"x"), "size": 1})
    foreign = Scan(registry, "foreign:1", "--attached-soci")
    expect("an index of another image", foreign.table()["verified"]
           and "is of another image" in foreign.table()["refused"], str(foreign.table()))
    path = Repository(registry, "lonely")
    image(path, [layer], "1")
    lonely = Scan(registry, "lonely:1", "--attached-soci")
    expect("nothing is attached", lonely.table() is None and names(lonely) == ["base"], lonely.errors)


def check_referrers_api(registry, layer):
    """Registries that know the API, and one that forbids to ask it."""
    repository = Repository(registry, "api")
    made = image(repository, [layer], "1")
    row = soci_index(repository, [layer], 1, made) | {"artifactType": SOCI.format(1)}
    signature = row | {"artifactType": "application/x-signature", "digest": sha256(b"signature")}

    def api(request, answer):
        if request.path.endswith("/referrers/" + made["digest"]):
            answer.status, answer.headers = 200, {"Content-Type": INDEX}
            answer.body = json.dumps({"schemaVersion": 2, "mediaType": INDEX,
                                      "manifests": [signature, row]}).encode()

    def forbid(request, answer):
        if "/referrers/" in request.path:
            answer.status, answer.headers, answer.body = 403, {}, b""

    asked = Scan(registry, "api:1", "--attached-soci", fault=api)
    expect("referrers API", asked.table() and not asked.table()["verified"], str(asked.table()))
    plain = Scan(registry, "api:1", fault=api)
    expect("referrers API: the same is found", asked.found() == plain.found() and not plain.table())
    refused = Scan(registry, "api:1", "--attached-soci", fault=forbid)
    expect("referrers API: forbidden", names(refused) == ["base"] and refused.table()["verified"]
           and "HTTP 403" in refused.table()["refused"], str(refused.table()))


def row_of(table, name):
    return next(row for row in table["files"] if row["name"] == name)


def check_lies(registry):
    """Every ztoc that is not what it says: the whole layer is read, and the report says why."""
    def status(**changes):
        return lambda table: row_of(table, "var/lib/dpkg/status").update(changes)

    def third_point(stored=None, inflated=None):
        def change(table):
            point = table["points"][3]
            table["points"][3] = (stored or point[0], inflated or point[1], bytes(WINDOW))
        return change

    lies = {"another span digest": (lambda table: table.update(
                digests=[sha256(b"no")] * len(table["digests"])), "the bytes have sha256:"),
            "a span without a digest": (lambda table: table.update(
                digests=["none"] * len(table["digests"])), "digest"),
            "a digest too few": (lambda table: table["digests"].pop(), "checkpoints are not"),
            "another name": (status(name="var/lib/dpkg/status.d/x"), "the tar has another entry"),
            "another size": (status(size=700), ""),
            "a file outside": (status(offset=10**12), "is outside the layer"),
            "a span outside": (third_point(stored=10**12), "is outside the layer"),
            "spans out of order": (third_point(inflated=1), "out of order"),
            "another layer": (lambda table: table.update(stored=5), "this one has"),
            "a tar without end": (lambda table: table.update(inflated=1 << 62), "--limit layer-bytes"),
            "a path out of the root": (status(name="../../etc/passwd"), "leaves the root")}
    for number, (what, (change, words)) in enumerate(lies.items()):
        push(registry, f"lie:{number}", soci(entries_of("base"), change))
        scan = Scan(registry, f"lie:{number}")
        expect(f"{what}: is read all the same", scan.code == 0, scan.errors)
        expect(f"{what}: packages", names(scan) == ["base"], names(scan))
        table = scan.table()
        expect(f"{what}: says why", table and table["verified"] and table["refused"]
               and words in table["refused"], str(table))
        expect(f"{what}: no problem", other_problems(scan.report) == [])


def check_indexes(registry, layer):
    """Indexes that are not what the manifest names, and a ztoc that is damaged on the way."""
    for what, digest, words in (("missing", sha256(b"none"), "HTTP 404"), ("no digest", "latest", "digest")):
        name = "index:" + what.replace(" ", "-")
        push(registry, name, layer, index=digest)
        scan = Scan(registry, name)
        expect(f"{what} index: the whole layer", names(scan) == ["base"], scan.errors)
        expect(f"{what} index: says why", scan.table() and scan.table()["verified"]
               and words in scan.table()["refused"], str(scan.table()))
    repository = Repository(registry, "index")
    other = image(repository, [layer], "other")
    push(registry, "index:image", layer, index=other["digest"])
    scan = Scan(registry, "index:image")
    expect("an image as index", "is another document" in scan.table()["refused"], str(scan.table()))

    def damage(request, answer):
        if sha256(layer.ztoc) in request.path:
            answer.body = bytes(byte ^ 1 for byte in answer.body)

    scan = Scan(registry, "typical:2", fault=damage)
    expect("a damaged ztoc", names(scan) == ["base"] and "the image says" in scan.table()["refused"],
           str(scan.table()))


def check_links(registry):
    """The second pass, for a database behind a link of another layer, reads parts too."""
    first = entries_of("base")
    first[4] = ("usr/lib/status", "reg", status_of("behind-link"))
    second = [("var/lib/dpkg/status", "symlink", "../../../usr/lib/status"),
              ("opt/noise", "reg", NOISE[:5_000_000])]
    push(registry, "linked:1", soci(first), soci(second))
    whole, parts = Scan(registry, "linked:1", "--full-layers"), Scan(registry, "linked:1")
    expect("links: found", names(parts) == ["behind-link"], parts.errors)
    expect("links: the same", parts.found() == whole.found())
    expect("links: parts only", parts.pulled < whole.pulled / 2, f"{parts.pulled} {whole.pulled}")


def main():
    need("docker-registry")
    layer = soci(entries_of("base"))
    with tempfile.TemporaryDirectory() as work:
        registry = Registry(work, "registry")
        try:
            check_typical(registry, layer)
            check_attached(registry, layer)
            check_referrers_api(registry, layer)
            check_lies(registry)
            check_indexes(registry, layer)
            check_links(registry)
        finally:
            registry.close()
    finish()


if __name__ == "__main__":
    main()
