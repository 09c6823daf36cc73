#!/usr/bin/env python3
"""Fail if ARCHITECTURE.md's module table differs from src/MODULES, or if a relative link or anchor
in a Markdown file leads nowhere."""
import pathlib
import re
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^(```|~~~).*?^\1\s*?$", re.M | re.S)
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")


def modules_listed():
    lines = (ROOT / "src/MODULES").read_text().splitlines()
    return [line.split(":")[0].strip() for line in lines if re.match(r"[a-z]+/[a-z]+:", line)]


def modules_described():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    return re.findall(r"^\|\s*`?((?:core|scan|front)/[a-z]+)`?\s*\|", text, re.M)


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


def anchors(path):
    """The anchors that a forge gives the headings of a Markdown file."""
    found = set()
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", FENCE.sub("", path.read_text()), re.M):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found


def markdown_files():
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "*.md"],
        capture_output=True, text=True, check=False).stdout.split("\n")
    return [ROOT / name for name in sorted(listed) if name and (ROOT / name).exists()]


def broken_links():
    for page in markdown_files():
        for target in LINK.findall(without_code(page.read_text())):
            if re.match(r"[a-z][a-z0-9+.-]*:", target, re.I):
                continue  # another site: not ours to test
            path, _, anchor = urllib.parse.unquote(target).partition("#")
            place = (page.parent / path).resolve() if path else page
            if not place.is_relative_to(ROOT):
                yield f"{page.relative_to(ROOT)}: {target} leads out of the project"
            elif not place.exists():
                yield f"{page.relative_to(ROOT)}: {target} does not exist"
            elif anchor and place.suffix == ".md" and anchor not in anchors(place):
                yield f"{page.relative_to(ROOT)}: {target}: no such heading"


listed, described = modules_listed(), modules_described()
failures = [f"ARCHITECTURE.md does not describe {name}" for name in listed if name not in described]
failures += [f"ARCHITECTURE.md describes {name}, which src/MODULES does not list"
             for name in described if name not in listed]
if not failures and listed != described:
    failures.append("ARCHITECTURE.md lists the modules in another order than src/MODULES")
failures += broken_links()
if not markdown_files():
    failures.append("no Markdown files were found")
sys.exit("\n".join(failures) or None)
