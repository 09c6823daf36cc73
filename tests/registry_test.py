#!/usr/bin/env python3
"""Images in a registry: Debian's docker-registry on loopback, images pushed by skopeo. Every image must
give what its OCI layout gives; then everything that goes wrong on the way is made to go wrong."""
import json
import os
import pathlib
import shutil
import tempfile
import time

from faulty_proxy import FaultyProxy
from local_registry import (PROGRAM, Registry, b64, expect, finish, make_images, need, packages,
                            refused, run, write_docker_config)
from oci_layout import inventory


def check_plain(registry, ten, linked, multi):
    plain = ["--insecure-registry", registry.host]
    registry.push(f"oci:{ten.directory}:latest", "team/ten:1")
    registry.push(f"oci:{linked.directory}:latest", "linked:1")
    registry.push(f"oci:{multi.directory}:latest", "multi:1")
    for name, layout in (("team/ten:1", ten), ("linked:1", linked)):
        want = inventory(PROGRAM, f"oci:{layout.directory}")["packages"]
        expect(f"{name} holds packages", len(want) > 0)
        expect(f"{name} gives what its layout gives",
               packages(name, f"{registry.host}/{name}", *plain) == want)
    report = json.loads(run(f"{registry.host}/team/ten:1", *plain)[1])
    digest = report["target"]["digest"]
    expect("the digest is the pushed one", digest == ten.entries[0]["digest"])
    expect("by digest", packages("digest", f"{registry.host}/team/ten@{digest}", *plain)
           == report["packages"])
    expect("by tag and digest", packages("both", f"{registry.host}/team/ten:no@{digest}", *plain)
           == report["packages"])
    for arch in ("amd64", "arm64"):
        found = packages(arch, f"{registry.host}/multi:1", "--platform", f"linux/{arch}", *plain)
        expect(f"platform {arch}", [p["name"] for p in found or []] == [f"for-{arch}"])
    both = json.loads(run(f"{registry.host}/multi:1", "--platform", "all", *plain)[1])
    expect("all platforms", [r["packages"][0]["name"] for r in both] == ["for-amd64", "for-arm64"])
    refused("no such platform", f"{registry.host}/multi:1", "--platform", "linux/s390x", *plain,
            words=["linux/amd64, linux/arm64"])
    refused("no such tag", f"{registry.host}/team/ten:2", *plain,
            words=[f"{registry.host}/team/ten: get manifest 2: HTTP 404 MANIFEST_UNKNOWN"])
    refused("no such repository", f"{registry.host}/none", *plain, words=["HTTP 404"])
    refused("no such digest", f"{registry.host}/team/ten@sha256:{'0' * 64}", *plain, words=["HTTP 404"])
    refused("offline", f"{registry.host}/team/ten:1", "--offline", *plain, words=["--offline"])
    refused("not https", f"{registry.host}/team/ten:1",
            words=["TLS", f"--insecure-registry {registry.host}"])
    refused("no registry there", "127.0.0.1:1/a", "--insecure-registry", "127.0.0.1:1",
            words=["127.0.0.1:1/a", "get manifest latest"])


def check_cache(work, registry):
    """Only what is not known yet is fetched."""
    watched = FaultyProxy(registry.host)
    plain = ["--insecure-registry", watched.host, "--cache", f"{work}/cache"]
    first = run(f"{watched.host}/team/ten:1", *plain)
    blobs = len(watched.paths("/blobs/"))
    expect("ten layers and a configuration are fetched", blobs == 11, str(watched.paths()))
    watched.requests.clear()
    expect("the cache gives the same", run(f"{watched.host}/team/ten:1", *plain)[1] == first[1])
    expect("only the configuration is fetched again", len(watched.paths("/blobs/")) == 1)
    watched.close()


