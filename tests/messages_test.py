#!/usr/bin/env python3
"""What the command line says: settings from a file, a terminal without escape sequences, where a
problem is, and truncated feeds. Each mistake names its place."""
import io
import os
import pathlib
import pty
import subprocess
import sys
import tarfile
import tempfile

from oci_layout import Layout

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
FAILURES = []


def expect(name, good, why=""):
    print(f"{'ok  ' if good else 'FAIL'} {name} {'' if good else why}")
    if not good:
        FAILURES.append(name)


def run(*words, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SEAWORTHY_")}
    done = subprocess.run([PROGRAM, *words], capture_output=True, check=False, text=True,
                          env={**clean, **environment}, timeout=60)
    return done.returncode, done.stdout, done.stderr


def settings(work, root):
    config = work / "settings.yaml"
    good = "# for tests\njobs: 1\nformat:\n  - table\ncache: none\nfail-on: [high, low]\n"
    config.write_text(good)
    code, out, _ = run("sbom", "--config", str(config), f"dir:{root}")
    expect("a file of settings", code == 0 and "bash" in out and "{" not in out, out)
    code, out, _ = run("sbom", f"dir:{root}", SEAWORTHY_CONFIG=str(config))
    expect("the same by variable", code == 0 and "{" not in out, out)
    code, out, _ = run("sbom", f"--config={config}", "--format", "json", f"dir:{root}")
    expect("two formats for one output", code == 64, out)
    code, _, _ = run("sbom", "--config", str(config), f"dir:{root}", SEAWORTHY_JOBS="0")
    expect("a variable wins over the file", code == 64)
    code, _, err = run("sbom", f"dir:{root}", SEAWORTHY_QUIET="perhaps")
    expect("a variable with a mistake", code == 64 and "SEAWORTHY_QUIET" in err, err)
    mistakes = [
        ("unknown setting", good + "job: 2\n", ":7: 'job' is no setting; did you mean jobs?"),
        ("wrong value", "quiet: true\njobs: many\n", ":2: --jobs: 'many'"),
        ("wrong value in a list", "quiet: no\nlimit:\n  - time=5\n  - speed=7\n",
         ":4: no limit is named 'speed'"),
        ("no switch", "quiet: maybe\n", ":1: quiet: 'maybe' is neither"),
        ("a list for one value", "\njobs: [1, 2]\n", ":2: 'jobs' takes one value"),
        ("no YAML", "jobs: 1\nquiet: [1\n", "line "),
        ("no mapping", "- jobs\n", "not a mapping"),
        ("itself", "config: x\n", ":1: 'config' is no setting"),
    ]
    for name, text, words in mistakes:
        config.write_text(text)
        code, _, err = run("sbom", "--config", str(config), f"dir:{root}")
        expect(f"settings: {name}", code == 64 and str(config) in err and words in err, err)
    code, _, err = run("sbom", "--config", str(work / "none.yaml"), f"dir:{root}")
    expect("settings: no such file", code == 64 and "none.yaml" in err, err)
    config.write_text("# nothing\n")
    code, _, err = run("sbom", "--config", str(config), "--cache", "none", f"dir:{root}")
    expect("settings: only comments", code == 0, err)


def terminal_bytes(terminal, root):
    master, slave = pty.openpty()
    with subprocess.Popen([PROGRAM, "sbom", "--format", "table", "--cache", "none", f"dir:{root}"],
                          stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                          env={**os.environ, "TERM": terminal}) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                block = os.read(master, 65536)
            except OSError:
                break
            if not block:
                break
            shown += block
        process.wait()
    os.close(master)
    return shown


def terminals(root):
    expect("a terminal gets colours or a bar", b"\033[" in terminal_bytes("xterm", root))
    plain = terminal_bytes("dumb", root)
    expect("TERM=dumb gets no escape sequence", b"\033" not in plain and b"bash" in plain, plain)


def places(work, root):
    code, _, err = run("sbom", "--cache", "none", "--limit", "file-bytes=10", f"dir:{root}")
    expect("problems of sbom say where", code == 0 and f"dir:{root}, layer 0, var/lib/dpkg" in err
           and "--limit file-bytes=N" in err, err)
    code, _, err = run("sbom", "--cache", "none", "--limit", "jobs=abc", f"dir:{root}")
    expect("no such limit", code == 64 and "no limit is named 'jobs'" in err, err)
    code, _, err = run("sbom", "--limit", "time=abc", f"dir:{root}")
    expect("a limit that is no number", code == 64 and "'abc' is not a whole number" in err, err)
    if pathlib.Path("/dev/full").exists():
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "sbom", "--cache", "none", f"dir:{root}"], stdout=full,
                                  stderr=subprocess.PIPE, check=False, text=True)
        expect("a full device", done.returncode == 1 and
               "standard output: write /dev/full: No space left on device" in done.stderr, done.stderr)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo("v3.20/main.json")
        info.size = 5000
        tar.addfile(info, io.BytesIO(b"{" + b" " * 4999))
    for name, size, words in (("header", 300, "truncated archive"), ("content", 3000, "truncated"),
                              ("nothing", 0, "truncated archive")):
        (work / "feed.tar").write_bytes(out.getvalue()[:size])
        code, _, err = run("db", "import", "--complete", "--db", str(work / "db"), str(work / "feed.tar"))
        expect(f"truncated feed: {name}", code == 1 and words in err and "feed.tar" in err, err)


