#!/usr/bin/env python3
"""Bills of materials out and in: an image, its SBOM in every form, and the SBOMs that other tools write
of it give the same findings; what we write is valid by validators that others wrote.

TRIVY and SYFT name the tools' programs, SBOM_PYTHON a python with cyclonedx-python-lib and spdx-tools;
what is not there is skipped and said.
"""
import gzip
import io
import json
import lzma
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

from oci_layout import Layout

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
SHARED = pathlib.Path(os.environ.get("SHARED_DATA", "nowhere"))
FORMATS = ("cyclonedx", "cyclonedx-xml", "spdx", "spdx-tag")
FAILURES = []

VALIDATE_CYCLONEDX = """
import sys
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator
form = OutputFormat.XML if sys.argv[1] == "cyclonedx-xml" else OutputFormat.JSON
error = make_schemabased_validator(form, SchemaVersion.V1_6).validate_str(open(sys.argv[2]).read())
sys.exit(str(error)[:2000] if error else 0)
"""
VALIDATE_SPDX = """
import shutil, sys
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
path = sys.argv[2] + (".spdx" if sys.argv[1] == "spdx-tag" else ".spdx.json")
shutil.copy(sys.argv[2], path)
errors = validate_full_spdx_document(parse_file(path))
sys.exit("\\n".join(e.validation_message for e in errors[:10])[:2000] if errors else 0)
"""


def expect(what, true):
    print(f"{'ok  ' if true else 'FAIL'} {what}")
    if not true:
        FAILURES.append(what)


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          check=True).stdout


class Database:
    def __init__(self, work, *feeds):
        self.directory = work / "db"
        run("db", "import", "--complete", "--db", self.directory, *feeds)

    def scan(self, target):
        return json.loads(run("scan", "--db", self.directory, "--cache", "none", "--quiet", "--limit",
                              "feed-age=100000", "--format", "json", "--packages", target))


def summary(report):
    """What must not depend on the way: findings and the states of the packages."""
    return (sorted((f["id"], f["package"]["name"], f["package"]["version"], f["status"],
                    str(f["fix"])) for f in report["findings"]),
            {k: report["coverage"][k] for k in ("packages", "matched", "clean", "unassessed")},
            report["verdict"]["result"])


def has_modules(python, *modules):
    code = "import " + ",".join(modules)
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def validate(form, path):
    python = os.environ.get("SBOM_PYTHON", sys.executable)
    spdx = form.startswith("spdx")
    if not has_modules(python, "spdx_tools" if spdx else "cyclonedx.validation"):
        print(f"skip {form}: no validator in {python}")
        return
    done = subprocess.run([python, "-W", "ignore", "-c",
                           VALIDATE_SPDX if spdx else VALIDATE_CYCLONEDX, form, path],
                          capture_output=True, text=True, check=False)
    expect(f"{form} is valid: {done.stderr.strip()[-1500:]}", done.returncode == 0)


def own_formats(work, name, database, target):
    image = database.scan(target)
    expect(f"{name}: the image has findings", len(image["findings"]) > 5)
    for form in FORMATS:
        path = work / f"{name}.{form}"
        run("sbom", "--cache", "none", "--quiet", "--format", form, "--output", path, target)
        expect(f"{name}: {form} gives the image's findings",
               summary(database.scan(f"sbom:{path}")) == summary(image))
        validate(form, path)
    return image


def other_tool(work, name, variable, commands, database, image):
    """`commands`: {form: arguments}, which write the SBOM to standard output."""
    program = os.environ.get(variable)
    if not program:
        print(f"skip {name}: {variable} is not set")
        return
    for form, arguments in commands.items():
        path = work / f"{name}-{form}"
        with open(path, "wb") as out:
            subprocess.run([program, *arguments], stdout=out, stderr=subprocess.DEVNULL, check=True,
                           env={**os.environ, "XDG_CACHE_HOME": str(work / "cache")})
        ours, theirs = summary(image), summary(database.scan(f"sbom:{path}"))
        if ours[0] != theirs[0]:
            print("only from the image:", [f for f in ours[0] if f not in theirs[0]][:5])
            print("only from the SBOM:", [f for f in theirs[0] if f not in ours[0]][:5])
        if ours[1:] != theirs[1:]:
            print(ours[1:], theirs[1:])
        expect(f"{name} {form} gives the image's findings", ours == theirs)


def tar_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def other_tools(work, database, layout, image):
    source = f"{layout.directory}"
    trivy = {form: ["image", "--quiet", "--skip-db-update", "--offline-scan", "--format", form,
                    "--input", source] for form in ("cyclonedx", "spdx-json", "spdx")}
    other_tool(work, "trivy", "TRIVY", trivy, database, image)
    syft = {form.replace("@", "-"): ["scan", "-q", "-o", form, f"oci-dir:{source}"]
            for form in ("cyclonedx-json@1.2", "cyclonedx-json@1.4", "cyclonedx-json",
                         "cyclonedx-xml", "spdx-json@2.2", "spdx-json", "spdx-tag-value@2.2",
                         "spdx-tag-value")}
    other_tool(work, "syft", "SYFT", syft, database, image)


