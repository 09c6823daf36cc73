#!/usr/bin/env python3
"""`db update` and `db mirror` against a server on loopback that answers well, badly and not at all.
Whatever it does, what the database has of a source stays until something better is in it."""
import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
SHARED = pathlib.Path(os.environ.get("SHARED_DATA", "../shared/data")) / "feeds"
FAILURES = []


def expect(name, good, why=""):
    print(f"{'ok  ' if good else 'FAIL'} {name} {'' if good else why}", flush=True)
    if not good:
        FAILURES.append(name)


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that was killed, or that had enough


class Site:
    """What the server has: bodies by path, misbehaviour by path, and what it was asked for."""

    def __init__(self):
        self.bodies, self.faults, self.requests = {}, {}, []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.requests.append((self.path, dict(self.headers)))
                site.answer(self)

            def log_message(self, *_):
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def asked(self, path):
        return [headers for at, headers in self.requests if at == path]

    def answer(self, request):
        fault = self.faults.get(request.path)
        body = self.bodies.get(request.path)
        if fault and fault(request, body):
            return
        if body is None:
            send(request, 404, b"not here")
            return
        etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if request.headers.get("If-None-Match") == etag:
            send(request, 304, b"", {"ETag": etag})
            return
        wanted = request.headers.get("Range")
        if wanted and request.headers.get("If-Range", etag) == etag:
            first, last = wanted.removeprefix("bytes=").split("-")
            first, last = int(first), min(int(last or len(body) - 1), len(body) - 1)
            send(request, 206, body[first:last + 1],
                 {"ETag": etag, "Content-Range": f"bytes {first}-{last}/{len(body)}"})
            return
        send(request, 200, body, {"ETag": etag})


def send(request, status, body, headers=None, length=None):
    request.send_response(status)
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body) if length is None else length))
    request.end_headers()
    try:
        request.wfile.write(body)
    except (BrokenPipeError, ConnectionResetError):
        pass
    return True


def status_fault(status, headers=None):
    return lambda request, body: send(request, status, b"no", headers)


def truncated(request, body):
    send(request, 200, body[: len(body) // 2], length=len(body))
    request.close_connection = True
    request.connection.close()
    return True


class Run:
    def __init__(self, work):
        self.database = str(work / "db")
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith("SEAWORTHY_") and "proxy" not in k.lower()}
        self.environment["HOME"] = str(work)

    def __call__(self, *words, timeout=120):
        done = subprocess.run([PROGRAM, *words], capture_output=True, check=False, text=True,
                              env=self.environment, timeout=timeout)
        return done.returncode, done.stdout + done.stderr

    def update(self, *words, **options):
        return self("db", "update", "--db", self.database, *words, **options)

    def records(self, feed):
        code, out = self("db", "status", "--db", self.database, "--format", "json")
        if code != 0:
            return 0
        return sum(one["records"] for one in json.loads(out)["feeds"] if one["name"] == feed)

    def error_of(self, source):
        _, out = self("db", "status", "--db", self.database, "--format", "json")
        return next((one["error"] for one in json.loads(out)["sources"]
                     if one["name"] == source), None)


def advisory(number, fixed="1.0", package=None):
    return json.dumps({
        "id": f"GHSA-{number}", "modified": "2026-11-20T00:00:00Z",
        "aliases": [f"CVE-2026-{number}"],
        "affected": [{"package": {"ecosystem": "npm", "name": package or f"p{number}"},
                      "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"},
                                                               {"fixed": fixed}]}]}]})


def vex(number, package="p"):
    """A VEX document in CSAF's form: one build of one product."""
    build, product = f"{package}-0:1.0-1.el9.x86_64", "BaseOS-9"
    return json.dumps({
        "document": {"category": "csaf_vex", "csaf_version": "2.0",
                     "publisher": {"namespace": "https://www.redhat.com"},
                     "tracking": {"id": f"CVE-2026-{number}", "status": "final",
                                  "current_release_date": "2026-11-20T00:00:00Z"}},
        "product_tree": {"branches": [{"category": "vendor", "name": "Red Hat", "branches": [
            {"category": "product_name", "name": product, "product": {
                "name": product, "product_id": product, "product_identification_helper": {
                    "cpe": "cpe:/o:redhat:enterprise_linux:9::baseos"}}},
            {"category": "product_version", "name": build, "product": {
                "name": build, "product_id": build, "product_identification_helper": {
                    "purl": f"pkg:rpm/redhat/{package}@1.0-1.el9?arch=x86_64"}}}]}],
            "relationships": [{"category": "default_component_of", "product_reference": build,
                               "relates_to_product_reference": product,
                               "full_product_name": {"name": "x",
                                                     "product_id": f"{product}:{build}"}}]},
        "vulnerabilities": [{"cve": f"CVE-2026-{number}",
                             "product_status": {"fixed": [f"{product}:{build}"]}}]})


