#!/usr/bin/env python3
"""Who may pull: htpasswd, a token server, credential helpers, Amazon's way, certificates. The registry is
Debian's docker-registry; the token server and Amazon are played here."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.parse

from faulty_proxy import FaultyProxy
from local_registry import (PROGRAM, Registry, b64, expect, finish, make_images, need, packages,
                            refused, run, write_docker_config)
from oci_layout import inventory

USER, PASSWORD = "me", "hidden"


def check_basic(work, ten):
    """htpasswd."""
    password = pathlib.Path(work) / "htpasswd"
    password.write_text(subprocess.run(["htpasswd", "-nbB", "me", "hidden"], capture_output=True,
                                       text=True, check=True).stdout.strip() + "\n")
    registry = Registry(work, "basic", auth={"htpasswd": {"realm": "r", "path": str(password)}})
    registry.push(f"oci:{ten.directory}:latest", "ten:1", "--dest-creds", "me:hidden")
    target, plain = f"{registry.host}/ten:1", ["--insecure-registry", registry.host]
    want = inventory(PROGRAM, f"oci:{ten.directory}")["packages"]
    home = tempfile.mkdtemp()
    refused("no credentials", target, *plain, home=home,
            words=["HTTP 401 UNAUTHORIZED", f"no credentials for {registry.host}"])
    write_docker_config(home, {"auths": {registry.host: {"auth": b64("me:wrong-one")}}})
    refused("a wrong password", target, *plain, home=home,
            words=["HTTP 401", "were not accepted"], without=["wrong-one", b64("me:wrong-one")])
    write_docker_config(home, {"auths": {registry.host: {"auth": b64("me:hidden")}}})
    expect("docker's config.json", packages("config", target, *plain, home=home) == want)
    auth_file = pathlib.Path(home) / "auth.json"
    (pathlib.Path(home) / ".docker/config.json").rename(auth_file)
    expect("--registry-auth",
           packages("flag", target, *plain, "--registry-auth", str(auth_file), home=home) == want)
    expect("REGISTRY_AUTH_FILE",
           packages("variable", target, *plain, home=home,
                    environment={"REGISTRY_AUTH_FILE": str(auth_file)}) == want)
    refused("an auth file that is not there", target, *plain, "--registry-auth", f"{home}/none",
            words=["none"])
    helper = pathlib.Path(home) / "docker-credential-mine"
    helper.write_text("#!/bin/sh\nread server\necho \"$server\" >> \"$HOME/asked\"\n"
                      "echo '{\"Username\":\"me\",\"Secret\":\"hidden\"}'\n")
    helper.chmod(0o755)
    write_docker_config(home, {"credHelpers": {registry.host: "mine"}})
    path = {"PATH": f"{home}:{os.environ['PATH']}"}
    expect("a credential helper",
           packages("helper", target, *plain, home=home, environment=path) == want)
    expect("is asked once", (pathlib.Path(home) / "asked").read_text() == f"{registry.host}\n")
    write_docker_config(home, {"credsStore": "missing-one"})
    refused("a helper that is not there", target, *plain, home=home,
            words=["docker-credential-missing-one is not installed"])
    shutil.rmtree(home)
    registry.close()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def make_certificate(work, name, *more):
    """A self-signed certificate of 127.0.0.1 and its key."""
    certificate, key = f"{work}/{name}.pem", f"{work}/{name}.key"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate, *more)
    return certificate, key


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


class TokenServer:
    """The token server of a registry: a JWT for whoever has the password, one for everybody for what is
    public. Writes down what it was asked."""

    def __init__(self, certificate, key):
        self.key = key
        pem = pathlib.Path(certificate).read_text().split("-----")
        self.header = {"typ": "JWT", "alg": "RS256", "x5c": ["".join(pem[2].split())]}
        self.field, self.lifetime, self.asked = "token", 300, []
        self.server = FaultyProxy(None, self.answer)
        self.realm = f"http://{self.server.host}/token"

    def token(self, scopes):
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":")
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
        now = int(time.time())
        claims = {"iss": "test", "sub": "", "aud": "registry", "exp": now + self.lifetime, "nbf": now - 5,
                  "iat": now, "jti": str(now), "access": access}
        body = url64(json.dumps(self.header).encode()) + b"." + url64(json.dumps(claims).encode())
        return (body + b"." + url64(openssl("dgst", "-sha256", "-sign", self.key, data=body))).decode()

    def answer(self, request, answer):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)
        form = urllib.parse.parse_qs(request.body.decode())
        self.asked.append((request.method, {**query, **form}, request.headers.get("Authorization")))
        known = (request.headers.get("Authorization") == "Basic " + b64(f"{USER}:{PASSWORD}")
                 or form.get("refresh_token") == ["identity"])
        wrong = "Authorization" in request.headers and not known
        if wrong:
            answer.status, answer.body = 401, b'{"errors":[{"code":"UNAUTHORIZED","message":"who?"}]}'
            return
        scopes = [s for each in (query or form).get("scope", []) for s in each.split(" ")]
        allowed = [s for s in scopes if known or s.startswith("repository:public/")]
        answer.status = 200
        answer.headers["Content-Type"] = "application/json"
        answer.body = json.dumps({self.field: self.token(allowed), "expires_in": self.lifetime}).encode()


def check_tokens(work, ten):
    certificate, key = make_certificate(work, "tokens")
    tokens = TokenServer(certificate, key)
    registry = Registry(work, "token", auth={"token": {
        "realm": tokens.realm, "service": "registry", "issuer": "test", "rootcertbundle": certificate}})
    for name in ("private/ten", "public/ten"):
        registry.push(f"oci:{ten.directory}:latest", f"{name}:1", "--dest-creds", f"{USER}:{PASSWORD}")
    tokens.asked.clear()
    want = inventory(PROGRAM, f"oci:{ten.directory}")["packages"]
    plain = ["--insecure-registry", registry.host]
    home = tempfile.mkdtemp()
    expect("anybody's token", packages("public", f"{registry.host}/public/ten:1", *plain, home=home) == want)
    expect("one token for all of it, for one scope", [(m, q, a) for m, q, a in tokens.asked] == [
        ("GET", {"service": ["registry"], "scope": ["repository:public/ten:pull"]}, None)],
        str(tokens.asked))
    refused("a private repository", f"{registry.host}/private/ten:1", *plain, home=home,
            words=["HTTP 401", f"no credentials for {registry.host}"])
    write_docker_config(home, {"auths": {registry.host: {"auth": b64("me:wrong-one")}}})
    refused("a wrong password", f"{registry.host}/private/ten:1", *plain, home=home,
            words=["get a token", "HTTP 401 UNAUTHORIZED: who?"], without=["wrong-one"])
    write_docker_config(home, {"auths": {registry.host: {"auth": b64(f"{USER}:{PASSWORD}")}}})
    expect("a password", packages("password", f"{registry.host}/private/ten:1", *plain, home=home) == want)
    tokens.field = "access_token"
    tokens.asked.clear()
    write_docker_config(home, {"auths": {registry.host: {"identitytoken": "identity"}}})
    expect("an identity token", packages("identity", f"{registry.host}/private/ten:1", *plain, home=home)
           == want)
    method, form, basic = tokens.asked[0]
    expect("by OAuth2", method == "POST" and form["grant_type"] == ["refresh_token"] and basic is None
           and form["refresh_token"] == ["identity"], str(tokens.asked[0]))
    # A token that has expired when it arrives: each 401 fetches one more, and three end it.
    tokens.lifetime, tokens.field = -3600, "token"
    tokens.asked.clear()
    refused("expired tokens", f"{registry.host}/private/ten:1", *plain, home=home, words=["HTTP 401"])
    expect("it ends", len(tokens.asked) <= 3, str(len(tokens.asked)))
    tokens.lifetime = 300
    check_realms(registry, tokens, home)
    shutil.rmtree(home)
    registry.close()


def check_realms(registry, tokens, home):
    """A registry whose identity nobody verified must not send credentials to another host."""
    write_docker_config(home, {})
    for what, realm, words in (
            ("another host", f"http://localhost:{tokens.server.port}/token", "without https"),
            ("another host with https", "https://localhost:1/token", "to another host, localhost:1"),
            ("a file", "file:///etc/passwd", "realm: not a usable URL"),
            ("nowhere", "", "realm: not a usable URL")):
        def ask(request, answer, realm=realm):
            answer.status, answer.body = 401, b""
            answer.headers = {"WWW-Authenticate": f'Bearer realm="{realm}",service="registry"'}

        proxy = FaultyProxy(registry.host, ask)
        write_docker_config(home, {"auths": {proxy.host: {"auth": b64(f"{USER}:{PASSWORD}")}}})
        tokens.asked.clear()
        refused(f"a token server at {what}", f"{proxy.host}/private/ten:1", "--insecure-registry",
                proxy.host, home=home, words=[words], without=[PASSWORD])
        expect(f"{what} is not asked", not tokens.asked)
        proxy.close()


def check_certificates(work, ten):
    certificate, key = make_certificate(work, "server")
    mine, my_key = make_certificate(work, "client", "-addext", "extendedKeyUsage=clientAuth")
    want = inventory(PROGRAM, f"oci:{ten.directory}")["packages"]
    registry = Registry(work, "tls", http={"tls": {"certificate": certificate, "key": key}})
    registry.push(f"oci:{ten.directory}:latest", "ten:1")
    target = f"{registry.host}/ten:1"
    refused("a certificate of nobody", target,
            words=["TLS", "--registry-ca FILE", f"--insecure-registry {registry.host}"])
    expect("--registry-ca", packages("ca", target, "--registry-ca", certificate) == want)
    expect("--insecure-registry", packages("insecure", target, "--insecure-registry", registry.host) == want)
    refused("insecure is another host", target, "--insecure-registry", "127.0.0.1:1", words=["TLS"])
    refused("no such CA file", target, "--registry-ca", f"{work}/none.pem", words=["none.pem"])
    registry.close()
    registry = Registry(work, "mutual", http={"tls": {"certificate": certificate, "key": key,
                                                       "clientcas": [mine]}})
    target, trusted = f"{registry.host}/ten:1", ["--registry-ca", certificate]
    refused("no client certificate", target, *trusted, words=[registry.host])
    registry.push(f"oci:{ten.directory}:latest", "ten:1", "--dest-cert-dir", client_directory(work, mine, my_key))
    expect("a client certificate",
           packages("client", target, *trusted, "--registry-cert", mine, "--registry-key", my_key) == want)
    registry.close()


def client_directory(work, certificate, key):
    directory = pathlib.Path(work) / "certificates"
    directory.mkdir()
    shutil.copy(certificate, directory / "client.cert")
    shutil.copy(key, directory / "client.key")
    return str(directory)


def check_ecr(work, ten):
    """ECR's host name cannot be on loopback; a proxy that takes every name for its own plays it."""
    password = pathlib.Path(work) / "ecr-htpasswd"
    password.write_text(subprocess.run(["htpasswd", "-nbB", "AWS", "ecr-hidden"], capture_output=True,
                                       text=True, check=True).stdout.strip() + "\n")
    registry = Registry(work, "ecr", auth={"htpasswd": {"realm": "r", "path": str(password)}})
    registry.push(f"oci:{ten.directory}:latest", "ten:1", "--dest-creds", "AWS:ecr-hidden")
    host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"

    def amazon(request, answer):
        if request.method == "CONNECT":
            answer.status, answer.body = 403, b""
        elif request.headers.get("X-Amz-Target", "").endswith("GetAuthorizationToken"):
            answer.status, answer.headers = 200, {"Content-Type": "application/x-amz-json-1.1"}
            answer.body = json.dumps({"authorizationData": [{
                "authorizationToken": b64("AWS:ecr-hidden"), "expiresAt": time.time() + 43200}]}).encode()

    proxy = FaultyProxy(registry.host, amazon)
    environment = {"HTTP_PROXY": f"http://{proxy.host}", "HTTPS_PROXY": f"http://{proxy.host}",
                   "AWS_ENDPOINT_URL_ECR": f"http://{proxy.host}", "NO_PROXY": proxy.host,
                   "AWS_ACCESS_KEY_ID": "KEYID", "AWS_SECRET_ACCESS_KEY": "aws-hidden"}
    target, plain = f"{host}/ten:1", ["--insecure-registry", host]
    want = inventory(PROGRAM, f"oci:{ten.directory}")["packages"]
    expect("ECR", packages("ecr", target, *plain, environment=environment) == want)
    signed = [r for r in proxy.requests if r.headers.get("X-Amz-Target")]
    expect("is asked once, signed for its region", len(signed) == 1
           and "KEYID" in signed[0].headers["Authorization"]
           and "/eu-central-1/ecr/aws4_request" in signed[0].headers["Authorization"])
    nobody = {k: v for k, v in environment.items() if "KEY" not in k}
    refused("ECR for nobody", target, *plain, environment=nobody,
            words=["HTTP 401", "no AWS credentials in the environment"], without=["hidden"])
    proxy.close()
    registry.close()


def main():
    need("docker-registry", "skopeo", "htpasswd", "openssl")
    with tempfile.TemporaryDirectory() as work:
        ten, _, _ = make_images(work)
        check_basic(work, ten)
        check_tokens(work, ten)
        check_certificates(work, ten)
        check_ecr(work, ten)
    finish()


if __name__ == "__main__":
    main()
