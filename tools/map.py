"""Draw the map in docs/architecture.md from the first sentence of every module.

python tools/map.py            write it
python tools/map.py --check    only compare (exit code 1 when the map is stale)
"""

import argparse
import ast
import functools
import itertools
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- map: drawn by tools/map.py, do not edit between the marks -->"
END = "<!-- map: end -->"
PLACES = ("wsgi.py", "miniapp_api", "desk", "server", "miniapp", "web", "tools", "bench")
LEFT_OUT = {"vendor", "__pycache__", "node_modules", "versions"}


def modules() -> list[Path]:
    """Every module of ours, Python and JavaScript, in reading order, relative to the root."""
    found = []
    for place in PLACES:
        path = ROOT / place
        files = [path] if path.is_file() else sorted([*path.rglob("*.py"), *path.rglob("*.js")])
        found += [file.relative_to(ROOT) for file in files if not LEFT_OUT & set(file.parts)]
    # A folder's own modules come before its subfolders'.
    return sorted(found, key=lambda file: (PLACES.index(_place(file)), file.parent, file.name))


@functools.cache
def first_sentence(module: Path) -> str:
    """What a module says it is for, on its first line; empty when it does not say."""
    text = (ROOT / module).read_text(encoding="utf-8")
    if module.suffix == ".py":
        # The rest of the module need not be understood for it.
        head = re.match(r'(?:\s*#[^\n]*\n)*\s*[rR]?""".*?"""', text, re.DOTALL)
        said = (ast.get_docstring(ast.parse(head[0])) or "") if head else ""
    else:
        comment = re.match(r"\s*(?:/\*\*?\s*(.+?)\s*(?:\*/|$)|//\s*(.+?)\s*$)", text, re.MULTILINE)
        said = (comment[1] or comment[2]) if comment else ""
    return said.split("\n", 1)[0].strip()


def drawn() -> str:
    """Return the map as Markdown: a heading for each folder, a line for each module."""
    parts = [BEGIN]
    for folder, files in itertools.groupby(modules(), key=lambda file: file.parent):
        if folder != Path():
            parts += ["", f"### {folder.as_posix()}/"]
        parts.append("")
        for file in files:
            if file.name == "__init__.py":
                if sentence := first_sentence(file):
                    parts += [sentence, ""]
                continue
            parts.append(f"- `{file.name}` {first_sentence(file)}")
    return re.sub(r"\n{3,}", "\n\n", "\n".join([*parts, "", END]))


def document() -> str:
    """Return the whole page as it should be: the written text around a fresh map."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return before + drawn() + after


def _place(file: Path) -> str:
    return next(place for place in PLACES if file.is_relative_to(place))


def main() -> int:
    """Write the map, or compare it."""
    parser = argparse.ArgumentParser(description="Draw the map in docs/architecture.md.")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    fresh = document()
    if parser.parse_args().check:
        if fresh != DOCUMENT.read_text(encoding="utf-8"):
            print("docs/architecture.md: the map is stale; run: make map", file=sys.stderr)
            return 1
    else:
        DOCUMENT.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
