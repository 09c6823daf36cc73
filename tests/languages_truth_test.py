#!/usr/bin/env python3
"""Software that package managers of languages really installed, against what those say themselves.

Each case installs something with a tool of this machine into a root directory, asks the tool for its
list, and compares it with `seaworthy sbom`: recall and precision must be 1. A case whose tool is
missing, or cannot fetch (no network), is skipped and says so; where all are, the test is.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from oci_layout import sbom

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
PATIENCE = 150  # seconds for one command of a package manager

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>shop</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-web</artifactId><version>2.7.18</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-core</artifactId><version>2.14.1</version></dependency>
    <dependency><groupId>commons-collections</groupId>
      <artifactId>commons-collections</artifactId><version>3.2.1</version></dependency>
    <dependency><groupId>org.bouncycastle</groupId>
      <artifactId>bcprov-jdk15on</artifactId><version>1.69</version></dependency>
    <dependency><groupId>com.google.guava</groupId>
      <artifactId>guava</artifactId><version>31.1-jre</version></dependency>
    <dependency><groupId>com.h2database</groupId>
      <artifactId>h2</artifactId><version>1.4.200</version></dependency>
  </dependencies>
</project>
"""


class Skip(Exception):
    pass


def run(*command, cwd=None):
    """Its output; a tool that is missing, fails or takes too long is no fault of this program."""
    if shutil.which(command[0]) is None:
        raise Skip(f"{command[0]} is not installed")
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False,
                              timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Skip(f"{command[0]} took more than {PATIENCE} s") from None
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines() or [""]
        raise Skip(f"{command[0]} failed, perhaps without network: {words[-1][:200]}")
    return done.stdout


def python_name(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def listed(root, purl_type, name_of=lambda name: name):
    """{(name, version): path}"""
    return {(name_of(p["name"]), p["version"]): p["path"] for p in sbom(PROGRAM, f"dir:{root}")
            if p["purl"].startswith(f"pkg:{purl_type}/")}


def python(root):
    place = root / "usr/lib/python3/site-packages"
    run(sys.executable, "-m", "pip", "install", "--quiet", "--retries", "0", "--timeout", "10",
        "--disable-pip-version-check", "--target", str(place), "flask==2.3.3", "requests==2.31.0",
        "zope.interface==6.0", "ruamel.yaml==0.17.32", "pip==23.2.1", cwd=root)
    text = run(sys.executable, "-m", "pip", "list", "--format", "json", "--path", str(place),
               "--disable-pip-version-check")
    truth = {(python_name(p["name"]), p["version"]) for p in json.loads(text)}
    # What pip and setuptools carry inside themselves they do not list; what is installed beside as
    # well is one package, at either path.
    return truth, {package for package, path in listed(root, "pypi", python_name).items()
                   if package in truth or "/_vendor/" not in path}


def node(root):
    app = root / "srv/app"
    app.mkdir(parents=True)
    (app / "package.json").write_text('{"name":"shop","version":"1.0.0","private":true}')
    run("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts",
        "--fetch-retries=0", "--fetch-timeout=20000", "express@4.17.1", "@babel/core@7.22.0",
        "lodash@4.17.20", "eslint@8.40.0", cwd=app)
    truth = set()

    def walk(entry):
        for name, each in entry.get("dependencies", {}).items():
            if "version" in each:
                truth.add((name, each["version"]))
                walk(each)

    walk(json.loads(run("npm", "ls", "--all", "--json", cwd=app)))
    return truth, set(listed(root, "npm"))


def fetch_jars(work):
    (work / "pom.xml").write_text(POM)
    run("mvn", "-B", "-q", "dependency:copy-dependencies", "-DincludeScope=runtime",
        "-DoutputDirectory=lib", "dependency:list", "-DoutputFile=list.txt",
        "-Dmaven.wagon.http.retryHandler.count=0", "-Daether.connector.connectTimeout=10000",
        cwd=work)
    truth = set()
    for line in (work / "list.txt").read_text().splitlines():
        words = re.sub(r"\x1b\[[0-9;]*m", "", line).strip().split(" ")[0].split(":")
        if len(words) >= 5:
            truth.add((f"{words[0]}:{words[1]}", words[-2]))
    return truth, sorted((work / "lib").glob("*.jar"))


def java(root):
    with tempfile.TemporaryDirectory() as work:
        truth, jars = fetch_jars(pathlib.Path(work))
        (root / "opt/shop/lib").mkdir(parents=True)
        for jar in jars:
            shutil.copy(jar, root / "opt/shop/lib")
    return truth, set(listed(root, "maven"))


def executable_jar(root):
    """The same libraries as Spring Boot packs them: stored in one jar, behind a script."""
    with tempfile.TemporaryDirectory() as work:
        truth, jars = fetch_jars(pathlib.Path(work))
        path = root / "opt/shop.jar"
        path.parent.mkdir()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("META-INF/maven/example/shop/pom.properties",
                             "groupId=example\nartifactId=shop\nversion=1\n")
            for jar in jars:
                archive.write(jar, f"BOOT-INF/lib/{jar.name}")
    path.write_bytes(b'#!/bin/bash\nexec java -jar "$0"\n' + path.read_bytes())
    inside = {p["path"] for p in sbom(PROGRAM, f"dir:{root}") if "!/" in p["path"]}
    if {f"opt/shop.jar!/BOOT-INF/lib/{jar.name}" for jar in jars} != inside:
        raise AssertionError(f"paths inside the jar: {sorted(inside)[:5]}")
    return truth | {("example:shop", "1")}, set(listed(root, "maven"))


def main():
    ran = 0
    wrong = []
    for case in (python, node, java, executable_jar):
        with tempfile.TemporaryDirectory() as directory:
            try:
                truth, found = case(pathlib.Path(directory))
            except Skip as why:
                print(f"{case.__name__}: skipped, {why}")
                continue
        ran += 1
        both = truth & found
        print(f"{case.__name__}: {len(truth)} installed, recall {len(both)}/{len(truth)}, "
              f"precision {len(both)}/{len(found)}")
        if not truth:
            wrong.append(f"{case.__name__}: the tool lists nothing")
        if truth != found:
            wrong.append(f"{case.__name__}: missing {sorted(truth - found)}, "
                         f"too many {sorted(found - truth)}")
    if wrong:
        sys.exit("\n".join(wrong))
    sys.exit(0 if ran else 77)


main()
