#!/usr/bin/env python3
"""Layers that carry a table of contents, in a registry: only the parts that hold wanted files are
fetched, the report says so, and what it finds is what the whole layer gives. A table that lies, or a
registry that gives no parts, costs the whole layer and never an unread one."""
import json
import pathlib
import random
import subprocess
import tempfile
import urllib.request

from faulty_proxy import FaultyProxy
from layer_tables import chunked, other_problems, sha256, stargz
from local_registry import OS_RELEASE, PROGRAM, Registry, expect, finish, need, run, status_of
from oci_layout import Layout

FORMS = {"eStargz": (stargz, "+gzip"), "zstd:chunked": (chunked, "+zstd")}
NOISE = random.Random(1).randbytes(9_000_000)


def entries_of(*names, noise=NOISE):
    return [("etc/", "dir", None),
            ("etc/os-release", "symlink", "../usr/lib/os-release"),
            ("usr/share/noise", "reg", noise[:len(noise) // 2]),
            ("usr/lib/os-release", "reg", OS_RELEASE),
            ("var/lib/dpkg/status", "reg", status_of(*names)),
            ("var/lib/dpkg/info/base.list", "reg", b"/.\n/usr/share/noise\n"),
            ("usr/share/more", "reg", noise[len(noise) // 2:]),
            ("usr/share/hard", "hardlink", "usr/share/more"),
            ("srv/empty", "reg", b""),
            ("srv/.wh.gone", "reg", b""),
            ("dev/null", "char", None)]


def push(work, registry, name, suffix, *layers):
    layout = Layout(pathlib.Path(work) / name.replace(":", "-"))
    packed = {layer.tar: layer.blob for layer in layers}
    layout.add_image([layer.tar for layer in layers], pack=lambda tar: packed[tar], suffix=suffix,
                     annotations=[layer.annotations for layer in layers])
    subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false",
                    f"oci:{layout.directory}:latest", f"docker://{registry.host}/{name}"], check=True)
    return layout


class Scan:
    """One scan through a proxy that counts the bytes of layers."""

    def __init__(self, registry, name, *flags, fault=None):
        self.pulled, self.requests = 0, 0

        def count(request, answer):
            if fault:
                fault(request, answer)
            if "/blobs/" in request.path:
                self.pulled += len(answer.body)
                self.requests += 1

        proxy = FaultyProxy(registry.host, count)
        self.code, out, self.errors = run(f"{proxy.host}/{name}", "--insecure-registry", proxy.host,
                                          *flags)
        proxy.close()
        self.report = json.loads(out.replace(proxy.host, "HOST")) if self.code == 0 else None

    def table(self, layer=0):
        return self.report["target"]["layers"][layer]["table"]

    def found(self):
        """Everything but how it was read."""
        report = json.loads(json.dumps(self.report))
        for layer in report["target"]["layers"]:
            layer["table"] = None
        report["problems"] = other_problems(report)
        return report


def check_form(work, registry, form):
    make, suffix = FORMS[form]
    layer = make(entries_of("base"))
    name = f"typical:{form.lower().replace(':', '-')}"
    push(work, registry, name, suffix, layer)
    whole = Scan(registry, name, "--full-layers")
    parts = Scan(registry, name)
    expect(f"{form}: whole is read", whole.code == 0, whole.errors)
    expect(f"{form}: parts are read", parts.code == 0, parts.errors)
    expect(f"{form}: packages are found", [p["name"] for p in whole.report["packages"]] == ["base"])
    expect(f"{form}: the same is found", parts.found() == whole.found(),
           f"{json.dumps(parts.found())}\n{json.dumps(whole.found())}")
    expect(f"{form}: --full-layers fetches all", whole.pulled > len(layer.blob))
    expect(f"{form}: and looks at no table", whole.table() is None)
    expect(f"{form}: little is fetched", parts.pulled < 20_000, str(parts.pulled))
    table = parts.table()
    expect(f"{form}: the report says so", table["form"] == form and not table["verified"]
           and table["refused"] == "" and 0 < table["fetched_bytes"] < parts.pulled, str(table))
    expect(f"{form}: programs were not searched, and it says so",
           len(parts.report["problems"]) == 1
           and "--full-layers" in parts.report["problems"][0]["message"])
    expect(f"{form}: no problems", other_problems(parts.report) == [], str(parts.report["problems"]))


def check_cache(work, registry):
    """What was read by a table is kept, but never given to who wants the layer itself."""
    cached = ["--cache", f"{work}/cache"]
    cold = Scan(registry, "typical:estargz", *cached)
    warm = Scan(registry, "typical:estargz", *cached)
    expect("warm: only the configuration is fetched", warm.requests == 1, str(warm.requests))
    expect("warm: the same report", warm.report == cold.report)
    whole = Scan(registry, "typical:estargz", "--full-layers", *cached)
    expect("--full-layers does not believe it", whole.table() is None and whole.requests == 2)
    after = Scan(registry, "typical:estargz", *cached)
    expect("a verified layer is preferred", after.table() is None and after.requests == 1)
    # The same layer under another table: its author's claim is his own.
    layer = stargz(entries_of("base"))
    other = stargz(entries_of("other"))
    layer.annotations = other.annotations
    push(work, registry, "claims:1", "+gzip", layer)
    fresh = ["--cache", f"{work}/fresh"]
    Scan(registry, "typical:estargz", *fresh)
    claims = Scan(registry, "claims:1", *fresh)
    expect("another table is another entry", claims.code == 0 and claims.table()["verified"]
           and "the image says" in claims.table()["refused"], str(claims.table()))
    again = Scan(registry, "claims:1", *fresh)
    expect("why it was refused is kept", again.report == claims.report)
    honest = Scan(registry, "typical:estargz", *fresh)
    expect("and is told to nobody else", honest.table() is None, str(honest.table()))


def rows_of(document, name):
    return next(row for row in document["entries"] if row["name"] == name)


def check_lies(work, registry):
    """Every table that is not what it says: the whole layer is read, and the report says why."""
    def set_status(key, value):
        return lambda document: rows_of(document, "var/lib/dpkg/status").update({key: value})

    def outside(document):
        rows_of(document, "var/lib/dpkg/status").update({"offset": 10**9, "endOffset": 10**9 + 1})

    lies = {"another digest": (set_status("digest", sha256(b"no")), "the bytes have"),
            "no digest": (set_status("digest", ""), "names no digest"),
            "a part outside": (outside, "is outside the layer"),
            "another size": (set_status("size", 10**6), "holds less"),
            "no list": (lambda document: document.pop("entries"), "lists no entries"),
            "a path out of the root": (lambda document: rows_of(document, "srv/empty").update(
                {"name": "../../etc/passwd"}), "leaves the root")}
    for form, (make, suffix) in FORMS.items():
        for number, (what, (change, words)) in enumerate(lies.items()):
            name = f"lie:{number}{suffix[1:]}"
            push(work, registry, name, suffix, make(entries_of("base"), change))
            scan = Scan(registry, name)
            what = f"{form}, {what}"
            expect(f"{what}: is read all the same", scan.code == 0, scan.errors)
            expect(f"{what}: packages", [p["name"] for p in scan.report["packages"]] == ["base"])
            table = scan.table()
            expect(f"{what}: says why", table["verified"] and words in table["refused"], str(table))
            expect(f"{what}: no problem", other_problems(scan.report) == [])
    layer = stargz(entries_of("base"))
    layer.annotations = {name: sha256(b"no") for name in layer.annotations}
    push(work, registry, "lie:annotation", "+gzip", layer)
    scan = Scan(registry, "lie:annotation")
    expect("another table", "the image says" in scan.table()["refused"], str(scan.table()))
    layer.annotations = {"io.github.containers.zstd-chunked.manifest-position": "1:2:3:1"}
    push(work, registry, "lie:position", "+gzip", layer)
    scan = Scan(registry, "lie:position")
    expect("a position without a digest", scan.table()["verified"] and scan.table()["refused"] != "")


def check_registries(registry):
    """Registries that cannot give parts, and parts that are not what was asked for."""
    want = Scan(registry, "typical:estargz", "--full-layers").found()

    def no_ranges(request, answer):
        if answer.status == 206:
            with urllib.request.urlopen(f"http://{registry.host}{request.path}") as whole:
                answer.status, answer.body = 200, whole.read()
            answer.headers.pop("Content-Range")

    scan = Scan(registry, "typical:estargz", fault=no_ranges)
    expect("no ranges: the whole layer is read", scan.code == 0 and scan.found() == want, scan.errors)
    expect("no ranges: it says why", "does not give parts" in scan.table()["refused"],
           str(scan.table()))

    def damage(request, answer):
        if answer.status == 206:
            answer.body = bytes(byte ^ 1 for byte in answer.body)

    scan = Scan(registry, "typical:estargz", fault=damage)
    expect("damaged parts: the whole layer", scan.code == 0 and scan.found() == want, scan.errors)
    expect("damaged parts: it says why", scan.table()["verified"] and scan.table()["refused"] != "")

    def other_parts(request, answer):
        if answer.status == 206:
            answer.headers["Content-Range"] = "bytes 7-8/100"

    scan = Scan(registry, "typical:estargz", fault=other_parts)
    expect("other parts: the whole layer", scan.code == 0 and scan.found() == want, scan.errors)


def check_choice(work, registry):
    """Small layers, and those of which most is wanted, are read as a whole."""
    small = stargz(entries_of("base", noise=NOISE[:2_000_000]))
    push(work, registry, "small:1", "+gzip", small)
    scan = Scan(registry, "small:1")
    expect("a small layer is read as a whole", scan.table() is None and scan.requests == 2)
    listing = "".join(f"/usr/{NOISE[i:i + 8].hex()}\n" for i in range(0, 4_800_000, 8)).encode()
    large = entries_of("base")
    large[2] = ("var/lib/dpkg/info/large.list", "reg", listing)
    large[6] = ("usr/share/more", "reg", b"")
    push(work, registry, "wanted:1", "+gzip", stargz(large))
    scan = Scan(registry, "wanted:1")
    expect("a layer that is wanted itself", scan.table()["verified"]
           and "saves too little" in scan.table()["refused"], str(scan.table()))


def check_links(work, registry):
    """The second pass, for a database behind a link of another layer, reads parts too."""
    first = entries_of("base")
    first[4] = ("usr/lib/status", "reg", status_of("behind-link"))
    second = [("var/lib/dpkg/status", "symlink", "../../../usr/lib/status"),
              ("opt/noise", "reg", NOISE[:5_000_000])]
    push(work, registry, "linked:1", "+gzip", stargz(first), stargz(second))
    whole, parts = Scan(registry, "linked:1", "--full-layers"), Scan(registry, "linked:1")
    expect("links: found", [p["name"] for p in parts.report["packages"]] == ["behind-link"],
           parts.errors)
    expect("links: the same", parts.found() == whole.found())
    expect("links: little is fetched", parts.pulled < 40_000, str(parts.pulled))


def check_text(registry):
    proxy = FaultyProxy(registry.host)
    out = subprocess.run([PROGRAM, "sbom", "--format", "table", "--quiet", "--cache", "none",
                          "--insecure-registry", proxy.host, f"{proxy.host}/typical:estargz"],
                         capture_output=True, text=True, check=True).stdout
    proxy.close()
    words = " ".join(out.split())
    expect("the table says it", "layer 0: read by its eStargz table of contents: 0.0 of 9.0 MB were "
           "fetched; the layer's digest and diff id are not verified" in words, out)


def main():
    need("docker-registry", "skopeo")
    with tempfile.TemporaryDirectory() as work:
        registry = Registry(work, "registry")
        try:
            for form in FORMS:
                check_form(work, registry, form)
            check_cache(work, registry)
            check_lies(work, registry)
            check_registries(registry)
            check_choice(work, registry)
            check_links(work, registry)
            check_text(registry)
        finally:
            registry.close()
    finish()


if __name__ == "__main__":
    main()
