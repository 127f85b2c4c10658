"""Looks after what the house is made of: lock files, SBOM, licences, known faults.

python -m tools.supply lock        every package with the hashes of all platforms
python -m tools.supply sbom        build/sbom.json (CycloneDX 1.6), Python and JavaScript
python -m tools.supply licences    docs/licences.md
python -m tools.supply audit       what is known against these versions; says where nobody was asked
"""

import json
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv" / "supply" / "bin"
LOCKS = (
    ("requirements.txt", "requirements.lock"),
    ("requirements-dev.txt", "requirements-dev.lock"),
    ("tools/supply.txt", "tools/supply.lock"),
)
PAGE = ROOT / "docs" / "licences.md"
SBOM = ROOT / "build" / "sbom.json"
CONTROL = "jinja2==2.10"  # CVE-2019-10906
HEAD = """# Licences

What the house ships beside its own code (Apache-2.0, `LICENSE`): every package of
`requirements.lock` as it says of itself, and the browser libraries of `package.json`, whose texts
lie in `web/vendor/licenses/`. Written by `make licences`; a house test compares.

"""


def plain(name: str) -> str:
    """A package's name as all spellings of it agree (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(file: str) -> dict[str, tuple[str, list[str]]]:
    """The packages of a lock file that Linux needs: version and hashes, by plain name."""
    found: dict[str, tuple[str, list[str]]] = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / file).read_text("utf-8")):
        head = re.match(r"([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", entry)
        if head and "sys_platform == 'win32'" not in entry:
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)
            found[plain(head[1])] = (head[2], hashes)
    return found


def libraries() -> list[tuple[str, str, str, str]]:
    """The browser libraries: name, version, licence, integrity (SRI, SHA-512)."""
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    return [
        (name, version, one.get("license", "?"), one["integrity"])
        for name, version in sorted(wanted.items())
        for one in [packages[f"node_modules/{name}"]]
    ]


def licence_of(told: metadata.PackageMetadata) -> str:
    """What a package's metadata say of its licence, in one line."""
    if "License-Expression" in told:
        return told["License-Expression"]
    classifiers = [
        one.rsplit("::", 1)[1].strip()
        for one in told.get_all("Classifier") or []
        if one.startswith("License ::") and not one.endswith("OSI Approved")
    ]
    if classifiers:
        return "; ".join(classifiers)
    said = (told.get_all("License") or [""])[0].strip().splitlines()
    lines = said or _first_line_of_its_text(told)
    return lines[0][:60] if lines else "not said"


def _first_line_of_its_text(told: metadata.PackageMetadata) -> list[str]:
    """The heading of the licence's text, where the metadata only name the file."""
    for file in metadata.files(told["Name"]) or []:
        if file.name in told.get_all("License-File", []):
            return file.read_text().strip().splitlines()[:1]
    return []


def page() -> str:
    """docs/licences.md as it should be; raises PackageNotFoundError where one is not installed."""
    rows = ["| Python package | version | licence |", "|---|---|---|"]
    for name, (version, _) in sorted(locked("requirements.lock").items()):
        rows.append(f"| {name} | {version} | {licence_of(metadata.metadata(name))} |")
    rows += ["", "| Browser library | version | licence |", "|---|---|---|"]
    rows += [f"| {name} | {version} | {licence} |" for name, version, licence, _ in libraries()]
    return HEAD + "\n".join(rows) + "\n"


def lock() -> int:
    """Write all lock files anew, from the index that uv is set to ask."""
    for source, target in LOCKS:
        bounds = ["-c", "constraints.txt"] if source.startswith("requirements") else []
        run = [
            str(TOOLS / "uv"), "pip", "compile", "-q", "--no-header", "--no-annotate",
            "--universal", "--python-version", "3.11", "--generate-hashes", *bounds, source,
            "-o", target,
        ]  # fmt: skip
        subprocess.run(run, cwd=ROOT, check=True)
        print(f"{target}: {len(locked(target))} packages")
    return 0


def sbom() -> int:
    """Write build/sbom.json: what runs, without what only checks it."""
    told = subprocess.run(
        [str(TOOLS / "cyclonedx-py"), "environment", str(ROOT / ".venv" / "bin" / "python"),
         "--output-reproducible", "--spec-version", "1.6", "--of", "JSON"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    bill = json.loads(told)
    runs = locked("requirements.lock")
    components = [one for one in bill["components"] if plain(one["name"]) in runs]
    for one in components:
        hashes = runs[plain(one["name"])][1]
        one["properties"] = [{"name": "czt:sha256", "value": value} for value in hashes]
    components += [
        {
            "type": "library",
            "bom-ref": f"pkg:npm/{name.replace('@', '%40')}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{version}",
            "licenses": [{"license": {"id": licence}}],
            "properties": [{"name": "czt:integrity", "value": integrity}],
        }
        for name, version, licence, integrity in libraries()
    ]
    kept = {one["bom-ref"] for one in components}
    bill["components"] = components
    bill["dependencies"] = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", []) if ref in kept]}
        for one in bill.get("dependencies", [])
        if one["ref"] in kept
    ]
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(bill, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    missing = sorted(runs.keys() - {plain(one["name"]) for one in components})
    print(f"{SBOM.relative_to(ROOT)}: {len(components)} components")
    if missing:
        print(f"not installed here, so not in it: {', '.join(missing)}")
    return 1 if missing else 0


def licences() -> int:
    """Write docs/licences.md."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def audit() -> int:
    """0 when nothing is known against them, or nobody could be asked; 1 when something is.

    First of a version with a fault that everybody knows (`CONTROL`): who knows nothing of that
    one, as an index that carries no advisories, is not asked about the others.
    """
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder) / "control.txt"
        known.write_text(CONTROL + "\n", "utf-8")
        control = _asked("--no-deps", "-r", str(known))
    print("Browser libraries: NOT CHECKED; their advisories are looked up by hand (package.json).")
    if control is None or not any(one.get("vulns") for one in control):
        print("Python packages: NOT CHECKED; no advisories can be had from here.")
        return 0
    told = _asked("--require-hashes", "-r", "requirements.lock")
    if told is None:
        print("Python packages: NOT CHECKED; the answer could not be read.")
        return 0
    faulty = [one for one in told if one.get("vulns")]
    for one in faulty:
        ids = ", ".join(each["id"] for each in one["vulns"])
        print(f"{one['name']} {one['version']}: {ids}")
    skipped = [one["name"] for one in told if "skip_reason" in one]
    print(f"Python packages: {len(told) - len(skipped)} checked, {len(faulty)} with known faults.")
    if skipped:
        print(f"NOT CHECKED among them: {', '.join(skipped)}")
    return 1 if faulty else 0


def _asked(*what: str) -> list[dict[str, Any]] | None:
    """What pip-audit says of each package; None where it says nothing that can be read."""
    run = [str(TOOLS / "pip-audit"), "--disable-pip", "--progress-spinner", "off", "-f", "json",
           "--timeout", "10", *what]  # fmt: skip
    answer = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    return found


def main(words: list[str]) -> int:
    """Do what the one word says."""
    deeds = {"lock": lock, "sbom": sbom, "licences": licences, "audit": audit}
    if len(words) != 1 or words[0] not in deeds:
        print(__doc__)
        return 2
    return deeds[words[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
