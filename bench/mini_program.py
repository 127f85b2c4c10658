"""What the mini program weighs as it is uploaded, part by part, beside its ceiling."""

import json
import re
from pathlib import Path

from server.settings import ROOT

ROOM = ROOT / "miniapp"
LARGEST_KB = 500
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)


def reached() -> set[Path]:
    """The scripts that the program comes to from its pages: the tools leave the others out."""
    pages = json.loads((ROOM / "app.json").read_text(encoding="utf-8"))["pages"]
    waiting = [ROOM / "app.js", *(ROOM / f"{page}.js" for page in pages)]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        asked = re.findall(r"\bfrom '([^']+)'", path.read_text(encoding="utf-8"))
        waiting += [(path.parent / target).resolve() for target in asked]
    return found


def weights() -> dict[str, int]:
    """Bytes by part: scripts without their comments, as the tools take them out; all else whole."""
    scripts = {
        path: len(COMMENT.sub("", path.read_text(encoding="utf-8")).encode()) for path in reached()
    }
    rest = [path for path in ROOM.rglob("*") if path.is_file() and path.suffix != ".js"]
    core = ROOM / "core"
    return {
        "core, shared with the web app": sum(
            size for path, size in scripts.items() if path.is_relative_to(core)
        ),
        "pages and platform": sum(
            size for path, size in scripts.items() if not path.is_relative_to(core)
        ),
        "templates": sum(path.stat().st_size for path in rest if path.suffix == ".wxml"),
        "styles, settings": sum(path.stat().st_size for path in rest if path.suffix != ".wxml"),
    }


def main() -> None:
    """Print each part and the whole."""
    parts = weights()
    for what, size in parts.items():
        print(f"{what:32}{size / 1024:6.0f} KB")
    print(f"{'all':32}{sum(parts.values()) / 1024:6.0f} KB, at most {LARGEST_KB}")


if __name__ == "__main__":
    main()
