"""Images of applications: what package managers of languages install, a large program, model weights.

Every function here writes a tar file of one layer. What a tool fetches is fetched once and kept in
the bench's cache; a tool that is missing, or has no network, raises Missing.
"""
import io
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import zipfile

PYTHON = ["django==4.2.1", "flask==2.3.2", "boto3==1.26.100", "pillow==9.5.0", "cryptography==41.0.1",
          "numpy==1.25.0", "pandas==2.0.2", "scipy==1.10.1", "scikit-learn==1.2.2", "sqlalchemy==2.0.15",
          "notebook==6.5.4", "grpcio==1.54.2"]
NODE = ["next@13.4.4", "react@18.2.0", "typescript@5.0.4", "webpack@5.84.1", "eslint@8.41.0",
        "@babel/core@7.22.1", "express@4.17.1", "lodash@4.17.20", "aws-sdk@2.1386.0",
        "@mui/material@5.13.3", "jest@29.5.0", "prisma@4.14.1", "@angular/cli@16.0.3"]
JAVA = ["org.springframework.boot:spring-boot-starter-web:2.7.18", "org.apache.hadoop:hadoop-client:3.3.4",
        "org.apache.kafka:kafka_2.13:3.4.0", "org.elasticsearch:elasticsearch:7.17.10",
        "org.apache.logging.log4j:log4j-core:2.14.1", "com.google.guava:guava:31.1-jre",
        "org.apache.lucene:lucene-core:9.6.0", "io.netty:netty-all:4.1.92.Final"]
SYFT = "github.com/anchore/syft/cmd/syft@v1.18.1"


class Missing(Exception):
    pass


def run(*command, cwd=None, **environment):
    if shutil.which(command[0]) is None:
        raise Missing(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines() or [""]
        raise Missing(f"{command[0]} failed, perhaps without network: {words[-1][:200]}")


def syft(cache):
    """Syft, built from Go modules: a peer, and a real Go program of a hundred megabytes."""
    found = cache / "bin" / "syft"
    if not found.exists():
        run("go", "install", SYFT, GOBIN=str(found.parent), GOFLAGS="-modcacherw")
    return found


def pom():
    rows = "".join("<dependency><groupId>{}</groupId><artifactId>{}</artifactId>"
                   "<version>{}</version></dependency>".format(*each.split(":")) for each in JAVA)
    return ('<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
            "<groupId>example</groupId><artifactId>shop</artifactId><version>1</version>"
            f"<dependencies>{rows}</dependencies></project>")


def application(cache, debian_root):
    """About 1 GB: a Debian root with Python, Node and Java packages and Go programs."""
    root = cache / "application-root"
    if not (root / "done").exists():
        shutil.rmtree(root, ignore_errors=True)
        (root / "srv/app").mkdir(parents=True)
        (root / "srv/lib").mkdir()
        run(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--only-binary=:all:", "--target", str(root / "usr/lib/python3/site-packages"), *PYTHON)
        (root / "srv/app/package.json").write_text('{"name":"shop","version":"1.0.0"}')
        run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps",
            *NODE,
            cwd=root / "srv/app")
        (root / "srv/lib/pom.xml").write_text(pom())
        run("mvn", "-B", "-q", "dependency:copy-dependencies", "-DincludeScope=runtime",
            f"-DoutputDirectory={root}/srv/lib", cwd=root / "srv/lib")
        (root / "usr/local/bin").mkdir(parents=True)
        shutil.copy(syft(cache), root / "usr/local/bin/syft")
        (root / "done").touch()

    def write(path):
        with tarfile.open(path, "w") as out:
            out.add(debian_root, ".")
            out.add(root, ".")
    return write


def nested_jars(cache, count=400):
    """One war with `count` jars in it, real ones over and over, each with its own coordinates."""
    jars = sorted((cache / "application-root/srv/lib").glob("*.jar"))
    if not jars:
        raise Missing("there are no jars: the application's image could not be made")

    def write(path):
        jars_small = [jar.read_bytes() for jar in jars if jar.stat().st_size < 600_000]
        war = io.BytesIO()
        with zipfile.ZipFile(war, "w") as out:
            for i in range(count):
                jar = io.BytesIO(jars_small[i % len(jars_small)])
                with zipfile.ZipFile(jar, "a") as inner:
                    inner.writestr("META-INF/maven/bench/part/pom.properties",
                                   f"groupId=org.example.bench\nartifactId=part-{i}\nversion=1.{i}\n")
                out.writestr(f"WEB-INF/lib/part-{i}.jar", jar.getvalue())
        add_to_tar(path, "srv/shop.war", war.getvalue())
    return write


def go_program(cache):
    """One Go program of about 100 MB."""
    program = syft(cache)
    return lambda path: add_to_tar(path, "usr/local/bin/program", program.read_bytes())


def add_to_tar(path, name, data):
    with tarfile.open(path, "w") as out:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), 0o755
        out.addfile(entry, io.BytesIO(data))


class Repeated(io.RawIOBase):
    """`size` bytes: one block of numbers over and over, each time from another place in it."""

    def __init__(self, block, size):
        self.block, self.left, self.turn = block, size, 0

    def readable(self):
        return True

    def read(self, size=-1):
        size = min(self.left, len(self.block) if size < 0 else size)
        self.turn = (self.turn + 8191) % (len(self.block) - size)
        self.left -= size
        return self.block[self.turn:self.turn + size]


def weights(files=10, size=10**9):
    """Files as those of models and of CUDA: large, hardly to be compressed, of no interest."""
    block = bytes(byte & 0x7f for byte in random.Random(1).randbytes(1 << 24))

    def write(path):
        with tarfile.open(path, "w") as out:
            for i in range(files):
                entry = tarfile.TarInfo(f"opt/models/model-{i:05}-of-{files:05}.safetensors")
                entry.size = size
                out.addfile(entry, Repeated(block, size))
    return write