def zip_of(documents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in documents.items():
            archive.writestr(name, body)
    return out.getvalue()


def tar_of(documents):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, body in documents.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            info.mtime = 1_790_000_000
            archive.addfile(info, io.BytesIO(body.encode()))
    return out.getvalue()


def kev(count):
    return json.dumps({"catalogVersion": "1", "dateReleased": "2026-11-20T00:00:00Z",
                       "vulnerabilities": [{"cveID": f"CVE-2026-{1000 + i}",
                                            "dateAdded": "2026-11-19"}
                                           for i in range(count)]}).encode()


def documented(run):
    page = pathlib.Path(__file__).resolve().parent.parent / "docs" / "reference" / "sources.md"
    rows = [[cell.strip() for cell in line.split("|")] for line in page.read_text().splitlines()
            if "https://" in line and line.startswith("|")]
    code, out = run.update("--dry-run", "--force")
    listed = [line.split() for line in out.splitlines() if "https://" in line]
    expect("docs/reference/sources.md lists the sources", code == 0 and
           [(row[1], row[4]) for row in rows] == [(words[0], words[-1]) for words in listed], out)


def good_answers(run, site):
    source = f"cisa-kev={site.url}/kev.json"
    site.bodies["/kev.json"] = kev(100)
    code, out = run.update("--only", "cisa-kev", "--source", source, "--dry-run")
    expect("a dry run asks for nothing", code == 0 and "due" in out and not site.requests, out)
    code, out = run.update("--only", "cisa-kev", "--source", source)
    expect("200: fetched and imported", code == 0 and run.records("cisa-kev") == 100, out)
    code, out = run.update("--only", "cisa-kev", "--source", source)
    expect("not due again", code == 0 and len(site.asked("/kev.json")) == 1, out)
    code, out = run.update("--only", "cisa-kev", "--source", source, "--force")
    last = site.asked("/kev.json")[-1]
    expect("304: unchanged", code == 0 and "unchanged" in out and "If-None-Match" in last, out)
    site.bodies["/other/kev.json"] = kev(90)
    other = f"cisa-kev={site.url}/other/kev.json"
    code, out = run.update("--only", "cisa-kev", "--source", other)
    asked = site.asked("/other/kev.json")[-1]
    expect("another address is another copy", code == 0 and run.records("cisa-kev") == 90 and
           "If-None-Match" not in asked, out)
    code, out = run.update("--only", "cisa-kev", "--source", source)
    expect("and back", code == 0 and run.records("cisa-kev") == 100, out)
    code, out = run.update("--only", "nonsense")
    expect("an unknown source is wrong usage", code == 64 and "cisa-kev" in out, out)
    code, out = run.update("--only", "cisa-kev", "--source", "cisa-kev=gopher://x/")
    expect("an address that is none is wrong usage", code == 64, out)


def told_to_wait(run, site, source):
    """A wait that is longer than a run holds for the next ones, for all that the host has."""
    site.faults["/kev.json"] = status_fault(429, {"Retry-After": "7200"})
    code, out = run.update("--only", "cisa-kev", "--source", source, "--force")
    expect("429: failed, nothing lost",
           code == 1 and "7200 s" in out and run.records("cisa-kev") == 100, f"{code} {out}")
    site.faults.clear()
    site.requests.clear()
    code, out = run.update("--only", "cisa-kev", "--source", source)
    expect("429: a server that asked for two hours has them",
           code == 1 and "left alone until 20" in out and not site.requests and
           "left alone" in run.error_of("cisa-kev"), f"{code} {out}")
    code, out = run.update("--only", "cisa-kev", "--source", source, "--force")
    expect("429: --force asks all the same", code == 0 and site.requests, out)
    code, out = run.update("--only", "cisa-kev", "--source", source)
    expect("429: and the wait is forgotten", code == 0 and "not due" in out, out)


def bad_answers(run, site):
    source = f"cisa-kev={site.url}/kev.json"
    slow_body = kev(101)

    def slow(request, _):
        time.sleep(1.5)
        return send(request, 200, slow_body)

    rows = {
        "401": (status_fault(401), "401"),
        "403": (status_fault(403), "403"),
        "404": (status_fault(404), "404"),
        "500": (status_fault(500), "500"),
        "a truncated body": (truncated, ""),
        "a length that is too short":
            (lambda request, body: send(request, 200, body, length=len(body) // 2), ""),
        "an empty body": (lambda request, body: send(request, 200, b""), "empty"),
        "garbage": (lambda request, body: send(request, 200, os.urandom(5000)), ""),
        "a page instead of a feed":
            (lambda request, body: send(request, 200, b"<html>maintenance</html>"), ""),
        "an empty feed": (lambda request, body: send(request, 200, kev(0)), ""),
        "a feed that lost most of its records":
            (lambda request, body: send(request, 200, kev(20)), "less than half"),
    }
    for name, (fault, words) in rows.items():
        site.faults["/kev.json"] = fault
        code, out = run.update("--only", "cisa-kev", "--source", source, "--force")
        expect(f"{name}: failed, nothing lost",
               code == 1 and "failed" in out and words in out and run.records("cisa-kev") == 100,
               f"{code} {out}")
        expect(f"{name}: the status says why", run.error_of("cisa-kev"), out)
        site.faults.clear()
        # A failure is due again at once, and the old copy is still known to be current.
        code, out = run.update("--only", "cisa-kev", "--source", source)
        expect(f"{name}: and recovers", code == 0 and run.error_of("cisa-kev") == "", out)
        state = pathlib.Path(run.database) / "feeds" / "state.json"
        known = json.loads(state.read_text())
        known["sources"]["cisa-kev"]["checked_at"] = 1
        state.write_text(json.dumps(known))
    told_to_wait(run, site, source)
    site.faults["/kev.json"] = slow
    code, out = run.update("--only", "cisa-kev", "--source", source, "--force")
    expect("a slow answer is waited for", code == 0 and run.records("cisa-kev") == 101, out)
    site.faults["/kev.json"] = lambda request, body: send(request, 200, kev(20))
    code, out = run.update("--only", "cisa-kev", "--source", source, "--allow-loss")
    expect("a shrunken feed, not asked for before its time", code == 0 and "not due" in out and
           run.records("cisa-kev") == 101, out)
    code, out = run.update("--only", "cisa-kev", "--source", source, "--force", "--allow-loss")
    expect("a shrunken feed by permission", code == 0 and run.records("cisa-kev") == 20, out)
    site.faults["/kev.json"] = lambda request, body: send(request, 200, kev(0))
    code, out = run.update("--only", "cisa-kev", "--source", source, "--force", "--allow-loss")
    expect("an empty feed by permission", code == 0 and run.records("cisa-kev") == 0, out)
    for name, body in (("page", b"<html>maintenance</html>"), ("garbage", os.urandom(5000))):
        site.faults["/kev.json"] = lambda request, _: send(request, 200, kev(30))
        run.update("--only", "cisa-kev", "--source", source, "--force")
        site.faults["/kev.json"] = lambda request, _, body=body: send(request, 200, body)
        code, out = run.update("--only", "cisa-kev", "--source", source, "--force", "--allow-loss")
        expect(f"a {name} is no empty feed", code == 1 and run.records("cisa-kev") == 30, out)
    site.faults.clear()


def osv_changes(run, site):
    source = f"osv-npm={site.url}/npm/"
    documents = {f"GHSA-{n}.json": advisory(n) for n in range(1000, 1100)}
    site.bodies["/npm/all.zip"] = zip_of(documents)
    site.bodies["/npm/modified_id.csv"] = b""
    code, out = run.update("--only", "osv-npm", "--source", source)
    expect("OSV: the whole archive first", code == 0 and run.records("osv-npm") == 100, out)
    site.bodies["/npm/modified_id.csv"] = (
        f"{time.strftime('%Y-%m-%dT%H:%M:%S.5Z', time.gmtime())},GHSA-2000\n"
        f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())},GHSA-1001\n"
        f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())},GHSA-1002\n"
        "2020-01-01T00:00:00Z,GHSA-1003\n").encode()
    site.bodies["/npm/GHSA-2000.json"] = advisory(2000).encode()
    site.bodies["/npm/GHSA-1001.json"] = advisory(1001, "7.7").encode()
    site.requests.clear()
    code, out = run.update("--only", "osv-npm", "--source", source, "--force")
    asked = [path for path, _ in site.requests]
    expect("OSV: then only what changed", code == 0 and "/npm/all.zip" not in asked and
           "/npm/GHSA-1003.json" not in asked and "2 changed documents" in out, f"{out} {asked}")
    expect("OSV: one new; one that the list names is not there, and its old copy stays",
           run.records("osv-npm") == 101 and "1 changed document could not be had" in out and
           "GHSA-1002.json: the server answered 404" in out and "1 changed" in run.error_of("osv-npm"), out)
    _, shown = run("db", "show", "CVE-2026-1001", "--db", run.database)
    expect("OSV: one changed", "< 7.7" in shown and "< 1.0" not in shown, shown)
    code, out = run.update("--only", "osv-npm", "--source", source, "--force")
    expect("OSV: no change, and the missing one is asked for again",
           code == 0 and "unchanged" in out and "GHSA-1002.json: the" in out, out)
    for name, body in (("a page", b"<html>sign in</html>"), ("another", advisory(1003).encode())):
        site.bodies["/npm/GHSA-1002.json"] = body
        code, out = run.update("--only", "osv-npm", "--source", source, "--force")
        expect(f"OSV: {name} in its place", code == 0 and run.records("osv-npm") == 101 and
               "another document is there" in out, out)
    site.bodies["/npm/GHSA-1002.json"] = advisory(1002, "8.8").encode()
    code, out = run.update("--only", "osv-npm", "--source", source)
    _, shown = run("db", "show", "CVE-2026-1002", "--db", run.database)
    expect("OSV: and it came", code == 0 and "1 changed document" in out and "< 8.8" in shown and
           run.error_of("osv-npm") == "", f"{out} {shown}")
    site.requests.clear()
    code, out = run.update("--only", "osv-npm", "--source", source, "--force")
    expect("OSV: no change, one request",
           code == 0 and "unchanged" in out and len(site.requests) == 1, f"{out} {site.requests}")
    site.bodies["/npm/modified_id.csv"] += b"2020-06-01T00:00:00Z,MAL-3000\n"
    site.bodies["/npm/MAL-3000.json"] = advisory(3000).replace("GHSA-3000", "MAL-3000").encode()
    code, out = run.update("--only", "osv-npm", "--source", source, "--force")
    expect("OSV: a new document with an old stamp", code == 0 and run.records("osv-npm") == 102 and
           "1 changed document" in out, out)
    site.faults["/npm/modified_id.csv"] = lambda request, body: send(
        request, 200, b"2026-11-23T00:00:00Z,../../../escape\n" * 5)
    code, out = run.update("--only", "osv-npm", "--source", source, "--force")
    expect("OSV: a hostile list", code == 1 and run.records("osv-npm") == 102, out)
    site.faults.clear()


