#!/usr/bin/env python3
"""What Seaworthy says of itself in SBOMs: own_sbom.py --version V --commit C FILE

The container image holds a document of one component, from which every scanner knows that the program
is there. FILE, the SBOM of that image, gets the same words for its subject: the program that wrote it
knows only the name of the archive.
"""
import argparse
import json
import pathlib


def component(version, commit):
    return {"type": "application", "name": "seaworthy", "version": version,
            "purl": f"pkg:generic/seaworthy@{version}",
            "licenses": [{"license": {"id": "Apache-2.0"}}],
            "pedigree": {"commits": [{"uid": commit}]}}


def document(version, commit):
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
                       "components": [component(version, commit)]}, indent=2) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("file")
    arguments = parser.parse_args()
    file = pathlib.Path(arguments.file)
    sbom = json.loads(file.read_text())
    words = component(arguments.version, arguments.commit)
    subject = sbom["metadata"]["component"]  # stays a container, of the digest that it has
    subject |= {key: words[key] for key in ("name", "version", "licenses", "pedigree")}
    file.write_text(json.dumps(sbom, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
