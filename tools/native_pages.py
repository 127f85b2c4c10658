"""Fetch what compiles and draws the mini program's pages under test, pinned and checked by sha256.

`tools/native/files.json` lists each file as vendor.json does: glass-easel, which is WeChat's own
component framework, its template compiler, and a browser's database for QuickJS. They run in the
tests' Chromium and in QuickJS, so Node is needed for fetching only.

    python -m tools.native_pages          fetch what is missing or wrong
    python -m tools.native_pages --pin    fetch, then write the new sha256 values into files.json
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tools.vendor import ROOT, VendorError, checked, entries, fetch, node_command, place, write_list
from tools.vendor import wrong_files as wrong_in

HERE = ROOT / "tools" / "native"
LIST = HERE / "files.json"
PLACE = ROOT / ".venv" / "native"  # goes when the environment goes


def wrong_files() -> list[str]:
    """Name what is missing or is not what was pinned; empty when all is right."""
    return wrong_in(entries(LIST), PLACE)


def fetched(name: str) -> Path:
    """One of the fetched files; raises FileNotFoundError when it is not there."""
    path = PLACE / name
    if not path.is_file():
        raise FileNotFoundError(f"{name} is missing: run make browser")
    return path


def main() -> int:
    """Do what the command line asks; 0 when everything is in place afterwards."""
    parser = argparse.ArgumentParser(description="Fetch what the mini program's tests need.")
    parser.add_argument("--pin", action="store_true", help="accept what npm gives and record it")
    wish = parser.parse_args()
    files = entries(LIST)
    if not wish.pin and not wrong_files():
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="native-") as scratch:
            node, npm = node_command(Path(scratch))
            modules = fetch(Path(scratch), npm, HERE)
            place(checked(files, modules, node=node, pin=wish.pin), PLACE)
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    if wish.pin:
        write_list(LIST, files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