def check_faults(registry, ten):
    """Broken connections, busy and lying registries."""
    want = inventory(PROGRAM, f"oci:{ten.directory}")["packages"]
    manifest = json.loads(ten.blob_path(ten.entries[0]["digest"]).read_text())
    large = manifest["layers"][0]["digest"]

    def scan(what, fault, upstream=registry.host):
        proxy = FaultyProxy(upstream, fault)
        code, out, errors = run(f"{proxy.host}/team/ten:1", "--insecure-registry", proxy.host)
        requests = proxy.requests
        proxy.close()
        return code, json.loads(out)["packages"] if code == 0 else None, errors, requests

    def cut_large(request, answer):
        if large in request.path:
            answer.cut = 700_000 if answer.status == 200 else 900_000

    code, found, errors, requests = scan("cut", cut_large)
    ranges = [r.headers["Range"] for r in requests if large in r.path]
    expect("a broken layer is continued", found == want, errors)
    expect("where it broke off", ranges == [None, "bytes=700000-", "bytes=1600000-", "bytes=2500000-"],
           str(ranges))

    def no_ranges(request, answer):
        if large in request.path and "Range" in request.headers:
            answer.status, answer.body = 200, ten.blob_path(large).read_bytes()
            answer.headers.pop("Content-Range", None)
        elif large in request.path:
            answer.cut = 700_000

    expect("a registry without ranges", scan("no ranges", no_ranges)[1] == want)

    def busy_once(request, answer, seen=set()):
        if request.path not in seen:
            seen.add(request.path)
            answer.status, answer.headers, answer.body = 429, {"Retry-After": "0"}, b""

    code, found, errors, requests = scan("busy", busy_once)
    expect("a busy registry is asked again", found == want, errors)

    def always_busy(request, answer):
        answer.status = 429
        answer.headers = {"Retry-After": "7200", "RateLimit-Limit": "100;w=21600",
                          "RateLimit-Remaining": "0;w=21600"}
        answer.body = b'{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}'

    code, _, errors, requests = scan("rate limit", always_busy)
    expect("a rate limit ends it", code == 1 and len(requests) == 1 + 0, f"{code} {len(requests)}")
    for words in ("HTTP 429 TOOMANYREQUESTS: slow down", "100 requests in 21600 s, 0 are left",
                  "wait 7200 s"):
        expect(f"a rate limit says '{words}'", words in errors, errors)

    def other_manifest(request, answer):
        if "/manifests/" in request.path:
            answer.body = answer.body.replace(b"layers", b"lAyers")

    code, _, errors, _ = scan("changed manifest", other_manifest)
    expect("a manifest that is not its digest is refused", code == 1 and "sent other bytes" in errors,
           errors)

    def other_layer(request, answer):
        if large in request.path:
            answer.body = answer.body[:-9] + b"x" + answer.body[-8:]

    code, _, errors, _ = scan("changed layer", other_layer)
    expect("a layer that is not its digest is refused", code == 1 and "digest" in errors, errors)

    def short_layer(request, answer):
        if large in request.path:
            answer.body = answer.body[:-100]
            answer.headers.pop("Etag", None)

    code, _, errors, _ = scan("short layer", short_layer)
    expect("a layer that is too short is refused", code == 1 and "its descriptor says" in errors, errors)

    def long_layer(request, answer):
        if large in request.path:
            answer.body += b"more"

    code, _, errors, _ = scan("long layer", long_layer)
    expect("a layer that is too long is refused", code == 1 and "larger than" in errors, errors)

    def missing_layer(request, answer):
        if manifest["layers"][3]["digest"] in request.path:
            answer.status, answer.body = 404, b'{"errors":[{"code":"BLOB_UNKNOWN"}]}'

    code, _, errors, _ = scan("missing layer", missing_layer)
    expect("a layer that is gone ends the scan", code == 1 and "BLOB_UNKNOWN" in errors
           and "layer 3" in errors and manifest["layers"][3]["digest"] in errors, errors)

    def broken_server(request, answer):
        if large in request.path:
            answer.status, answer.body = 500, b"oops"

    code, _, errors, _ = scan("500", broken_server)
    expect("a layer that cannot be had now ends the scan", code == 1 and "HTTP 500" in errors
           and "layer 0" in errors, errors)

    def schema1(request, answer):
        answer.status = 200
        answer.headers = {"Content-Type": "application/vnd.docker.distribution.manifest.v1+prettyjws"}
        answer.body = b'{"schemaVersion":1}'

    code, _, errors, _ = scan("schema 1", schema1, None)
    expect("schema 1 is refused", code == 1 and "schema 1" in errors, errors)

    def page(request, answer):
        answer.status, answer.body = 200, b"<html>log in to the guest network</html>"

    code, _, errors, _ = scan("a page", page, None)
    expect("a page is no manifest", code == 1 and "JSON" in errors, errors)


