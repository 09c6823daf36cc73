#!/usr/bin/env python3
"""What the commands of the database say: a summary, nothing of it with --quiet, and every problem by its
name. A database into which nothing ever came is none."""
import http.server
import json
import pathlib
import subprocess
import tempfile
import threading

from local_registry import PROGRAM, expect, finish


def advisory(number, fixed="1.0"):
    return {"schema_version": "1.6.0", "id": f"CVE-2026-{number}", "modified": "2026-09-01T00:00:00Z",
            "affected": [{"package": {"ecosystem": "npm", "name": f"p{number}"},
                          "ranges": [{"type": "SEMVER",
                                      "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}


def lines(advisories):
    return "".join(json.dumps(each) + "\n" for each in advisories).encode()


class Command:
    def __init__(self, work):
        self.work = work

    def __call__(self, *words):
        done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, check=False,
                              cwd=self.work)
        return done.returncode, done.stdout, done.stderr


def exchange(run, work):
    """Of each command what it says, and that --quiet takes it away."""
    (work / "npm.jsonl").write_bytes(lines(advisory(1000 + i) for i in range(150)))
    (work / "bad.jsonl").write_bytes(lines(advisory(1000 + i) for i in range(150)) + b"{broken\n")
    run("generate-key", "k")
    run("db", "import", "--db", "db", "npm.jsonl")
    cases = [
        ("import of a feed", ["db", "import", "--db", "new", "npm.jsonl"], "150 records"),
        ("export", ["db", "export", "--db", "db", "--key", "k.key", "out.swdb"], "sequence"),
        ("import", ["db", "import", "--db", "other", "--trusted-key", "k.pub", "out.swdb"],
         "parts in place"),
        ("pull", ["db", "pull", "--db", "pulled", "--trusted-key", "k.pub", "oci:published:v1"],
         "blobs"),
    ]
    code, out, err = run("db", "publish", "--db", "db", "--key", "k.key", "oci:published:v1")
    digest = out.splitlines()[-1]
    expect("publish: a summary, then the digest", code == 0 and "sequence" in out
           and digest.startswith("sha256:"), out + err)
    code, out, err = run("db", "publish", "--db", "db", "--key", "k.key", "--quiet", "oci:published:v1")
    expect("publish --quiet: the digest alone", (code, out, err) == (0, digest + "\n", ""), out + err)
    for name, words, says in cases:
        code, out, err = run(*words)
        expect(f"{name}: says what it did", code == 0 and says in out, out + err)
        code, out, err = run(*words, "--quiet")
        expect(f"{name} --quiet: says nothing", (code, out, err) == (0, "", ""), out + err)
    code, out, err = run("db", "import", "--db", "new", "--quiet", "bad.jsonl")
    expect("import --quiet: names problems", code == 0 and "problem: bad" in out, out + err)
    code, out, err = run("db", "pull", "--quiet", "--db", "x", "oci:published:v1")
    expect("pull --quiet: errors", code == 1 and out == "" and "--trusted-key" in err, out + err)


def never_filled(run, work):
    """The first pull is refused: nothing is in the database, and nobody shall take it for one."""
    manifest = json.loads((work / "published/index.json").read_text())["manifests"][0]["digest"]
    blobs = work / "published/blobs/sha256"
    parts = [layer for layer in json.loads((blobs / manifest[7:]).read_text())["layers"]
             if "part" in layer["mediaType"]]
    part = blobs / max(parts, key=lambda each: each["size"])["digest"][7:]
    good = part.read_bytes()
    part.chmod(0o644)
    part.write_bytes(good[:-3] + b"abc")
    pull = ["db", "pull", "--db", "empty", "--trusted-key", "k.pub", "oci:published:v1"]
    code, _, err = run(*pull)
    expect("a damaged part is refused", code == 1 and "does not have the digest" in err, err)
    code, out, err = run("db", "status", "--db", "empty")
    expect("status: empty", code == 0 and "nothing was imported yet" in out and "1970" not in out,
           out + err)
    code, out, _ = run("db", "status", "--db", "empty", "--format", "json")
    expect("status: no time", json.loads(out)["built_at"] == "", out)
    (work / "root").mkdir()
    code, out, err = run("scan", "--cache", "none", "--db", "empty", "dir:root")
    expect("scan: no database", code == 1 and "'empty' is empty; `seaworthy db update`" in err, err)
    part.write_bytes(good)
    code, out, err = run(*pull)
    expect("the next pull fills it", code == 0, out + err)
    code, out, err = run("scan", "--cache", "none", "--db", "empty", "dir:root")
    expect("scan: a database", code == 0, err)


class Site(http.server.ThreadingHTTPServer):
    """Two sources, one of them with a line that is no document."""
    daemon_threads = True
    bodies = {}

    def __init__(self):
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                body = site.bodies.get(self.path)
                self.send_response(200 if body else 404)
                self.end_headers()
                self.wfile.write(body or b"")

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def update(run):
    site = Site()
    address = f"http://127.0.0.1:{site.server_address[1]}"
    words = ["db", "update", "--db", "updated", "--force"]
    for name in ("osv-npm", "osv-pypi"):
        words += ["--only", name, "--source", f"{name}={address}/{name}.json"]
        site.bodies[f"/{name}.json"] = lines(advisory(1000 + i) for i in range(150))
    site.bodies["/osv-npm.json"] += b"{broken\n"
    code, out, _ = run(*words)
    expect("update: names the problem", code == 0 and "1 problem\n    problem: " in out, out)
    site.bodies["/osv-npm.json"] += b"{broken as well\n"
    code, out, _ = run(*words, "--quiet")
    expect("update --quiet: what has problems, and no summary", code == 0 and "2 problems\n" in out and
           "osv-pypi" not in out and "sources:" not in out, out)
    code, out, err = run(*words, "--quiet")
    expect("update --quiet: says nothing", (code, out, err) == (0, "", ""), out + err)
    del site.bodies["/osv-npm.json"]
    code, out, err = run(*words, "--quiet")
    expect("update --quiet: what failed", code == 1 and "osv-npm" in out and "404" in out and
           "osv-pypi" not in out, out + err)
    site.shutdown()


def main():
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        run = Command(work)
        exchange(run, work)
        never_filled(run, work)
        update(run)
    finish()


if __name__ == "__main__":
    main()
