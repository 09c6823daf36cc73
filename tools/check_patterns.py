#!/usr/bin/env python3
"""Fail on code that has bitten before. Each rule says which bug it stands for."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RULES = [
    (r"\bstd::regex\b", "std::regex recurses per character: a long line overflows the stack"),
    (r"(?<![\w:.>])(system|popen)\s*\(", "nothing shells out (architecture decision 17)"),
    (r"\.detach\(\)", "detached work outlives what it refers to"),
    (r"\b(strcpy|strcat|sprintf|gets)\s*\(", "unbounded copy"),
    (r"\b(TODO|FIXME|XXX)\b", "unfinished work belongs in an issue"),
    (r"\brand\s*\(\)", "not random, not thread safe"),
    (r"catch\s*\(\s*\.\.\.\s*\)\s*\{\s*\}", "swallows every failure"),
    (r"reinterpret_cast<\s*(const\s+)?(std::)?u?int(16|32|64)_t\s*\*", "unaligned access: use memcpy"),
]

failures = []
for path in sorted(ROOT.glob("src/**/*.[hc]*")):
    if path.name.endswith("_test.cc"):
        continue
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        code = line.split("//")[0]
        for pattern, why in RULES:
            if re.search(pattern, code):
                failures.append(f"{path.relative_to(ROOT)}:{number}: {pattern}: {why}")
sys.exit("\n".join(failures) or None)