def check_drip(registry):
    """A layer that never ends: whose fault it is has to be said."""
    def drip(request, answer):
        if "/blobs/" in request.path and len(answer.body) > 100_000:
            answer.drip = 1000

    proxy = FaultyProxy(registry.host, drip)
    code, out, errors = run(f"{proxy.host}/linked:1", "--insecure-registry", proxy.host, "--limit", "time=2")
    problems = " ".join(each["message"] for each in json.loads(out or '{"problems":[]}')["problems"])
    expect("a layer that drips", code == 0 and "its bytes came too slowly, " in problems,
           f"{code} {errors} {problems}")
    proxy.close()


def check_redirect(registry, ten):
    """Blobs behind another host: its address gets no credentials, and its challenge is not answered."""
    elsewhere = FaultyProxy(registry.host)
    home = tempfile.mkdtemp()
    proxy = FaultyProxy(registry.host)

    def redirect(request, answer):
        if "Authorization" not in request.headers:
            answer.status, answer.body = 401, b""
            answer.headers = {"WWW-Authenticate": 'Basic realm="r"'}
        elif "/blobs/" in request.path:
            answer.status, answer.body = 307, b""
            answer.headers = {"Location": f"http://localhost:{elsewhere.port}{request.path}?sig=secret"}

    proxy.fault = redirect
    write_docker_config(home, {"auths": {proxy.host: {"auth": b64("me:hidden")}}})
    want = inventory(PROGRAM, f"oci:{ten.directory}")["packages"]
    found = packages("redirect", f"{proxy.host}/team/ten:1", "--insecure-registry", proxy.host,
                     home=home)
    expect("blobs are read from another host", found == want)
    expect("it gets no credentials",
           all("Authorization" not in r.headers for r in elsewhere.requests)
           and len(elsewhere.requests) == 11)

    def ask(request, answer):
        answer.status, answer.body = 401, b""
        answer.headers = {"WWW-Authenticate": f'Bearer realm="http://{elsewhere.host}/token"'}

    elsewhere.fault = ask
    elsewhere.requests.clear()
    refused("a challenge from elsewhere", f"{proxy.host}/team/ten:1", "--insecure-registry", proxy.host,
            words=["HTTP 401"], without=["hidden", "sig=secret"], home=home)
    expect("is not answered", not elsewhere.paths("/token"))
    shutil.rmtree(home)
    elsewhere.close()
    proxy.close()


def check_worker_sees_nothing(registry):
    """Workers have an empty environment and only their pipe: their parent keeps the credentials."""
    proxy = FaultyProxy(registry.host)
    seen = []

    def look(request, answer):
        if "/blobs/" not in request.path:
            return
        time.sleep(0.3)
        for entry in os.scandir("/proc"):
            try:
                line = pathlib.Path(entry.path, "cmdline").read_bytes()
                if b"--seaworthy-worker" in line:
                    seen.append(pathlib.Path(entry.path, "environ").read_bytes())
            except OSError:
                continue

    proxy.fault = look
    run(f"{proxy.host}/team/ten:1", "--insecure-registry", proxy.host, "--sandbox", "off",
        environment={"AWS_SECRET_ACCESS_KEY": "hidden"})
    proxy.close()
    expect("a worker was seen and its environment is empty", seen and not any(seen), str(seen)[:200])