def ubuntu(work):
    status = SHARED / "corpora" / "ubuntu-jammy-minbase.status"
    feed = SHARED / "feeds" / "ubuntu-cve-jsonl.tar.zst"
    if not status.exists() or not feed.exists():
        print("skip Ubuntu: the shared data is not there")
        return
    layout = Layout(work / "jammy")
    # Syft goes by ID_LIKE, Trivy by lsb-release.
    os_release = (b'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n'
                  b'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 22.04 LTS"\n')
    lsb_release = b"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\n"
    layout.add_image([tar_of({"etc/os-release": os_release, "etc/lsb-release": lsb_release,
                              "var/lib/dpkg/status": status.read_bytes()})])
    database = Database(work / "ubuntu", feed)
    image = own_formats(work, "jammy", database, f"oci:{layout.directory}")
    other_tools(work, database, layout, image)


def attested(work, database):
    document = json.loads((work / "example.cyclonedx").read_text())
    statement = {"_type": "https://in-toto.io/Statement/v1", "subject": [],
                 "predicateType": "https://cyclonedx.org/bom", "predicate": document}
    path = work / "statement.json"
    path.write_text(json.dumps(statement))
    report = database.scan(f"sbom:{path}")
    expect("an attestation gives the findings of its document",
           summary(report) == summary(database.scan(f"sbom:{work}/example.cyclonedx")))
    expect("and says that no signature was verified",
           any("without a signature" in p["message"] for p in report["problems"]))


def no_source(work, database):
    """A tool that does not name sources: nothing of it is clean."""
    path = work / "plain.json"
    path.write_text(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
            {"type": "library", "name": name, "version": version,
             "purl": f"pkg:deb/debian/{name}@{version}?distro=debian-11"}
            for name, version in (("curl", "7.74.0-1.3%2Bdeb11u1"), ("libexpat1", "2.2.10-2"))]}))
    report = database.scan(f"sbom:{path}")
    expect("a hit by the binary's name is undetermined",
           {(f["package"]["name"], f["status"]) for f in report["findings"]}
           == {("curl", "undetermined")})
    expect("no hit is unassessed", report["coverage"]["clean"] == 0
           and report["coverage"]["unassessed"] == 1)
    expect("and the verdict unknown", report["verdict"]["result"] == "unknown")


def from_standard_input(work, database):
    document = (work / "example.cyclonedx").read_bytes()
    expected = summary(database.scan(f"sbom:{work}/example.cyclonedx"))

    def scan(data, *words, code=0):
        done = subprocess.run([PROGRAM, "scan", "--db", database.directory, "--cache", "none",
                               "--quiet", "--limit", "feed-age=100000", "--format", "json",
                               "--packages", *words], input=data, capture_output=True, check=False)
        expect(f"{' '.join(words)}: exit {code}", done.returncode == code)
        return json.loads(done.stdout) if code == 0 else done.stderr.decode()

    for name, data in (("plain", document), ("gzip", gzip.compress(document)),
                       ("xz", lzma.compress(document))):
        expect(f"an SBOM on standard input, {name}", summary(scan(data, "sbom:-")) == expected)
        (work / "packed").write_bytes(data)
        expect(f"an SBOM in a file, {name}",
               summary(database.scan(f"sbom:{work}/packed")) == expected)
    for name, data, words in (("nothing", b"", "standard input"),
                              ("a cut one", gzip.compress(document)[:-20], "gzip"),
                              ("a bomb", gzip.compress(b" " * 300_000_000, 1), "larger than")):
        said = scan(data, "sbom:-", code=1)
        expect(f"{name} on standard input: {said.strip()}", words in said)
    expect("- stays an image", "SBOM" in scan(document, "-", code=1))


def no_feed_managers(work, database):
    """What was said of the image is said of its SBOM once."""
    for name, path, text in (
            ("homebrew", "home/linuxbrew/.linuxbrew/Cellar/jq/1.7/INSTALL_RECEIPT.json", b"{}"),
            ("snap", "snap/hello/42/meta/snap.yaml", b"name: hello\nversion: '2.10'\n"),
            ("portage", "var/db/pkg/app-shells/bash-5.2/CONTENTS", b"dir /usr\n")):
        layout = Layout(work / name)
        layout.add_image([tar_of({"etc/os-release": b"ID=gentoo\n", path: text})])
        path = work / f"{name}.json"
        run("sbom", "--cache", "none", "--quiet", "--output", path, f"oci:{layout.directory}")
        reports = {"image": database.scan(f"oci:{layout.directory}"),
                   "SBOM": database.scan(f"sbom:{path}")}
        document = json.loads(path.read_text())
        for component in [document["metadata"], *document["components"]]:
            component.pop("properties", None)
        document["metadata"].pop("component", None)
        path.write_text(json.dumps(document))
        reports["SBOM of another tool"] = database.scan(f"sbom:{path}")
        for kind, report in reports.items():
            said = [p["message"] for p in report["problems"] if p["code"] == "package-db-missing"]
            expect(f"{name}, {kind}: {said}", len(said) == (0 if name == "portage" else 1)
                   and report["verdict"]["result"] == "unknown" and len(report["packages"]) == 1)


def main():
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        database = Database(work / "example", EXAMPLES / "advisories")
        own_formats(work, "example", database, f"oci:{EXAMPLES}/harbour")
        attested(work, database)
        no_source(work, database)
        from_standard_input(work, database)
        no_feed_managers(work, database)
        ubuntu(work)
    sys.exit("\n".join(FAILURES) or None)


main()
