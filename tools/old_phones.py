"""Fetch browsers as old as villagers' phones, and what tells which browser knows what, for tests.

`tools/old_phones/files.json` lists each file: where it lies in its npm package and the sha256 of
what is made of it. The browsers are Chromium 72, 79 and 92 as npm's `chrome-aws-lambda` carries
them, packed with Brotli, which Node unpacks. When everything is there and right, nothing is done.

    python -m tools.old_phones          fetch what is missing or wrong
    python -m tools.old_phones --pin    fetch, then write the new sha256 values into files.json
"""

import argparse
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.vendor import (
    ROOT,
    Entry,
    VendorError,
    entries,
    fetch,
    node_command,
    sha256,
    write_list,
)

HERE = ROOT / "tools" / "old_phones"
LIST = HERE / "files.json"
PLACE = ROOT / ".venv" / "old-phones"  # goes when the environment goes
UNPACK = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"


def old_chromium(version: int) -> Path:
    """The old browser of this version; raises FileNotFoundError when it was not fetched."""
    return _fetched(f"chromium-{version}")


def esbuild() -> Path:
    """The program that knows which syntax is how old."""
    return _fetched("esbuild")


def browser_data() -> Path:
    """MDN's table of what each browser knows since which version, as JSON."""
    return _fetched("browsers.json")


def _fetched(name: str) -> Path:
    path = PLACE / name
    if not path.is_file():
        raise FileNotFoundError(f"{name} is missing: run make browser")
    return path


def runs_here() -> bool:
    """Whether these programs were made for this kind of machine."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def wrong_files(files: list[Entry]) -> list[str]:
    """Name what is missing or is not what was pinned."""
    return [
        entry["to"]
        for entry in files
        if not (PLACE / entry["to"]).is_file()
        or sha256((PLACE / entry["to"]).read_bytes()) != entry["sha256"]
    ]


def known_right() -> bool:
    """Whether all that the list pins was put in place before; hashing it again takes seconds."""
    stamp = PLACE / "right"
    return stamp.is_file() and stamp.read_text() == sha256(LIST.read_bytes())


def unpacked(path: Path, node: str) -> bytes:
    """What a file of a package holds, without its Brotli packing."""
    if path.suffix != ".br":
        return path.read_bytes()
    with path.open("rb") as packed:
        done = subprocess.run([node, "-e", UNPACK], stdin=packed, capture_output=True, check=True)
    return done.stdout


def install(files: list[Entry], *, pin: bool) -> None:
    """Fetch all and put them in place, each checked; raises VendorError when one is another."""
    with tempfile.TemporaryDirectory(prefix="old-phones-") as scratch:
        node, npm = node_command(Path(scratch))
        modules = fetch(Path(scratch), npm, HERE)
        PLACE.mkdir(exist_ok=True)
        for entry in files:
            content = unpacked(modules / entry["from"], node)
            if pin:
                entry["sha256"] = sha256(content)
            elif sha256(content) != entry["sha256"]:
                raise VendorError(f"{entry['to']} is not the file that was pinned")
            part = PLACE / (entry["to"] + ".part")
            part.write_bytes(content)
            part.chmod(0o755)
            part.rename(PLACE / entry["to"])
    if pin:
        write_list(LIST, files)


def main() -> int:
    """Do what the command line asks; 0 when everything is in place afterwards."""
    parser = argparse.ArgumentParser(description="Fetch old browsers for the tests.")
    parser.add_argument("--pin", action="store_true", help="accept what npm gives and record it")
    wish = parser.parse_args()
    if not runs_here():
        print("the old browsers run on 64-bit Linux PCs only; their tests will be skipped")
        return 0
    files = entries(LIST)
    if not wish.pin and known_right():
        return 0
    if wish.pin or wrong_files(files):
        print("fetching browsers as old as villagers' phones (130 MB)")
        try:
            install(files, pin=wish.pin)
        except VendorError as error:
            print(error, file=sys.stderr)
            return 1
    (PLACE / "right").write_text(sha256(LIST.read_bytes()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