def check_wrong_answers(mirror, origin, flags, want, layer):
    """What a mirror gives with status 200 and is not what was asked for comes from the registry."""
    def is_configuration(request):
        return "/blobs/" in request.path and layer not in request.path

    faults = {"a page for a manifest": lambda request: "/manifests/" in request.path and b"<html>login",
              "a list for a manifest": lambda request: "/manifests/" in request.path and b"[]",
              "a page for all blobs": lambda request: "/blobs/" in request.path and b"<html>login",
              "nothing for a layer": lambda request: layer in request.path and b" ",
              "another configuration": lambda request: is_configuration(request) and b"{}"}
    for name, wrong_body in faults.items():
        def lie(request, answer, wrong_body=wrong_body):
            if body := wrong_body(request):
                answer.status, answer.body = 200, body
                answer.headers = {"Content-Type": "text/html"}

        mirror.fault = lie
        origin.requests.clear()
        expect(name, packages(name, f"{origin.host}/team/ten:1", *flags) == want)
        expect(f"{name}: the registry is asked", origin.requests)

    def other_bytes(request, answer):
        if layer in request.path:
            answer.body = bytes(len(answer.body))

    mirror.fault = other_bytes
    code, out, errors = run(f"{origin.host}/team/ten:1", *flags)
    expect("another layer of the same size", code == 0 and json.loads(out)["packages"] == want, errors)
    said = [each for each in json.loads(out or "{}").get("problems", []) if each["layer"] == 0]
    expect("the report says who gave another layer", len(said) == 1 and
           f"mirror {mirror.host} gave another layer" in said[0]["message"], said)
    origin.fault = other_bytes
    refused("all of them give another layer", f"{origin.host}/team/ten:1", *flags,
            words=["layer 0: verify digest"])
    origin.fault = None


def check_mirrors(registry, ten):
    want = inventory(PROGRAM, f"oci:{ten.directory}")["packages"]
    mirror, origin = FaultyProxy(registry.host), FaultyProxy(registry.host)
    flags = ["--insecure-registry", origin.host, "--registry-mirror",
             f"{origin.host}=http://{mirror.host}"]
    expect("a mirror serves", packages("mirror", f"{origin.host}/team/ten:1", *flags) == want)
    expect("and the registry is not asked", not origin.requests and mirror.requests)

    def empty(request, answer):
        answer.status, answer.body = 404, b""

    mirror.fault = empty
    expect("an empty mirror", packages("empty", f"{origin.host}/team/ten:1", *flags) == want)
    digest = json.loads(ten.blob_path(ten.entries[0]["digest"]).read_text())["layers"][0]["digest"]

    def dies(request, answer):
        if digest in request.path and "Range" not in request.headers:
            answer.cut = 1_000_000
        elif digest in request.path:
            answer.status, answer.body = 410, b""

    check_wrong_answers(mirror, origin, flags, want, digest)
    mirror.fault = dies
    origin.requests.clear()
    expect("a mirror that dies half way", packages("dies", f"{origin.host}/team/ten:1", *flags) == want)
    expect("the registry gives the rest",
           [r.headers["Range"] for r in origin.requests if digest in r.path] == ["bytes=1000000-"],
           str([(r.path, r.headers["Range"]) for r in origin.requests]))
    mirror.close()
    expect("no mirror there", packages("none", f"{origin.host}/team/ten:1", *flags) == want)
    prefix = FaultyProxy(registry.host)
    expect("a mirror below a prefix",
           packages("prefix", f"{origin.host}/ten:1", "--insecure-registry", origin.host,
                    "--registry-mirror", f"{origin.host}=http://{prefix.host}/team") == want)
    refused("all of them fail", f"{origin.host}/none:1", *flags[:2], "--registry-mirror",
            f"{origin.host}=http://{prefix.host}", words=["HTTP 404", f"mirror {prefix.host}"])
    prefix.close()
    origin.close()


def main():
    need("docker-registry", "skopeo")
    with tempfile.TemporaryDirectory() as work:
        ten, linked, multi = make_images(work)
        registry = Registry(work, "plain")
        try:
            check_plain(registry, ten, linked, multi)
            check_cache(work, registry)
            check_faults(registry, ten)
            check_drip(registry)
            check_redirect(registry, ten)
            check_mirrors(registry, ten)
            check_worker_sees_nothing(registry)
        finally:
            registry.close()
    finish()


if __name__ == "__main__":
    main()
