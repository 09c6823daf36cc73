#!/usr/bin/env python3
"""How often matching agrees with people: labelled packages of real images against this program.

bench/accuracy.py --db DIR [--brief] [--case TEXT] [--data DIR]

Each case is a package list and labels (TP: truly affected, FP: a scanner's false alarm). The list
is written as a CycloneDX document and scanned. Only labels that the imported feeds can know count
as knowable; those of a distribution that has no feed of its own are listed apart, because a
sibling's advisories are never borrowed. Every knowable TP that was not raised, and every FP that
was, is printed with its cause.

The packages of languages and applications are labelled here, in bench/labels: pairs of a package and
a vulnerability of 2024 to 2026, TP for a version that has it and FP for one that a scanner could
mistake for it. `source` names the advisory and `why` the fact, which is the project's own statement.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

KNOWABLE = {"hit", "hit-unfixed", "fixed"}
MEASURED = ("deb", "apk", "rpm")
LABELLED_HERE = ("golang", "cargo", "gem", "pypi", "npm", "bitnami", "generic")
LABELS = pathlib.Path(__file__).resolve().parent / "labels" / "languages.jsonl"
IDS = {"alma": "almalinux"}
# Which distribution's advisories a label's reference was made from.
REFERENCE_OF = {"ALSA-8": "almalinux", "secdb": "alpine", "DSA/DLA": "debian", "UCT": "ubuntu"}
PURL_TYPE = {"deb": "deb", "apk": "apk", "rpm": "rpm", "gem": "gem", "go": "golang"}


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def distribution(case):
    name, _, version = case["distro"].partition(":")
    if name == "unknown":
        return None, ""
    return IDS.get(name, name), "" if version == "?" else version


def purl_of(package, name, version):
    kind = PURL_TYPE.get(package["type"], "generic")
    qualifiers = {}
    number = package["version"]
    if kind == "rpm" and ":" in number:
        qualifiers["epoch"], number = number.split(":", 1)
    namespace = ""
    if kind in MEASURED and name:
        namespace = name + "/"
        qualifiers["distro"] = f"{name}-{version}" if version else name
    source = package.get("source")
    if source:  # also where it equals the package: an SBOM without it leaves the source open
        same = source["version"] == package["version"]
        qualifiers["upstream"] = source["name"] if same else f"{source['name']}@{source['version']}"
    quote = lambda text: urllib.parse.quote(text, safe="")
    text = "&".join(f"{key}={quote(value)}" for key, value in sorted(qualifiers.items()))
    path = package["name"] if kind == "golang" else quote(package["name"])
    return f"pkg:{kind}/{namespace}{path}@{quote(number)}" + (f"?{text}" if text else "")


def document_of(components):
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


def components_of(case):
    name, version = distribution(case)
    components = []
    if name:
        system = {"type": "operating-system", "name": name}
        if version:
            system["version"] = version
        components.append(system)
    for number, package in enumerate(case["packages"]):
        components.append({"type": "library", "bom-ref": str(number), "name": package["name"],
                           "version": package["version"], "purl": purl_of(package, name, version)})
    return components


def components_of_labels(own):
    """A program without a package manager has the CPE name that its extractor gives it."""
    components = []
    for purl, cpe in sorted({(label["purl"], label.get("cpe", "")) for label in own}):
        name, version = purl.split("@")[0].split("/")[-1], urllib.parse.unquote(purl.split("@")[-1])
        component = {"type": "library", "bom-ref": purl, "name": name, "version": version,
                     "purl": purl}
        if cpe:
            text = f"cpe:2.3:a:{cpe}:{version}:*:*:*:*:*:*:*"
            component["properties"] = [{"name": "seaworthy:type", "value": "other"},
                                       {"name": "seaworthy:property:cpe", "value": text},
                                       {"name": "seaworthy:property:purl", "value": purl}]
        components.append(component)
    return components


def scan(name, components, arguments, folder):
    sbom, out = folder / "case.cdx.json", folder / "report.json"
    sbom.write_text(json.dumps(document_of(components)), encoding="utf-8")
    program = os.environ.get("SEAWORTHY", "build/release/seaworthy")
    done = subprocess.run(
        [program, "scan", f"sbom:{sbom}", "--db", arguments.db, "--format", f"json={out}",
         "--show-suppressed", "--packages", "--limit", "feed-age=100000"],
        check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"accuracy: scan of {name} ended with {done.returncode}: {done.stderr}")
    return json.loads(out.read_text(encoding="utf-8"))


class Answers:
    """A report, asked by package and vulnerability."""

    def __init__(self, report):
        self.status = {}
        for finding in report["findings"]:
            package = finding["package"]
            for name in [finding["id"], *finding.get("aliases", [])]:
                for key in ((package["name"], package["version"]), package["purl"]):
                    self.status.setdefault((key, name), finding["status"])
        self.coverage = {}
        for package in report["packages"]:
            self.coverage[package["name"], package["version"]] = package
            self.coverage[package["purl"]] = package

    def of(self, label):
        key = label.get("purl") or (label["pkg"], label["version"])
        for name in (label["cve"], label.get("vuln_id")):
            found = self.status.get((key, name))
            if found:
                return found
        return "absent"

    def cause(self, label, answer):
        if answer != "absent":
            return answer
        package = self.coverage.get(label.get("purl") or (label["pkg"], label["version"]))
        if package is None:
            return "the package is not in the report"
        if package["coverage"] == "unassessed":
            return package["reason"]
        if label.get("ref_pred") == "fixed":
            return "the vendor's fix is installed"
        return f"{package['coverage']}: no row of the feeds calls it affected"


class Tally:
    def __init__(self):
        self.count = collections.Counter()
        self.misses, self.alarms = [], []

    def add(self, case, label, answers):
        kind, answer = label["type"], answers.of(label)
        line = (case["case"], label["pkg"], label["version"], label["cve"], label["ref_pred"],
                answers.cause(label, answer))
        name, version = distribution(case)
        reference = REFERENCE_OF.get(label["ref_feed"])
        if label["label"] == "TP":
            if label["ref_pred"] not in KNOWABLE:
                self.count[kind, "unknowable"] += 1
                self.count[kind, "unknowable raised"] += answer == "affected"
                return
            if reference != name or not version:
                self.count[kind, "no own feed"] += 1
                return
        self.judge(kind, label, answer, line)

    def add_own(self, label, answers):
        kind, answer = label["purl"][4:].split("/")[0], answers.of(label)
        self.judge(kind, label, answer, (label["purl"], label["cve"], label["source"], label["why"],
                                         answers.cause(label, answer)))

    def judge(self, kind, label, answer, line):
        if label["label"] == "TP":
            self.count[kind, "TP"] += 1
            if answer == "affected":
                self.count[kind, "raised"] += 1
            elif answer == "undetermined":
                self.count[kind, "undetermined"] += 1
            else:
                self.misses.append(line)
        elif label["label"] == "FP":
            self.count[kind, "FP"] += 1
            self.count[kind, "FP undetermined"] += answer == "undetermined"
            if answer == "affected":
                self.alarms.append(line)
            else:
                self.count[kind, "silent"] += 1


def percent(part, whole):
    return f"{100 * part / whole:5.1f} %" if whole else "    - "


def show(tally, brief):
    print(f"{'type':7} {'knowable':>8} {'raised':>16} {'undetermined':>16} {'FP':>5} "
          f"{'FP silent':>16} {'no own feed':>12} {'unknowable':>11} {'(raised)':>9}")
    for kind in (*MEASURED, *LABELLED_HERE):
        count = lambda what, kind=kind: tally.count[kind, what]
        known, false = count("TP"), count("FP")
        raised, silent = count("raised"), count("silent")
        unclear = count("undetermined")
        print(f"{kind:7} {known:8} {raised:7} {percent(raised, known):>8} "
              f"{unclear:7} {percent(unclear, known):>8} {false:5} {silent:7} "
              f"{percent(silent, false):>8} {count('no own feed'):12} {count('unknowable'):11} "
              f"{count('unknowable raised'):9}")
    if brief:
        return
    for title, lines in (("missed", tally.misses), ("false alarms", tally.alarms)):
        print(f"\n{title}: {len(lines)}")
        for line in sorted(set(lines)):
            print("  " + "  ".join(str(word) for word in line))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--db", required=True, help="the advisory database to match with")
    parser.add_argument("--data", default=os.environ.get("SHARED_DATA", "../shared/data"))
    parser.add_argument("--case", default="", help="only cases whose name contains this")
    parser.add_argument("--brief", action="store_true", help="only the table")
    arguments = parser.parse_args()
    labels_folder = pathlib.Path(arguments.data) / "corpora" / "match-labels"
    if not labels_folder.exists():
        print("accuracy: skipped, the labelled cases are not here")
        return
    expected = {row["digest"]: row["labels"] for row in read_lines(labels_folder / "expected.jsonl")}
    tally = Tally()
    own = [{**label, "cve": label["vulnerability"]} for label in read_lines(LABELS)]
    with tempfile.TemporaryDirectory() as folder:
        for case in read_lines(labels_folder / "inputs.jsonl"):
            if arguments.case not in case["case"]:
                continue
            answers = Answers(scan(case["case"], components_of(case), arguments,
                                   pathlib.Path(folder)))
            for label in expected.get(case["digest"], []):
                if label["type"] in MEASURED:
                    tally.add(case, label, answers)
        if not arguments.case:
            components = components_of_labels(own)
            answers = Answers(scan("own labels", components, arguments, pathlib.Path(folder)))
            for label in own:
                tally.add_own(label, answers)
    show(tally, arguments.brief)


if __name__ == "__main__":
    main()
