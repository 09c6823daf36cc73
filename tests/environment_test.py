#!/usr/bin/env python3
"""A SEAWORTHY_* variable that no flag has, as in a mistyped name, is told once and stops nothing."""
import os
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")


def complaints(**variables):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SEAWORTHY_")}
    with tempfile.TemporaryDirectory() as root:
        done = subprocess.run([PROGRAM, "sbom", "--quiet", "--cache", "none", f"dir:{root}"],
                              capture_output=True, text=True, check=True,
                              env={**clean, **variables})
    return [line for line in done.stderr.splitlines() if "environment variable" in line]


def main():
    failures = 0
    for name, variables, wanted in (
        ("none", {}, []),
        ("known, of this and of another command",
         {"SEAWORTHY_JOBS": "1", "SEAWORTHY_FAIL_ON": "high", "SEAWORTHY_CONFIG": ""}, []),
        ("mistyped", {"SEAWORTHY_FALI_ON": "high"},
         ["SEAWORTHY_FALI_ON is no setting; did you mean SEAWORTHY_FAIL_ON?"]),
        ("like none", {"SEAWORTHY_ZZZZZZZZZZZZZZZZ": "1"},
         ["SEAWORTHY_ZZZZZZZZZZZZZZZZ is no setting"]),
        ("empty", {"SEAWORTHY_QIUET": ""},
         ["SEAWORTHY_QIUET is no setting; did you mean SEAWORTHY_QUIET?"]),
        ("another program's", {"SEAWORTHYX": "1"}, []),
    ):
        said = complaints(**variables)
        expected = [f"seaworthy: the environment variable {words}" for words in wanted]
        print("ok  " if said == expected else "FAIL", name, "" if said == expected else said)
        failures += said != expected
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
