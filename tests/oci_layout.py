"""Writes OCI image layouts for the end-to-end tests, and reads what `seaworthy` says of them."""
import gzip
import hashlib
import json
import pathlib
import subprocess

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layout:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        (self.directory / "blobs" / "sha256").mkdir(parents=True)
        (self.directory / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        self.entries = []

    def blob_path(self, digest):
        return self.directory / "blobs" / "sha256" / digest.split(":")[1]

    def put(self, data, media_type):
        digest = sha256(data)
        self.blob_path(digest).write_bytes(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def put_json(self, value, media_type):
        return self.put(json.dumps(value).encode(), media_type)

    def add_image(self, tars, name="latest", platform=("linux", "amd64"), pack=gzip.compress,
                  diff_ids=None, entry=None, suffix="+gzip", annotations=None):
        """One image of these plain tars; returns its descriptor, which is in the index.
        `annotations`: of the layers, one dictionary each."""
        config = {
            "architecture": platform[1], "os": platform[0],
            "rootfs": {"type": "layers", "diff_ids": diff_ids or [sha256(tar) for tar in tars]},
            "history": [{"created_by": f"step {i}"} for i in range(len(tars))],
        }
        manifest = {
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": self.put_json(config, CONFIG),
            "layers": [self.put(pack(tar), LAYER + suffix) for tar in tars],
        }
        for layer, named in zip(manifest["layers"], annotations or []):
            layer["annotations"] = named
        descriptor = self.put_json(manifest, MANIFEST)
        descriptor["platform"] = {"os": platform[0], "architecture": platform[1]}
        descriptor["annotations"] = {"org.opencontainers.image.ref.name": name}
        descriptor.update(entry or {})
        self.entries.append(descriptor)
        self.write_index()
        return descriptor

    def write_index(self):
        (self.directory / "index.json").write_text(
            json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": self.entries}))

    def packages(self, program, *flags):
        """{(name, version)} as `seaworthy sbom` lists them."""
        return {(p["name"], p["version"]) for p in sbom(program, f"oci:{self.directory}", *flags)}


def inventory(program, target, *flags):
    """The JSON report of `seaworthy sbom`."""
    done = subprocess.run(
        [program, "sbom", "--format", "json", "--cache", "none", "--quiet", *flags, target],
        capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def sbom(program, target, *flags):
    return inventory(program, target, *flags)["packages"]
