#!/usr/bin/env python3
"""The CSAF documents that the tests read are documents that the standard allows."""
import json
import os
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = sorted((ROOT / "src/scan/advisory/testdata/csaf").glob("*.json"))
SCHEMA = (pathlib.Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared/data"))
          / "corpora/schemas/csaf-2.0.schema.json")


def without_foreign_references(schema):
    """The CVSS schemas that the CSAF schema refers to lie on another server. Of each only the
    version remains, by which the CSAF schema chooses one of them."""
    if isinstance(schema, list):
        return [without_foreign_references(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    reference = str(schema.get("$ref", ""))
    if reference.startswith("http"):
        version = reference.rpartition("cvss-v")[2].removesuffix(".json")
        return {"required": ["version"], "properties": {"version": {"const": version}}}
    return {key: without_foreign_references(value) for key, value in schema.items()}


def main():
    if not SCHEMA.exists():
        print("skipped: no CSAF schema in SHARED_DATA")
        sys.exit(77)
    schema = without_foreign_references(json.loads(SCHEMA.read_text(encoding="utf-8")))
    validator = jsonschema.Draft202012Validator(schema)
    failures = 0
    for document in DOCUMENTS:
        for error in validator.iter_errors(json.loads(document.read_text(encoding="utf-8"))):
            failures += 1
            print(f"{document.name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    assert DOCUMENTS, "there is no document to check"
    # A schema that accepts anything would prove nothing.
    assert list(validator.iter_errors({"document": {}})), "the schema accepts an empty document"
    print(f"{len(DOCUMENTS)} documents, {failures} errors")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