def hostile_archive(run, site):
    bomb = zip_of({f"{n}.json": b"[" + b" " * 200_000_000 + b"]" for n in range(2)})
    site.bodies["/bomb.zip"] = bomb
    before = run.records("osv-npm")
    began = time.monotonic()
    code, out = run.update("--only", "osv-npm", "--source", f"osv-npm={site.url}/bomb.zip",
                           "--force")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    expect("a zip bomb", code == 1 and run.records("osv-npm") == before and peak < 1500,
           f"{code} {out} {peak} MiB")
    print(f"     {len(bomb)} bytes, {time.monotonic() - began:.1f} s, peak {peak} MiB")


def interrupted(run, site):
    documents = {f"GHSA-{n}.json": advisory(n) for n in range(1000, 1100)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("padding.txt", os.urandom(40 << 20))
        for name, body in documents.items():
            archive.writestr(name, body)
    body = out.getvalue()
    site.bodies["/pypi/all.zip"] = body
    second = threading.Event()

    def stall(request, _):
        if request.headers.get("Range", "").startswith("bytes=0-"):
            return False
        second.set()
        time.sleep(30)
        return True

    site.faults["/pypi/all.zip"] = stall
    words = ["--only", "osv-pypi", "--source", f"osv-pypi={site.url}/pypi/"]
    with subprocess.Popen([PROGRAM, "db", "update", "--db", run.database, *words],
                          env=run.environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        arrived = second.wait(60)
        process.send_signal(signal.SIGKILL)
    expect("killed in the second piece", arrived)
    site.faults.clear()
    site.requests.clear()
    code, text = run.update(*words)
    ranges = [headers.get("Range") for headers in site.asked("/pypi/all.zip")]
    expect("goes on behind the first piece", code == 0 and run.records("osv-pypi") == 100 and
           ranges == [f"bytes={32 << 20}-{(64 << 20) - 1}"], f"{code} {text} {ranges}")
    site.requests.clear()
    site.bodies["/pypi/all.zip"] = zip_of(documents | {"GHSA-9.json": advisory(9)})


def csaf_changes(run, site):
    base = "/vex/"
    first = tar_of({f"2026/cve-2026-{n}.json": vex(n) for n in range(3000, 3050)})
    site.bodies[base + "archive_latest.txt"] = b"csaf_vex_2026-11-20.tar\n"
    site.bodies[base + "csaf_vex_2026-11-20.tar"] = first
    site.bodies[base + "csaf_vex_2026-11-20.tar.sha256"] = b"0" * 64
    words = ["--only", "redhat-vex", "--source", f"redhat-vex={site.url}{base}", "--force"]
    code, out = run.update(*words)
    expect("CSAF: a wrong checksum", code == 1 and "checksum" in out, out)
    site.bodies[base + "csaf_vex_2026-11-20.tar.sha256"] = (
        hashlib.sha256(first).hexdigest() + "  csaf_vex_2026-11-20.tar\n").encode()
    code, out = run.update(*words)
    expect("CSAF: the archive", code == 0 and run.records("redhat-vex") == 50, out)
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    site.bodies[base + "changes.csv"] = (f'"2026/cve-2026-3001.json","{now}"\n'
                                         f'"2026/cve-2026-3004.json","{now}"\n').encode()
    site.bodies[base + "deletions.csv"] = (f'"2026/cve-2026-3002.json","{now}"\n'
                                           f'"2026/cve-2026-3003.json","{now}"\n').encode()
    site.bodies[base + "2026/cve-2026-3001.json"] = vex(3001, "q").encode()
    code, out = run.update(*words)
    _, shown = run("db", "show", "CVE-2026-3001", "--db", run.database)
    expect("CSAF: changes and deletions; what is listed and not there stays",
           code == 0 and run.records("redhat-vex") == 48 and "cve-2026-3004.json: the server" in out and
           "q" in shown, f"{out} {shown}")
    site.bodies[base + "2026/cve-2026-3004.json"] = vex(3004).encode()
    code, out = run.update(*words)
    expect("CSAF: until it comes", code == 0 and "1 changed document" in out and
           run.error_of("redhat-vex") == "", out)


def alpine(run, site):
    def secdb(release, repository, packages):
        return json.dumps({"distroversion": release, "reponame": repository, "packages": [
            {"pkg": {"name": name, "secfixes": {"1-r0": [f"CVE-2026-{5000 + i}"]}}}
            for i, name in enumerate(packages)]}).encode()

    for minor in (18, 22, 23):
        site.bodies[f"/alpine/v3.{minor}/main.json"] = secdb(f"v3.{minor}", "main", ["zlib", "curl"])
    site.bodies["/alpine/v3.18/community.json"] = secdb("v3.18", "community", ["go"])
    site.bodies["/alpine/edge/main.json"] = secdb("edge", "main", ["zlib"])
    words = ["--only", "alpine-secdb", "--source", f"alpine-secdb={site.url}/alpine/", "--force"]
    code, out = run.update(*words)
    before = site.bodies["/alpine/v3.22/main.json"]
    site.bodies["/alpine/v3.22/main.json"] = b"<html>maintenance</html>"
    bad, text = run.update(*[word for word in words if word != "--force"], "--dry-run")
    expect("Alpine: not due", "1 not due" in text, text)
    state = pathlib.Path(run.database) / "feeds" / "state.json"
    known = json.loads(state.read_text())
    known["sources"]["alpine-secdb"]["checked_at"] = 1
    state.write_text(json.dumps(known))
    bad, text = run.update(*[word for word in words if word != "--force"])
    expect("Alpine: one release that cannot be read leaves all as they were",
           bad == 1 and "v3.22/main.json" in text and "left as it was" in text, text)
    site.bodies["/alpine/v3.22/main.json"] = before
    _, status = run("db", "status", "--db", run.database, "--format", "json")
    feed = next(one for one in json.loads(status)["feeds"] if one["name"] == "alpine-secdb")
    releases = sorted(one["release"] for one in feed["speaks_for"])
    expect("Alpine: every release that there is",
           code == 0 and releases == ["3.18", "3.22", "3.23", "edge"], f"{out} {releases}")


def repository(site, base, advisories, digest=None):
    """A yum repository below `base`, and its address."""
    body = gzip.compress(advisories.encode(), mtime=0)
    digest = digest or hashlib.sha256(body).hexdigest()
    name = f"{digest[:8]}-updateinfo.xml.gz"
    site.bodies[f"{base}repodata/{name}"] = body
    site.bodies[f"{base}repodata/repomd.xml"] = (
        '<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="updateinfo">'
        f'<checksum type="sha256">{digest}</checksum><location href="repodata/{name}"/>'
        "</data></repomd>").encode()
    return f"{site.url}{base}\n".encode()


def updateinfo(alas, package):
    return (f'<updates><update type="security" status="final"><id>{alas}</id><title>{alas}</title>'
            '<issued date="2026-11-20 00:00"/><severity>important</severity><references>'
            '<reference href="" id="CVE-2026-7777" type="cve"/></references><pkglist><collection '
            f'short="c"><name>amazon-linux</name><package name="{package}" epoch="0" version="1.2" '
            'release="3.amzn2" arch="x86_64"><filename>x.rpm</filename></package></collection>'
            "</pkglist></update></updates>")


def mirrored(run, site, work, source, address):
    """What `db mirror` laid out of one source."""
    directory = work / ("sets-" + source)
    code, out = run("db", "mirror", str(directory), "--only", source, "--source",
                    f"{source}={site.url}{address}", "--force")
    files = directory / source / "files"
    return code, out, sorted(str(path.relative_to(files)) for path in files.rglob("*")
                             if path.is_file())


def killed_in_a_set(run, site):
    """The half of a set that has arrived is not read, and the last good state stays."""
    words = ["--only", "alpine-secdb", "--source", f"alpine-secdb={site.url}/alpine/", "--force"]
    before = run.records("alpine-secdb")
    main = site.bodies["/alpine/v3.18/main.json"]
    site.bodies["/alpine/v3.18/main.json"] = main.replace(b"1-r0", b"2-r0")
    arrived = threading.Event()

    def stall(*_):
        arrived.set()
        time.sleep(20)
        return True

    site.faults["/alpine/v3.23/main.json"] = stall
    with subprocess.Popen([PROGRAM, "db", "update", "--db", run.database, *words],
                          env=run.environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        reached = arrived.wait(60)
        process.send_signal(signal.SIGKILL)
    site.faults.clear()
    _, shown = run("db", "show", "--db", run.database, "CVE-2026-5000")
    expect("killed within a set: the last good state stays",
           reached and run.records("alpine-secdb") == before and "2-r0" not in shown, shown)
    code, out = run.update(*words)
    _, shown = run("db", "show", "--db", run.database, "CVE-2026-5000")
    expect("and the next update has it all", code == 0 and "2-r0" in shown and
           run.records("alpine-secdb") == before, out + shown)


def sets(run, site, work):
    """Sources of many files: each as its publisher lays it out."""
    site.bodies["/amzn2/core/latest/x86_64/mirror.list"] = repository(
        site, "/amzn2/core/2.0/x86_64/abc/", updateinfo("ALAS2-2026-1", "openssl"))
    site.bodies["/amzn2/extras-catalog.json"] = json.dumps(
        {"topics": [{"n": "docker"}, {"n": "kernel-5.15"}, {"n": "gone"}]}).encode()
    for extra in ("docker", "kernel-5.15"):
        site.bodies[f"/amzn2/extras/{extra}/latest/x86_64/mirror.list"] = (
            b"# mirrors\n" + repository(
                site, f"/amzn2/extras/{extra}/x/", updateinfo("ALAS2-2026-2", extra)))
    amazon = ["amzn2extra-docker/updateinfo.xml.gz", "amzn2extra-kernel-5.15/updateinfo.xml.gz",
              "core/updateinfo.xml.gz"]
    code, out, files = mirrored(run, site, work, "amazon-2", "/amzn2/")
    expect("Amazon: core and extras", code == 0 and files == amazon, f"{out} {files}")
    site.requests.clear()
    code, out, files = mirrored(run, site, work, "amazon-2", "/amzn2/")
    asked = [path for path, _ in site.requests if path.endswith(".gz")]
    expect("Amazon: what has the same digest is not fetched",
           code == 0 and "unchanged" in out and not asked and files == amazon, f"{out} {asked}")
    site.bodies["/amzn2/core/latest/x86_64/mirror.list"] = repository(
        site, "/amzn2/core/2.0/x86_64/def/", updateinfo("ALAS2-2026-3", "curl"), "0" * 64)
    code, out, files = mirrored(run, site, work, "amazon-2", "/amzn2/")
    expect("Amazon: a wrong digest keeps the last copy",
           code == 1 and "wrong checksum" in out and files == amazon, f"{out} {files}")

    for page in (1, 2, 3):
        site.bodies[f"/apollo/?size=100&page={page}"] = json.dumps(
            {"advisories": [], "total": 201, "page": page, "size": 100}).encode()
    code, out, files = mirrored(run, site, work, "rocky-errata", "/apollo/")
    expect("Rocky: every page", code == 0 and files == [f"pages/000{n}.json" for n in (1, 2, 3)],
           f"{out} {files}")
    del site.bodies["/apollo/?size=100&page=2"]
    code, out, files = mirrored(run, site, work, "rocky-errata", "/apollo/")
    expect("Rocky: without a page in between the last copy stays",
           code == 1 and "404" in out and len(files) == 3, f"{out} {files}")

    site.bodies["/bodhi/releases/?rows_per_page=100"] = json.dumps({"releases": [
        {"name": "F42", "id_prefix": "FEDORA", "state": "current"},
        {"name": "F30", "id_prefix": "FEDORA", "state": "archived"},
        {"name": "EPEL-9", "id_prefix": "FEDORA-EPEL", "state": "current"}]}).encode()
    query = "releases=F42&type=security&status=stable&rows_per_page=100"
    for page in (1, 2):
        site.bodies[f"/bodhi/updates/?{query}&page={page}"] = json.dumps(
            {"updates": [], "page": page, "pages": 2}).encode()
    code, out, files = mirrored(run, site, work, "fedora-bodhi", "/bodhi/")
    expect("Fedora: current releases", code == 0 and files == ["F42/0001.json", "F42/0002.json"],
           f"{out} {files}")

    year = time.gmtime().tm_year
    for at in range(2002, year + 1):
        name = f"/nvd/nvdcve-2.0-{at}"
        body = b"\x1f\x8b" + str(at).encode()
        site.bodies[name + ".json.gz"] = body
        site.bodies[name + ".meta"] = f"size:1\r\nsha256:{at:064X}\r\n".encode()
    code, out, files = mirrored(run, site, work, "nvd", "/nvd/")
    expect("NVD: every year", code == 0 and len(files) == year - 2001, f"{out} {files}")
    site.bodies["/nvd/nvdcve-2.0-2024.meta"] = f"size:1\r\nsha256:{'f' * 64}\r\n".encode()
    site.requests.clear()
    code, out, _ = mirrored(run, site, work, "nvd", "/nvd/")
    asked = [path for path, _ in site.requests if path.endswith(".gz")]
    expect("NVD: only the year that changed", code == 0 and
           asked == ["/nvd/nvdcve-2.0-2024.json.gz"], f"{out} {asked}")

    site.bodies["/photon/photon_versions.json"] = b'{"branches": ["4.0", "5.0"]}'
    for branch in ("4.0", "5.0"):
        site.bodies[f"/photon/cve_data_photon{branch}.json"] = b"[]"
    code, out, files = mirrored(run, site, work, "photon", "/photon/")
    expect("Photon: every branch", code == 0 and
           files == ["cve_data_photon4.0.json", "cve_data_photon5.0.json"], f"{out} {files}")

    names = ["opensuse.leap.15.6-affected.xml.gz", "suse.linux.enterprise.server.15-affected.xml.gz"]
    others = ["suse.linux.enterprise.desktop.15-affected.xml.gz", "opensuse.leap.15.6.xml.gz"]
    site.bodies["/suse/"] = "".join(f'<a href="{name}">x</a>' for name in names + others).encode()
    for name in names:
        site.bodies["/suse/" + name] = b"\x1f\x8bx"
    code, out, files = mirrored(run, site, work, "suse-oval", "/suse/")
    expect("SUSE: the products that os-release names", code == 0 and files == names,
           f"{out} {files}")
    site.bodies["/suse/"] = b"<html>maintenance</html>"
    code, out, files = mirrored(run, site, work, "suse-oval", "/suse/")
    expect("SUSE: a page without files keeps the last copy", code == 1 and files == names,
           f"{out} {files}")

    for name in ("DSA", "DLA", "DTSA"):
        site.bodies[f"/debian/{name}/list"] = (
            f"[20 Nov 2026] {name}-9000-1 curl - security update\n\t{{CVE-2026-9000}}\n"
            "\t[bookworm] - curl 7.88.1-10+deb12u99\n").encode()
    code, out = run.update("--only", "debian-lists", "--source",
                           f"debian-lists={site.url}/debian/", "--force")
    expect("Debian's lists", code == 0 and run.records("debian-lists") > 0, out)


def independence(run, site):
    site.bodies["/kev.json"] = kev(120)
    code, out = run.update("--only", "cisa-kev", "--only", "epss", "--force",
                           "--source", f"epss={site.url}/absent",
                           "--source", f"cisa-kev={site.url}/kev.json")
    expect("one failure leaves the others alone",
           code == 1 and "1 failed" in out and run.records("cisa-kev") == 120, out)


class Hang:
    """An answer that does not come until it is let go."""

    def __init__(self, site, path):
        self.asked, self.go_on, self.site, self.path = (
            threading.Event(), threading.Event(), site, path)
        site.faults[path] = self

    def __call__(self, *_):
        self.asked.set()
        self.go_on.wait(60)
        return False

    def end(self):
        self.site.faults.pop(self.path)
        self.go_on.set()


def start(run, *words):
    return subprocess.Popen([PROGRAM, "db", "update", "--db", run.database, *words], text=True,
                            env=run.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def beside_one_that_hangs(work, site):
    """Three sources: the first asked hangs, the others are imported meanwhile, and a second update
    takes over what changed since."""
    run = Run(work / "beside")
    site.bodies["/a/kev.json"] = kev(40)
    site.bodies["/a/npm.json"] = advisory(7001).encode()
    site.bodies["/a/pypi.json"] = advisory(7002).encode()
    words = [word for source, path in (("osv-npm", "npm"), ("cisa-kev", "kev"), ("osv-pypi", "pypi"))
             for word in ("--only", source, "--source", f"{source}={site.url}/a/{path}.json")]
    hang = Hang(site, "/a/npm.json")
    with start(run, *words) as first:
        lines = [first.stdout.readline() for _ in range(2)]
        expect("what others sent is imported while one hangs", hang.asked.is_set() and
               {line.split()[0] for line in lines} == {"cisa-kev", "osv-pypi"} and
               run.records("cisa-kev") == 40 and run.records("osv-pypi") == 1, lines)
        site.bodies["/a/kev.json"] = kev(41)
        code, out = run.update(*words, "--force")
        expect("a second update takes over what the first is not at", code == 0 and
               "osv-npm              busy" in out and run.records("cisa-kev") == 41, out)
        code, out = run.update("--only", "osv-npm", "--force")
        expect("with nothing else to do it says so", code == 1 and "1 busy" in out, out)
        hang.end()
        rest = first.stdout.read()
        expect("and the first ends well", first.wait(60) == 0 and run.records("osv-npm") == 1 and
               "3 updated" in rest, rest)
    code, out = run.update(*words)
    expect("both remembered what they did", code == 0 and "3 not due" in out, out)


def killed_beside_others(work, site):
    run = Run(work / "killed")
    words = ["--only", "osv-npm", "--only", "cisa-kev", "--source",
             f"osv-npm={site.url}/a/npm.json", "--source", f"cisa-kev={site.url}/a/kev.json"]
    hang = Hang(site, "/a/npm.json")
    with start(run, *words) as process:
        line = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    expect("killed while one hangs: the other is in place", line.startswith("cisa-kev") and
           run.records("cisa-kev") == 41 and run.records("osv-npm") == 0, line)
    hang.end()
    code, out = run.update(*words)
    expect("the next update is not kept out", code == 0 and "1 updated" in out and
           "1 not due" in out and run.records("osv-npm") == 1, out)


def dead_hosts(work, site):
    """A host that hangs has no more than its connections; the others are not behind it."""
    run = Run(work / "dead")
    dead = Site()
    names = ["osv-npm", "osv-pypi", "osv-rubygems", "osv-nuget"]
    hangs = [Hang(dead, f"/{name}.json") for name in names]
    words = ["--only", "epss", "--only", "cisa-kev", "--source",
             f"cisa-kev={site.url}/a/kev.json", "--source", f"epss={site.url}/absent"]
    for name in names:
        words += ["--only", name, "--source", f"{name}={dead.url}/{name}.json"]
    with start(run, *words) as process:
        lines = [process.stdout.readline() for _ in range(2)]
        expect("four sources of a dead host delay nobody",
               {line.split()[0] for line in lines} == {"cisa-kev", "epss"} and
               sum(hang.asked.is_set() for hang in hangs) <= 2, lines)
        process.send_signal(signal.SIGKILL)
    for hang in hangs:
        hang.end()


# Runs its words where DIRECTORY is a file system of a few megabytes.
SMALL_DISK = """
mount -t tmpfs -o size=3m tmpfs "$DIRECTORY" || exit 77
one() { timeout 60 "$PROGRAM" db update --db "$DIRECTORY/db" --only "$1" --source "$1=$2" 2>&1; }
one cisa-kev "$SITE/small.json"; echo "first $?"
one osv-npm "$SITE/big.json"; echo "second $?"
"$PROGRAM" db status --db "$DIRECTORY/db" --format json | grep -c '"records": *50[,}]'
dd if=/dev/zero of="$DIRECTORY/filler" bs=4k 2>/dev/null
"$PROGRAM" db import --db "$DIRECTORY/db" --feed big "$BIG" 2>&1; echo "third $?"
"$PROGRAM" db status --db "$DIRECTORY/db" --format json | grep -c '"records": *50[,}]'
rm "$DIRECTORY/filler"
one cisa-kev "$SITE/more.json"; echo "fourth $?"
"""


def full_disk(work, site):
    directory, big = work / "small", work / "big.jsonl"
    directory.mkdir()
    site.bodies["/small.json"], site.bodies["/more.json"] = kev(50), kev(60)
    big.write_text("\n".join(advisory(10000 + n, package=f"package-{n}" * 9)
                             for n in range(9000)))
    site.bodies["/big.json"] = big.read_bytes()
    environment = dict(Run(work).environment, DIRECTORY=str(directory), PROGRAM=PROGRAM,
                       SITE=site.url, BIG=str(big))
    done = subprocess.run(["unshare", "--mount", "--map-root-user", "sh", "-c", SMALL_DISK],
                          env=environment, capture_output=True, text=True, check=False, timeout=300)
    out = done.stdout + done.stderr
    if done.returncode == 77 or "unshare" in done.stderr:
        print(f"skip a full disk: no small file system can be mounted here: {done.stderr}")
        return
    expect("a full disk: the first fits", "first 0" in out, out)
    expect("a full disk is called so, with the path", "second 1" in out and "third 1" in out and
           out.count("No space left on device") >= 2 and str(directory) in out and
           "I/O error" not in out and "Input/output error" not in out, out)
    expect("and nothing is lost", out.count("\n1\n") == 2 and "fourth 0" in out, out)


def mirrors(run, site, work):
    directory = work / "mirror"
    site.bodies["/kev.json"] = kev(100)
    words = ["--only", "cisa-kev", "--only", "osv-npm", "--only", "alpine-secdb",
             "--source", f"cisa-kev={site.url}/kev.json", "--source", f"osv-npm={site.url}/npm/",
             "--source", f"alpine-secdb={site.url}/alpine/"]
    code, out = run("db", "mirror", str(directory), *words)
    files = sorted(str(path.relative_to(directory)) for path in directory.rglob("*")
                   if path.is_file() and path.name != "write.lock")
    expect("a mirror is laid out", code == 0 and files == [
        "alpine-secdb/SHA256SUMS", "alpine-secdb/files/edge/main.json",
        "alpine-secdb/files/v3.18/community.json", "alpine-secdb/files/v3.18/main.json",
        "alpine-secdb/files/v3.22/main.json", "alpine-secdb/files/v3.23/main.json",
        "cisa-kev/known_exploited_vulnerabilities.json",
        "cisa-kev/known_exploited_vulnerabilities.json.sha256",
        "osv-npm/all.zip", "osv-npm/all.zip.sha256", "state.json"], f"{out} {files}")
    code, out = run("db", "mirror", str(directory), *words, "--force")
    expect("again: unchanged", code == 0 and "3 unchanged" in out, out)
    other = Run(work / "other")
    code, out = other.update("--mirror", str(directory))
    expect("from its directory", code == 0 and other.records("cisa-kev") == 100 and
           other.records("osv-npm") == 100 and other.records("alpine-secdb") > 5, out)
    handler = functools.partial(QuietFiles, directory=str(directory))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    served = f"http://127.0.0.1:{server.server_port}"
    third = Run(work / "third")
    code, out = third.update("--mirror", served)
    expect("from a server of plain files", code == 0 and third.records("osv-npm") == 100 and
           third.records("alpine-secdb") == other.records("alpine-secdb"), out)
    code, out = third.update("--mirror", served, "--force")
    expect("again: a set's files are known by their digests",
           code == 0 and "3 unchanged" in out, out)
    bad = directory / "osv-npm" / "all.zip.sha256"
    bad.write_text("1" * 64 + "  all.zip\n")
    for name, mirror in (("a directory", str(directory)), ("a server", served)):
        code, out = other.update("--mirror", mirror, "--force", "--only", "osv-npm")
        if name == "a server":
            os.utime(directory / "osv-npm" / "all.zip")
            code, out = Run(work / "fourth").update("--mirror", mirror, "--only", "osv-npm")
        expect(f"a wrong checksum in {name}", code == 1 and "wrong checksum" in out, out)
    main = directory / "alpine-secdb" / "files" / "v3.22" / "main.json"
    main.write_text(main.read_text().replace("zlib", "zlob"))
    code, out = other.update("--mirror", str(directory), "--only", "alpine-secdb")
    expect("a changed file of a set in a directory",
           code == 1 and "v3.22/main.json: wrong checksum" in out, out)
    code, out = Run(work / "fifth").update("--mirror", served, "--only", "alpine-secdb")
    expect("a changed file of a set in a server", code == 1 and "wrong checksum" in out, out)
    code, out = other.update("--mirror", str(work / "nothing"))
    expect("no mirror there", code == 1 and "no directory" in out, out)
    server.shutdown()


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def real_archives(run, site):
    names = {"endoflife-date": "endoflife-date", "osv-almalinux": "almalinux-osv",
             "debian-tracker": "debian-security-tracker-2023", "epss": "epss"}
    if not SHARED.is_dir():
        print(f"skip real archives: no {SHARED}")
        return
    words = []
    for source, feed in names.items():
        site.bodies[f"/{feed}"] = (SHARED / f"{feed}.tar.zst").read_bytes()
        words += ["--only", source, "--source", f"{source}={site.url}/{feed}"]
    began = time.monotonic()
    code, out = run.update(*words, timeout=600)
    expect("real archives", code == 0 and run.records("osv-almalinux") == 4480 and
           run.records("epss") > 300_000, out)
    print(f"     four archives in {time.monotonic() - began:.1f} s")


def main():
    with tempfile.TemporaryDirectory(prefix="seaworthy-update-") as name:
        work = pathlib.Path(name)
        site = Site()
        run = Run(work)
        code, out = run("scan", "--db", run.database, f"dir:{work}")
        expect("without a database the hint names update", "seaworthy db update" in out, out)
        documented(run)
        good_answers(run, site)
        bad_answers(run, site)
        osv_changes(run, site)
        hostile_archive(run, site)
        interrupted(run, site)
        csaf_changes(run, site)
        alpine(run, site)
        killed_in_a_set(run, site)
        sets(run, site, work)
        independence(run, site)
        beside_one_that_hangs(work, site)
        killed_beside_others(work, site)
        dead_hosts(work, site)
        full_disk(work, site)
        mirrors(run, site, work)
        real_archives(run, site)
    print(f"{len(FAILURES)} failures" if FAILURES else "all good")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