def keys(work):
    """A key set counts for nobody unless a key of the set before signed it."""
    for name in ("first", "second", "stranger"):
        run("generate-key", str(work / name))
    chain = str(work / "publisher.keys")

    def sign(key, *words):
        return run("db", "keys", "--key", str(work / f"{key}.key"), *words, chain)

    def public(name):
        return ["--add-key", str(work / f"{name}.pub")]

    code, _, err = sign("first", *public("first"))
    expect("the first set of keys", code == 0, err)
    before = pathlib.Path(chain).read_text()
    code, _, err = sign("stranger", *public("stranger"))
    expect("a set by a key that is not trusted is refused", code == 1 and "is not trusted" in err
           and "key set 2 must be signed by a key of set 1" in err and
           pathlib.Path(chain).read_text() == before, f"{code} {err}")
    code, _, err = sign("first", *public("second"))
    expect("a set by a key of the one before", code == 0, err)
    code, _, err = sign("second", "--retire-key", str(work / "first.pub"))
    expect("the new key retires the old one", code == 0, err)
    code, _, err = sign("first", *public("first"))
    expect("a retired key signs nothing", code == 1 and "was retired" in err, err)
    code, _, err = run("db", "export", "--db", str(work / "none"), "--key", str(work / "first.key"),
                       "--keys", chain, str(work / "out.swdb"))
    expect("not a database either", code == 1 and "was retired" in err and
           not (work / "out.swdb").exists(), err)


def groups(work):
    """The first word of a command alone, and flags that are none."""
    for group, members in (("db", ("db import PATH", "db status", "db search")),
                           ("tool", ("tool vercmp", "tool cvss", "tool purl"))):
        for words in ((group,), (group, "-x"), (group, "--offline")):
            code, out, err = run(*words)
            expect(f"{' '.join(words)} lists its commands", code == 64 and not out and "is no" not in err
                   and all(f"\n  {each}" in err for each in members), f"{code} {out} {err}")
        code, out, _ = run(group, "--help")
        expect(f"{group} --help", code == 0 and f"\n  {members[0]}" in out, out)
    code, _, err = run("db", "frob")
    expect("no such command of a group", code == 64 and "'db frob' is no command" in err, err)
    for words, end in ((("scan", "-x"), "`seaworthy scan --help` lists them"),
                       (("db", "status", "-x"), "`seaworthy db status --help` lists them"),
                       (("-x",), "`seaworthy --help` lists them"),
                       (("scan", "--offlin"), "did you mean --offline?")):
        code, _, err = run(*words, str(work))
        expect(f"{' '.join(words)} says where to look", code == 64 and err.endswith(end + "\n"), err)


def irregular(work):
    """A FIFO where a database is expected."""
    root = work / "fifo"
    (root / "var/lib/dpkg").mkdir(parents=True)
    os.mkfifo(root / "var/lib/dpkg/status")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.add(root, arcname=".")
    layout = Layout(work / "fifo-image")
    layout.add_image([out.getvalue()])
    code, _, err = run("sbom", "--cache", "none", f"oci:{layout.directory}")
    expect("a FIFO is no regular file", code == 0 and "var/lib/dpkg/status" in err and
           "is no regular file but a device, a FIFO or a socket" in err, err)


def hostile(work, root):
    """What strangers named cannot steer a terminal, also where it is in an error or a problem."""
    code, _, err = run("sbom", str(work / "no\x1b[31m\u202efile\u009b"))
    expect("a path", code == 1 and "\\x1b[31m\\u{202e}file\\u{009b}" in err and "\x1b" not in err, err)
    code, _, err = run("sc\x1ban", "x")
    expect("a command", code == 64 and "\x1b" not in err, err)
    bad = root / "opt/a\x1b[2Jb/node_modules/x"
    bad.mkdir(parents=True)
    (bad / "package.json").write_text("{")
    code, _, err = run("sbom", "--cache", "none", f"dir:{root}")
    expect("a path in an image", code == 0 and "opt/a\\x1b[2Jb/" in err and "\x1b" not in err, err)


def main():
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        root = work / "root"
        (root / "var/lib/dpkg").mkdir(parents=True)
        (root / "etc").mkdir()
        (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
        (root / "var/lib/dpkg/status").write_text(
            "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-2\n\n")
        settings(work, root)
        terminals(root)
        places(work, root)
        keys(work)
        groups(work)
        irregular(work)
        hostile(work, root)
    if FAILURES:
        sys.exit(f"{len(FAILURES)} failed: {FAILURES}")


if __name__ == "__main__":
    main()
